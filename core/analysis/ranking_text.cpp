#include "core/analysis/interval_text.h"
#include "core/analysis/outcomes.h"
#include "core/base/format.h"
#include "core/store/csv_text.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace descent {

namespace {

std::string goal_text(const SymmetryGoal& goal) {
    return format_count(goal.hits) + " of " + format_count(goal.of) + " by update " + format_count(goal.by);
}

} // namespace

TextTable ranking_cells(const std::vector<RankedSetting>& ranking, const SymmetryGoal& goal) {
    TextTable cells{{"setting", "solved by " + format_count(goal.by), "rate", "95% interval", "likelihood",
                     "p", "verdict"},
                    {},
                    {false, true, true, true, true, true, false}};
    for (const auto& setting : ranking) {
        const auto& s = setting.solved;
        cells.rows.push_back({setting.setting, format_count(s.hits) + " of " + format_count(s.of),
                              format_percent(s.value),
                              format_percent(s.interval.low) + " to " + format_percent(s.interval.high),
                              format_number(setting.likelihood, 2),
                              setting.p < 0.0001 ? "< 0.0001" : format_number(setting.p, 2),
                              setting.agrees() ? "agrees" : "differs"});
    }
    return cells;
}

std::string ranking_sentence(const std::vector<RankedSetting>& ranking, const SymmetryGoal& goal) {
    if (ranking.empty()) return "No setting has been trained yet.";
    const auto agreeing = std::ranges::count_if(ranking, &RankedSetting::agrees);
    std::string text = "The report's " + goal_text(goal) + " (" + std::string(goal.words) + "): ";
    if (agreeing == 0)
        text += "none of " + counted(std::ssize(ranking), "setting") + " agrees; nearest is ";
    else
        text += format_count(agreeing) + " of " + counted(std::ssize(ranking), "setting") +
                " cannot be told apart from it at 5%; the likeliest is ";
    const auto& best = ranking.front();
    return text + best.setting + " with " + format_count(best.solved.hits) + " of " +
           format_count(best.solved.of) + ".";
}

std::string to_csv(const std::vector<RankedSetting>& ranking) {
    TextTable cells{{"setting", "solved", "runs", "low", "high", "likelihood", "p", "agrees"}, {}, {}};
    for (const auto& setting : ranking)
        cells.rows.push_back({setting.setting, csv_number(setting.solved.hits), csv_number(setting.solved.of),
                              csv_number(setting.solved.interval.low),
                              csv_number(setting.solved.interval.high), csv_number(setting.likelihood),
                              csv_number(setting.p), setting.agrees() ? "true" : "false"});
    return to_csv(cells);
}

nlohmann::ordered_json to_json(const std::vector<RankedSetting>& ranking, const SymmetryGoal& goal) {
    auto settings = nlohmann::ordered_json::array();
    for (const auto& setting : ranking)
        settings.push_back({{"setting", setting.setting},
                            {"solved", setting.solved.hits},
                            {"of", setting.solved.of},
                            {"interval", {setting.solved.interval.low, setting.solved.interval.high}},
                            {"likelihood", setting.likelihood},
                            {"p", setting.p},
                            {"agrees", setting.agrees()}});
    return {{"goal", {{"solved", goal.hits}, {"of", goal.of}, {"by", goal.by}, {"words", goal.words}}},
            {"settings", std::move(settings)},
            {"sentence", ranking_sentence(ranking, goal)}};
}

} // namespace descent
