#include "app/cli/sweep_lines.h"

#include "app/cli/output.h"

#include <nlohmann/json.hpp>

namespace descent::cli {

using nlohmann::json;

std::string to_line(const SweepWork& work) {
    json again = json::array();
    for (const auto& [cell, run] : work.again) again.push_back({cell, run.uuid});
    return dump(json{{"cells", work.cells}, {"again", std::move(again)}}) + "\n";
}

SweepWork work_in(const std::string& line, std::size_t cells) {
    try {
        const auto said = json::parse(line);
        SweepWork work{.cells = said.at("cells").get<std::vector<std::size_t>>()};
        for (const auto& [cell, run] :
             said.at("again").get<std::vector<std::pair<std::size_t, std::string>>>())
            work.again.emplace(cell, RunId{run});
        for (const auto cell : work.cells)
            if (cell >= cells)
                throw InputError("--work: there is no cell " + std::to_string(cell) + " in the sweep");
        return work;
    } catch (const json::exception&) {
        throw InputError(
            "--work: expected {\"cells\": [0, 1], \"again\": [[1, \"run's UUID\"]]} on standard input");
    }
}

std::string to_line(const WorkProgress& p) {
    return dump(json{{"members", p.members},
                     {"over", p.over},
                     {"update", p.update.count},
                     {"planned", p.planned.count},
                     {"reading", p.reading},
                     {"share", p.reading_share}}) +
           "\n";
}

std::string to_line(const WorkResult& result) {
    return dump(json{{"finished", result.finished},
                     {"diverged", result.diverged},
                     {"failed", result.failed},
                     {"interrupted", result.interrupted},
                     {"problems", result.problems}}) +
           "\n";
}

WorkAnswer answer_in(const std::string& line) {
    WorkAnswer answer;
    try {
        const auto said = json::parse(line);
        const auto number = [&](const char* key) { return said.value(key, std::int64_t{0}); };
        if (said.contains("members"))
            answer.progress = WorkProgress{.members = number("members"),
                                           .over = number("over"),
                                           .update = Update{number("update")},
                                           .planned = Update{number("planned")},
                                           .reading = said.value("reading", ""),
                                           .reading_share = said.value("share", 0.0)};
        if (said.contains("finished"))
            answer.result = WorkResult{.finished = number("finished"),
                                       .diverged = number("diverged"),
                                       .failed = number("failed"),
                                       .interrupted = number("interrupted"),
                                       .problems = said.value("problems", std::vector<std::string>{})};
    } catch (const json::exception&) { // a line of somebody else
        return {};
    }
    return answer;
}

} // namespace descent::cli
