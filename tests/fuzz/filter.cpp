#include "core/store/filter.h"
#include "core/store/reader.h"
#include "core/store/store.h"
#include "tests/fuzz/fuzzing.h"

using namespace descent;
using namespace descent::fuzzing;

namespace {

const StoreReader& reader() {
    static const auto open = [] {
        const auto store = folder() / "runs.sqlite";
        unwrap(prepare_store(store));
        return unwrap(StoreReader::open(store));
    }();
    return *open;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(Input(data, size).rest());
    const auto condition = parse_filter(text);
    const auto count = reader().count({.where = text});
    if (succeeded(condition))
        hold(succeeded(count), "a filter that is read can be asked");
    else
        hold(!succeeded(count), "a filter that is not read is not asked");
    if (const auto found = reader().find(text); found || succeeded(found)) hold(false, "there is no run");
    return 0;
}
