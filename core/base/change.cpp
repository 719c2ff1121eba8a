#include "core/base/change.h"

#include "core/base/format.h"
#include "core/base/length.h"

#include <algorithm>
#include <charconv>

namespace descent {

namespace {

/// "100 optimizer.lr=0.05"
Change parse_one(std::string_view text) {
    const auto refuse = [&] {
        throw InputError("regime.changes: '" + std::string(text) +
                         "' is not of the form UPDATES group.parameter=value, such as 100 optimizer.lr=0.05");
    };
    Change change;
    const auto [after, error] = std::from_chars(text.data(), text.data() + text.size(), change.at.count);
    const auto rest = text.substr(static_cast<std::size_t>(after - text.data()));
    const auto equals = rest.find('=');
    if (error != std::errc() || change.at.count < 0 || rest.empty() || rest.front() != ' ' ||
        equals == std::string_view::npos)
        refuse();
    change.path = trimmed(rest.substr(0, equals));
    change.value = trimmed(rest.substr(equals + 1));
    return change;
}

} // namespace

const std::vector<std::string>& changeable_paths() {
    static const std::vector<std::string> all{"optimizer.lr",      "regime.clip_norm", "regime.clip_value",
                                              "regime.clip_layer", "regime.clip_agc",  "regime.batch_size"};
    return all;
}

bool may_change(std::string_view path) {
    return is_length(path) || std::ranges::count(changeable_paths(), path) > 0;
}

Result<Change> check_change(const Change& change, const Catalog& catalog, const RunSpec& spec) {
    if (!may_change(change.path)) {
        std::string message = "'" + change.path + "' cannot be changed while training; ";
        for (const auto& path : changeable_paths()) message += path + ", ";
        return fail(message + "epochs and updates can");
    }
    if (is_length(change.path)) {
        const auto budget = budget_of({change.at, change.path, std::string(trimmed(change.value))});
        if (!budget)
            return fail(change.path + " = " + change.value + ": expected a whole number of at least 1");
        const auto length = budget->epochs ? *budget->epochs : *budget->updates;
        return Change{change.at, change.path, std::to_string(length)};
    }
    const auto dot = change.path.find('.');
    const bool optimizer = change.path.starts_with("optimizer.");
    const auto* param = catalog.find_param(optimizer ? Group::optimizer : Group::regime,
                                           optimizer ? spec.optimizer.id : spec.regime.id,
                                           std::string_view(change.path).substr(dot + 1));
    if (!param) return fail("optimizer '" + spec.optimizer.id + "' has no " + change.path);
    const auto value = parse_value(*param, change.value, change.path);
    if (!value) return std::unexpected(value.error());
    return Change{change.at, change.path, to_string(*value)};
}

Result<std::vector<Change>> parse_changes(std::string_view text, const Catalog& catalog,
                                          const RunSpec& spec) {
    return guarded([&] {
        std::vector<Change> all;
        while (!text.empty()) {
            const auto end = std::min(text.find(';'), text.size());
            if (const auto one = trimmed(text.substr(0, end)); !one.empty())
                all.push_back(unwrap(check_change(parse_one(one), catalog, spec)));
            text.remove_prefix(std::min(end + 1, text.size()));
        }
        std::ranges::stable_sort(all, {}, &Change::at);
        return all;
    });
}

std::string to_text(const std::vector<Change>& changes) {
    std::string text;
    for (const auto& change : changes)
        text += (text.empty() ? "" : "; ") + std::to_string(change.at.count) + " " + change.path + "=" +
                change.value;
    return text;
}

std::vector<Change> joined_changes(std::vector<Change> planned, const std::vector<Change>& made) {
    std::erase_if(planned, [&](const Change& change) { return std::ranges::count(made, change) > 0; });
    planned.insert(planned.end(), made.begin(), made.end());
    std::ranges::stable_sort(planned, {}, &Change::at);
    return planned;
}

Request request_with_changes(const Catalog& catalog, const RunSpec& spec, const std::vector<Change>& made) {
    auto request = catalog.request_for(spec);
    std::vector<Change> planned;
    if (const auto text = spec.regime.params.values.find("changes"); text != spec.regime.params.values.end())
        planned = parse_changes(to_string(text->second), catalog, spec).value_or(std::vector<Change>{});
    if (const auto all = joined_changes(std::move(planned), made); !all.empty())
        request.set("regime.changes", to_text(all));
    return request;
}

} // namespace descent
