#include "core/analysis/break_condition.h"

#include "core/base/param.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace descent {

namespace {

struct ShortWord {
    std::string_view word, metric, otherwise;
};
constexpr std::array kShortWords{
    ShortWord{"loss", "train/loss", "batch/loss"},    ShortWord{"validation", "validation/loss", ""},
    ShortWord{"accuracy", "validation/accuracy", ""}, ShortWord{"sharpness", "sharpness/1", ""},
    ShortWord{"gradient", "gradient/norm", ""},       ShortWord{"lr", "lr", ""},
    ShortWord{"throughput", "throughput", ""}};

const ShortWord* short_word(std::string_view word) {
    const auto* found = std::ranges::find(kShortWords, word, &ShortWord::word);
    return found == kShortWords.end() ? nullptr : found;
}

constexpr std::size_t kLongest = 500; // characters

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
/// Of a name; classes in metric names may hold letters of any language.
bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
}
bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

std::string lower(std::string_view text) {
    std::string result(text);
    for (char& c : result)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return result;
}

/// Recursive descent over the text.
class Parser {
public:
    explicit Parser(std::string_view text) : text_(text) {}

    BreakCondition condition() {
        BreakCondition result;
        if (!about_one_metric(result)) {
            result.left = sum();
            result.kind = comparison();
            result.right = sum();
        }
        expect_end();
        return result;
    }

private:
    using Kind = BreakCondition::Kind;
    using Step = BreakCondition::Step;
    // Far more than anyone means, and little enough for the stack.
    static constexpr int kDeepest = 64;

    [[noreturn]] void refuse(const std::string& why) const {
        throw InputError("breakpoint '" + std::string(text_) + "': " + why);
    }
    [[noreturn]] void expected(const std::string& what) {
        skip_blanks();
        refuse("expected " + what + " at " +
               (at_ == text_.size() ? "the end" : "'" + std::string(text_.substr(at_)) + "'"));
    }

    void skip_blanks() {
        while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
    }
    char ahead() {
        skip_blanks();
        return at_ < text_.size() ? text_[at_] : '\0';
    }
    bool take(char c) {
        if (ahead() != c) return false;
        ++at_;
        return true;
    }
    std::size_t word_end() const {
        auto end = at_;
        while (end < text_.size() && is_letter(text_[end])) ++end;
        return end;
    }
    /// The next word in lower case, which stays; "" where there is none.
    std::string word_ahead() {
        skip_blanks();
        return lower(text_.substr(at_, word_end() - at_));
    }
    void take_word() {
        skip_blanks();
        at_ = word_end();
    }
    void expect_end() {
        skip_blanks();
        if (at_ < text_.size()) expected("nothing more");
    }

    /// A metric that is, rises or falls. False where it is something else; then nothing was read.
    bool about_one_metric(BreakCondition& result) {
        skip_blanks();
        const auto start = at_;
        if (at_ == text_.size() || !is_letter(text_[at_])) return false;
        name();
        const auto verb = word_ahead();
        at_ = start;
        if (verb != "is" && verb != "rises" && verb != "falls") return false;
        result.metric = metric();
        take_word();
        if (verb == "is") {
            const auto what = word_ahead();
            if (what != "nan" && what != "infinite") expected("'NaN' or 'infinite' after 'is'");
            take_word();
            result.kind = what == "nan" ? Kind::is_nan : Kind::is_infinite;
        } else {
            result.kind = verb == "rises" ? Kind::rises : Kind::falls;
            result.times = count(verb);
        }
        return true;
    }

    /// Letters, digits, "_" and ".", and "/" or "-" between them.
    std::string_view name() {
        const auto start = at_;
        const auto belongs = [&](std::size_t i) {
            return i < text_.size() && (is_letter(text_[i]) || is_digit(text_[i]) || text_[i] == '.');
        };
        while (belongs(at_) ||
               (at_ < text_.size() && (text_[at_] == '/' || text_[at_] == '-') && belongs(at_ + 1)))
            ++at_;
        return text_.substr(start, at_ - start);
    }

