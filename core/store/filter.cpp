#include "core/store/filter.h"

#include "core/base/param.h"
#include "core/base/units.h"
#include "core/store/connection.h"
#include "core/store/filter_date.h"
#include "core/store/filter_words.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>

namespace descent {
namespace {

// Far above what a person types, and below what SQLite allows in depth of an expression.
constexpr std::size_t kMostTerms = 200;
constexpr int kDeepest = 50;

using Token = FilterWord;

struct Column {
    std::string_view name;
    std::string_view sql;
    bool number = false;
};
constexpr std::array kColumns{Column{"name", "r.name"},
                              Column{"state", "r.state"},
                              Column{"task", "r.task"},
                              Column{"model", "r.model"},
                              Column{"optimizer", "r.optimizer"},
                              Column{"regime", "r.regime"},
                              Column{"note", "r.note"},
                              Column{"key", "r.key"},
                              Column{"seed", "r.seed", true},
                              Column{"epochs", "r.epochs", true},
                              Column{"updates", "r.updates", true},
                              Column{"seconds", "r.seconds", true},
                              Column{"threads", "r.threads", true},
                              Column{"host", "r.host"},
                              Column{"parameters", "r.parameters", true},
                              Column{"planned", "r.planned_updates", true}};
constexpr std::array kDates{Column{"created", "r.created_ms"}, Column{"started", "r.started_ms"},
                            Column{"ended", "r.ended_ms"}};
constexpr std::array<std::string_view, 4> kParts{"task", "model", "optimizer", "regime"};

/// Recursive descent over the grammar in filter.h. A comparison that cannot be made, for the run lacks the
/// field, is false, so that `not` is always the exact opposite.
class Parser {
public:
    explicit Parser(std::string_view text) : text_(text), tokens_(filter_words(text)) {}

    Condition parse() {
        if (peek().kind == Token::Kind::end) return {"1"};
        condition_.sql = disjunction();
        if (peek().kind == Token::Kind::close) error(peek(), "no '(' for this ')'");
        if (peek().kind != Token::Kind::end)
            error(peek(), "expected 'and' or 'or' before '" + peek().text + "'");
        return std::move(condition_);
    }

private:
    const Token& peek() const { return tokens_[at_]; }
    const Token& take() { return tokens_[at_ + 1 < tokens_.size() ? at_++ : at_]; }
    bool take_word(std::string_view word) {
        if (peek().kind != Token::Kind::word || sql::fold(peek().text) != word) return false;
        take();
        return true;
    }
    [[noreturn]] void error(const Token& token, const std::string& what) const {
        filter_error(text_, token.at, what);
    }
    std::string bound(std::variant<std::int64_t, double, std::string> value) {
        condition_.bindings.push_back(std::move(value));
        return "?" + std::to_string(condition_.bindings.size());
    }

    std::string disjunction() {
        std::string sql = conjunction();
        while (take_word("or")) sql += " OR " + conjunction();
        return sql;
    }

    std::string conjunction() {
        std::string sql = factor();
        while (take_word("and")) sql += " AND " + factor();
        return sql;
    }

    std::string factor() {
        if (depth_ == kDeepest) error(peek(), "too many brackets inside each other");
        ++depth_;
        std::string sql;
        if (take_word("not")) {
            sql = "NOT " + factor();
        } else if (peek().kind == Token::Kind::open) {
            const Token open = take();
            sql = "(" + disjunction() + ")";
            if (peek().kind != Token::Kind::close) error(open, "no ')' for this '('");
            take();
        } else {
            sql = term();
        }
        --depth_;
        return sql;
    }

    std::string term() {
        const Token first = take();
        if (first.kind == Token::Kind::end) error(first, "expected a condition");
        if (first.kind != Token::Kind::word && first.kind != Token::Kind::quoted)
            error(first, "expected a condition before '" + first.text + "'");
        if (++terms_ > kMostTerms) error(first, "too many conditions");
        const std::string folded = sql::fold(first.text);
        if (peek().kind == Token::Kind::op) return comparison(first);
        if (first.kind == Token::Kind::quoted) return anywhere(first.text);
        if (folded == "and" || folded == "or")
            error(first, "expected a condition before '" + first.text + "'");
        if (folded == "starred") return "r.starred";
        if (folded == "trashed") {
            condition_.asks_for_trash = true;
            return "(r.trashed_ms IS NOT NULL)";
        }
        if (folded.starts_with("tag:")) return tag_after_colon(first);
        if (run_state(folded)) return "(r.state = " + bound(folded) + " OR " + anywhere(first.text) + ")";
        return anywhere(first.text);
    }

