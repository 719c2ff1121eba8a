#pragma once

#include "core/analysis/scalar_graph.h"

#include <string>
#include <string_view>

namespace descent {

/// Thrown while a scalar expression is read.
struct ScalarSyntaxProblem {
    ScalarSyntaxError error;
};

/// A word of a scalar expression.
struct ScalarToken {
    enum Kind { number, name, sign, separator, end } kind = end;
    std::string_view text; ///< of a sign the plain one: "*" for "×"
    std::size_t begin = 0, stop = 0;
    double value = 0;
};

/// Cuts a text into words. `text` has to outlive it.
class ScalarLexer {
public:
    explicit ScalarLexer(std::string_view text);

    const ScalarToken& token() const { return token_; } ///< the one that has been reached
    void next();
    std::size_t before() const { return before_; } ///< where the word before it ended
    bool at(std::string_view sign) const { return token_.kind == ScalarToken::sign && token_.text == sign; }
    bool take(std::string_view sign); ///< goes on where it is there
    std::string found() const;        ///< the word reached, for a message

    [[noreturn]] void complain(const std::string& what) const { complain(what, token_); }
    [[noreturn]] void complain(const std::string& what, const ScalarToken& where) const;

private:
    [[noreturn]] void complain_at(const std::string& what, std::size_t begin, std::size_t end) const;
    void number();

    std::string_view text_;
    std::size_t place_ = 0, before_ = 0; ///< after the token; after the one before it
    ScalarToken token_;
};

} // namespace descent
