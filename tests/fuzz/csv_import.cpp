#include "core/exchange/importers.h"
#include "tests/fuzz/fuzzing.h"

using namespace descent;
using namespace descent::fuzzing;

namespace {

void check(const Imported& imported) {
    for (const auto& warning : imported.warnings) hold(!warning.empty(), "a warning says something");
    for (const auto& run : imported.runs) {
        hold(!run.record.name.empty() || !run.identity.empty() || !run.record.id.uuid.empty(),
             "a run is known by something");
        for (const auto& sample : run.content.samples)
            hold(sample.metric < run.content.metrics.size() && sample.update.count >= 0,
                 "a value is of a metric and of an update");
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Imported imported;
    if (!accepted([&] { imported = read_csv(file("runs.csv", Input(data, size).rest()), {}); })) return 0;
    check(imported);
    return 0;
}
