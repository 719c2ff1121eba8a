#pragma once

#include "core/base/catalog.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace descent {
struct ReportPreset;
}

namespace descent::cli {

/// The options that say what to train: --task, --model, …, --set, --spec, --preset.
class RequestOptions {
public:
    void add_to(CLI::App& command);
    /// Those of them that hold for runs under several regimes: --task, --model, --optimizer, --set, --epochs,
    /// --seed.
    void add_shared_to(CLI::App& command, const std::string& seed_help);
    /// The shared ones, --regime and --updates: a sweep's, whose spec file says more than a run.
    void add_sweep_to(CLI::App& command);
    /// Those that a branch may have otherwise: --optimizer, --regime, --set, --epochs, --updates.
    void add_branch_to(CLI::App& command);
    /// Lays those that were given over `request`. Throws InputError.
    void apply_to(Request& request) const;
    bool seed_given() const { return seed_.has_value(); }
    /// The preset that was asked for, as far as `request` still is of it; null where there is none. Throws
    /// InputError.
    const ReportPreset* preset(const Request& request) const;
    /// The spec file or the preset, if any, with the options beside it over it. Needs no catalog, so that a
    /// slip of the pen is found before the engine is loaded. Throws InputError.
    Request request() const;

private:
    std::string spec_, preset_, task_, model_, optimizer_, regime_;
    std::optional<std::string> epochs_, updates_, seed_; // --epochs "" is a mistake, not an absence
    std::vector<std::string> settings_, changes_;
    bool takes_spec_ = false;

    void add_settings_to(CLI::App& command);
    void add_regime_to(CLI::App& command);
};

/// Makes paths that exist here absolute, so that a run can be resumed from any folder. One that does not
/// exist is left as typed, for the message.
void make_paths_absolute(Request& request, const Catalog& catalog);

/// Reads an option's whole number within its range. Throws InputError naming the option.
std::int64_t whole_number(const std::string& option, const std::string& text, std::int64_t least,
                          std::int64_t most = std::numeric_limits<std::int64_t>::max());

} // namespace descent::cli
