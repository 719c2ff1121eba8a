#include "core/base/units.h"

#include <cerrno>
#include <chrono>
#include <system_error>

#include <unistd.h>

namespace descent {

namespace {

// In the order of RunState.
constexpr std::array<std::string_view, 8> kStateWords{"queued",  "running",  "paused", "finished",
                                                      "stopped", "diverged", "failed", "interrupted"};

} // namespace

RunId RunId::random() {
    std::array<unsigned char, 16> bytes{};
    if (getentropy(bytes.data(), bytes.size()) != 0)
        throw std::system_error(errno, std::generic_category(), "no random numbers from the system");
    bytes[6] = (bytes[6] & 0x0f) | 0x40; // version 4
    bytes[8] = (bytes[8] & 0x3f) | 0x80; // the variant of RFC 4122
    RunId id;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) id.uuid += '-';
        id.uuid += "0123456789abcdef"[bytes[i] >> 4];
        id.uuid += "0123456789abcdef"[bytes[i] & 0xf];
    }
    return id;
}

std::string_view to_string(RunState state) {
    return kStateWords.at(static_cast<std::size_t>(state));
}

std::optional<RunState> run_state(std::string_view word) {
    for (std::size_t i = 0; i < kStateWords.size(); ++i)
        if (kStateWords[i] == word) return static_cast<RunState>(i);
    return std::nullopt;
}

bool is_over(RunState state) {
    return state != RunState::queued && state != RunState::running && state != RunState::paused;
}

bool is_resumable(RunState state) {
    return state == RunState::stopped || state == RunState::interrupted;
}

std::int64_t now_ms() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

} // namespace descent
