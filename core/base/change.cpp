#include "core/base/change.h"

#include "core/base/format.h"

#include <algorithm>
#include <charconv>

namespace descent {

namespace {

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

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
    return std::ranges::count(changeable_paths(), path) > 0;
}

Result<Change> check_change(const Change& change, const Catalog& catalog, const RunSpec& spec) {
    if (!may_change(change.path)) {
        std::string message = "'" + change.path + "' cannot be changed while training; ";
        for (const auto& path : changeable_paths())
            message += path + (path == changeable_paths().back() ? "" : ", ");
        return fail(message + " can");
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

Request request_with_changes(const Catalog& catalog, const RunSpec& spec, const std::vector<Change>& made) {
    auto request = catalog.request_for(spec);
    auto all = made;
    // What the spec plans and the run has not come to yet.
    const auto planned = spec.regime.params.values.find("changes");
    if (planned != spec.regime.params.values.end())
        for (auto& change :
             parse_changes(to_string(planned->second), catalog, spec).value_or(std::vector<Change>{}))
            if (std::ranges::count(all, change) == 0) all.push_back(std::move(change));
    std::ranges::stable_sort(all, {}, &Change::at);
    if (!all.empty()) request.set("regime.changes", to_text(all));
    return request;
}

} // namespace descent
