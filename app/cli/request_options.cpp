#include "app/cli/request_options.h"

#include "core/analysis/report_presets.h"
#include "core/base/param.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <filesystem>

namespace descent::cli {

namespace {

void add_setting(Request& request, const std::string& setting) {
    const auto equals = setting.find('=');
    const auto dot = setting.find('.');
    if (equals == std::string::npos || dot == std::string::npos || dot > equals || dot == 0 ||
        dot + 1 == equals)
        throw InputError("--set " + setting + ": expected group.parameter=value, such as optimizer.lr=0.1");
    request.set(setting.substr(0, equals), setting.substr(equals + 1));
}

/// "100:optimizer.lr=0.05", as regime.changes has it: "100 optimizer.lr=0.05". What it says is checked with
/// the spec.
void add_change(Request& request, const std::string& change) {
    const auto colon = change.find(':'), equals = change.find('=');
    const bool digits =
        colon != std::string::npos && colon > 0 && change.find_first_not_of("0123456789") == colon;
    if (!digits || equals == std::string::npos || equals < colon || change.find(';') != std::string::npos)
        throw InputError("--at " + change +
                         ": expected UPDATES:group.parameter=value, such as 100:optimizer.lr=0.05");
    constexpr const char* path = "regime.changes";
    const auto so_far =
        std::ranges::find(request.settings, path, &std::pair<std::string, std::string>::first);
    std::string all = so_far == request.settings.end() ? "" : so_far->second;
    if (!all.empty()) all += "; ";
    request.set(path, all + change.substr(0, colon) + " " + change.substr(colon + 1));
}

template<class Number>
std::optional<Number> parsed(const std::string& text) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

} // namespace

void make_paths_absolute(Request& request, const Catalog& catalog) {
    for (auto& [path, text] : request.settings) {
        const auto dot = path.find('.');
        const auto group = group_named(path.substr(0, dot));
        if (!group || text.empty()) continue;
        const ParamSpec* param = catalog.find_param(*group, request.id(*group), path.substr(dot + 1));
        if (!param || param->type != ParamType::path || param->fallback == Value(text)) continue;
        std::error_code error;
        if (!std::filesystem::exists(text, error)) continue;
        const auto absolute = std::filesystem::absolute(text, error).lexically_normal();
        if (!error) text = (absolute.has_filename() ? absolute : absolute.parent_path()).string();
    }
}

std::int64_t whole_number(const std::string& option, const std::string& text, std::int64_t least,
                          std::int64_t most) {
    const auto value = parsed<std::int64_t>(text);
    if (!value || *value < least)
        throw InputError(option + ": expected a whole number of at least " + std::to_string(least) +
                         ", got '" + text + "'");
    if (*value > most)
        throw InputError(option + ": expected at most " + std::to_string(most) + ", got " + text);
    return *value;
}

void RequestOptions::add_shared_to(CLI::App& command, const std::string& seed_help) {
    command.add_option("--task", task_, "What to learn (descent tasks lists them)")->type_name("TASK");
    command.add_option("--model", model_, "The network (descent models)")->type_name("MODEL");
    add_settings_to(command);
    command.add_option("--seed", seed_, seed_help)->type_name("N");
}

void RequestOptions::add_settings_to(CLI::App& command) {
    command.add_option("--optimizer", optimizer_, "The update rule (descent optimizers)")
        ->type_name("OPTIMIZER");
    command.add_option("--set", settings_, "A parameter: group.parameter=value; may be repeated")
        ->type_name("GROUP.NAME=VALUE")
        ->allow_extra_args(false);
    command.add_option("--epochs", epochs_, "Train for N passes over the training set")->type_name("N");
}

void RequestOptions::add_branch_to(CLI::App& command) {
    add_settings_to(command);
    add_regime_to(command);
}

void RequestOptions::add_regime_to(CLI::App& command) {
    command.add_option("--regime", regime_, "How batches, clipping and schedule are set (descent regimes)")
        ->type_name("REGIME");
    command.add_option("--updates", updates_, "Train for N optimizer steps")
        ->type_name("N")
        ->excludes(command.get_option("--epochs"));
}

void RequestOptions::add_sweep_to(CLI::App& command) {
    add_shared_to(command, "The first seed (default 0)");
    add_regime_to(command);
}

void RequestOptions::add_to(CLI::App& command) {
    add_shared_to(command, "Seed of every random stream (default 0)");
    add_regime_to(command);
    command
        .add_option("--at", changes_,
                    "Change a step size, clip or batch size after so many updates; may be repeated")
        ->type_name("UPDATES:GROUP.NAME=VALUE")
        ->allow_extra_args(false);
    takes_spec_ = true;
    auto* spec = command.add_option("--spec", spec_, "Read a spec; the options beside it override it");
    spec->type_name("FILE.toml");
    command
        .add_option("--preset", preset_,
                    "Begin with a run that others have reported (descent presets); the options beside it "
                    "override it")
        ->type_name("NAME")
        ->excludes(spec);
}

Request RequestOptions::request() const {
    Request request;
    if (!spec_.empty()) request = unwrap(request_from_toml(spec_));
    if (!preset_.empty()) request = report_preset(preset_).request;
    apply_to(request);
    if (request.task.empty())
        throw InputError(std::string("--task is missing (descent tasks lists them)") +
                         (takes_spec_ ? ", or --spec FILE.toml, or --preset NAME" : ""));
    return request;
}

const ReportPreset* RequestOptions::preset(const Request& request) const {
    if (preset_.empty()) return nullptr;
    const auto& preset = report_preset(preset_);
    return is_of(request, preset) ? &preset : nullptr;
}

void RequestOptions::apply_to(Request& request) const {
    if (!task_.empty()) request.task = task_;
    if (!model_.empty()) request.model = model_;
    if (!optimizer_.empty()) request.optimizer = optimizer_;
    if (!regime_.empty()) request.regime = regime_;
    if (epochs_) {
        request.epochs = whole_number("--epochs", *epochs_, 1);
        request.updates.reset();
    }
    if (updates_) {
        request.updates = whole_number("--updates", *updates_, 1);
        request.epochs.reset();
    }
    if (seed_) {
        const auto seed = parsed<std::uint64_t>(*seed_);
        if (!seed) throw InputError("--seed: expected a whole number of at least 0, got '" + *seed_ + "'");
        request.seed = *seed;
    }
    for (const auto& setting : settings_) add_setting(request, setting);
    for (const auto& change : changes_) add_change(request, change);
}

} // namespace descent::cli
