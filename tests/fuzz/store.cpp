#include "core/store/store.h"
#include "tests/fuzz/fuzzing.h"
#include "tests/fuzz/template_store.h"

using namespace descent;
using namespace descent::fuzzing;

// A store that somebody or something has damaged: an odd first byte, and the rest is the file itself.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Input input(data, size);
    static const std::string whole = template_store();
    const auto folder = empty_folder("store");
    const auto store =
        file("store/runs.sqlite", input.byte() & 1 ? std::string(input.rest()) : damaged(whole, input));
    if (succeeded_or_internal(prepare_store(store))) read_all(store);
    return 0;
}
