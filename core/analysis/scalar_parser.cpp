#include "core/analysis/scalar_graph.h"
#include "core/base/param.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <utility>

namespace descent {

namespace {

struct Syntax {
    ScalarSyntaxError error;
};

/// One character of UTF-8 at `at`, and how many bytes it takes; 0 bytes where it is none.
std::pair<char32_t, std::size_t> decode(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    };
    const unsigned first = byte(at);
    if (first < 0x80) return {first, 1};
    const std::size_t bytes = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4) return {0, 0};
    char32_t c = first & (0xFFU >> (bytes + 1));
    for (std::size_t i = 1; i < bytes; ++i) {
        if ((byte(at + i) & 0xC0U) != 0x80U) return {0, 0};
        c = c << 6 | (byte(at + i) & 0x3FU);
    }
    return {c, bytes};
}

bool is_digit(char32_t c) {
    return c >= '0' && c <= '9';
}
/// Latin, Greek and Cyrillic letters; what else there is could be taken for something else.
bool begins_name(char32_t c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           (c >= 0xC0 && c <= 0x24F && c != 0xD7 && c != 0xF7) || (c >= 0x370 && c <= 0x4FF) ||
           (c >= 0x1E00 && c <= 0x1FFF);
}
bool continues_name(char32_t c) {
    return begins_name(c) || is_digit(c) || c == '\'' || (c >= 0x2080 && c <= 0x2089); // subscript digits
}

struct Token {
    enum Kind { number, name, sign, separator, end } kind = end;
    std::string_view text; ///< of a sign the plain one: "*" for "×"
    std::size_t begin = 0, stop = 0;
    double value = 0;
};

/// What a character is written as in this grammar; "" where it is no sign.
std::string_view sign_of(char32_t c) {
    switch (c) {
    case '+':
        return "+";
    case '-':
    case 0x2212: // −
        return "-";
    case '*':
    case 0xD7:   // ×
    case 0xB7:   // ·
    case 0x22C5: // ⋅
        return "*";
    case '/':
    case 0xF7: // ÷
        return "/";
    case '^':
        return "^";
    case '(':
        return "(";
    case ')':
        return ")";
    case ',':
        return ",";
    case '=':
        return "=";
    default:
        return {};
    }
}

class Parser {
public:
    explicit Parser(std::string_view text) : text_(text) {
        if (text.size() > ScalarGraph::kLongest)
            complain_at("the text is longer than " + std::to_string(ScalarGraph::kLongest) + " bytes",
                        ScalarGraph::kLongest, text.size());
        next();
    }

    ScalarGraph parse() {
        bool open = false; // whether the last statement was without a name
        Token last;
        int result = -1;
        while (true) {
            while (token_.kind == Token::separator) next();
            if (token_.kind == Token::end) break;
            if (open)
                complain("only the last statement may be without a name: expected 'name = ' before it", last);
            last = token_;
            std::tie(result, open) = statement();
            if (token_.kind != Token::separator && token_.kind != Token::end)
                complain("expected an operator, ';' or the end, found " + found() + hint());
            last.stop = before_;
        }
        if (result < 0) complain("expected an expression, such as (relu(x*m + b) - t)^2");
        graph_.output = result;
        finish();
        return std::move(graph_);
    }

private:
    [[noreturn]] void complain_at(const std::string& what, std::size_t begin, std::size_t end) const {
        std::size_t line = 1, column = 1;
        for (std::size_t at = 0; at < begin && at < text_.size();) {
            if (text_[at] == '\n') {
                ++line;
                column = 1;
            } else {
                ++column;
            }
            at += std::max<std::size_t>(1, decode(text_, at).second);
        }
        const bool lines = text_.substr(0, ScalarGraph::kLongest).find('\n') != std::string_view::npos;
        throw Syntax{{(lines ? "line " + std::to_string(line) + ", " : "") + "column " +
                          std::to_string(column) + ": " + what,
                      begin, end}};
    }
    [[noreturn]] void complain(const std::string& what, const Token& where) const {
        complain_at(what, where.begin, where.stop);
    }
    [[noreturn]] void complain(const std::string& what) const { complain(what, token_); }

    std::string found() const {
        if (token_.kind == Token::end) return "the end";
        if (token_.kind == Token::separator)
            return text_[token_.begin] == ';' ? "';'" : "the end of the line";
        return "'" + std::string(text_.substr(token_.begin, token_.stop - token_.begin)) + "'";
    }
    /// What was probably meant where an operator is missing.
    std::string hint() const {
        if (token_.kind == Token::name || token_.text == "(") return "; a product is written with *";
        if (token_.text == ",") return "; decimals are written with a point";
        if (token_.text == "=") return "; only a name can be assigned to";
        return {};
    }
    bool at(std::string_view sign) const { return token_.kind == Token::sign && token_.text == sign; }
    bool take(std::string_view sign) {
        if (!at(sign)) return false;
        next();
        return true;
    }

