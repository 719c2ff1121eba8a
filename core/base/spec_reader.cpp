#include "core/base/spec_reader.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <functional>

namespace descent {

namespace {

constexpr std::size_t kLargestSpec = 1 << 20;

} // namespace

void SpecReader::refuse(const toml::source_region& at, const std::string& what) const {
    throw InputError(file_ + ":" + std::to_string(at.begin.line) + ": " + what);
}

toml::table SpecReader::parse() const {
    std::ifstream in(file_, std::ios::binary);
    if (!in) throw InputError(file_ + ": no such file, or it cannot be read");
    std::string content(kLargestSpec + 1, '\0');
    in.read(content.data(), static_cast<std::streamsize>(content.size()));
    if (in.bad() || (in.gcount() == 0 && !in.eof())) throw InputError(file_ + ": cannot be read");
    content.resize(static_cast<std::size_t>(in.gcount()));
    if (content.size() > kLargestSpec) throw InputError(file_ + ": over 1 MiB; expected a TOML spec");
    return parse(content);
}

toml::table SpecReader::parse(std::string_view content) const {
    try {
        return toml::parse(content, file_);
    } catch (const toml::parse_error& e) {
        refuse(e.source(), std::string(e.description()));
    }
}

Request SpecReader::read(const toml::table& table, const std::vector<std::string>& others) const {
    Request request;
    for (const auto& [key, node] : table) {
        if (std::ranges::count(others, key.str()) > 0) continue;
        if (key == "epochs") {
            request.epochs = steps(key.str(), node);
        } else if (key == "updates") {
            request.updates = steps(key.str(), node);
        } else if (key == "seed") {
            request.seed = seed(key.str(), node);
        } else if (!group_named(key.str())) {
            std::vector<std::string> known{"seed",  "epochs",    "updates", "task",
                                           "model", "optimizer", "regime"};
            known.insert(known.end(), others.begin(), others.end());
            unknown(key, known, "seed, epochs, updates, or a table task, model, optimizer or regime");
        }
    }
    for (const Group group : kGroups)
        if (const toml::node* node = table.get(to_string(group))) read_group(group, *node, request);
    return request;
}

void SpecReader::unknown(const toml::key& key, const std::vector<std::string>& known,
                         const std::string& expected) const {
    const auto meant = nearest(key.str(), known);
    refuse(key.source(), "unknown key '" + std::string(key.str()) + "'" +
                             (meant ? "; did you mean '" + *meant + "'?" : "; expected " + expected));
}

void SpecReader::read_group(Group group, const toml::node& node, Request& request) const {
    const std::string name(to_string(group));
    if (const auto* id = node.as_string()) {
        request.id(group) = id->get();
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
            request.id(group) = id->get();
        } else {
            request.set(path, text(value, path));
        }
    }
}

std::string SpecReader::text(const toml::node& node, std::string_view path) const {
    if (const auto* word = node.as_string()) return word->get();
    if (const auto* whole = node.as_integer()) return to_string(Value{whole->get()});
    if (const auto* number = node.as_floating_point()) return to_string(Value{number->get()});
    if (const auto* flag = node.as_boolean()) return to_string(Value{flag->get()});
    refuse(node.source(), std::string(path) + ": expected a number, a text in quotes, true or false");
}

std::int64_t SpecReader::steps(std::string_view name, const toml::node& node) const {
    const auto* whole = node.as_integer();
    if (!whole) refuse(node.source(), std::string(name) + ": expected a whole number ≥ 1");
    if (whole->get() < 1)
        refuse(node.source(),
               std::string(name) + " = " + std::to_string(whole->get()) + ": expected a whole number ≥ 1");
    return whole->get();
}

// TOML's integers end at 2^63: a larger seed is written in quotes.
std::uint64_t SpecReader::seed(std::string_view name, const toml::node& node) const {
    if (const auto* whole = node.as_integer(); whole && whole->get() >= 0)
        return static_cast<std::uint64_t>(whole->get());
    if (const auto* word = node.as_string()) {
        const std::string& digits = word->get();
        std::uint64_t value = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
        if (error == std::errc{} && end == digits.data() + digits.size()) return value;
    }
    refuse(node.source(), std::string(name) + ": expected a whole number ≥ 0");
}

} // namespace descent