    BreakCondition::Metric metric() {
        const std::string word(name());
        if (const auto* known = short_word(word))
            return {std::string(known->metric), std::string(known->otherwise)};
        const auto slash = word.find('/');
        if (slash == std::string::npos) {
            std::vector<std::string> words;
            for (const auto& known : kShortWords) words.emplace_back(known.word);
            const auto meant = nearest(word, words);
            refuse(
                "unknown metric '" + word + "'; " +
                (meant
                     ? "did you mean '" + *meant + "'?"
                     : "expected loss, validation, accuracy, sharpness, gradient, lr or a full name such as "
                       "validation/loss"));
        }
        // "loss/lr" would be the name of something that no run measures.
        const auto head = word.substr(0, slash), tail = word.substr(slash + 1);
        const bool divides = head == "loss" || head == "accuracy" || head == "lr" || tail == "lr" ||
                             (short_word(head) && head != "sharpness" && std::ranges::all_of(tail, is_digit));
        if (divides)
            refuse("'" + word + "' would be the name of a metric; to divide, write '" + head + " / " + tail +
                   "'");
        return {word, {}};
    }

    std::int64_t count(const std::string& verb) {
        skip_blanks();
        std::int64_t times = 0;
        const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), times);
        if (error != std::errc() || times < 1) expected("how many times, 1 or more, after '" + verb + "'");
        at_ = static_cast<std::size_t>(end - text_.data());
        if (const auto word = word_ahead(); word != "times" && word != "time") expected("'times'");
        take_word();
        return times;
    }

    Kind comparison() {
        const bool below = take('<');
        if (!below && !take('>')) expected("'<', '<=', '>' or '>='");
        const bool or_equal = at_ < text_.size() && text_[at_] == '=';
        if (or_equal) ++at_;
        if (below) return or_equal ? Kind::at_most : Kind::below;
        return or_equal ? Kind::at_least : Kind::above;
    }

    BreakCondition::Sum sum() {
        skip_blanks();
        const auto start = at_;
        BreakCondition::Sum result;
        add_sum(result.steps, 0);
        auto end = at_;
        while (end > start && is_blank(text_[end - 1])) --end;
        result.text = text_.substr(start, end - start);
        return result;
    }

    void add_sum(std::vector<Step>& steps, int depth) {
        add_product(steps, depth);
        for (;;) {
            const auto kind = take('+')   ? Step::Kind::add
                              : take('-') ? Step::Kind::subtract
                                          : Step::Kind::number;
            if (kind == Step::Kind::number) return;
            add_product(steps, depth);
            steps.push_back({kind});
        }
    }

    void add_product(std::vector<Step>& steps, int depth) {
        add_factor(steps, depth);
        for (;;) {
            const auto kind = take('*')   ? Step::Kind::multiply
                              : take('/') ? Step::Kind::divide
                                          : Step::Kind::number;
            if (kind == Step::Kind::number) return;
            add_factor(steps, depth);
            steps.push_back({kind});
        }
    }

    void add_factor(std::vector<Step>& steps, int depth) {
        if (depth > kDeepest) refuse("nested too deeply");
        const char c = ahead();
        if (c == '-') {
            ++at_;
            add_factor(steps, depth + 1);
            steps.push_back({Step::Kind::negate});
        } else if (c == '(') {
            ++at_;
            add_sum(steps, depth + 1);
            if (!take(')')) expected("')'");
        } else if (is_digit(c) || c == '.') {
            Step step{Step::Kind::number};
            const auto [end, error] =
                std::from_chars(text_.data() + at_, text_.data() + text_.size(), step.number);
            if (error == std::errc::result_out_of_range)
                refuse("'" + std::string(text_.data() + at_, end) +
                       "' is too large or too small for a number");
            if (error != std::errc()) expected("a number or a metric");
            at_ = static_cast<std::size_t>(end - text_.data());
            steps.push_back(step);
        } else if (is_letter(c)) {
            steps.push_back({Step::Kind::metric, 0, metric()});
        } else {
            expected("a number or a metric");
        }
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

} // namespace

BreakCondition parse_break_condition(std::string_view text) {
    if (text.empty()) throw InputError("a breakpoint is empty; expected a condition such as loss is NaN");
    if (text.size() > kLongest)
        throw InputError("breakpoint '" + std::string(text.substr(0, 20)) +
                         "…' is too long; expected at most " + std::to_string(kLongest) + " characters");
    return Parser(text).condition();
}

} // namespace descent
