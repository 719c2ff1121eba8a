#include "core/base/catalog.h"
#include "core/store/spec_text.h"
#include "tests/fuzz/fuzzing.h"

#include <nlohmann/json.hpp>
#include <optional>

using namespace descent;
using namespace descent::fuzzing;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(Input(data, size).rest());
    const auto quick = read_spec_text(text);
    const auto json = nlohmann::json::parse(text, nullptr, false);
    hold(!quick || !json.is_discarded(), "only JSON is read quickly");
    std::optional<RunSpec> spec;
    if (json.is_discarded() || !accepted([&] { spec = spec_from_json(json); })) {
        hold(!quick, "only a spec is read quickly");
        return 0;
    }
    hold(!quick || *quick == *spec, "a spec is the same, read either way");
    const auto checked = catalog().check(*spec);
    if (!succeeded(checked)) return 0;
    const std::string stored = to_json(*checked).dump();
    hold(spec_from_json(nlohmann::json::parse(stored)) == *checked, "a spec is stored as it is");
    const auto again = read_spec_text(stored);
    hold(!again || *again == *checked, "a stored spec is the same, read quickly");
    const auto twice = catalog().check(*checked);
    hold(twice && *twice == *checked, "what was checked stays as it is");
    succeeded(catalog().resolve(catalog().request_for(*checked)));
    return 0;
}
