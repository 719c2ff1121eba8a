#include "core/text/tokenizer.h"
#include "core/text/utf8.h"
#include "tests/fuzz/fuzzing.h"

using namespace descent;
using namespace descent::fuzzing;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Input input(data, size);
    const std::string_view text = input.until('\xff');
    const auto place = file("vocab.txt", input.rest());
    accepted([&] {
        const WordPiece pieces(place, true);
        hold(pieces.pieces().size() >= 4, "the special pieces are there");
        for (const auto& piece : pieces.pieces())
            hold(pieces.pieces()[std::size_t(pieces.id(piece))] == piece, "a piece is found by its id");
        if (first_not_utf8(text) != std::string_view::npos) return;
        for (const auto id : pieces.ids(text, 32))
            hold(id >= 0 && std::size_t(id) < pieces.pieces().size(), "a piece is of the list");
    });
    return 0;
}
