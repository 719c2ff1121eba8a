#include "core/text/text_summary.h"

#include "core/base/json_text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace descent {

namespace {

constexpr std::size_t kBuckets = 40; // to the 99th percentile, and one for the rest

} // namespace

double TextSummary::known_share(std::size_t side) const {
    return tokens[side] > 0 ? static_cast<double>(known[side]) / static_cast<double>(tokens[side]) : 1;
}

std::pair<std::int64_t, std::int64_t> TextSummary::range(std::size_t bucket) const {
    const auto i = static_cast<std::int64_t>(bucket);
    return {i == 0 ? std::min<std::int64_t>(least, 1) : i * step + 1,
            bucket + 1 == lengths.size() ? most : (i + 1) * step};
}

void TextSummary::count_lengths(std::array<std::vector<std::uint32_t>, 3> of_side) {
    std::vector<std::uint32_t> all;
    for (const auto& side : of_side) all.insert(all.end(), side.begin(), side.end());
    lengths.clear();
    if (all.empty()) return;
    std::ranges::sort(all);
    const auto at = [&](double share) -> std::int64_t {
        return all[static_cast<std::size_t>(std::llround(share * static_cast<double>(all.size() - 1)))];
    };
    least = at(0);
    quarter = at(0.25);
    median = at(0.5);
    three_quarters = at(0.75);
    nineteen_twentieths = at(0.95);
    most = at(1);
    constexpr auto kSteps = static_cast<std::int64_t>(kBuckets);
    step = std::max<std::int64_t>(1, (at(0.99) + kSteps - 1) / kSteps);
    const auto bucket = [&](std::int64_t length) {
        return static_cast<std::size_t>(std::min(kSteps, length == 0 ? 0 : (length - 1) / step));
    };
    lengths.assign(bucket(most) + 1, {});
    for (std::size_t side = 0; side < of_side.size(); ++side)
        for (const auto length : of_side[side]) ++lengths[bucket(length)][side];
}

nlohmann::json to_json(const TextSummary& s) {
    const auto sides = [](const auto& value) {
        return nlohmann::json{{"train", value(0)}, {"validation", value(1)}, {"test", value(2)}};
    };
    const auto histogram = sides([&](std::size_t side) {
        std::vector<std::int64_t> counts;
        for (const auto& bucket : s.lengths) counts.push_back(bucket[side]);
        return counts;
    });
    auto commonest = nlohmann::json::array();
    for (const auto& [word, times] : s.commonest) commonest.push_back({{"word", word}, {"times", times}});
    return {{"synthetic", s.synthetic},
            {"empty_texts", s.empty},
            {"cut_texts", s.cut_texts},
            {"cut_at", s.cut_at},
            {"leaked", s.leaked},
            {"vocabulary", s.vocabulary},
            {"words", s.words},
            {"tokens", sides([&](std::size_t side) { return s.tokens[side]; })},
            {"known_tokens", sides([&](std::size_t side) { return s.known[side]; })},
            {"known_share", sides([&](std::size_t side) { return s.known_share(side); })},
            {"lengths",
             {{"least", s.least},
              {"quarter", s.quarter},
              {"median", s.median},
              {"three_quarters", s.three_quarters},
              {"nineteen_twentieths", s.nineteen_twentieths},
              {"most", s.most},
              {"histogram", {{"step", s.step}, {"counts", histogram}}}}},
            {"commonest", std::move(commonest)}};
}

std::optional<TextSummary> text_summary(const std::string& report) {
    constexpr std::array kSides{"train", "validation", "test"};
    TextSummary s;
    try {
        const auto json = foreign_json(report);
        if (!json.is_object() || !json.contains("lengths") || !json.contains("commonest"))
            return std::nullopt;
        s.synthetic = json.at("synthetic").get<bool>();
        json.at("empty_texts").get_to(s.empty);
        json.at("cut_texts").get_to(s.cut_texts);
        json.at("cut_at").get_to(s.cut_at);
        json.at("leaked").get_to(s.leaked);
        json.at("vocabulary").get_to(s.vocabulary);
        json.at("words").get_to(s.words);
        const auto& lengths = json.at("lengths");
        lengths.at("least").get_to(s.least);
        lengths.at("quarter").get_to(s.quarter);
        lengths.at("median").get_to(s.median);
        lengths.at("three_quarters").get_to(s.three_quarters);
        lengths.at("nineteen_twentieths").get_to(s.nineteen_twentieths);
        lengths.at("most").get_to(s.most);
        const auto& histogram = lengths.at("histogram");
        s.step = std::max<std::int64_t>(1, histogram.at("step").get<std::int64_t>());
        for (std::size_t side = 0; side < kSides.size(); ++side) {
            json.at("tokens").at(kSides[side]).get_to(s.tokens[side]);
            json.at("known_tokens").at(kSides[side]).get_to(s.known[side]);
            const auto& counts = histogram.at("counts").at(kSides[side]);
            if (side == 0) s.lengths.resize(counts.size());
            for (std::size_t i = 0; i < s.lengths.size(); ++i) counts.at(i).get_to(s.lengths[i][side]);
        }
        for (const auto& word : json.at("commonest"))
            s.commonest.emplace_back(word.at("word").get<std::string>(),
                                     word.at("times").get<std::int64_t>());
    } catch (const nlohmann::json::exception&) { // of another version of the program
        return std::nullopt;
    }
    return s;
}

} // namespace descent
