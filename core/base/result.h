#pragma once

#include <expected>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

namespace descent {

/// What went wrong, as one sentence a person can act on: what, where, and what was expected.
struct Error {
    enum class Kind {
        input,    ///< the caller gave something unusable (a spec, a folder, a store): exit code 2
        internal, ///< everything else: exit code 4
    };
    std::string message;
    Kind kind = Kind::input;
};

/// A message as people get to see it, whatever it quotes: one line of UTF-8 without control characters. Line
/// breaks become "; ", what cannot be shown U+FFFD, and of over 2,000 bytes the middle is left out.
std::string as_message(std::string text);

/// Returned at borders; inside, throw. Nothing thrown crosses a thread or a shared-library border.
template<class T>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(std::string message, Error::Kind kind = Error::Kind::input) {
    return std::unexpected(Error{as_message(std::move(message)), kind});
}

/// Thrown inside the core for bad input; `guarded` turns it into an Error at the border.
class InputError : public std::runtime_error {
public:
    explicit InputError(std::string message) : std::runtime_error(as_message(std::move(message))) {}
};

/// Runs `body` and turns anything it throws into an Error: the one place where exceptions become values.
template<class F>
auto guarded(F&& body) -> Result<decltype(body())> {
    try {
        if constexpr (std::is_void_v<decltype(body())>) {
            body();
            return {};
        } else {
            return body();
        }
    } catch (const InputError& e) {
        return fail(e.what());
    } catch (const std::exception& e) {
        return fail(e.what(), Error::Kind::internal);
    }
}

/// The opposite border: unwraps a Result inside the core, where errors are thrown.
template<class T>
T unwrap(Result<T> result) {
    if (!result) {
        if (result.error().kind == Error::Kind::input) throw InputError(result.error().message);
        throw std::runtime_error(result.error().message);
    }
    if constexpr (!std::is_void_v<T>) return std::move(*result);
}

} // namespace descent
