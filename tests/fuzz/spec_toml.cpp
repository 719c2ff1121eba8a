#include "core/base/catalog.h"
#include "core/base/spec_reader.h"
#include "tests/fuzz/fuzzing.h"

#include <nlohmann/json.hpp>

using namespace descent;
using namespace descent::fuzzing;

namespace {

Request read(const std::string& text) {
    const SpecReader reader("spec.toml");
    return reader.read(reader.parse(text));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(Input(data, size).rest());
    Request request;
    if (!accepted([&] { request = read(text); })) return 0;
    const auto spec = catalog().resolve(request);
    const std::string written = to_toml(request, catalog());
    Request again;
    hold(accepted([&] { again = read(written); }), "a spec that was written can be read");
    hold(to_toml(again, catalog()) == written, "a spec that was read is written the same");
    if (!succeeded(spec)) return 0;
    const auto resolved = catalog().resolve(again);
    hold(resolved && *resolved == *spec, "a spec means the same once written and read");
    hold(catalog().key(*resolved) == catalog().key(*spec), "a run keeps its identity");
    hold(spec_from_json(to_json(*spec)) == *spec, "a spec is stored as it is");
    return 0;
}