    void next() {
        before_ = token_.stop;
        while (place_ < text_.size() &&
               (text_[place_] == ' ' || text_[place_] == '\t' || text_[place_] == '\r'))
            ++place_;
        token_ = {};
        token_.begin = token_.stop = place_;
        if (place_ == text_.size()) return;
        const auto [c, bytes] = decode(text_, place_);
        if (bytes == 0) complain_at("this is not UTF-8 text", place_, place_ + 1);
        if (c == ';' || c == '\n') {
            token_.kind = Token::separator;
            token_.stop = place_ += 1;
        } else if (is_digit(c) || (c == '.' && place_ + 1 < text_.size() &&
                                   is_digit(static_cast<unsigned char>(text_[place_ + 1])))) {
            number();
        } else if (begins_name(c)) {
            std::size_t stop = place_;
            for (auto [letter, n] = decode(text_, stop);
                 stop < text_.size() && n > 0 && continues_name(letter);
                 std::tie(letter, n) = decode(text_, stop))
                stop += n;
            token_.kind = Token::name;
            token_.text = text_.substr(place_, stop - place_);
            token_.stop = place_ = stop;
        } else if (const auto sign = sign_of(c); !sign.empty()) {
            token_.kind = Token::sign;
            token_.text = sign;
            place_ += bytes;
            if (c == '*' && place_ < text_.size() && text_[place_] == '*') {
                token_.text = "^";
                ++place_;
            }
            token_.stop = place_;
        } else {
            const bool seen = c > ' ' && c != 0x7F && !(c >= 0x80 && c < 0xA1);
            complain_at(seen ? "'" + std::string(text_.substr(place_, bytes)) + "' has no meaning here"
                             : "an invisible character has no meaning here",
                        place_, place_ + bytes);
        }
    }

    void number() {
        const char* begin = text_.data() + place_;
        const auto [stop, problem] = std::from_chars(begin, text_.data() + text_.size(), token_.value);
        token_.kind = Token::number;
        place_ += static_cast<std::size_t>(stop - begin);
        token_.stop = place_;
        if (problem == std::errc::result_out_of_range)
            complain(found() + " is beyond what a double can hold");
    }

    /// The node it ends in, and whether it was without a name.
    std::pair<int, bool> statement() {
        const Token first = token_;
        if (first.kind != Token::name) return {expression(), true};
        // A name may begin an expression as well: look one further and come back.
        const std::size_t place = place_, before = before_;
        next();
        if (!take("=")) {
            token_ = first;
            place_ = place;
            before_ = before;
            return {expression(), true};
        }
        const std::string name(first.text);
        if (scalar_op(name)) complain("'" + name + "' is a function: expected another name", first);
        if (assigned_.contains(name)) complain("'" + name + "' is assigned already", first);
        if (const auto used = names_.find(name); used != names_.end())
            complain("'" + name + "' was used as a variable before: it is assigned too late", first);
        const std::size_t known = graph_.nodes.size();
        int node = expression();
        if (names_.contains(name)) complain("'" + name + "' is used in what it is assigned", first);
        if (graph_.is_number(node) && std::size_t(node) == known) {
            auto& variable = graph_.nodes.back(); // a variable with its value
            variable.given = std::exchange(variable.number, 0);
            variable.op = scalar_op("variable");
            graph_.leaves.push_back(node);
        } else if (graph_.nodes[std::size_t(node)].named) {
            node = add("copy", {node}, first);
        }
        graph_.nodes[std::size_t(node)].name = name;
        graph_.nodes[std::size_t(node)].named = true;
        names_[name] = node;
        assigned_.insert(name);
        return {node, false};
    }

    int add(std::string_view op, std::vector<int> inputs, const Token& where) {
        if (graph_.nodes.size() >= ScalarGraph::kMostNodes)
            complain("more than " + std::to_string(ScalarGraph::kMostNodes) + " operations are not drawn",
                     where);
        ScalarNode node;
        node.op = scalar_op(op);
        node.inputs = std::move(inputs);
        graph_.nodes.push_back(std::move(node));
        return int(graph_.nodes.size()) - 1;
    }

    /// Counts how deep a text is nested while it lives: the parser's own calls nest as deep.
    struct Deeper {
        explicit Deeper(Parser& parser) : depth(parser.depth_) {
            if (++depth > 2 * ScalarGraph::kDeepest) // a parenthesis counts twice
                parser.complain("nested more than " + std::to_string(ScalarGraph::kDeepest) +
                                " deep: give parts of it names, as in z = x*m; a = z + b");
        }
        ~Deeper() { --depth; }
        Deeper(const Deeper&) = delete;
        Deeper& operator=(const Deeper&) = delete;
        int& depth;
    };

