#include "core/analysis/ladder.h"
#include "core/analysis/report_presets.h"
#include "core/audio/speech_folder.h"
#include "core/base/change.h"
#include "core/base/param.h"
#include "core/base/schedule.h"
#include "core/exchange/run_json.h"
#include "core/text/text_summary.h"
#include "tests/base/small_catalog.h"
#include "tests/fuzz/fuzzing.h"

#include <algorithm>
#include <nlohmann/json.hpp>

using namespace descent;
using namespace descent::fuzzing;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    // Short things that people type, and texts that stores hold.
    Input input(data, size);
    const std::uint8_t what = input.byte() % 8;
    const std::string text(input.rest());
    static const Catalog catalog = testing::small_catalog();
    static const RunSpec spec = unwrap(catalog.resolve({.task = "names",
                                                        .model = {},
                                                        .optimizer = "sgd",
                                                        .regime = {},
                                                        .settings = {},
                                                        .epochs = 3,
                                                        .updates = {}}));
    switch (what) {
    case 0:
        if (const auto changes = parse_changes(text, catalog, spec); succeeded(changes)) {
            const auto again = parse_changes(to_text(*changes), catalog, spec);
            hold(again && *again == *changes, "changes are the same once written and read");
        }
        break;
    case 1:
        accepted([&] { hold(std::ranges::is_sorted(parse_milestones(text)), "milestones rise"); });
        break;
    case 2:
        for (const auto group : kGroups)
            for (const auto& param : catalog.params(group, catalog.entries(group)[0].id)) {
                const auto value = parse_value(param, text, param.name);
                if (!succeeded(value)) continue;
                hold(succeeded(check_value(param, *value, param.name)), "what is read is in range");
                const auto again = parse_value(param, to_string(*value), param.name);
                hold(again && *again == *value, "a value is the same once written and read");
            }
        break;
    case 3:
        if (const auto plan = plan_from_log_line(text)) {
            hold(plan_from_log_line(to_log_line(*plan)) == *plan, "a plan is the same once written and read");
            const auto requests = ladder_requests(catalog, *plan);
            succeeded(requests);
        }
        break;
    case 4:
        if (const auto summary = text_summary(text)) {
            for (std::size_t i = 0; i < 3; ++i) summary->known_share(i);
            for (std::size_t i = 0; i < std::min<std::size_t>(summary->lengths.size(), 100); ++i)
                summary->range(i);
        }
        break;
    case 5:
        accepted([&] {
            const auto run = run_from_json(parsed_json(text));
            hold(run_json(run_from_json(nlohmann::json::parse(run_json(run).dump()))) == run_json(run),
                 "a run is the same once written and read");
        });
        break;
    case 6:
        accepted([&] { report_preset(text); });
        nearest(text, {"momentum", "lr", "hidden"});
        break;
    default:
        parse_list(text);
        ladder_group({text});
    }
    return 0;
}
