#include "core/base/json_text.h"
#include "core/exchange/exchange.h"
#include "core/exchange/importers.h"
#include "core/exchange/run_json.h"
#include "core/store/csv_text.h"
#include "core/store/file_replacement.h"
#include "core/text/text_file.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace descent {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr std::size_t kBuffer = 1 << 20;
constexpr std::size_t kLongestLine = std::size_t{64} << 20; // bytes; of a run's introduction, with its log
constexpr std::int64_t kRowsBetweenReports = 8'192;

std::string dumped(const ordered_json& value) {
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

// The shortest text that reads back as the same number; JSON has no word for some.
void append_number(std::string& out, double value) {
    if (!std::isfinite(value))
        out += "null";
    else if (value == 0)
        out += std::signbit(value) ? "-0.0" : "0.0"; // "-0" would be read as a whole number, without its sign
    else
        append_csv_number(out, value);
}

const char* word(Direction direction) {
    return direction == Direction::lower ? "lower" : direction == Direction::higher ? "higher" : "none";
}

const char* word(LogLine::Level level) {
    return level == LogLine::Level::error ? "error" : level == LogLine::Level::warning ? "warning" : "info";
}

ordered_json introduction(const StoreReader& store, const RunRecord& run) {
    ordered_json known = run_json(run);
    auto metrics = ordered_json::array();
    for (const MetricInfo& metric : store.metrics(run.id))
        metrics.push_back(
            {{"name", metric.name}, {"unit", metric.unit}, {"direction", word(metric.direction)}});
    auto log = ordered_json::array();
    for (const LogLine& line : store.log(run.id))
        log.push_back({{"time_ms", line.time_ms}, {"level", word(line.level)}, {"text", line.text}});
    known["metrics"] = std::move(metrics);
    known["log"] = std::move(log);
    return {{"run", std::move(known)}};
}

template<class T>
T member(const json& object, const char* name, const char* expected) {
    const auto found = object.find(name);
    if (found == object.end()) throw InputError(std::string("'") + name + "' is missing");
    try {
        return found->get<T>();
    } catch (const json::exception&) {
        throw InputError(std::string(name) + ": expected " + expected + ", found " + found->dump());
    }
}

double number(const json& object, const char* name) {
    const auto found = object.find(name);
    if (found == object.end()) throw InputError(std::string("'") + name + "' is missing");
    if (found->is_number()) return found->get<double>();
    if (!found->is_null())
        throw InputError(std::string(name) + ": expected a number or null, found " + found->dump());
    const std::string kind = std::string(name) == "value" ? object.value("nonfinite", "nan") : "nan";
    if (kind == "inf") return std::numeric_limits<double>::infinity();
    if (kind == "-inf") return -std::numeric_limits<double>::infinity();
    if (kind == "nan") return std::numeric_limits<double>::quiet_NaN();
    throw InputError("nonfinite: expected nan, inf or -inf, found '" + kind + "'");
}

ImportedRun introduced(const json& object, const std::string& file) {
    ImportedRun run;
    run.record = run_from_json(object);
    run.from = file + " (JSON lines)";
    if (!is_uuid(run.record.id.uuid))
        throw InputError("id: expected a UUID, found '" + run.record.id.uuid + "'");
    if (!is_over(run.record.state)) {
        // Whoever trains it does so elsewhere.
        run.record.state = RunState::interrupted;
        run.record.reason = "was being trained when it was exported";
    }
    for (const json& metric : object.value("metrics", json::array())) {
        const auto index = run.metric(member<std::string>(metric, "name", "a text"));
        MetricInfo& info = run.content.metrics[index];
        info.unit = metric.value("unit", "");
        const std::string direction = metric.value("direction", "none");
        info.direction = direction == "lower"    ? Direction::lower
                         : direction == "higher" ? Direction::higher
                                                 : Direction::none;
    }
    for (const json& line : object.value("log", json::array())) {
        const std::string level = line.value("level", "info");
        run.content.log.push_back({level == "error"     ? LogLine::Level::error
                                   : level == "warning" ? LogLine::Level::warning
                                                        : LogLine::Level::info,
                                   member<std::int64_t>(line, "time_ms", "a whole number"),
                                   member<std::string>(line, "text", "a text")});
    }
    run.content.changes = run.record.changes;
    return run;
}

} // namespace

