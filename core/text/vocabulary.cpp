#include "core/text/vocabulary.h"

#include <algorithm>
#include <deque>
#include <stdexcept>
#include <unordered_map>

namespace descent {

struct Vocabulary::Words {
    struct Word {
        std::string text;
        std::int64_t occurrences = 0;
    };
    std::deque<Word> words; ///< by id; a deque, since the keys below view its strings
    std::unordered_map<std::string_view, std::int32_t> ids;
    std::int64_t known = 0;
    bool closed = false;

    Word& add(std::string_view text) {
        const auto id = static_cast<std::int32_t>(words.size());
        Word& word = words.emplace_back(Word{std::string(text), 0});
        ids.emplace(word.text, id);
        return word;
    }
};

Vocabulary::Vocabulary() : words_(std::make_unique<Words>()) {
    // No keys: a text may well hold these words.
    words_->words.push_back({"<pad>", 0});
    words_->words.push_back({"<unk>", 0});
}

Vocabulary::~Vocabulary() = default;
Vocabulary::Vocabulary(Vocabulary&&) noexcept = default;
Vocabulary& Vocabulary::operator=(Vocabulary&&) noexcept = default;

void Vocabulary::count(std::string_view word, std::int64_t times) {
    if (words_->closed) throw std::logic_error("a word counted after the vocabulary was closed");
    const auto at = words_->ids.find(word);
    Words::Word& counted =
        at == words_->ids.end() ? words_->add(word) : words_->words[static_cast<std::size_t>(at->second)];
    counted.occurrences += times;
}

void Vocabulary::close(std::int64_t most, std::int64_t least) {
    auto& words = words_->words;
    std::sort(words.begin() + 2, words.end(), [](const Words::Word& a, const Words::Word& b) {
        // UTF-8 sorts as its code points do.
        return a.occurrences != b.occurrences ? a.occurrences > b.occurrences : a.text < b.text;
    });
    words_->ids.clear();
    for (std::size_t id = 2; id < words.size(); ++id)
        words_->ids.emplace(words[id].text, static_cast<std::int32_t>(id));
    const auto rare = std::find_if(words.begin() + 2, words.end(),
                                   [&](const Words::Word& word) { return word.occurrences < least; });
    words_->known = rare - words.begin();
    if (most > 0) words_->known = std::clamp<std::int64_t>(most, 2, words_->known);
    for (auto at = static_cast<std::size_t>(words_->known); at < words.size(); ++at)
        words[unknown].occurrences += words[at].occurrences;
    words_->closed = true;
}

std::int32_t Vocabulary::id(std::string_view word) {
    if (!words_->closed) throw std::logic_error("a word looked up before the vocabulary was closed");
    const auto at = words_->ids.find(word);
    if (at != words_->ids.end()) return at->second;
    const auto next = static_cast<std::int32_t>(words_->words.size());
    words_->add(word);
    return next;
}

std::int64_t Vocabulary::known() const {
    return words_->known;
}

std::int64_t Vocabulary::size() const {
    return static_cast<std::int64_t>(words_->words.size());
}

const std::string& Vocabulary::word(std::int32_t id) const {
    return words_->words.at(static_cast<std::size_t>(id)).text;
}

std::int64_t Vocabulary::occurrences(std::int32_t id) const {
    return words_->words.at(static_cast<std::size_t>(id)).occurrences;
}

} // namespace descent
