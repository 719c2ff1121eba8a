#include "core/exchange/exchange.h"
#include "core/store/store.h"
#include "core/store/writer.h"
#include "tests/fuzz/fuzzing.h"
#include "tests/fuzz/template_store.h"

using namespace descent;
using namespace descent::fuzzing;

// A bundle that is damaged on purpose comes into an empty store; that has to be whole afterwards.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Input input(data, size);
    static const std::string whole = template_bundle(), nothing = empty_store();
    empty_folder("bundle");
    const auto bundle =
        file("bundle/some.descent", input.byte() & 1 ? std::string(input.rest()) : damaged(whole, input));
    const auto store = file("bundle/runs.sqlite", nothing);
    {
        const auto writer = unwrap(StoreWriter::open(store));
        if (!succeeded_or_internal(import_file(*writer, bundle)))
            hold(writer->failure().empty(), "a bad bundle does the store no harm");
    }
    read_all(store);
    return 0;
}
