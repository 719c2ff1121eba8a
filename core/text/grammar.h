#pragma once

#include "core/base/random.h"
#include "core/text/made_texts.h"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace descent {

/// A context-free grammar whose sentences are drawn: "{name}" in a text stands for one of the texts of that
/// name, each as likely as the others. Thread: any, each with a stream of its own.
class Grammar {
public:
    using Texts = std::vector<std::string>;
    explicit Grammar(std::map<std::string, Texts, std::less<>> rules) : rules_(std::move(rules)) {}

    /// `text` with everything in it drawn; "{+…}" and "{-…}" change places where `swapped`. Throws
    /// std::out_of_range for a name that is none (a bug).
    std::string draw(std::string_view text, RandomStream& stream, bool swapped = false) const;
    /// One of the texts of that name, as it stands.
    const std::string& one_of(std::string_view name, RandomStream& stream) const;

private:
    void append(std::string& out, std::string_view text, RandomStream& stream, bool swapped) const;

    std::map<std::string, Texts, std::less<>> rules_;
};

/// As it is written: one blank between words and none before . , ; : ? !, "an" before a vowel, a capital at
/// the beginning of each sentence.
std::string written(std::string_view drawn);

/// As many texts of each class as of the others (but for the remainder), in an order drawn; `say` draws a
/// text of a class. A share of `label_noise` of the labels is drawn anew from all classes; the texts are the
/// same with any.
MadeTexts made(std::vector<std::string> classes, std::int64_t count, double label_noise, std::uint64_t seed,
               std::string_view name,
               const std::function<std::string(std::int32_t label, RandomStream&)>& say);

} // namespace descent
