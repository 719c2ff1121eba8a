#include "core/exchange/imported_run.h"

#include "core/base/format.h"
#include "core/base/hash.h"
#include "core/base/param.h"
#include "core/store/merge.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <unordered_map>

namespace descent {
namespace {

constexpr std::size_t kLongestName = 200; ///< bytes

constexpr std::array kLower{"loss", "error", "err", "perplexity", "ppl", "mse", "rmse", "mae", "nll",
                            "bpc",  "wer",   "cer", "eer",        "fid", "frr", "far",  "ce",  "bce"};
constexpr std::array kHigher{"accuracy", "acc",    "auc",    "auroc", "auprc", "f1",   "precision", "recall",
                             "bleu",     "rouge",  "map",    "iou",   "miou",  "dice", "psnr",      "ssim",
                             "r2",       "reward", "return", "score", "top1",  "top5"};

std::vector<std::string> words_of(std::string_view name) {
    std::vector<std::string> words(1);
    for (const char c : name) {
        if (std::isalnum(static_cast<unsigned char>(c)))
            words.back() += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        else if (!words.back().empty())
            words.emplace_back();
    }
    return words;
}

std::string tidy_name(const std::string& text) {
    std::string name;
    for (const char c : text) name += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
    name = trimmed(name);
    if (name.size() > kLongestName) {
        std::size_t end = kLongestName;
        while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xc0) == 0x80) --end; // a whole character
        name.resize(end);
    }
    return name.empty() ? kImported : name;
}

/// Ordered by metric and update, each pair once. Returns how many were dropped for a later one.
std::int64_t put_in_order(std::vector<Sample>& samples) {
    std::ranges::stable_sort(samples, {}, [](const Sample& s) { return std::pair(s.metric, s.update); });
    std::size_t kept = 0;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const bool last = i + 1 == samples.size() || samples[i + 1].metric != samples[i].metric ||
                          samples[i + 1].update != samples[i].update;
        if (last) samples[kept++] = samples[i];
    }
    const auto dropped = static_cast<std::int64_t>(samples.size() - kept);
    samples.resize(kept);
    return dropped;
}

bool same(double a, double b) {
    return a == b || (std::isnan(a) && std::isnan(b));
}

/// The stored run has another value where this one has one: it is another run.
bool contradicts(const StoreReader& store, const RunId& stored, const MetricBatch& content) {
    for (const MetricInfo& metric : content.metrics) {
        const auto series = store.series(stored, metric.name);
        auto at = series.begin();
        for (const Sample& sample : content.samples) { // in order, of each metric and of the series
            if (sample.metric != metric.index) continue;
            while (at != series.end() && at->update < sample.update) ++at;
            if (at != series.end() && at->update == sample.update && !same(at->value, sample.value))
                return true;
        }
    }
    return false;
}

/// Gives the run its id. The stored run that it is, if it is there.
std::optional<RunRecord> identify(const StoreReader& store, ImportedRun& run) {
    if (run.identity.empty()) {
        auto stored = store.run(run.record.id);
        return stored ? std::optional(std::move(*stored)) : std::nullopt;
    }
    for (int number = 0;; ++number) {
        run.record.id = id_of(run.identity + "\n" + std::to_string(number));
        auto stored = store.run(run.record.id);
        if (!stored) return std::nullopt;
        if (!contradicts(store, run.record.id, run.content)) return std::move(*stored);
    }
}

/// What the samples say of the run, and where it is from.
void complete(ImportedRun& run, const std::optional<RunRecord>& stored) {
    RunRecord& record = run.record;
    for (const Sample& sample : run.content.samples) {
        record.updates = std::max(record.updates, sample.update);
        if (sample.epoch.passes > record.epoch.passes) record.epoch = sample.epoch;
        if (sample.seconds > record.seconds) record.seconds = sample.seconds;
    }
    if (record.spec.task.id != kImported) return;
    record.planned = std::max(record.planned, record.updates);
    record.spec.budget.updates = record.updates.count;
    if (record.key.empty()) record.key = record.id.uuid.substr(0, 8) + record.id.uuid.substr(9, 4);
    if (stored) {
        // It may have been touched, copied or edited since; only what it holds tells whether it is new.
        record.created_ms = stored->created_ms;
        record.started_ms = stored->started_ms;
        record.tags.clear();
    } else {
        if (record.created_ms == 0) record.created_ms = now_ms();
        if (record.started_ms == 0) record.started_ms = record.created_ms;
        run.content.log.push_back({LogLine::Level::info, record.created_ms, "imported from " + run.from});
    }
    record.ended_ms = record.started_ms + static_cast<std::int64_t>(record.seconds * 1e3);
}

} // namespace

