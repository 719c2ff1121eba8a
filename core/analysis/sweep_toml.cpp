#include "core/analysis/sweep_toml.h"

#include "core/analysis/sweep_settings.h"
#include "core/base/spec_reader.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>

namespace descent {

namespace {

const std::vector<std::string> kOwnKeys{"title", "summary",    "view",      "threshold_error", "seeds",
                                        "over",  "first_seed", "draw_data", "active"};
constexpr std::array kViews{"double-descent", "epoch-wise", "outcomes", "heat-map", "lottery"};

class PlanReader {
public:
    PlanReader(const SpecReader& reader, const Catalog& catalog) : reader_(reader), catalog_(catalog) {}

    SweepPlan read(const toml::table& table) {
        if (const auto* node = table.get("seed"))
            reader_.refuse(node->source(), "seed: a sweep has seeds = 5, or a list, and first_seed");
        plan_.base = reader_.read(table, kOwnKeys);
        for (const auto& [name, into] :
             {std::pair{"title", &plan_.title}, {"summary", &plan_.summary}, {"view", &plan_.view}})
            if (const auto* node = table.get(name)) *into = word(name, *node);
        if (!plan_.view.empty() && std::ranges::count(kViews, plan_.view) == 0)
            reader_.refuse(table.get("view")->source(),
                           "view: expected double-descent, epoch-wise, outcomes, heat-map or lottery");
        if (const auto* node = table.get("threshold_error")) {
            plan_.threshold_error = number("threshold_error", *node);
            if (plan_.threshold_error < 0)
                reader_.refuse(node->source(), "threshold_error: expected a number ≥ 0");
        }
        if (const auto* node = table.get("draw_data")) {
            const auto* flag = node->as_boolean();
            if (!flag) reader_.refuse(node->source(), "draw_data: expected true or false");
            plan_.draw_data = flag->get();
        }
        read_seeds(table);
        if (const auto* node = table.get("over")) read_axes(*node);
        if (const auto* node = table.get("active")) read_active(*node);
        check_levels(table);
        return std::move(plan_);
    }

private:
    std::string word(std::string_view name, const toml::node& node) const {
        const auto* text = node.as_string();
        if (!text) reader_.refuse(node.source(), std::string(name) + ": expected a text in quotes");
        return text->get();
    }

    double number(std::string_view name, const toml::node& node) const {
        const auto value = node.value<double>();
        if (!value || !std::isfinite(*value) || !node.is_number())
            reader_.refuse(node.source(), std::string(name) + ": expected a number");
        return *value;
    }

    void read_seeds(const toml::table& table) {
        const auto* first = table.get("first_seed");
        const auto* node = table.get("seeds");
        if (node && node->is_array()) {
            if (first)
                reader_.refuse(first->source(), "first_seed: goes with seeds = 5, not with a list of seeds");
            plan_.seeds.clear();
            for (const auto& seed : *node->as_array()) plan_.seeds.push_back(reader_.seed("seeds", seed));
            if (plan_.seeds.empty()) reader_.refuse(node->source(), "seeds: expected at least one");
            return;
        }
        const std::uint64_t from = first ? reader_.seed("first_seed", *first) : 0;
        const std::int64_t count = node ? reader_.steps("seeds", *node) : 1;
        if (static_cast<std::size_t>(count) > kMostCells)
            reader_.refuse(node->source(), "seeds: expected at most " + std::to_string(kMostCells));
        if (static_cast<std::uint64_t>(count - 1) > std::numeric_limits<std::uint64_t>::max() - from)
            reader_.refuse((first ? first : node)->source(),
                           "first_seed: there are not that many seeds after it");
        plan_.seeds.clear();
        for (std::int64_t i = 0; i < count; ++i) plan_.seeds.push_back(from + static_cast<std::uint64_t>(i));
    }

    void read_axes(const toml::node& node) {
        const auto* list = node.as_array();
        if (!list || !std::ranges::all_of(*list, [](const toml::node& n) { return n.is_table(); }))
            reader_.refuse(node.source(), "over: expected tables [[over]], one for each axis");
        for (const auto& axis : *list) {
            lines_.push_back({&axis, {}});
            plan_.axes.push_back(read_axis(*axis.as_table()));
        }
    }

