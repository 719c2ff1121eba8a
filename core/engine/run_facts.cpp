#include "core/engine/run_facts.h"

#include "core/base/format.h"
#include "core/base/hash.h"
#include "core/base/loss_rules.h"
#include "core/engine/registry.h"
#include "core/engine/system.h"

#include <unistd.h>

namespace descent {

namespace {

std::string host_name() {
    char name[256] = {};
    gethostname(name, sizeof name - 1);
    return name;
}

} // namespace

void complete(Provenance& facts, std::int64_t parameters, int threads) {
    facts.studio_version = DESCENT_VERSION;
    facts.torch_version = engine_info().torch_version;
    facts.blas = engine_info().blas;
    facts.threads = threads;
    facts.parameters = parameters;
    facts.host = host_name();
}

std::vector<std::string> notes(const RunSpec& spec, std::int64_t examples, std::int64_t classes) {
    const auto& regime = spec.regime.params;
    auto batch = regime.integer("batch_size");
    if (batch == 0 || batch > examples) batch = examples;
    const bool sum = regime.text("reduction") == "sum";
    const auto n = static_cast<double>(batch);
    const double lr = spec.optimizer.params.real("lr"), clip = regime.real("clip_norm");
    const std::string here = sum ? "sum" : "mean", there = sum ? "mean" : "sum";
    std::vector<std::string> all;
    if (auto note = loss_note(spec, classes)) all.push_back(std::move(*note));
    if (batch == 1) return all;
    if (spec.optimizer.id == "sgd")
        all.push_back("lr " + format_number(lr) + " on the " + here + " over " + format_count(batch) +
                      " examples is " + format_number(sum ? lr * n : lr / n) + " on the " + there);
    if (clip > 0)
        all.push_back("clip " + format_number(clip) + " on the " + here + " is " +
                      format_number(sum ? clip / n : clip * n) + " on the " + there);
    return all;
}

std::vector<LogLine> first_lines(const Inspection& facts, const RunSpec& spec, std::int64_t examples) {
    std::vector<LogLine> log;
    for (auto& note : notes(spec, examples, std::ssize(facts.provenance.classes)))
        log.push_back({LogLine::Level::info, 0, std::move(note)});
    std::string dropped;
    for (const auto& [character, times] : facts.dropped_characters)
        dropped +=
            (dropped.empty() ? "" : ", ") + std::string("'") + character + "' " + format_count(times) + "×";
    if (!dropped.empty())
        log.push_back({LogLine::Level::info, 0, "characters dropped from the data: " + dropped});
    if (facts.dropped_lines > 0)
        log.push_back({LogLine::Level::warning, 0,
                       format_count(facts.dropped_lines) + " lines dropped: nothing was left of them"});
    for (const auto& [file, reason] : facts.left_out)
        log.push_back({LogLine::Level::warning, 0, "left out: " + reason});
    if (facts.duplicates > 0)
        log.push_back(
            {LogLine::Level::info, 0, format_count(facts.duplicates) + " repeated lines in the data"});
    if (engine_info().slow_blas)
        log.push_back(
            {LogLine::Level::warning, 0,
             "slow BLAS (" + engine_info().blas +
                 "): training will be many times slower than with OpenBLAS (libopenblas0-pthread)"});
    return log;
}

std::string branch_key(const std::string& key, const RunRecord& parent, Update at) {
    return sha256_hex(key + " from " + parent.key + " at " + std::to_string(at.count)).substr(0, key.size());
}

RunRecord new_record(const RunSpec& spec, Provenance provenance, Update planned,
                     std::vector<std::string> tags) {
    RunRecord record;
    record.id = RunId::random();
    record.spec = spec;
    record.key = registry().catalog.key(spec);
    record.created_ms = record.started_ms = now_ms();
    record.planned = planned;
    record.pid = getpid();
    record.tags = std::move(tags);
    record.provenance = std::move(provenance);
    return record;
}

} // namespace descent
