#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace descent {

/// Texts made by a small grammar, so that there is something to train on at first start. They are synthetic
/// and say so.
struct MadeTexts {
    struct Item {
        std::string text;
        std::int32_t label = 0;
    };
    std::vector<std::string> classes;
    std::vector<Item> items;
};

/// Short opinions on things of everyday life: negative and positive (`neutral`: and neutral, in the middle),
/// with negation ("not at all bad"), intensity, contrast ("lovely, but …": what comes after counts), neutral
/// filler, and `label_noise` of the labels drawn anew. The same for the same arguments on every machine.
/// Thread: any.
MadeTexts made_opinions(std::int64_t count, bool neutral, double label_noise, std::uint64_t seed);

/// News-like sentences of four topics, World, Sports, Business and Sci/Tech, with mixtures (a company that
/// sponsors a team) and label noise.
MadeTexts made_topics(std::int64_t count, double label_noise, std::uint64_t seed);

/// Questions of TREC's six coarse kinds (ABBR, DESC, ENTY, HUM, LOC, NUM).
MadeTexts made_questions(std::int64_t count, double label_noise, std::uint64_t seed);

} // namespace descent
