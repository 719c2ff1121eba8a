#pragma once

#include "core/base/result.h"
#include "core/engine/torch.h"

#include <string>
#include <utility>

namespace descent {

/// What torch threw as one sentence, without its back-trace: `out_of_memory` where that is what it means.
inline std::string explained(const c10::Error& error, std::string out_of_memory) {
    std::string why = error.what_without_backtrace();
    return why.find("can't allocate memory") == std::string::npos ? why : std::move(out_of_memory);
}

inline constexpr auto kOutOfMemory = "out of memory: a smaller regime.micro_batch or model needs less";

/// `guarded` for what may throw torch's errors, whose what() is pages long.
template<class F>
auto guarded_torch(F&& body) {
    return guarded([&] {
        try {
            return body();
        } catch (const c10::Error& e) {
            throw std::runtime_error(explained(e, kOutOfMemory));
        } catch (const std::bad_alloc&) {
            throw std::runtime_error(kOutOfMemory);
        }
    });
}

} // namespace descent
