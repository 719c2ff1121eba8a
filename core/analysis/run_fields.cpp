#include "core/analysis/run_fields.h"

#include "core/base/format.h"
#include "core/store/merge.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <map>
#include <set>
#include <span>
#include <unordered_map>

namespace descent {

namespace {

constexpr std::string_view kMinus = "\u2212", kBetween = " · ";
constexpr std::string_view kObserving = "probe_"; ///< how parameters of the regime that only look begin
constexpr std::string_view kRecordEvery = "record_every"; ///< the one that does not
constexpr std::array<std::string_view, 13> kOfEveryRun{
    "task", "model",   "optimizer",  "regime", "seed",    "name",   "state",
    "tags", "threads", "parameters", "epochs", "updates", "seconds"};
/// Of them, what a run is, as opposed to what became of it.
constexpr std::array<std::string_view, 7> kOfItsSpec{"task", "model",   "optimizer", "regime",
                                                     "seed", "threads", "parameters"};

template<class T>
FieldValue of_number(T value) {
    return {to_string(Value(value)), static_cast<double>(value)};
}

FieldValue of_value(const Value& value) {
    FieldValue field{to_string(value), {}};
    if (const auto* flag = std::get_if<bool>(&value)) field.number = *flag ? 1 : 0;
    if (const auto* whole = std::get_if<std::int64_t>(&value)) field.number = static_cast<double>(*whole);
    if (const auto* real = std::get_if<double>(&value)) field.number = *real;
    return field;
}

struct NamedPart {
    std::string_view name;
    const Part& part;
};
std::array<NamedPart, 4> parts_of(const RunSpec& spec) {
    return {
        {{"task", spec.task}, {"model", spec.model}, {"optimizer", spec.optimizer}, {"regime", spec.regime}}};
}

std::string tags_text(const std::vector<std::string>& tags) {
    std::string text;
    for (const auto& tag : tags) text += (text.empty() ? "" : ", ") + tag;
    return text;
}

std::vector<std::string> parameters_of(const std::vector<RunRecord>& runs) {
    std::vector<std::string> all;
    for (std::size_t part = 0; part < 4; ++part) {
        std::set<std::string_view> names;
        std::string_view called;
        for (const auto& run : runs) {
            const auto here = parts_of(run.spec)[part];
            called = here.name;
            for (const auto& [name, value] : here.part.params.values) names.insert(name);
        }
        for (const auto name : names) all.push_back(std::string(called) + "." + std::string(name));
    }
    for (const char* length : {"budget.epochs", "budget.updates", "parent"})
        if (std::ranges::any_of(runs, [&](const auto& run) { return field_of(run, length).has_value(); }))
            all.emplace_back(length);
    return all;
}

bool differs(const std::vector<RunRecord>& runs, std::string_view field) {
    if (runs.empty()) return false;
    const auto first = field_of(runs.front(), field);
    return std::ranges::any_of(runs, [&](const auto& run) { return field_of(run, field) != first; });
}

/// "full-batch" of a regime, "lr 0.1" of a parameter.
std::string label_of(std::string_view field, const std::optional<FieldValue>& value) {
    const auto dot = field.find('.');
    std::string name(dot == std::string_view::npos ? field : field.substr(dot + 1));
    if (!value) return "no " + name;
    std::string text = value->text.empty() ? "\"\"" : value->text;
    if (value->number && text.starts_with('-')) text.replace(0, 1, kMinus);
    constexpr std::array<std::string_view, 6> speaking{"task",   "model", "optimizer",
                                                       "regime", "name",  "state"};
    if (std::ranges::find(speaking, field) != speaking.end()) return text;
    if (field == "tags") return value->text.empty() ? "no tags" : text;
    return name + " " + text;
}

using Values = std::vector<std::optional<FieldValue>>;

Values values_of(const RunRecord& run, const std::vector<std::string>& fields, const ParentNames& parents) {
    Values values;
    for (const auto& field : fields) values.push_back(field_of(run, field, parents));
    return values;
}

std::string label_of(const std::vector<std::string>& fields, const Values& values) {
    std::string label;
    for (std::size_t i = 0; i < fields.size(); ++i)
        label.append(i == 0 ? "" : kBetween).append(label_of(fields[i], values[i]));
    return label;
}

void add_to_key(std::string& key, std::string_view text) {
    key.append(text).push_back('\0'); // which no text of a spec has
}

std::vector<RunGroup> by_fields(const std::vector<RunRecord>& runs, const std::vector<std::string>& fields,
                                const ParentNames& parents) {
    struct Found {
        Values values;
        RunGroup group;
    };
    std::vector<Found> all;
    std::unordered_map<std::string, std::size_t> known;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        auto values = values_of(runs[i], fields, parents);
        std::string key;
        for (const auto& value : values) add_to_key(key, value ? "=" + value->text : "");
        const auto [at, added] = known.emplace(std::move(key), all.size());
        if (added) {
            RunGroup group{label_of(fields, values), {}};
            all.push_back({std::move(values), std::move(group)});
        }
        all[at->second].group.runs.push_back(i);
    }
    // The last field first, so that the first has the last word.
    for (std::size_t f = fields.size(); f-- > 0;) {
        const auto number = [f](const Found& found) {
            const auto& value = found.values[f];
            return value ? value->number.value_or(std::numeric_limits<double>::infinity())
                         : std::numeric_limits<double>::infinity();
        };
        const bool numeric = std::ranges::all_of(
            all, [f](const Found& found) { return !found.values[f] || found.values[f]->number; });
        if (numeric) {
            std::ranges::stable_sort(all, {}, number);
            continue;
        }
        std::vector<std::string> order; // of first appearance
        std::map<std::string, std::size_t> places;
        for (const auto& run : runs)
            if (const auto value = field_of(run, fields[f], parents))
                places.emplace(value->text, places.size());
        std::ranges::stable_sort(all, {}, [&](const Found& found) {
            return found.values[f] ? places.at(found.values[f]->text) : places.size();
        });
    }
    std::vector<RunGroup> groups;
    for (auto& found : all) groups.push_back(std::move(found.group));
    return groups;
}

/// What replicates have in common: the spec without its seed and what only looks.
std::string unseeded(const RunSpec& spec) {
    std::string key;
    for (const auto& [name, part] : parts_of(spec)) {
        add_to_key(key, part.id);
        for (const auto& [param, value] : part.params.values)
            if (name != "regime" || !param.starts_with(kObserving)) {
                add_to_key(key, param);
                add_to_key(key, to_string(value));
            }
    }
    for (const auto& length : {spec.budget.epochs, spec.budget.updates})
        add_to_key(key, length ? std::to_string(*length) : "");
    return key;
}

std::vector<RunGroup> replicates(const std::vector<RunRecord>& runs) {
    std::unordered_map<std::string, std::size_t> known;
    std::vector<RunGroup> groups;
    std::vector<RunRecord> first; // of each group of known settings, only what makes it one
    std::vector<std::size_t> known_group;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        if (!settings_known(runs[i].spec)) { // nobody can say what it is a replicate of
            groups.push_back({runs[i].name, {i}});
            continue;
        }
        const auto [at, added] = known.emplace(unseeded(runs[i].spec), groups.size());
        if (added) {
            RunRecord& bare = first.emplace_back();
            bare.spec = runs[i].spec;
            bare.spec.seed = 0;
            std::erase_if(bare.spec.regime.params.values,
                          [](const auto& param) { return param.first.starts_with(kObserving); });
            known_group.push_back(groups.size());
            groups.emplace_back();
        }
        groups[at->second].runs.push_back(i);
    }
    // As few words as tell them apart: a field is told where it parts what the ones before it do not.
    std::vector<std::string> telling;
    std::size_t parted = 1;
    for (const auto& field : differing_fields(first)) {
        if (parted == first.size()) break;
        auto with = telling;
        with.push_back(field);
        std::set<std::string> distinct;
        for (const auto& run : first) distinct.insert(label_of(with, values_of(run, with, {})));
        if (distinct.size() == parted) continue;
        parted = distinct.size();
        telling = std::move(with);
    }
    if (telling.empty()) telling = {"model", "regime"};
    for (std::size_t i = 0; i < first.size(); ++i)
        groups[known_group[i]].label = label_of(telling, values_of(first[i], telling, {}));
    return groups;
}

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> words;
    for (std::size_t begin = 0; begin <= text.size();) {
        const auto end = std::min(text.find(',', begin), text.size());
        words.emplace_back(trimmed(text.substr(begin, end - begin)));
        begin = end + 1;
    }
    return words;
}

