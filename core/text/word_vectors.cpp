#include "core/text/word_vectors.h"

#include "core/base/hash.h"
#include "core/base/mapped_file.h"
#include "core/base/result.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace descent {

namespace {

constexpr std::size_t kPiece = std::size_t{4} << 20; ///< bytes between reports
constexpr std::string_view kBlanks = " \t";
constexpr std::int64_t kLargestDimension = 10'000; // published ones have up to some thousands
constexpr std::size_t kShown = 40;                 ///< characters of a wrong field

std::string_view without_end(std::string_view line) {
    while (!line.empty() && (kBlanks.contains(line.back()) || line.back() == '\r')) line.remove_suffix(1);
    return line;
}

/// Cuts the last field off a line without blanks at its end.
std::string_view last_field(std::string_view& line) {
    const std::size_t at = line.find_last_of(kBlanks);
    const std::string_view field = line.substr(at == std::string_view::npos ? 0 : at + 1);
    line = without_end(line.substr(0, at == std::string_view::npos ? 0 : at));
    return field;
}

std::int64_t fields_of(std::string_view line) {
    std::int64_t fields = 0;
    while (!line.empty()) {
        last_field(line);
        ++fields;
    }
    return fields;
}

bool read_number(std::string_view field, float& number) {
    if (field.starts_with('+')) field.remove_prefix(1);
    const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), number);
    if (end != field.data() + field.size() || field.empty()) return false;
    // Of what no float can hold, only the too small are numbers still.
    if (error == std::errc::result_out_of_range) {
        double wide = 0;
        std::from_chars(field.data(), field.data() + field.size(), wide);
        number = static_cast<float>(wide);
        return std::abs(wide) < 1;
    }
    return error == std::errc{} && std::isfinite(number);
}

/// word2vec's first line, "COUNT DIMENSION"; 0 where it is none.
std::int64_t stated_dimension(std::string_view line) {
    const std::string_view second = last_field(line);
    std::int64_t count = 0, dimension = 0;
    const auto whole = [](std::string_view field, std::int64_t& number) {
        const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), number);
        return !field.empty() && error == std::errc{} && end == field.data() + field.size();
    };
    return whole(line, count) && whole(second, dimension) && count > 0 && dimension > 1 ? dimension : 0;
}

class VectorReader {
public:
    VectorReader(const std::filesystem::path& file, std::span<const std::string> words)
        : file_(file)
        , words_(words) {
        for (std::size_t i = 0; i < words.size(); ++i)
            if (const auto [at, is_new] = places_.emplace(words[i], i); !is_new)
                copies_.emplace_back(at->second, i);
    }

    WordVectors read(const TextReading& how) {
        const MappedFile mapped(file_, "word vectors");
        std::string_view rest = mapped.bytes();
        const auto all = static_cast<double>(rest.size());
        Sha256 hash;
        std::size_t hashed = 0;
        const auto pass = [&](std::size_t to) {
            hash.add(mapped.bytes().substr(hashed, to - hashed));
            hashed = to;
            if (how.progress) how.progress(all > 0 ? static_cast<double>(to) / all : 1);
        };
        while (!rest.empty()) {
            const std::size_t end = std::min(rest.find('\n'), rest.size());
            ++vectors_.lines;
            take(without_end(rest.substr(0, end)));
            rest.remove_prefix(std::min(end + 1, rest.size()));
            const std::size_t at = mapped.bytes().size() - rest.size();
            if (at - hashed >= kPiece) {
                if (how.stop.stop_requested()) throw InputError("interrupted");
                pass(at);
            }
        }
        if (how.stop.stop_requested()) throw InputError("interrupted");
        pass(mapped.bytes().size());
        if (vectors_.dimension == 0 || !any_)
            throw InputError(file_.string() +
                             ": no vectors in it; expected a word and its numbers in each line");
        for (const auto& [from, to] : copies_) {
            const auto dimension = static_cast<std::size_t>(vectors_.dimension);
            std::copy_n(vectors_.values.begin() + static_cast<std::ptrdiff_t>(from * dimension), dimension,
                        vectors_.values.begin() + static_cast<std::ptrdiff_t>(to * dimension));
            vectors_.found[to] = vectors_.found[from];
        }
        vectors_.hash = hash.hex();
        return std::move(vectors_);
    }

private:
    [[noreturn]] void refuse(const std::string& what) const {
        throw InputError(file_.string() + ": line " + std::to_string(vectors_.lines) + ": " + what);
    }

    void take(std::string_view line) {
        if (line.empty()) return;
        if (vectors_.dimension == 0) {
            const std::int64_t stated = vectors_.lines == 1 ? stated_dimension(line) : 0;
            set_dimension(stated > 0 ? stated : fields_of(line) - 1);
            if (stated > 0) return;
        }
        // The numbers from behind: what is left is the word, blanks in it and all.
        std::string_view word = line;
        for (std::size_t left = row_.size(); left > 0; --left) {
            const std::string_view field = last_field(word);
            const bool number = read_number(field, row_[left - 1]);
            // A line that is too short has its word, be it a number itself, where a number is expected.
            if (word.empty() && (!number || !kBlanks.contains(line[0]))) refuse_count(row_.size() - left);
            if (!number) refuse("'" + std::string(field.substr(0, kShown)) + "' where a number was expected");
        }
        any_ = true;
        if (word.empty()) return; // a word of nothing but blanks
        const auto at = places_.find(word);
        if (at == places_.end()) {
            // No words that one asks for, but their number too many.
            std::string_view rest = word;
            float number = 0;
            const std::string_view field = last_field(rest);
            if (!rest.empty() && field.contains('.') && read_number(field, number))
                refuse_count(row_.size() + 1);
            return;
        }
        if (vectors_.found[at->second]) return;
        vectors_.found[at->second] = 1;
        std::ranges::copy(row_,
                          vectors_.values.begin() + static_cast<std::ptrdiff_t>(at->second * row_.size()));
    }

    void set_dimension(std::int64_t dimension) {
        if (dimension < 1) refuse("no numbers; expected a word and its numbers");
        if (dimension > kLargestDimension)
            refuse("vectors of " + std::to_string(dimension) + " numbers; expected at most " +
                   std::to_string(kLargestDimension));
        vectors_.dimension = dimension;
        row_.resize(static_cast<std::size_t>(dimension));
        vectors_.values.resize(words_.size() * row_.size());
        vectors_.found.resize(words_.size());
    }

    [[noreturn]] void refuse_count(std::size_t numbers) const {
        refuse(std::to_string(numbers) + (numbers == 1 ? " number" : " numbers") +
               " behind the word; expected " + std::to_string(row_.size()));
    }

    std::filesystem::path file_;
    std::span<const std::string> words_;
    std::unordered_map<std::string_view, std::size_t> places_;
    std::vector<std::pair<std::size_t, std::size_t>> copies_; ///< of words asked for twice
    std::vector<float> row_;
    WordVectors vectors_;
    bool any_ = false;
};

} // namespace

WordVectors read_word_vectors(const std::filesystem::path& file, std::span<const std::string> words,
                              const TextReading& how) {
    return VectorReader(file, words).read(how);
}

} // namespace descent
