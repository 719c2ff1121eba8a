#include "core/text/tokenizer.h"
#include "core/text/feature_hash.h"
#include "core/text/utf8.h"
#include "core/text/vocabulary.h"
#include "tests/fuzz/fuzzing.h"

using namespace descent;
using namespace descent::fuzzing;

namespace {

const std::vector<std::string> kPieces{"[PAD]", "[UNK]", "[CLS]", "[SEP]", "a",  "b", "##b", "ab", "##ab",
                                       "é",     "##é",   "e",     "##e",   "中", "!", "##1", "1",  "##あ"};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Input input(data, size);
    const std::uint8_t how = input.byte();
    const std::string_view text = input.rest();
    if (first_not_utf8(text) != std::string_view::npos) return 0; // readers of texts see to it
    const auto& names = tokenizer_names();
    const auto tokenizer = make_tokenizer(names[how % names.size()], (how & 64) != 0);
    const auto tokens = tokenizer->tokens(text);
    Vocabulary vocabulary;
    for (const auto& token : tokens) {
        hold(!token.empty() && first_not_utf8(token) == std::string_view::npos, "a token is text");
        murmur3_32(token);
        vocabulary.count(token);
    }
    vocabulary.close(how & 3 ? 2 + (how & 15) : 0, 1 + (how & 1));
    hold(vocabulary.known() >= 2, "padding and the unknown word are there");
    for (const auto& token : tokens) {
        const auto id = vocabulary.id(token);
        hold(id >= 2 && id < vocabulary.size() && vocabulary.word(id) == token, "a word is found by its id");
        hold(vocabulary.occurrences(id) > 0, "a word of the texts was counted");
    }
    for (const bool lower : {false, true}) {
        static const WordPiece pieces[] = {WordPiece(kPieces, false), WordPiece(kPieces, true)};
        const auto ids = pieces[lower].ids(text, 16);
        hold(ids.size() >= 2 && ids.size() <= 16 && ids.front() == 2 && ids.back() == 3,
             "pieces stand between [CLS] and [SEP]");
        for (const auto id : ids) hold(id >= 0 && std::size_t(id) < kPieces.size(), "a piece is of the list");
    }
    return 0;
}