std::string changes_text(const std::vector<Change>& changes) {
    std::string text;
    for (const auto& change : changes)
        text += (text.empty() ? "" : "; ") + change.path + " = " + change.value + " after update " +
                format_count(change.at.count);
    return text;
}

} // namespace

std::optional<FieldValue> field_of(const RunRecord& run, std::string_view field, const ParentNames& parents) {
    const RunSpec& spec = run.spec;
    if (field == "task") return FieldValue{spec.task.id, {}};
    if (field == "model") return FieldValue{spec.model.id, {}};
    if (field == "optimizer") return FieldValue{spec.optimizer.id, {}};
    if (field == "regime") return FieldValue{spec.regime.id, {}};
    if (field == "seed") return FieldValue{std::to_string(spec.seed), static_cast<double>(spec.seed)};
    if (field == "name") return FieldValue{run.name, {}};
    if (field == "state") return FieldValue{std::string(to_string(run.state)), {}};
    if (field == "tags") return FieldValue{tags_text(run.tags), {}};
    if (field == "parent") {
        if (!run.parent) return std::nullopt;
        const auto known = parents.find(run.parent->run);
        return FieldValue{(known == parents.end() ? run.parent->run.uuid.substr(0, 8) : known->second) +
                              " at update " + format_count(run.parent->at.count),
                          {}};
    }
    if (field == "threads") return of_number(run.provenance.threads);
    if (field == "parameters") return of_number(run.provenance.parameters);
    if (field == "epochs") return of_number(run.epoch.passes);
    if (field == "updates") return of_number(run.updates.count);
    if (field == "seconds") return of_number(run.seconds);
    const auto dot = field.find('.');
    if (dot == std::string_view::npos) return std::nullopt;
    const auto part = field.substr(0, dot), name = field.substr(dot + 1);
    if (part == "budget") {
        const auto length = name == "epochs"    ? spec.budget.epochs
                            : name == "updates" ? spec.budget.updates
                                                : std::nullopt;
        return length ? std::optional(of_number(*length)) : std::nullopt;
    }
    for (const auto& here : parts_of(spec))
        if (here.name == part)
            if (const auto at = here.part.params.values.find(name); at != here.part.params.values.end())
                return of_value(at->second);
    return std::nullopt;
}

