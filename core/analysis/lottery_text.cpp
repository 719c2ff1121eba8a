#include "core/analysis/interval_text.h"
#include "core/analysis/lottery.h"
#include "core/base/format.h"
#include "core/store/csv_text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace descent {

namespace {

std::string share(double value) {
    return std::isnan(value) ? "" : format_number(100 * value, 3) + "%";
}

std::string value_text(const LotteryFold& fold) {
    if (fold.count == 0) return "";
    std::string text = format_number(fold.mean, 3);
    if (fold.count > 1) text += " [" + format_number(fold.low, 3) + ", " + format_number(fold.high, 3) + "]";
    return text;
}

bool as_good(const Lottery& lottery, double value) {
    return lottery.higher ? value >= lottery.dense.low : value <= lottery.dense.high;
}

/// The last of the points that hold one after the other from the dense end on.
const LotteryPoint* last_as_good(const Lottery& lottery, const LotteryLine& line) {
    const LotteryPoint* last = nullptr;
    for (const auto& point : line.points) {
        if (point.level == 0 || point.value.count == 0) continue;
        if (!as_good(lottery, point.value.mean)) break;
        last = &point;
    }
    return last;
}

nlohmann::ordered_json number(double value) {
    return std::isfinite(value) ? nlohmann::ordered_json(value) : nlohmann::ordered_json(nullptr);
}

nlohmann::ordered_json json_of(const LotteryFold& fold) {
    return {{"n", fold.count},
            {"mean", number(fold.mean)},
            {"low", number(fold.low)},
            {"high", number(fold.high)},
            {"sd", number(fold.deviation)}};
}

} // namespace

TextTable lottery_cells_text(const Lottery& lottery) {
    TextTable table{
        .headings = {"branch", "level", "weights left", "runs", lottery.metric}, .rows = {}, .right = {}};
    for (const auto& layer : lottery.layers) table.headings.push_back(layer);
    table.right.assign(table.headings.size(), true);
    table.right.front() = false;
    for (const auto& line : lottery.lines)
        for (const auto& point : line.points) {
            auto runs = format_count(std::ssize(point.runs));
            if (std::ssize(point.runs) != point.seeds) runs += " of " + format_count(point.seeds);
            std::vector<std::string> row{line.label, std::to_string(point.level), share(point.remaining),
                                         runs, value_text(point.value)};
            for (const double density : point.density) row.push_back(share(density));
            table.rows.push_back(std::move(row));
        }
    return table;
}

std::vector<std::string> lottery_sentences(const Lottery& lottery) {
    std::vector<std::string> said;
    if (lottery.dense.count > 0)
        said.push_back("Dense: " + lottery.metric + " " + value_text(lottery.dense) + " (" +
                       counted(lottery.dense.count, "seed") + ").");
    if (lottery.dense.count > 1)
        for (const auto& line : lottery.lines) {
            const auto* last = last_as_good(lottery, line);
            const bool any = std::ranges::any_of(
                line.points, [](const auto& p) { return p.level > 0 && p.value.count > 0; });
            if (!any) continue;
            said.push_back(line.label + ": " +
                           (last ? "no worse on average than the worst dense network down to " +
                                       share(last->remaining) + " of the weights"
                                 : std::string("worse on average than every dense network from the first "
                                               "level on")) +
                           ".");
        }
    // What a ticket is worth shows beside the other branches, where fewest weights are left.
    std::string beside;
    double left = std::nan("");
    for (const auto& line : lottery.lines) {
        const auto last = std::ranges::find_if(line.points.rbegin(), line.points.rend(), [](const auto& p) {
            return p.level > 0 && p.value.count > 0;
        });
        if (last == line.points.rend()) continue;
        if (!std::isnan(left) && std::abs(last->remaining - left) > 0.01 * left) continue;
        left = last->remaining;
        beside += (beside.empty() ? "" : "; ") + line.label + " " + value_text(last->value);
    }
    if (beside.find(';') != std::string::npos)
        said.push_back("With " + share(left) + " left: " + beside + ".");
    if (!said.empty())
        said.emplace_back("Masked weights are computed with like any others: nothing gets faster.");
    return said;
}

std::string to_csv(const Lottery& lottery) {
    TextTable table;
    table.headings = {"branch", "level", "remaining", "seeds", "finished", "metric",
                      "n",      "mean",  "low",       "high",  "sd"};
    for (const auto& layer : lottery.layers) table.headings.push_back("density/" + layer);
    const auto text = [](double value) { return std::isnan(value) ? std::string() : csv_number(value); };
    for (const auto& line : lottery.lines)
        for (const auto& point : line.points) {
            const auto& v = point.value;
            std::vector<std::string> row{line.label,
                                         csv_number(point.level),
                                         text(point.remaining),
                                         csv_number(point.seeds),
                                         csv_number(std::ssize(point.runs)),
                                         lottery.metric,
                                         csv_number(v.count),
                                         text(v.mean),
                                         text(v.low),
                                         text(v.high),
                                         text(v.deviation)};
            for (const double density : point.density) row.push_back(text(density));
            table.rows.push_back(std::move(row));
        }
    return to_csv(table);
}

nlohmann::ordered_json to_json(const Lottery& lottery) {
    auto lines = nlohmann::ordered_json::array();
    for (const auto& line : lottery.lines) {
        auto points = nlohmann::ordered_json::array();
        for (const auto& point : line.points) {
            auto density = nlohmann::ordered_json::object();
            for (std::size_t i = 0; i < lottery.layers.size(); ++i)
                density[lottery.layers[i]] = number(point.density[i]);
            points.push_back({{"level", point.level},
                              {"remaining", number(point.remaining)},
                              {"seeds", point.seeds},
                              {"finished", std::ssize(point.runs)},
                              {"value", json_of(point.value)},
                              {"density", std::move(density)}});
        }
        lines.push_back({{"branch", line.label}, {"points", std::move(points)}});
    }
    return {{"metric", lottery.metric},
            {"dense", json_of(lottery.dense)},
            {"layers", lottery.layers},
            {"lines", std::move(lines)},
            {"sentences", lottery_sentences(lottery)}};
}

} // namespace descent
