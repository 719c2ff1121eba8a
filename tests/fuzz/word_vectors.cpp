#include "core/text/word_vectors.h"
#include "tests/fuzz/fuzzing.h"

using namespace descent;
using namespace descent::fuzzing;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const std::vector<std::string> words{"the", "of", "a b", "", "2", "é"};
    const auto place = file("vectors.txt", Input(data, size).rest());
    accepted([&] {
        const auto vectors = read_word_vectors(place, words);
        hold(vectors.dimension > 0 && vectors.found.size() == words.size() &&
                 vectors.values.size() == words.size() * std::size_t(vectors.dimension),
             "there is a vector for each word");
    });
    return 0;
}