std::vector<std::string> fields_of(const std::vector<RunRecord>& runs) {
    if (runs.empty()) return {};
    std::vector<std::string> all(kOfEveryRun.begin(), kOfEveryRun.end());
    const auto parameters = parameters_of(runs);
    all.insert(all.end(), parameters.begin(), parameters.end());
    return all;
}

std::vector<std::string> differing_fields(const std::vector<RunRecord>& runs) {
    std::vector<std::string> all(kOfItsSpec.begin(), kOfItsSpec.end());
    const auto parameters = parameters_of(runs);
    all.insert(all.end(), parameters.begin(), parameters.end());
    std::erase_if(all, [&](const auto& field) { return !differs(runs, field); });
    return all;
}

bool only_observes(std::string_view field) {
    if (!field.starts_with("regime.")) return false;
    return field.substr(7).starts_with(kObserving) || field.substr(7) == kRecordEvery;
}

Result<std::string> field_meant(const std::vector<RunRecord>& runs, std::string_view word) {
    const auto all = fields_of(runs);
    if (std::ranges::find(all, word) != all.end()) return std::string(word);
    std::vector<std::string> found, candidates = all;
    for (const auto& field : all) {
        const auto dot = field.find('.');
        if (dot == std::string::npos) continue;
        candidates.push_back(field.substr(dot + 1));
        if (candidates.back() == word) found.push_back(field);
    }
    if (found.size() == 1) return found.front();
    if (found.size() > 1) return fail("'" + std::string(word) + "' could be " + found[0] + " or " + found[1]);
    const auto meant = nearest(word, candidates);
    return fail("no run has a field '" + std::string(word) + "'" +
                (meant ? "; did you mean '" + *meant + "'?" : ""));
}

bool settings_known(const RunSpec& spec) {
    return spec.task.id != kImported;
}

Result<std::vector<RunGroup>> group_runs(const std::vector<RunRecord>& runs, std::string_view by,
                                         const ParentNames& parents) {
    if (by == "replicates") return replicates(runs);
    std::vector<RunGroup> groups;
    if (by == "none") {
        for (std::size_t i = 0; i < runs.size(); ++i) groups.push_back({runs[i].name, {i}});
        return groups;
    }
    std::vector<std::string> fields;
    for (const auto& word : split(by)) {
        auto field = field_meant(runs, word);
        if (!field) return std::unexpected(field.error());
        if (std::ranges::find(fields, *field) == fields.end()) fields.push_back(std::move(*field));
    }
    return by_fields(runs, fields, parents);
}