    int expression() {
        const Deeper deeper(*this);
        int left = term();
        while (at("+") || at("-")) {
            const Token sign = token_;
            next();
            const int right = term();
            left = add(sign.text, {left, right}, sign);
        }
        return left;
    }

    int term() {
        int left = signed_power();
        while (at("*") || at("/")) {
            const Token sign = token_;
            next();
            const int right = signed_power();
            left = add(sign.text, {left, right}, sign);
        }
        return left;
    }

    int signed_power() {
        const Deeper deeper(*this);
        const Token sign = token_;
        if (take("+")) return signed_power();
        if (!take("-")) return power();
        const int node = signed_power();
        if (!graph_.is_number(node)) return add("negate", {node}, sign);
        graph_.nodes[std::size_t(node)].number *= -1;
        return node;
    }

    int power() {
        const int base = primary();
        const Token sign = token_;
        if (!take("^")) return base;
        const int exponent = signed_power();
        return add("^", {base, exponent}, sign);
    }

    int primary() {
        const Token first = token_;
        if (first.kind == Token::number) {
            next();
            const int node = add("number", {}, first);
            graph_.nodes[std::size_t(node)].number = first.value;
            return node;
        }
        if (first.kind == Token::name) {
            next();
            return at("(") ? call(first) : variable(first);
        }
        if (!take("(")) complain("expected a number, a name or '(', found " + found());
        const int inner = expression();
        close();
        return inner;
    }

    void close() {
        if (!at(")")) {
            std::string what = "expected ')' or an operator, found " + found() + hint();
            if (token_.kind == Token::end || token_.kind == Token::separator)
                what = "expected ')' for the '(' opened before, found " + found();
            complain(what);
        }
        next();
    }

    int variable(const Token& first) {
        const std::string name(first.text);
        if (scalar_op(name)) complain("'" + name + "' is a function: expected '(' after it", first);
        if (const auto known = names_.find(name); known != names_.end()) return known->second;
        const int node = add("variable", {}, first);
        graph_.nodes[std::size_t(node)].name = name;
        graph_.nodes[std::size_t(node)].named = true;
        graph_.leaves.push_back(node);
        return names_[name] = node;
    }

    int call(const Token& first) {
        const std::string name(first.text);
        const auto known = scalar_function_names();
        if (std::ranges::count(known, name) == 0) {
            const bool product = names_.contains(name);
            const auto meant = nearest(name, known);
            std::string list;
            for (const auto& each : known) list += (list.empty() ? "" : ", ") + each;
            complain("no function '" + name + "'; " +
                         (product ? "a product is written with *"
                          : meant ? "did you mean '" + *meant + "'?"
                                  : "there are: " + list),
                     first);
        }
        const auto* op = scalar_op(name);
        next();
        std::vector<int> inputs{expression()};
        const bool many = op->name == "max" || op->name == "min";
        while (at(",")) {
            if (op->inputs == 1) complain(name + " takes one value: expected ')', found ','");
            if (!many && inputs.size() == 2) complain(name + " takes two values: expected ')', found ','");
            next();
            inputs.push_back(expression());
        }
        if (op->inputs == 2 && inputs.size() < 2)
            complain(name + (many ? " takes two values or more" : " takes two values") +
                     ": expected ',', found " + found());
        close();
        if (op->inputs == 1) return add(op->name, inputs, first);
        int node = inputs.front();
        for (std::size_t i = 1; i < inputs.size(); ++i) node = add(op->name, {node, inputs[i]}, first);
        return node;
    }

    /// Names for the nodes that have none: the person's are not taken.
    void finish() {
        int n = 0;
        const auto made = [&] {
            std::string name;
            do name = "v" + std::to_string(++n);
            while (names_.contains(name));
            return name;
        };
        for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
            auto& node = graph_.nodes[i];
            const bool output = int(i) == graph_.output;
            if (node.named || (node.op->name == "number" && !output)) continue;
            node.name = output && !names_.contains("o") ? "o" : made();
        }
    }

    std::string_view text_;
    std::size_t place_ = 0, before_ = 0; ///< after the token; where the one before it ended
    Token token_;
    int depth_ = 0;
    ScalarGraph graph_;
    std::map<std::string, int> names_; ///< variables and what is assigned
    std::set<std::string> assigned_;
};

} // namespace

std::expected<ScalarGraph, ScalarSyntaxError> ScalarGraph::parse(std::string_view text) {
    try {
        return Parser(text).parse();
    } catch (const Syntax& problem) {
        return std::unexpected(problem.error);
    }
}

} // namespace descent
