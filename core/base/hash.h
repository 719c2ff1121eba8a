#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace descent {

/// SHA-256 (FIPS 180-4), incremental. Thread: one at a time.
class Sha256 {
public:
    Sha256();
    ~Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;
    void add(std::string_view bytes);
    /// 64 lower-case hex digits; the object is spent afterwards.
    std::string hex();

private:
    struct State;
    std::unique_ptr<State> state_;
};

std::string sha256_hex(std::string_view bytes);

} // namespace descent