Result<MetricPick> metric_pick(std::string_view text) {
    MetricPick pick;
    std::string_view name = text;
    bool said = false;
    for (const auto& [word, at] : {std::pair{"best:", MetricPick::At::best}, {"last:", MetricPick::At::last}})
        if (!said && name.starts_with(word)) {
            name.remove_prefix(5);
            pick.at = at;
            said = true;
        }
    const auto refuse = [&](const char* what) {
        return fail("metric '" + std::string(text) + "': expected " + what);
    };
    if (const auto at = name.rfind('@'); at != std::string_view::npos) {
        const auto count = name.substr(at + 1);
        const auto [end, error] =
            std::from_chars(count.data(), count.data() + count.size(), pick.update.count);
        if (error != std::errc{} || end != count.data() + count.size() || pick.update.count < 0)
            return refuse("the number of an update after '@'");
        if (said) return refuse("either best: or last: before the name, or @UPDATE after it");
        pick.at = MetricPick::At::update;
        name = name.substr(0, at);
    }
    if (name.empty()) return refuse("a name, as validation/accuracy");
    pick.metric = name;
    return pick;
}

std::string to_string(const MetricPick& pick) {
    switch (pick.at) {
    case MetricPick::At::best:
        return "best:" + pick.metric;
    case MetricPick::At::update:
        return pick.metric + "@" + std::to_string(pick.update.count);
    case MetricPick::At::last:
        break;
    }
    return pick.metric;
}

std::string at_text(const MetricPick& pick) {
    return pick.at == MetricPick::At::update ? std::to_string(pick.update.count)
           : pick.at == MetricPick::At::best ? "best"
                                             : "last";
}

double summary_value(const RunRecord& run, const MetricPick& pick) {
    const auto found = run.summary.find(pick.metric);
    if (found == run.summary.end() || pick.at == MetricPick::At::update)
        return std::numeric_limits<double>::quiet_NaN();
    return pick.at == MetricPick::At::best ? found->second.best : found->second.last;
}

std::vector<std::string> telling_metrics(const std::vector<RunRecord>& runs) {
    std::set<std::string> all;
    for (const auto& run : runs)
        for (const auto& [name, summary] : run.summary) all.insert(name);
    std::vector<std::string> chosen;
    for (const char* name : {"validation/loss", "validation/accuracy", "validation/auroc", "validation/eer"})
        if (all.contains(name)) chosen.emplace_back(name);
    const auto take = [&](std::string_view start) {
        constexpr std::size_t most = 4;
        for (const auto& name : all)
            if (name.starts_with(start) && chosen.size() < most) chosen.push_back(name);
    };
    for (const char* start : {"validation/", "train/loss", ""})
        if (chosen.empty()) take(start);
    return chosen;
}

ConfigDiff config_diff(const std::vector<RunRecord>& runs, const ParentNames& parents) {
    ConfigDiff diff;
    const auto add = [&](std::string name, auto text_of) {
        ConfigDiff::Row row{std::move(name), {}};
        for (const auto& run : runs) row.values.push_back(text_of(run));
        row.equal = std::ranges::all_of(row.values, [&](const auto& v) { return v == row.values.front(); });
        if (std::ranges::any_of(row.values, [](const auto& v) { return !v.empty(); }))
            diff.rows.push_back(std::move(row));
    };
    const auto add_field = [&](const std::string& field) {
        add(field, [&](const RunRecord& run) {
            const auto value = field_of(run, field, parents);
            return value ? value->text : std::string();
        });
    };
    const auto parameters = parameters_of(runs);
    for (const std::string part : {"task", "model", "optimizer", "regime"}) {
        add_field(part);
        for (const auto& field : parameters)
            if (field.starts_with(part + ".")) add_field(field);
    }
    for (const char* field : {"seed", "budget.epochs", "budget.updates", "parent"}) add_field(field);
    add("changes", [](const RunRecord& run) { return changes_text(run.changes); });
    add("data", [](const RunRecord& run) { return run.provenance.data_hash; });
    add("data source", [](const RunRecord& run) { return run.provenance.data_source; });
    add("weights", [](const RunRecord& run) { return std::to_string(run.provenance.parameters); });
    add("torch version", [](const RunRecord& run) { return run.provenance.torch_version; });
    add("BLAS", [](const RunRecord& run) { return run.provenance.blas; });
    add("threads", [](const RunRecord& run) { return std::to_string(run.provenance.threads); });
    add("studio version", [](const RunRecord& run) { return run.provenance.studio_version; });
    add("host", [](const RunRecord& run) { return run.provenance.host; });
    return diff;
}

} // namespace descent
