#pragma once

#include "core/engine/engine.h"
#include "core/store/reader.h"
#include "core/store/store.h"
#include "core/store/writer.h"
#include "ui/state/store_host.h"

#include <QSettings>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <functional>
#include <limits>

namespace descent::test {

/// A value, or the end of the test program with the reason.
template<class T>
T must(Result<T> result) {
    if (!result) qFatal("%s", result.error().message.c_str());
    if constexpr (!std::is_void_v<T>) return std::move(*result);
}

struct RunPlan {
    std::string name{}; ///< set by a SetName edit; "" keeps the one the store makes
    RunState state = RunState::finished;
    std::string reason{};
    std::string model = "gru";
    std::string regime = "sgd";
    double lr = 0.1;
    std::uint64_t seed = 0;
    int updates = 20, planned = 20;
    double accuracy = 0.6; ///< of the last validation; the best is in the middle, 0.05 better
    bool starred = false;
    std::vector<std::string> tags{};
    std::string note{};
    std::int64_t created_ms = 1'700'000'000'000;
};

inline MetricBatch metricsOf(const RunRecord& run, const RunPlan& plan) {
    MetricBatch batch;
    batch.run = run.id;
    batch.metrics = {{0, "train/loss", "nats", Direction::lower},
                     {1, "validation/loss", "nats", Direction::lower},
                     {2, "train/accuracy", "", Direction::higher},
                     {3, "validation/accuracy", "", Direction::higher}};
    for (int u = 1; u <= plan.updates; ++u) {
        const double t = double(u) / plan.planned;
        const bool lost = plan.state == RunState::diverged && u == plan.updates;
        const double nan = std::numeric_limits<double>::quiet_NaN();
        const auto add = [&](std::uint32_t metric, double value) {
            batch.samples.push_back({metric, {u}, {double(u)}, 0.5 * u, lost ? nan : value});
        };
        const double wobble = 0.03 * std::sin(7.0 * u + double(plan.seed));
        add(0, 2.8 * std::exp(-2 * t) + wobble);
        add(1, 2.8 * std::exp(-1.6 * t) + 0.2 + wobble);
        add(2, plan.accuracy * (1 - std::exp(-4 * t)) + wobble / 3);
        add(3, u == plan.updates       ? plan.accuracy
               : u == plan.updates / 2 ? plan.accuracy + 0.05
                                       : plan.accuracy * t);
    }
    const bool over = is_over(plan.state);
    if (over || plan.state != RunState::queued) batch.state = StateChange{plan.state, plan.reason};
    batch.progress = {{plan.updates}, {plan.planned}, {double(plan.updates)}, 0.5 * plan.updates, 1.0};
    return batch;
}

inline RunRecord recordOf(const RunPlan& plan) {
    RunRecord run;
    run.id = RunId::random();
    run.spec.task = {"names", {}};
    run.spec.model = {plan.model, {{{"hidden", std::int64_t{128}}}}};
    run.spec.optimizer = {"sgd", {{{"lr", plan.lr}, {"momentum", 0.9}}}};
    run.spec.regime = {plan.regime, {{{"clip", 0.25}}}};
    run.spec.budget.epochs = plan.planned;
    run.spec.seed = plan.seed;
    run.key = "0123456789abcdef";
    run.state = plan.state == RunState::queued ? RunState::queued : RunState::running;
    run.created_ms = run.started_ms = plan.created_ms;
    run.planned = {plan.planned};
    run.provenance = {.studio_version = "0.1.0",
                      .torch_version = "1.13.1",
                      .blas = "OpenBLAS 0.3.21",
                      .threads = 1,
                      .data_hash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                      .data_source = "built-in",
                      .parameters = 72'466,
                      .classes = {"Arabic", "Czech", "Polish"},
                      .train_examples = 16'034,
                      .validation_examples = 2'004,
                      .test_examples = 2'005,
                      .majority_baseline = 0.468,
                      .host = "lab"};
    return run;
}

inline RunId addRun(StoreWriter& writer, const RunPlan& plan) {
    const RunRecord run = must(writer.create(recordOf(plan)));
    writer.push(std::make_shared<const MetricBatch>(metricsOf(run, plan)));
    must(writer.flush());
    std::vector<RunEdit> edits;
    if (!plan.name.empty()) edits.push_back(SetName{run.id, plan.name});
    if (plan.starred) edits.push_back(SetStar{run.id, true});
    if (!plan.tags.empty()) edits.push_back(SetTags{run.id, plan.tags});
    if (!plan.note.empty()) edits.push_back(SetNote{run.id, plan.note});
    if (!edits.empty()) must(writer.apply(edits));
    return run.id;
}

/// A store of its own in a folder that goes away, and settings that touch nobody's.
class Place {
public:
    Place() {
        QStandardPaths::setTestModeEnabled(true);
        QSettings::setDefaultFormat(QSettings::IniFormat);
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, folder_.path());
        must(prepare_store(path()));
    }
    std::filesystem::path path() const {
        return folder_.filePath(QStringLiteral("runs.sqlite")).toStdString();
    }
    QString file(const QString& name) const { return folder_.filePath(name); }
    std::unique_ptr<ui::StoreHost> open() const { return must(ui::StoreHost::open(path())); }
    /// As another process would read it.
    RunRecord stored(const RunId& run) const { return must(must(StoreReader::open(path()))->run(run)); }

private:
    QTemporaryDir folder_;
};

/// A catalog and nothing else: what the Runs page needs of an engine.
class CatalogEngine : public Engine {
public:
    CatalogEngine() {
        const auto optimizer = [] {
            return ParamTable{real("lr", 0.1, "Step size").above(0).log(),
                              real("momentum", 0.0, "Momentum").at_least(0)};
        };
        catalog_.tasks = {{.id = "names", .title = "Names", .summary = "Surnames by language"}};
        for (const char* model : {"gru", "elman"})
            catalog_.models.push_back({.id = model,
                                       .title = model,
                                       .summary = "A network",
                                       .params = {integer("hidden", 128, "Units").at_least(1)}});
        catalog_.optimizers = {{.id = "sgd", .title = "SGD", .summary = "Descent", .params = optimizer()}};
        for (const char* regime : {"sgd", "full-batch"})
            catalog_.regimes.push_back({.id = regime, .title = regime, .summary = "A regime"});
        catalog_.regime_params = {real("clip", 0, "Largest gradient norm").at_least(0)};
    }
    const Catalog& catalog() const override { return catalog_; }
    EngineInfo info() const override { return {"1.13.1", "OpenBLAS", false, 2}; }
    Result<Inspection> inspect(const RunSpec&, const InspectOptions&) override { return fail("not here"); }
    Result<std::unique_ptr<Session>> start(const RunSpec&, StoreWriter&, const StartOptions&) override {
        return fail("not here");
    }
    Result<std::unique_ptr<Session>> resume(const RunRecord&, StoreWriter&, const StartOptions&) override {
        return fail("not here");
    }

private:
    Catalog catalog_;
};

} // namespace descent::test