    SweepAxis read_axis(const toml::table& table) {
        for (const auto& [key, value] : table)
            if (std::ranges::count(kAxisKeys, key.str()) == 0)
                reader_.unknown(key, std::vector<std::string>(kAxisKeys.begin(), kAxisKeys.end()),
                                "path and values, path, from, to, steps and scale, or name and level");
        if (table.get("name") || table.get("level")) return read_variants(table);
        const auto* path = table.get("path");
        if (!path) reader_.refuse(table.source(), "over: expected path, such as path = \"model.hidden\"");
        const std::string name = word("path", *path);
        return at_line(table, [&] {
            const ParamSpec param = axis_parameter(catalog_, plan_.base, name);
            return table.get("values") ? listed(table, param, name) : ranged(table, param, name);
        });
    }

    SweepAxis listed(const toml::table& table, const ParamSpec& param, const std::string& name) {
        for (const char* other : {"from", "to", "steps", "scale", "factor"})
            if (const auto* node = table.get(other))
                reader_.refuse(node->source(), std::string(other) + " cannot be given with values");
        const auto* values = table.get("values")->as_array();
        if (!values || values->empty())
            reader_.refuse(table.get("values")->source(), "values: expected a list such as [1, 2, 4, 8]");
        std::vector<std::string> words;
        for (const auto& value : *values) {
            words.push_back(reader_.text(value, "values"));
            lines_.back().second.push_back(&value);
        }
        return listed_axis(param, name, words, "");
    }

    SweepAxis ranged(const toml::table& table, const ParamSpec& param, const std::string& name) {
        const auto need = [&](const char* key) -> const toml::node& {
            const auto* node = table.get(key);
            if (!node)
                reader_.refuse(table.source(),
                               name + ": expected values, or from, to and steps; " + key + " is missing");
            return *node;
        };
        const double from = number("from", need("from")), to = number("to", need("to"));
        if (const auto* factor = table.get("factor")) {
            for (const char* other : {"steps", "scale"})
                if (const auto* node = table.get(other))
                    reader_.refuse(node->source(), std::string(other) + " cannot be given with factor");
            return ranged_axis(param, name, from, to, Spacing::factor, number("factor", *factor), "");
        }
        const auto* scale = table.get("scale");
        const std::string kind = scale ? word("scale", *scale) : "linear";
        if (kind != "linear" && kind != "log")
            reader_.refuse(scale->source(), "scale: expected \"linear\" or \"log\"");
        return ranged_axis(param, name, from, to, kind == "log" ? Spacing::log : Spacing::linear,
                           static_cast<double>(reader_.steps("steps", need("steps"))), "");
    }

    SweepAxis read_variants(const toml::table& table) {
        for (const char* other : {"path", "values", "from", "to", "steps", "scale", "factor"})
            if (const auto* node = table.get(other))
                reader_.refuse(node->source(),
                               std::string(other) + " cannot be given with name and [[over.level]]");
        const auto* name = table.get("name");
        if (!name) reader_.refuse(table.source(), "over: expected name for the axis of these levels");
        SweepAxis axis{.name = word("name", *name)};
        const auto* levels = table.get("level") ? table.get("level")->as_array() : nullptr;
        if (!levels || !std::ranges::all_of(*levels, [](const toml::node& n) { return n.is_table(); }))
            reader_.refuse(table.source(), axis.name + ": expected tables [[over.level]] with label and set");
        for (const auto& node : *levels) {
            const auto& level = *node.as_table();
            lines_.back().second.push_back(&node);
            for (const auto& [key, value] : level)
                if (key != "label" && key != "set") reader_.unknown(key, {"label", "set"}, "label and set");
            const auto* label = level.get("label");
            if (!label) reader_.refuse(level.source(), axis.name + ": a level has no label");
            auto& added = axis.levels.emplace_back(SweepLevel{word("label", *label), {}});
            if (const auto* set = level.get("set")) {
                if (!set->is_table())
                    reader_.refuse(set->source(), "set: expected such as { \"optimizer.lr\" = 0.1 }");
                read_settings(*set->as_table(), "", added);
            }
        }
        return axis;
    }

