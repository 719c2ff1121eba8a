#pragma once

#include "core/base/catalog.h"

#include <toml++/toml.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace descent {

/// Reads what people write in TOML: a run's spec, alone or in a file that says more. Every message starts
/// with FILE:LINE. Everything throws InputError. Only for files of the core that know TOML.
class SpecReader {
public:
    explicit SpecReader(std::string file) : file_(std::move(file)) {}
    const std::string& file() const { return file_; }

    toml::table parse() const; ///< the file, of 1 MiB at most
    toml::table parse(std::string_view content) const;
    /// A run's spec. Keys in `others` are left to the caller; any further one is refused.
    Request read(const toml::table& table, const std::vector<std::string>& others = {}) const;

    [[noreturn]] void refuse(const toml::source_region& at, const std::string& what) const;
    /// Refuses `key`, with the one of `known` that was meant, or with `expected`.
    [[noreturn]] void unknown(const toml::key& key, const std::vector<std::string>& known,
                              const std::string& expected) const;
    /// A number, a text or a flag as text.
    std::string text(const toml::node& node, std::string_view path) const;
    std::int64_t steps(std::string_view name, const toml::node& node) const; ///< a whole number ≥ 1
    std::uint64_t seed(std::string_view name, const toml::node& node) const;

private:
    void read_group(Group group, const toml::node& node, Request& request) const;

    std::string file_;
};

} // namespace descent
