#include "core/base/catalog.h"
#include "core/base/spec_reader.h"

#include <algorithm>

namespace descent {

namespace {

std::string toml_text(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += {'\\', c};
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '\t') {
            out += "\\t";
        } else if (byte < 0x20 || byte == 0x7f) {
            out += {'\\', 'u', '0', '0', "01234567"[byte >> 4], "0123456789ABCDEF"[byte & 0xf]};
        } else {
            out += c;
        }
    }
    return out + "\"";
}

bool is_bare_key(std::string_view key) {
    return !key.empty() && std::ranges::all_of(key, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
               c == '-';
    });
}

// Numbers and booleans bare, where the catalog knows them to be such; all else in quotes.
std::string toml_value(const ParamSpec* param, const std::string& text) {
    if (param) {
        const auto value = parse_value(*param, text, param->name);
        if (value && !std::holds_alternative<std::string>(*value)) return to_string(*value);
    }
    return toml_text(text);
}

} // namespace

std::string& Request::id(Group group) {
    switch (group) {
    case Group::task:
        return task;
    case Group::model:
        return model;
    case Group::optimizer:
        return optimizer;
    case Group::regime:
        break;
    }
    return regime;
}

const std::string& Request::id(Group group) const {
    return const_cast<Request&>(*this).id(group);
}

void Request::set(std::string path, std::string text) {
    unset(path);
    settings.emplace_back(std::move(path), std::move(text));
}

void Request::unset(std::string_view path) {
    std::erase_if(settings, [&](const auto& setting) { return setting.first == path; });
}

Result<Request> request_from_toml(const std::string& file) {
    return guarded([&] {
        const SpecReader reader(file);
        return reader.read(reader.parse());
    });
}

std::string to_toml(const Request& request, const Catalog& catalog) {
    const auto spec = catalog.resolve(request);
    const Request shortest = spec ? catalog.request_for(*spec) : request;
    std::string out;
    out += "seed = ";
    out +=
        shortest.seed <= INT64_MAX ? std::to_string(shortest.seed) : toml_text(std::to_string(shortest.seed));
    out += "\n";
    if (shortest.epochs) out += "epochs = " + std::to_string(*shortest.epochs) + "\n";
    if (shortest.updates) out += "updates = " + std::to_string(*shortest.updates) + "\n";
    for (const Group group : kGroups) {
        const std::string prefix = std::string(to_string(group)) + ".";
        std::string body;
        if (!shortest.id(group).empty()) body += "id = " + toml_text(shortest.id(group)) + "\n";
        for (const auto& [path, text] : shortest.settings) {
            if (!path.starts_with(prefix)) continue;
            const std::string name = path.substr(prefix.size());
            const ParamSpec* param = catalog.find_param(group, shortest.id(group), name);
            body += (is_bare_key(name) ? name : toml_text(name)) + " = " + toml_value(param, text) + "\n";
        }
        if (!body.empty()) out += "\n[" + std::string(to_string(group)) + "]\n" + body;
    }
    return out;
}

} // namespace descent