std::uint32_t ImportedRun::metric(const std::string& name) {
    if (const auto known = numbers_.find(name); known != numbers_.end()) return known->second;
    const auto number = static_cast<std::uint32_t>(content.metrics.size());
    content.metrics.push_back({number, name, "", guess_direction(name)});
    numbers_.emplace(name, number);
    return number;
}

ImportedRun imported_run(const std::string& name, std::string identity, std::string from) {
    ImportedRun run;
    run.record.name = tidy_name(name);
    for (Part* part :
         {&run.record.spec.task, &run.record.spec.model, &run.record.spec.optimizer, &run.record.spec.regime})
        part->id = kImported;
    run.record.spec.budget.updates = 0;
    run.record.state = RunState::finished;
    run.record.tags = {kImported};
    run.record.provenance.data_source = kImported;
    run.identity = std::move(identity);
    run.from = std::move(from);
    return run;
}

Direction guess_direction(std::string_view metric) {
    const auto words = words_of(metric);
    const auto any_of = [&](const auto& known, auto&& matches) {
        return std::ranges::any_of(words, [&](const std::string& word) {
            return std::ranges::any_of(known, [&](std::string_view k) { return matches(word, k); });
        });
    };
    const auto equal = [](std::string_view word, std::string_view known) { return word == known; };
    const auto ends = [](std::string_view word, std::string_view known) { return word.ends_with(known); };
    if (any_of(kLower, equal) || any_of(std::array{"loss", "error"}, ends)) return Direction::lower;
    if (any_of(kHigher, equal) || any_of(std::array{"accuracy", "acc", "auc"}, ends))
        return Direction::higher;
    return Direction::none;
}

ImportReport store_runs(StoreWriter& writer, std::vector<ImportedRun> runs,
                        const ExchangeProgress& progress) {
    ImportReport found;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const auto go_on = part_of(progress, static_cast<double>(i) / static_cast<double>(runs.size()),
                                   static_cast<double>(i + 1) / static_cast<double>(runs.size()));
        report(go_on, 0);
        ImportedRun& run = runs[i];
        if (const auto dropped = put_in_order(run.content.samples); dropped > 0)
            found.warnings.push_back(run.record.name + ": " + counted(dropped, "value") +
                                     " at a step that comes again later; the last of each counts");
        // A reader of its own, for the run before may be this one.
        const auto reader = unwrap(StoreReader::open(writer.path()));
        const auto stored = identify(*reader, run);
        complete(run, stored);
        run.content.run = run.record.id;
        const auto source = RunSource::in_memory();
        source->add(run.record, run.content);
        const MergedRun merged = unwrap(writer.merge(*source, run.record.id, go_on));
        const std::string name = unwrap(reader->run(run.record.id)).name;
        switch (merged.how) {
        case MergedRun::How::added:
            found.runs.push_back(run.record.id);
            break;
        case MergedRun::How::known:
            ++found.known;
            break;
        case MergedRun::How::grown: {
            ++found.grown;
            auto said = std::make_shared<MetricBatch>();
            said->run = run.record.id;
            said->log = {{LogLine::Level::info, now_ms(), "more imported from " + run.from}};
            if (!writer.push(said)) throw std::runtime_error(writer.failure());
            unwrap(writer.flush());
            break;
        }
        case MergedRun::How::left:
            found.warnings.push_back("run '" + name + "' is being trained here and was left as it is");
            break;
        }
    }
    report(progress, 1);
    return found;
}

RunId id_of(std::string_view text) {
    std::string hex = sha256_hex(text).substr(0, 32);
    hex[12] = '8';
    hex[16] = "89ab"[static_cast<std::size_t>(hex[16] >= 'a' ? hex[16] - 'a' + 10 : hex[16] - '0') & 3];
    for (const std::size_t at : {20u, 16u, 12u, 8u}) hex.insert(at, "-");
    return {hex};
}

void report(const ExchangeProgress& progress, double fraction) {
    if (progress && !progress(fraction)) throw InputError("cancelled");
}

ExchangeProgress part_of(const ExchangeProgress& progress, double from, double to) {
    if (!progress) return {};
    return [=](double fraction) { return progress(from + (to - from) * fraction); };
}

} // namespace descent
