#include "core/exchange/run_json.h"

#include "core/base/json_text.h"
#include "core/base/result.h"

#include <nlohmann/json.hpp>

#include <cmath>

namespace descent {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

template<class T>
json optional(const std::optional<T>& value) {
    return value ? json(*value) : json(nullptr);
}

/// Members of an object, with the name of the one that is wrong in the message.
struct Members {
    const json& object;
    std::string where;

    template<class T>
    void read(const char* name, T& into) const {
        const auto found = object.find(name);
        if (found == object.end() || found->is_null()) return;
        try {
            into = found->get<T>();
        } catch (const json::exception&) {
            throw InputError(where + name + ": expected " + expected(into) + ", found " + found->dump());
        }
    }
    template<class T>
    void read(const char* name, std::optional<T>& into) const {
        const auto found = object.find(name);
        if (found == object.end() || found->is_null()) return;
        T value{};
        read(name, value);
        into = value;
    }
    void read_document(const char* name, std::string& into) const {
        const auto found = object.find(name);
        if (found != object.end() && !found->is_null()) into = found->dump();
    }

private:
    static const char* expected(const std::string&) { return "a text"; }
    static const char* expected(bool) { return "true or false"; }
    static const char* expected(double) { return "a number"; }
    static const char* expected(std::int64_t) { return "a whole number"; }
    static const char* expected(int) { return "a whole number"; }
    static const char* expected(const std::vector<std::string>&) { return "a list of texts"; }
};

Provenance provenance_from(const json& object) {
    Provenance p;
    const Members members{object, "provenance."};
    members.read("studio_version", p.studio_version);
    members.read("torch_version", p.torch_version);
    members.read("blas", p.blas);
    members.read("threads", p.threads);
    members.read("data_hash", p.data_hash);
    members.read("data_source", p.data_source);
    members.read_document("data_report", p.data_report);
    members.read("parameters", p.parameters);
    members.read("classes", p.classes);
    members.read("train_examples", p.train_examples);
    members.read("validation_examples", p.validation_examples);
    members.read("test_examples", p.test_examples);
    members.read("majority_baseline", p.majority_baseline);
    members.read("host", p.host);
    return p;
}

const json& list_in(const json& object, const char* name) {
    static const json empty = json::array();
    const auto found = object.find(name);
    if (found == object.end() || found->is_null()) return empty;
    if (!found->is_array()) throw InputError(std::string(name) + ": expected a list");
    return *found;
}

} // namespace

json finite_json(double value) {
    return std::isfinite(value) ? json(value) : json(nullptr);
}

json parsed_json(const std::string& text) {
    if (text.empty()) return nullptr;
    json value = foreign_json(text);
    return value.is_discarded() ? json(text) : value;
}

ordered_json provenance_json(const Provenance& p) {
    return {{"studio_version", p.studio_version},
            {"torch_version", p.torch_version},
            {"blas", p.blas},
            {"threads", p.threads},
            {"data_hash", p.data_hash},
            {"data_source", p.data_source},
            {"data_report", parsed_json(p.data_report)},
            {"parameters", p.parameters},
            {"classes", p.classes},
            {"train_examples", p.train_examples},
            {"validation_examples", p.validation_examples},
            {"test_examples", p.test_examples},
            {"majority_baseline", finite_json(p.majority_baseline)},
            {"host", p.host}};
}

ordered_json changes_json(const std::vector<Change>& changes) {
    auto all = ordered_json::array();
    for (const Change& change : changes)
        all.push_back({{"update", change.at.count}, {"parameter", change.path}, {"value", change.value}});
    return all;
}

ordered_json parent_json(const RunRecord& run) {
    if (!run.parent) return nullptr;
    return {{"id", run.parent->run.uuid}, {"update", run.parent->at.count}};
}

ordered_json run_json(const RunRecord& run) {
    return {{"id", run.id.uuid},
            {"name", run.name},
            {"key", run.key},
            {"spec", to_json(run.spec)},
            {"state", to_string(run.state)},
            {"reason", run.reason},
            {"created_ms", run.created_ms},
            {"started_ms", run.started_ms},
            {"ended_ms", optional(run.ended_ms)},
            {"updates", run.updates.count},
            {"planned_updates", run.planned.count},
            {"epoch", run.epoch.passes},
            {"seconds", run.seconds},
            {"starred", run.starred},
            {"note", run.note},
            {"tags", run.tags},
            {"colour", optional(run.colour)},
            {"trashed_ms", optional(run.trashed_ms)},
            {"parent", parent_json(run)},
            {"changes", changes_json(run.changes)},
            {"provenance", provenance_json(run.provenance)}};
}

RunRecord run_from_json(const json& object) {
    if (!object.is_object()) throw InputError(std::string("expected an object, found ") + object.type_name());
    RunRecord run;
    const Members members{object, ""};
    members.read("id", run.id.uuid);
    members.read("name", run.name);
    if (run.id.uuid.empty()) throw InputError("'id' is missing");
    if (run.name.empty()) throw InputError("'name' is missing");
    if (!object.contains("spec")) throw InputError("'spec' is missing");
    run.spec = spec_from_json(object["spec"]);
    members.read("key", run.key);
    std::string state = "finished";
    members.read("state", state);
    if (const auto known = run_state(state))
        run.state = *known;
    else
        throw InputError("state: expected one of queued, running, … interrupted, found '" + state + "'");
    members.read("reason", run.reason);
    members.read("created_ms", run.created_ms);
    members.read("started_ms", run.started_ms);
    members.read("ended_ms", run.ended_ms);
    members.read("updates", run.updates.count);
    members.read("planned_updates", run.planned.count);
    members.read("epoch", run.epoch.passes);
    members.read("seconds", run.seconds);
    members.read("starred", run.starred);
    members.read("note", run.note);
    members.read("tags", run.tags);
    members.read("colour", run.colour);
    members.read("trashed_ms", run.trashed_ms);
    if (const auto found = object.find("parent"); found != object.end() && found->is_object()) {
        const Members parent_members{*found, "parent."};
        RunRecord::Parent parent;
        parent_members.read("run", parent.run.uuid); // as files of earlier versions have it
        parent_members.read("id", parent.run.uuid);
        parent_members.read("update", parent.at.count);
        if (!parent.run.uuid.empty()) run.parent = parent;
    }
    for (const json& entry : list_in(object, "changes")) {
        if (!entry.is_object()) throw InputError("changes: expected objects");
        Change change;
        const Members change_members{entry, "changes."};
        change_members.read("update", change.at.count);
        change_members.read("parameter", change.path);
        change_members.read("value", change.value);
        run.changes.push_back(std::move(change));
    }
    if (const auto found = object.find("provenance"); found != object.end() && found->is_object())
        run.provenance = provenance_from(*found);
    return run;
}

} // namespace descent
