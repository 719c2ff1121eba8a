#pragma once

#include "core/base/result.h"
#include "core/engine/torch.h"

#include <optional>
#include <string>
#include <utility>

namespace descent {

/// What torch threw as one sentence, without its back-trace: `out_of_memory` where that is what it means.
inline std::string explained(const c10::Error& error, std::string out_of_memory) {
    std::string why = error.what_without_backtrace();
    return why.find("can't allocate memory") == std::string::npos ? why : std::move(out_of_memory);
}

inline constexpr auto kOutOfMemory = "out of memory: a smaller regime.micro_batch or model needs less";

/// Runs `body`; torch's errors, whose what() is pages long, and a lack of memory become a std::runtime_error.
template<class F>
auto translated_torch(F&& body, const char* out_of_memory) {
    try {
        return body();
    } catch (const c10::Error& e) {
        throw std::runtime_error(explained(e, out_of_memory));
    } catch (const std::bad_alloc&) {
        throw std::runtime_error(out_of_memory);
    }
}

/// `guarded` for what may throw torch's errors.
template<class F>
auto guarded_torch(F&& body) {
    return guarded([&] { return translated_torch(body, kOutOfMemory); });
}

/// Runs `body`; why it failed, none where it did not.
template<class F>
std::optional<std::string> failure_of(F&& body, const char* out_of_memory) {
    try {
        translated_torch(body, out_of_memory);
        return std::nullopt;
    } catch (const std::exception& e) {
        return e.what();
    }
}

} // namespace descent