    /// { "optimizer.lr" = 0.1 } and { optimizer.lr = 0.1 } say the same, in the order of the file.
    void read_settings(const toml::table& table, const std::string& prefix, SweepLevel& level) {
        std::vector<std::pair<toml::source_position, const toml::key*>> keys;
        for (const auto& [key, value] : table) keys.emplace_back(key.source().begin, &key);
        std::ranges::stable_sort(keys, std::less{}, &decltype(keys)::value_type::first);
        for (const auto& [position, key] : keys) {
            const toml::node& value = *table.get(key->str());
            const std::string path = prefix + std::string(key->str());
            if (value.is_table())
                read_settings(*value.as_table(), path + ".", level);
            else
                level.settings.emplace_back(path.ends_with(".id") ? path.substr(0, path.size() - 3) : path,
                                            reader_.text(value, path));
        }
    }

    void read_active(const toml::node& node) {
        const auto* table = node.as_table();
        if (!table) reader_.refuse(node.source(), "active: expected a table [active]");
        auto& active = plan_.active.emplace();
        for (const auto& [key, value] : *table) {
            if (key == "axis")
                active.axis = word("axis", value);
            else if (key == "metric")
                active.metric = word("metric", value);
            else if (key == "add")
                active.add = reader_.steps("add", value);
            else if (key == "round")
                active.round = reader_.steps("round", value);
            else
                reader_.unknown(key, {"axis", "metric", "add", "round"}, "axis, metric, add and round");
        }
        const auto axis = std::ranges::find(plan_.axes, active.axis, &SweepAxis::name);
        if (active.axis.empty() || axis == plan_.axes.end() || !axis->numbers())
            reader_.refuse(node.source(), "active: expected axis to name an axis of numbers of this sweep");
    }

    /// Each level alone, with the first of the other axes, so that a message has its line.
    void check_levels(const toml::table& table) {
        const std::vector<std::size_t> first(plan_.axes.size());
        for (std::size_t a = 0; a < plan_.axes.size(); ++a)
            for (std::size_t l = 0; l < plan_.axes[a].levels.size(); ++l) {
                auto levels = first;
                levels[a] = l;
                const auto& lines = lines_[a].second;
                at_line(l < lines.size() ? *lines[l] : *lines_[a].first, [&] {
                    const auto spec =
                        guarded([&] { return unwrap(catalog_.resolve(request_at(plan_, levels))); });
                    if (!spec)
                        throw InputError(plan_.axes[a].name + " = " + plan_.axes[a].levels[l].label + ": " +
                                         spec.error().message);
                    return 0;
                });
            }
        if (plan_.axes.empty()) at_line(table, [&] { return unwrap(catalog_.resolve(plan_.base)).seed; });
    }

    template<class F>
    auto at_line(const toml::node& node, F&& body) -> decltype(body()) {
        auto done = guarded(body);
        if (done) return std::move(*done);
        if (has_line(done.error().message)) throw InputError(done.error().message);
        reader_.refuse(node.source(), done.error().message);
    }
    /// A message from further inside, which has its line already.
    bool has_line(const std::string& message) const { return message.starts_with(reader_.file() + ":"); }

    static constexpr std::array<std::string_view, 9> kAxisKeys{"path",  "values", "from", "to",   "steps",
                                                               "scale", "factor", "name", "level"};
    const SpecReader& reader_;
    const Catalog& catalog_;
    SweepPlan plan_;
    std::vector<std::pair<const toml::node*, std::vector<const toml::node*>>> lines_; ///< of axes, levels
};

} // namespace

Result<SweepPlan> sweep_plan_from_text(const std::string& name, std::string_view content,
                                       const Catalog& catalog) {
    return guarded([&] {
        const SpecReader reader(name);
        return PlanReader(reader, catalog).read(reader.parse(content));
    });
}

Result<SweepPlan> sweep_plan_from_toml(const std::string& file, const Catalog& catalog) {
    return guarded([&] {
        const SpecReader reader(file);
        return PlanReader(reader, catalog).read(reader.parse());
    });
}

} // namespace descent