Result<std::int64_t> export_jsonl(const StoreReader& store, const std::vector<RunId>& runs,
                                  const std::filesystem::path& file, const ExchangeProgress& progress) {
    return guarded([&]() -> std::int64_t {
        FileReplacement out(file);
        std::string buffer;
        std::int64_t rows = 0;
        const auto report_at = [&](double fraction) {
            if (progress && !progress(fraction))
                throw InputError("the export was cancelled; nothing was written");
        };
        for (std::size_t i = 0; i < runs.size(); ++i) {
            const RunRecord run = unwrap(store.run(runs[i]));
            buffer += dumped(introduction(store, run)) + "\n";
            const double updates = static_cast<double>(std::max<std::int64_t>(run.updates.count, 1));
            std::unordered_map<std::uint32_t, std::string> heads; // what begins a line of a metric
            store.each_sample(run.id, [&](const MetricInfo& metric, const SeriesPoint& point) {
                if (rows % kRowsBetweenReports == 0)
                    report_at((static_cast<double>(i) +
                               std::min(static_cast<double>(point.update.count) / updates, 1.0)) /
                              static_cast<double>(runs.size()));
                std::string& head = heads[metric.index];
                if (head.empty()) {
                    head = dumped({{"run_id", run.id.uuid}, {"metric", metric.name}});
                    head.back() = ',';
                    head += "\"update\":";
                }
                buffer += head;
                append_csv_number(buffer, point.update.count);
                buffer += ",\"epoch\":";
                append_number(buffer, point.epoch.passes);
                buffer += ",\"seconds\":";
                append_number(buffer, point.seconds);
                buffer += ",\"value\":";
                append_number(buffer, point.value);
                if (!std::isfinite(point.value))
                    buffer += std::isnan(point.value) ? ",\"nonfinite\":\"nan\""
                              : point.value > 0       ? ",\"nonfinite\":\"inf\""
                                                      : ",\"nonfinite\":\"-inf\"";
                buffer += "}\n";
                ++rows;
                if (buffer.size() < kBuffer) return;
                out.write(std::as_bytes(std::span(buffer)));
                buffer.clear();
            });
        }
        report_at(1.0);
        out.write(std::as_bytes(std::span(buffer)));
        out.commit();
        return rows;
    });
}

Imported read_jsonl(const std::filesystem::path& file, const ExchangeProgress& progress) {
    TextFile in(file);
    Imported imported;
    std::unordered_map<std::string, std::size_t> known;
    std::string text;
    for (std::int64_t line = 1; in.line(text, kLongestLine); ++line) {
        if (line % kRowsBetweenReports == 1) report(progress, in.fraction());
        if (text.size() > kLongestLine)
            throw InputError(file.string() + ": line " + std::to_string(line) + ": longer than 64 MiB");
        if (trimmed(text).empty()) continue;
        try {
            if (is_nested_too_deep(text))
                throw InputError("nested more than " + std::to_string(kDeepestJson) + " deep");
            json object;
            try {
                object = json::parse(text);
            } catch (const json::parse_error& e) {
                throw InputError("column " + std::to_string(e.byte) + ": this is not JSON");
            }
            if (!object.is_object())
                throw InputError(std::string("expected an object, found ") + object.type_name());
            if (const auto run = object.find("run"); run != object.end()) {
                ImportedRun next = introduced(*run, file.string());
                if (!known.emplace(next.record.id.uuid, imported.runs.size()).second)
                    throw InputError("run " + next.record.id.uuid + " comes a second time");
                imported.runs.push_back(std::move(next));
                continue;
            }
            if (!object.contains("run_id"))
                throw InputError("expected {\"run\": …} or {\"run_id\": …, \"metric\": …, \"update\": …, …} "
                                 "as descent export --jsonl writes them");
            const auto id = member<std::string>(object, "run_id", "a text");
            const auto of = known.find(id);
            if (of == known.end())
                throw InputError("run " + id +
                                 " was not introduced; expected {\"run\": …} before its values");
            ImportedRun& run = imported.runs[of->second];
            const auto update = member<std::int64_t>(object, "update", "a whole number");
            if (update < 0) throw InputError("update: expected ≥ 0, found " + std::to_string(update));
            run.add(run.metric(member<std::string>(object, "metric", "a text")), Update{update},
                    Epoch{number(object, "epoch")}, number(object, "seconds"), number(object, "value"));
        } catch (const json::exception&) {
            throw InputError(file.string() + ": line " + std::to_string(line) +
                             ": not of the form that descent export --jsonl writes");
        } catch (const InputError& e) {
            throw InputError(file.string() + ": line " + std::to_string(line) + ": " + e.what());
        }
    }
    if (imported.runs.empty()) throw InputError(file.string() + ": holds no runs");
    return imported;
}

} // namespace descent
