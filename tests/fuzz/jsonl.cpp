#include "core/exchange/importers.h"
#include "core/exchange/run_json.h"
#include "tests/fuzz/fuzzing.h"

#include <nlohmann/json.hpp>

using namespace descent;
using namespace descent::fuzzing;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Imported imported;
    if (!accepted([&] { imported = read_jsonl(file("runs.jsonl", Input(data, size).rest()), {}); })) return 0;
    hold(!imported.runs.empty(), "there are runs");
    for (const auto& run : imported.runs) {
        hold(is_uuid(run.record.id.uuid), "a run has its id");
        hold(is_over(run.record.state), "nobody trains an imported run");
        for (const auto& sample : run.content.samples)
            hold(sample.metric < run.content.metrics.size() && sample.update.count >= 0,
                 "a value is of a metric and of an update");
        const auto written = run_json(run.record);
        const auto again = run_from_json(nlohmann::json::parse(written.dump()));
        hold(run_json(again) == written, "a run is the same once written and read");
    }
    return 0;
}
