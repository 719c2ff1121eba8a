#include "core/analysis/scalar_lexer.h"
#include "core/base/param.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace descent {

namespace {

class Parser {
public:
    explicit Parser(std::string_view text) : lexer_(text) {}

    ScalarGraph parse() {
        bool open = false; // whether the last statement was without a name
        ScalarToken last;
        int result = -1;
        while (true) {
            while (lexer_.token().kind == ScalarToken::separator) lexer_.next();
            if (lexer_.token().kind == ScalarToken::end) break;
            if (open)
                lexer_.complain("only the last statement may be without a name: expected 'name = ' before it",
                                last);
            last = lexer_.token();
            std::tie(result, open) = statement();
            if (lexer_.token().kind != ScalarToken::separator && lexer_.token().kind != ScalarToken::end)
                lexer_.complain("expected an operator, ';' or the end, found " + lexer_.found() + hint());
            last.stop = lexer_.before();
        }
        if (result < 0) lexer_.complain("expected an expression, such as (relu(x*m + b) - t)^2");
        graph_.output = result;
        finish();
        return std::move(graph_);
    }

private:
    /// What was probably meant where an operator is missing.
    std::string hint() const {
        if (lexer_.token().kind == ScalarToken::name || lexer_.token().text == "(")
            return "; a product is written with *";
        if (lexer_.token().text == ",") return "; decimals are written with a point";
        if (lexer_.token().text == "=") return "; only a name can be assigned to";
        return {};
    }
    /// The node it ends in, and whether it was without a name.
    std::pair<int, bool> statement() {
        const ScalarToken first = lexer_.token();
        if (first.kind != ScalarToken::name) return {expression(), true};
        // A name may begin an expression as well: look one further and come back.
        const ScalarLexer begun = lexer_;
        lexer_.next();
        if (!lexer_.take("=")) {
            lexer_ = begun;
            return {expression(), true};
        }
        const std::string name(first.text);
        if (scalar_op(name)) lexer_.complain("'" + name + "' is a function: expected another name", first);
        if (assigned_.contains(name)) lexer_.complain("'" + name + "' is assigned already", first);
        if (const auto used = names_.find(name); used != names_.end())
            lexer_.complain("'" + name + "' was used as a variable before: it is assigned too late", first);
        const std::size_t known = graph_.nodes.size();
        int node = expression();
        if (names_.contains(name)) lexer_.complain("'" + name + "' is used in what it is assigned", first);
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

    int add(std::string_view op, std::vector<int> inputs, const ScalarToken& where) {
        if (graph_.nodes.size() >= ScalarGraph::kMostNodes)
            lexer_.complain(
                "more than " + std::to_string(ScalarGraph::kMostNodes) + " operations are not drawn", where);
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
                parser.lexer_.complain("nested more than " + std::to_string(ScalarGraph::kDeepest) +
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
        while (lexer_.at("+") || lexer_.at("-")) {
            const ScalarToken sign = lexer_.token();
            lexer_.next();
            const int right = term();
            left = add(sign.text, {left, right}, sign);
        }
        return left;
    }

    int term() {
        int left = signed_power();
        while (lexer_.at("*") || lexer_.at("/")) {
            const ScalarToken sign = lexer_.token();
            lexer_.next();
            const int right = signed_power();
            left = add(sign.text, {left, right}, sign);
        }
        return left;
    }

    int signed_power() {
        const Deeper deeper(*this);
        const ScalarToken sign = lexer_.token();
        if (lexer_.take("+")) return signed_power();
        if (!lexer_.take("-")) return power();
        const int node = signed_power();
        if (!graph_.is_number(node)) return add("negate", {node}, sign);
        graph_.nodes[std::size_t(node)].number *= -1;
        return node;
    }

    int power() {
        const int base = primary();
        const ScalarToken sign = lexer_.token();
        if (!lexer_.take("^")) return base;
        const int exponent = signed_power();
        return add("^", {base, exponent}, sign);
    }

    int primary() {
        const ScalarToken first = lexer_.token();
        if (first.kind == ScalarToken::number) {
            lexer_.next();
            const int node = add("number", {}, first);
            graph_.nodes[std::size_t(node)].number = first.value;
            return node;
        }
        if (first.kind == ScalarToken::name) {
            lexer_.next();
            return lexer_.at("(") ? call(first) : variable(first);
        }
        if (!lexer_.take("(")) lexer_.complain("expected a number, a name or '(', found " + lexer_.found());
        const int inner = expression();
        close();
        return inner;
    }

    void close() {
        if (!lexer_.at(")")) {
            std::string what = "expected ')' or an operator, found " + lexer_.found() + hint();
            if (lexer_.token().kind == ScalarToken::end || lexer_.token().kind == ScalarToken::separator)
                what = "expected ')' for the '(' opened before, found " + lexer_.found();
            lexer_.complain(what);
        }
        lexer_.next();
    }

    int variable(const ScalarToken& first) {
        const std::string name(first.text);
        if (scalar_op(name)) lexer_.complain("'" + name + "' is a function: expected '(' after it", first);
        if (const auto known = names_.find(name); known != names_.end()) return known->second;
        const int node = add("variable", {}, first);
        graph_.nodes[std::size_t(node)].name = name;
        graph_.nodes[std::size_t(node)].named = true;
        graph_.leaves.push_back(node);
        return names_[name] = node;
    }

    int call(const ScalarToken& first) {
        const std::string name(first.text);
        const auto known = scalar_function_names();
        if (std::ranges::count(known, name) == 0) {
            const bool product = names_.contains(name);
            const auto meant = nearest(name, known);
            std::string list;
            for (const auto& each : known) list += (list.empty() ? "" : ", ") + each;
            lexer_.complain("no function '" + name + "'; " +
                                (product ? "a product is written with *"
                                 : meant ? "did you mean '" + *meant + "'?"
                                         : "there are: " + list),
                            first);
        }
        const auto* op = scalar_op(name);
        lexer_.next();
        std::vector<int> inputs{expression()};
        const bool many = op->name == "max" || op->name == "min";
        while (lexer_.at(",")) {
            if (op->inputs == 1) lexer_.complain(name + " takes one value: expected ')', found ','");
            if (!many && inputs.size() == 2)
                lexer_.complain(name + " takes two values: expected ')', found ','");
            lexer_.next();
            inputs.push_back(expression());
        }
        if (op->inputs == 2 && inputs.size() < 2)
            lexer_.complain(name + (many ? " takes two values or more" : " takes two values") +
                            ": expected ',', found " + lexer_.found());
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

    ScalarLexer lexer_;
    int depth_ = 0;
    ScalarGraph graph_;
    std::map<std::string, int> names_; ///< variables and what is assigned
    std::set<std::string> assigned_;
};

} // namespace

std::expected<ScalarGraph, ScalarSyntaxError> ScalarGraph::parse(std::string_view text) {
    try {
        return Parser(text).parse();
    } catch (const ScalarSyntaxProblem& problem) {
        return std::unexpected(problem.error);
    }
}

} // namespace descent
