#include "core/text/text_layout.h"
#include "core/text/text_reader.h"
#include "core/text/utf8.h"
#include "tests/fuzz/fuzzing.h"

using namespace descent;
using namespace descent::fuzzing;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Input input(data, size);
    const std::uint8_t how = input.byte(), more = input.byte();
    TextLayout layout;
    layout.kind = static_cast<TextLayout::Kind>(how % 5);
    layout.header = static_cast<TextLayout::Header>((how / 8) % 3);
    layout.latin1 = (more & 1) != 0;
    if (more & 2) layout.delimiter = input.take(1);
    if (more & 4) layout.label_column = input.until('\n');
    if (more & 8) layout.text_columns = input.until('\n');
    std::filesystem::path place;
    if (more & 16) {
        place = empty_folder("texts");
        constexpr const char* names[] = {"train.csv", "pos.txt", "neg.txt", "README"};
        int number = 0;
        for (const auto text : input.parts('\xff')) {
            if (number == 4) break;
            file(std::string("texts/") + names[number++], text);
        }
    } else {
        place = file((more & 32) ? "texts.tsv" : "texts.txt", input.rest());
    }
    accepted([&] {
        const auto sources = text_sources(place);
        hold(!sources.train.empty(), "there is something to train on");
    });
    accepted([&] { hold(preview_texts(place, layout, 3).rows.size() <= 10, "a preview is short"); });
    std::int64_t texts = 0;
    TextReadFacts facts;
    if (!accepted([&] {
            facts = read_texts(place, layout, [&](LabelledText&& text) {
                ++texts;
                hold(first_not_utf8(text.text) == std::string_view::npos &&
                         first_not_utf8(text.label) == std::string_view::npos,
                     "texts and labels are UTF-8");
            });
        }))
        return 0;
    hold(facts.texts == texts && facts.hash.size() == 64, "texts are counted and hashed");
    check_message(in_words(facts.layout));
    return 0;
}
