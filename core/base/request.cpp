#include "core/base/catalog.h"

#include <toml++/toml.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <functional>
#include <iterator>

namespace descent {

namespace {

constexpr std::size_t kLargestSpec = 1 << 20;

/// Reads one file. Every message starts with FILE:LINE.
class SpecReader {
public:
    explicit SpecReader(std::string file) : file_(std::move(file)) {}

    Request read() {
        const toml::table table = parse();
        for (const auto& [key, node] : table) {
            if (key == "epochs")
                request_.epochs = steps(key.str(), node);
            else if (key == "updates")
                request_.updates = steps(key.str(), node);
            else if (key == "seed")
                request_.seed = seed(node);
            else if (!group_named(key.str()))
                unknown(key);
        }
        for (const Group group : kGroups)
            if (const toml::node* node = table.get(to_string(group))) read_group(group, *node);
        return std::move(request_);
    }

private:
    [[noreturn]] void refuse(const toml::source_region& at, const std::string& what) const {
        throw InputError(file_ + ":" + std::to_string(at.begin.line) + ": " + what);
    }

    toml::table parse() const {
        std::ifstream in(file_, std::ios::binary);
        if (!in) throw InputError(file_ + ": no such file, or it cannot be read");
        std::string content(kLargestSpec + 1, '\0');
        in.read(content.data(), static_cast<std::streamsize>(content.size()));
        if (in.bad() || (in.gcount() == 0 && !in.eof())) throw InputError(file_ + ": cannot be read");
        content.resize(static_cast<std::size_t>(in.gcount()));
        if (content.size() > kLargestSpec) throw InputError(file_ + ": over 1 MiB; expected a TOML spec");
        try {
            return toml::parse(content, file_);
        } catch (const toml::parse_error& e) {
            refuse(e.source(), std::string(e.description()));
        }
    }

    [[noreturn]] void unknown(const toml::key& key) const {
        std::string what = "unknown key '" + std::string(key.str()) + "'";
        const auto meant =
            nearest(key.str(), {"seed", "epochs", "updates", "task", "model", "optimizer", "regime"});
        what += meant ? "; did you mean '" + *meant + "'?"
                      : "; expected seed, epochs, updates, or a table task, model, optimizer or regime";
        refuse(key.source(), what);
    }

    void read_group(Group group, const toml::node& node) {
        const std::string name(to_string(group));
        if (const auto* id = node.as_string()) {
            request_.id(group) = id->get();
            return;
        }
        const auto* table = node.as_table();
        if (!table) refuse(node.source(), name + ": expected an id in quotes or a table [" + name + "]");
        // In the order of the file, not of the alphabet: what a person wrote is what is shown back.
        std::vector<std::pair<toml::source_position, const toml::key*>> keys;
        for (const auto& [key, value] : *table) keys.emplace_back(key.source().begin, &key);
        std::ranges::stable_sort(keys, std::less{}, &decltype(keys)::value_type::first);
        for (const auto& [position, key] : keys) {
            const toml::node& value = *table->get(key->str());
            const std::string path = name + "." + std::string(key->str());
            if (key->str() == "id") {
                const auto* id = value.as_string();
                if (!id) refuse(value.source(), path + ": expected an id in quotes");
                request_.id(group) = id->get();
            } else {
                request_.set(path, text(value, path));
            }
        }
    }

    std::string text(const toml::node& node, const std::string& path) const {
        if (const auto* word = node.as_string()) return word->get();
        if (const auto* whole = node.as_integer()) return to_string(Value{whole->get()});
        if (const auto* number = node.as_floating_point()) return to_string(Value{number->get()});
        if (const auto* flag = node.as_boolean()) return to_string(Value{flag->get()});
        refuse(node.source(), path + ": expected a number, a text in quotes, true or false");
    }

    std::int64_t steps(std::string_view name, const toml::node& node) const {
        const auto* whole = node.as_integer();
        if (!whole) refuse(node.source(), std::string(name) + ": expected a whole number ≥ 1");
        if (whole->get() < 1)
            refuse(node.source(), std::string(name) + " = " + std::to_string(whole->get()) +
                                      ": expected a whole number ≥ 1");
        return whole->get();
    }

    // TOML's integers end at 2^63: a larger seed is written in quotes.
    std::uint64_t seed(const toml::node& node) const {
        if (const auto* whole = node.as_integer(); whole && whole->get() >= 0)
            return static_cast<std::uint64_t>(whole->get());
        if (const auto* word = node.as_string()) {
            const std::string& digits = word->get();
            std::uint64_t value = 0;
            const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
            if (error == std::errc{} && end == digits.data() + digits.size()) return value;
        }
        refuse(node.source(), "seed: expected a whole number ≥ 0");
    }

    std::string file_;
    Request request_;
};

std::string quoted(std::string_view text) {
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
    return quoted(text);
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
    return guarded([&] { return SpecReader(file).read(); });
}

std::string to_toml(const Request& request, const Catalog& catalog) {
    const auto spec = catalog.resolve(request);
    const Request shortest = spec ? catalog.request_for(*spec) : request;
    std::string out;
    out += "seed = ";
    out += shortest.seed <= INT64_MAX ? std::to_string(shortest.seed) : quoted(std::to_string(shortest.seed));
    out += "\n";
    if (shortest.epochs) out += "epochs = " + std::to_string(*shortest.epochs) + "\n";
    if (shortest.updates) out += "updates = " + std::to_string(*shortest.updates) + "\n";
    for (const Group group : kGroups) {
        const std::string prefix = std::string(to_string(group)) + ".";
        std::string body;
        if (!shortest.id(group).empty()) body += "id = " + quoted(shortest.id(group)) + "\n";
        for (const auto& [path, text] : shortest.settings) {
            if (!path.starts_with(prefix)) continue;
            const std::string name = path.substr(prefix.size());
            const ParamSpec* param = catalog.find_param(group, shortest.id(group), name);
            body += (is_bare_key(name) ? name : quoted(name)) + " = " + toml_value(param, text) + "\n";
        }
        if (!body.empty()) out += "\n[" + std::string(to_string(group)) + "]\n" + body;
    }
    return out;
}

} // namespace descent
