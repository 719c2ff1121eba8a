#include "core/text/grammar.h"

#include <algorithm>
#include <span>
#include <stdexcept>

namespace descent {

const std::string& Grammar::one_of(std::string_view name, RandomStream& stream) const {
    const auto at = rules_.find(name);
    if (at == rules_.end()) throw std::out_of_range("the grammar has no '" + std::string(name) + "'");
    return at->second[stream.below(at->second.size())];
}

std::string Grammar::draw(std::string_view text, RandomStream& stream, bool swapped) const {
    std::string out;
    append(out, text, stream, swapped);
    return out;
}

void Grammar::append(std::string& out, std::string_view text, RandomStream& stream, bool swapped) const {
    while (!text.empty()) {
        const std::size_t open = std::min(text.find('{'), text.size());
        out += text.substr(0, open);
        text.remove_prefix(open);
        if (text.empty()) return;
        const std::size_t close = text.find('}');
        std::string name(text.substr(1, close - 1));
        if (swapped && (name[0] == '+' || name[0] == '-')) name[0] = name[0] == '+' ? '-' : '+';
        append(out, one_of(name, stream), stream, swapped);
        text.remove_prefix(close + 1);
    }
}

namespace {

constexpr std::string_view kSigns = ".,;:?!";

bool sounds_like_a_vowel(std::string_view word) {
    for (const char* silent : {"hour", "honest", "honour"})
        if (word.starts_with(silent)) return true;
    for (const char* consonant : {"uni", "use", "usu", "eu", "one"})
        if (word.starts_with(consonant)) return false;
    return std::string_view("aeiou").contains(word[0]);
}

} // namespace

std::string written(std::string_view drawn) {
    std::string out;
    bool sentence_begins = true, article = false;
    for (std::size_t at = 0; at < drawn.size();) {
        if (drawn[at] == ' ') {
            ++at;
            continue;
        }
        const std::size_t end = std::min(drawn.find(' ', at), drawn.size());
        std::string word(drawn.substr(at, end - at));
        at = end;
        if (article && sounds_like_a_vowel(word)) out += 'n';
        article = word == "a";
        if (!out.empty() && !kSigns.contains(word[0])) out += ' ';
        if (sentence_begins && word[0] >= 'a' && word[0] <= 'z')
            word[0] = static_cast<char>(word[0] - 'a' + 'A');
        sentence_begins = std::string_view(".?!").contains(word.back());
        out += word;
    }
    return out;
}

MadeTexts made(std::vector<std::string> classes, std::int64_t count, double label_noise, std::uint64_t seed,
               std::string_view name, const std::function<std::string(std::int32_t, RandomStream&)>& say) {
    MadeTexts texts{std::move(classes), {}};
    std::vector<std::int32_t> labels;
    for (std::int64_t i = 0; i < count; ++i)
        labels.push_back(static_cast<std::int32_t>(i % static_cast<std::int64_t>(texts.classes.size())));
    RandomStream words(seed, std::string(name) + "/texts"), noise(seed, std::string(name) + "/noise");
    words.shuffle(std::span(labels));
    for (const std::int32_t label : labels) {
        MadeTexts::Item item{written(say(label, words)), label};
        if (noise.uniform() < label_noise)
            item.label = static_cast<std::int32_t>(noise.below(texts.classes.size()));
        texts.items.push_back(std::move(item));
    }
    return texts;
}

} // namespace descent