    std::string tag_after_colon(const Token& term) {
        std::string name = term.text.substr(4);
        if (name.empty()) {
            if (peek().kind != Token::Kind::quoted) error(term, "expected a tag after 'tag:'");
            name = take().text;
        }
        return tag(term, {"=", {Token::Kind::word, name, term.at}, {}});
    }

    std::string anywhere(const std::string& word) {
        const std::string text = bound(sql::fold(word));
        std::string sql = "(";
        for (const char* column : {"name", "task", "model", "optimizer", "regime", "note"})
            sql += std::string("instr(fold(r.") + column + "), " + text + ") OR ";
        return sql + "EXISTS (SELECT 1 FROM tag t WHERE t.run_no = r.run_no AND instr(fold(t.tag), " + text +
               ")))";
    }

    struct Right {
        std::string op;
        Token token;                  ///< the value
        std::optional<double> number; ///< where it is one and was not quoted
    };

    std::string comparison(const Token& field) {
        Right right{take().text, take(), {}};
        if (right.token.kind != Token::Kind::word && right.token.kind != Token::Kind::quoted)
            error(right.token, "expected a value after '" + right.op + "'");
        const std::string& text = right.token.text;
        double number = 0;
        const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (right.token.kind == Token::Kind::word && bad == std::errc{} && end == text.data() + text.size())
            right.number = number;

        const std::string name = sql::fold(field.text);
        if (const auto column = std::ranges::find(kColumns, name, &Column::name); column != kColumns.end())
            return of_column(*column, field, right);
        if (const auto date = std::ranges::find(kDates, name, &Column::name); date != kDates.end())
            return of_date(*date, field, right);
        if (field.kind == Token::Kind::word) check_name(field);
        if (name == "tag") return tag(field, right);
        if (name == "starred" || name == "trashed")
            error(field, "'" + name + "' stands alone: write '" + name + "' or 'not " + name + "'");
        if (name.starts_with("best:")) return of_metric("best", field.text.substr(5), field, right);
        if (name.starts_with("last:")) return of_metric("last", field.text.substr(5), field, right);
        if (field.text.contains('/')) return of_metric("last", field.text, field, right);
        if (const auto dot = field.text.find('.'); dot != std::string::npos) {
            const std::string part = name.substr(0, dot);
            if (std::ranges::find(kParts, part) == kParts.end())
                error(field, "unknown group '" + part + "'; expected task, model, optimizer or regime");
            return of_param(part, field.text.substr(dot + 1), right);
        }
        if (!right.number || right.op == "~") return of_param("", field.text, right);
        return "(" + of_param("", field.text, right) + " OR " + of_metric("last", field.text, field, right) +
               ")";
    }

    std::string tag(const Token& field, const Right& right) {
        if (right.op != "=" && right.op != "!=" && right.op != "~")
            error(field, "tags are compared with '=', '!=' or '~'");
        const std::string text = bound(sql::fold(right.token.text));
        return std::string(right.op == "!=" ? "NOT " : "") +
               "EXISTS (SELECT 1 FROM tag t WHERE t.run_no = r.run_no AND " +
               (right.op == "~" ? "instr(fold(t.tag), " + text + "))" : "fold(t.tag) = " + text + ")");
    }

    void check_name(const Token& field) const {
        for (const char c : field.text)
            if (!std::isalnum(static_cast<unsigned char>(c)) && static_cast<unsigned char>(c) < 0x80 &&
                !std::string_view("_-./:@+%").contains(c))
                error(field, "'" + field.text + "' cannot be the name of a field");
    }

    std::string of_column(const Column& column, const Token& field, const Right& right) {
        if (column.number && right.op != "~") {
            if (!right.number)
                error(right.token, "'" + field.text + "' is a number, '" + right.token.text + "' is not");
            // Seeds and update counts are 64-bit integers, some of which no double can hold.
            const std::string& text = right.token.text;
            std::uint64_t whole = 0;
            const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), whole);
            std::variant<std::int64_t, double, std::string> value = *right.number;
            if (bad == std::errc{} && end == text.data() + text.size()) {
                if (whole <= static_cast<std::uint64_t>(INT64_MAX))
                    value = static_cast<std::int64_t>(whole);
                else
                    value = std::to_string(whole);
            }
            return known(std::string(column.sql) + " " + right.op + " " + bound(std::move(value)));
        }
        if (column.name == "state" && (right.op == "=" || right.op == "!=")) check_state(right.token);
        return text_comparison(std::string(column.sql), right);
    }

