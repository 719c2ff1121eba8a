#include "core/analysis/sweep.h"
#include "tests/fuzz/fuzzing.h"

using namespace descent;
using namespace descent::fuzzing;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Request base;
    base.task = "names";
    const auto axis = sweep_axis(catalog(), base, Input(data, size).rest());
    if (!succeeded(axis)) return 0;
    hold(!axis->levels.empty() && axis->levels.size() <= 100'000, "an axis has levels, within bounds");
    for (const auto& level : axis->levels) hold(!level.settings.empty(), "a level sets something");
    axis->numbers();
    return 0;
}