    std::string of_date(const Column& column, const Token& field, const Right& right) {
        if (right.op == "~") error(field, "'~' looks in text, and '" + field.text + "' is a date");
        const auto range = date_range(sql::fold(right.token.text), now_ms());
        if (!range)
            error(right.token, "'" + field.text +
                                   "' is a date, such as 2026-11-01, 2026-11, \"2026-11-01 14:03\" "
                                   "or today; '" +
                                   right.token.text + "' is not");
        const std::string at(column.sql);
        if (right.op == "<" || right.op == ">=")
            return known(at + " " + right.op + " " + bound(range->first_ms));
        if (right.op == "<=") return known(at + " < " + bound(range->end_ms));
        if (right.op == ">") return known(at + " >= " + bound(range->end_ms));
        const std::string inside =
            at + " >= " + bound(range->first_ms) + " AND " + at + " < " + bound(range->end_ms);
        return known(right.op == "=" ? inside : "NOT (" + inside + ")");
    }

    void check_state(const Token& value) const {
        if (run_state(sql::fold(value.text))) return;
        static const std::vector<std::string> states{"queued",  "running",  "paused", "finished",
                                                     "stopped", "diverged", "failed", "interrupted"};
        const auto meant = nearest(value.text, states);
        error(value,
              "unknown state '" + value.text + "'" + (meant ? "; did you mean '" + *meant + "'?" : ""));
    }

    std::string of_param(const std::string& part, const std::string& name, const Right& right) {
        std::string sql = "EXISTS (SELECT 1 FROM param p WHERE p.run_no = r.run_no";
        if (!part.empty()) sql += " AND p.part = " + bound(part);
        sql += " AND p.name = " + bound(name) + " AND ";
        if (right.number && right.op != "~")
            sql += known("p.number " + right.op + " " + bound(*right.number));
        else
            sql += text_comparison("p.value", right);
        return sql + ")";
    }

    std::string of_metric(const char* column, const std::string& name, const Token& field,
                          const Right& right) {
        if (name.empty()) error(field, "expected a metric after '" + field.text + "'");
        if (right.op == "~") error(field, "'~' looks in text, and '" + name + "' is a number");
        if (!right.number)
            error(right.token, "'" + name + "' is a number, '" + right.token.text + "' is not");
        const auto compared = [&](const std::string& value) {
            if (std::isnan(*right.number) && right.op == "=") return value + " IS NULL";
            if (std::isnan(*right.number) && right.op == "!=") return value + " IS NOT NULL";
            return known(value + " " + right.op + " " + bound(*right.number));
        };
        const auto step = step_in(name);
        if (step && column == std::string_view("best"))
            error(field, "'best:' looks at all steps, '@' at one: write one of the two");
        const std::string metric = bound(step ? name.substr(0, name.rfind('@')) : name);
        const std::string measured =
            "EXISTS (SELECT 1 FROM metric m WHERE m.run_no = r.run_no AND m.name = " + metric +
            " AND m.last_update IS NOT NULL AND ";
        if (!step) return measured + compared(std::string("m.") + column) + ")";
        const std::string at = bound(*step); // the last sample until then
        return measured +
               known("(SELECT " + compared("s.value") +
                     " FROM sample s WHERE s.metric_no = m.metric_no AND s.update_count <= " + at +
                     " ORDER BY s.update_count DESC LIMIT 1)") +
               ")";
    }

    /// 500 in "validation/accuracy@500".
    static std::optional<std::int64_t> step_in(const std::string& name) {
        const auto sign = name.rfind('@');
        if (sign == std::string::npos || sign == 0) return std::nullopt;
        std::int64_t step = 0;
        const auto [end, bad] = std::from_chars(name.data() + sign + 1, name.data() + name.size(), step);
        if (bad != std::errc{} || end != name.data() + name.size() || step < 0) return std::nullopt;
        return step;
    }

    std::string text_comparison(const std::string& text, const Right& right) {
        const std::string value = bound(sql::fold(right.token.text));
        if (right.op == "~") return known("instr(fold(" + text + "), " + value + ") > 0");
        return known("fold(" + text + ") " + right.op + " " + value);
    }

    static std::string known(const std::string& comparison) { return "ifnull(" + comparison + ", 0)"; }

    std::string_view text_;
    std::vector<Token> tokens_;
    std::size_t at_ = 0;
    std::size_t terms_ = 0;
    int depth_ = 0;
    Condition condition_;
};

} // namespace

Result<Condition> parse_filter(std::string_view text) {
    return guarded([&] { return Parser(text).parse(); });
}

} // namespace descent
