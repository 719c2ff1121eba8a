#pragma once

#include "core/analysis/breakpoint.h"
#include "core/base/live_feed.h"
#include "core/base/schedule.h"
#include "core/engine/engine.h"
#include "core/store/store.h"
#include "core/store/writer.h"
#include "tests/ui/fake_detection.h"
#include "tests/ui/fake_evaluation.h"
#include "tests/ui/fake_instruments.h"
#include "tests/ui/fake_texts.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <limits>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace descent::test {

/// How the fake engine behaves. Set before starting.
struct FakePlan {
    std::chrono::microseconds per_update{500};
    std::chrono::milliseconds loading{0}; ///< how long start() takes
    std::int64_t updates_per_epoch = 5;
    std::int64_t diverge_at = 0; ///< an update whose loss is not a number; 0 never
    std::string start_error{};
    std::string adam_refusal{}; ///< what inspecting with Adam is refused with
    bool slow_blas = false;
    std::string clips{"/nowhere"}; ///< root of the recordings that detection runs name
    std::int64_t logits_every = 1; ///< evaluations; 2 leaves every other without
    std::int64_t break_at = 0;     ///< the update at which the first breakpoint is met; 0 never
    bool instruments = false;      ///< measures what instruments measure, at evaluations
    int scored = 0;                ///< runs that finish keep scores of so many examples of the first
                                   ///< class, twice and three times as many of the next two, …; 0 none
};

inline std::vector<std::string> fakeClasses() {
    return {"Arabic",   "Armenian", "Chinese",   "Czech",   "Dutch",   "English",  "Finnish", "French",
            "German",   "Greek",    "Hungarian", "Irish",   "Italian", "Japanese", "Polish",  "Portuguese",
            "Romanian", "Russian",  "Scottish",  "Spanish", "Swedish", "Turkish"};
}

/// A run that follows a formula, on a thread of its own, with pause, step and stop as the real one has them.
/// Curves depend on lr alone: loss falls, and from lr = 10 on it is not a number.
class FakeSession : public Session {
public:
    FakeSession(RunRecord run, FakePlan plan, const Catalog& catalog, StoreWriter& store,
                const StartOptions& options)
        : run_(std::move(run))
        , plan_(plan)
        , catalog_(catalog)
        , store_(store)
        , feed_(options.feed)
        , breakpoints_(options.breakpoints)
        , made_(options.changes)
        , state_(options.paused ? RunState::paused : RunState::running)
        , thread_([this] { train(); }) {}
    ~FakeSession() override {
        stop(RunState::interrupted);
        wait();
    }
    RunId run() const override { return run_.id; }
    std::string name() const override { return run_.name; }
    RunState state() const override { return state_; }
    void pause() override {
        ask([this] { want_pause_ = true; });
    }
    void resume() override {
        ask([this] { want_pause_ = false; });
    }
    void step() override {
        ask([this] { ++steps_; });
    }
    void stop(RunState as) override {
        ask([this, as] {
            if (!end_) end_ = as;
        });
    }
    Result<void> change(const std::string& path, const std::string& value) override {
        auto made = check_change({{}, path, value}, catalog_, run_.spec);
        if (!made) return std::unexpected(made.error());
        ask([&] { made_.push_back(*made); });
        return {};
    }
    Result<void> set_breakpoints(const std::vector<std::string>& conditions) override {
        for (const auto& condition : conditions)
            if (auto read = Breakpoint::parse(condition); !read) return std::unexpected(read.error());
        ask([&] { breakpoints_ = conditions; });
        return {};
    }
    std::vector<std::string> breakpoints() {
        const std::lock_guard lock(mutex_);
        return breakpoints_;
    }
    RunState wait() override {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [this] { return is_over(state_); });
        return state_;
    }

private:
    template<class F>
    void ask(F change) {
        {
            const std::lock_guard lock(mutex_);
            change();
        }
        wake_.notify_all();
    }

    enum class Next { update, say_paused, say_running, end };
    Next next() {
        std::unique_lock lock(mutex_);
        if (end_) return Next::end;
        if (want_pause_ && state_ != RunState::paused) return Next::say_paused;
        if (want_pause_ || state_ == RunState::paused) {
            wake_.wait(lock, [this] { return end_ || !want_pause_ || steps_ > 0; });
            if (end_) return Next::end;
            if (!want_pause_) {
                steps_ = 0;
                return Next::say_running;
            }
            --steps_;
        }
        return Next::update;
    }

    void train() {
        want_pause_ = want_pause_ || state_ == RunState::paused;
        MetricBatch first = batch();
        first.metrics = {{0, "train/loss", "nats", Direction::lower},
                         {1, "validation/loss", "nats", Direction::lower},
                         {2, "train/accuracy", "", Direction::higher},
                         {3, "validation/accuracy", "", Direction::higher},
                         {4, "validation/majority-baseline", "", Direction::none},
                         {5, "batch/loss", "nats", Direction::lower},
                         {6, "gradient/norm", "", Direction::none},
                         {7, "gradient/norm-clipped", "", Direction::none},
                         {8, "gradient/clip-share", "", Direction::none},
                         {9, "lr", "", Direction::none}};
        if (isFakeDetection(run_.spec)) declareDetection(first);
        if (plan_.instruments) declareFakeInstruments(first);
        if (plan_.scored > 0) first.metrics.push_back({40, "validation/macro-auroc", "", Direction::higher});
        first.state = StateChange{state_, {}};
        first.log = {
            {LogLine::Level::info, now_ms(), "Training " + run_.spec.model.id + " on 3,612 examples"}};
        evaluate(first);
        push(std::move(first));
        while (update_ < run_.planned.count) {
            const Next what = next();
            if (what == Next::end) break;
            if (what != Next::update) {
                say(what == Next::say_paused ? RunState::paused : RunState::running);
                continue;
            }
            makeChanges();
            if (state_ != RunState::paused) std::this_thread::sleep_for(plan_.per_update);
            ++update_;
            MetricBatch b = batch();
            const double loss = lossAt(update_) + 0.12 * std::sin(double(update_) * 12.9898);
            add(b, 5, diverged() ? std::numeric_limits<double>::quiet_NaN() : loss);
            const double norm = 0.35 + 2.2 * std::exp(-3 * share()) * (1.2 + std::sin(double(update_) * 0.7));
            const auto& regime = run_.spec.regime.params.values; // of a made run: not all of it
            const auto most = regime.find("clip_norm");
            const double clip = most == regime.end() ? 0 : std::get<double>(most->second);
            add(b, 6, norm);
            add(b, 7, clip > 0 ? std::min(norm, clip) : norm);
            add(b, 8, clip > 0 ? 0.97 : 0);
            add(b, 9, lr_);
            if (update_ % plan_.updates_per_epoch == 0) evaluate(b);
            if (diverged()) {
                const std::string why =
                    "diverged at update " + std::to_string(update_) + ": loss is not a number";
                b.log.push_back({LogLine::Level::error, now_ms(), why});
                return finish(std::move(b), RunState::diverged, why);
            }
            push(std::move(b));
            if (update_ == plan_.break_at) meetBreakpoint();
        }
        const auto end = [this] {
            const std::lock_guard lock(mutex_);
            return end_.value_or(RunState::finished);
        }();
        MetricBatch last = batch();
        if (plan_.scored > 0 && end == RunState::finished) score(last);
        finish(std::move(last), end, end == RunState::failed ? "not stored: " + store_.failure() : "");
    }

    /// Every third example of a class is taken for the next one; the others are answered rightly. Of 4 they
    /// are the examples that the names task holds out for validation.
    void score(MetricBatch& b) const {
        const auto n = std::int64_t(run_.provenance.classes.size());
        Matrix m{"validation/scores", {update_}, {epoch()}, 0, n + 1, {}};
        for (std::int64_t c = 0; c < n; ++c)
            for (int i = 0; i < plan_.scored * (1 + int(c) % 3); ++i, ++m.rows) {
                const std::int64_t answer = i % 3 == 2 ? (c + 1) % n : c;
                m.values.push_back(double(c));
                for (std::int64_t k = 0; k < n; ++k)
                    m.values.push_back(k == answer ? 0.5 + 0.01 * i : (0.5 - 0.01 * i) / double(n - 1));
            }
        b.matrices.push_back(std::move(m));
        add(b, 40, 0.9);
    }

    /// What was asked for since the last update, as from the next one on.
    void makeChanges() {
        std::vector<Change> made;
        ask([&] { made.swap(made_); });
        if (made.empty()) return;
        MetricBatch b = batch();
        for (auto& change : made) {
            change.at = {update_};
            if (change.path == "optimizer.lr") lr_ = std::stod(change.value);
            b.log.push_back({LogLine::Level::info, now_ms(),
                             change.path + " = " + change.value + " from update " + std::to_string(update_)});
            b.changes.push_back(change);
        }
        push(std::move(b));
    }
    void meetBreakpoint() {
        std::string condition;
        ask([&] {
            if (breakpoints_.empty()) return;
            condition = breakpoints_.front();
            want_pause_ = true;
        });
        if (condition.empty()) return;
        state_ = RunState::paused;
        MetricBatch b = batch();
        b.state = StateChange{RunState::paused, "breakpoint " + condition + ": train/loss is 1.3"};
        push(std::move(b));
    }

    double share() const { return double(update_) / double(run_.planned.count); }
    bool diverged() const {
        return (plan_.diverge_at > 0 && update_ >= plan_.diverge_at) ||
               run_.spec.optimizer.params.real("lr") >= 10;
    }
    double lossAt(std::int64_t u) const {
        return 0.7 + 2.3 * std::exp(-4 * double(u) / double(run_.planned.count));
    }

    MetricBatch batch() const {
        MetricBatch b;
        b.run = run_.id;
        const double seconds = 0.02 * double(update_);
        b.progress = {
            {update_}, run_.planned, {epoch()}, seconds, 0.02 * double(run_.planned.count - update_)};
        return b;
    }
    double epoch() const { return double(update_) / double(plan_.updates_per_epoch); }
    void add(MetricBatch& b, std::uint32_t metric, double value) const {
        b.samples.push_back({metric, {update_}, {epoch()}, 0.02 * double(update_), value});
    }
    void evaluate(MetricBatch& b) const {
        const double t = share();
        add(b, 0, diverged() ? std::numeric_limits<double>::quiet_NaN() : lossAt(update_));
        add(b, 1, lossAt(update_) + 0.25 * t + 0.06 * std::sin(20 * t));
        add(b, 2, 0.9 - 0.8 * std::exp(-3 * t));
        add(b, 3, 0.8 - 0.7 * std::exp(-3 * t) + 0.01 * std::sin(30 * t));
        add(b, 4, 0.468);
        if (plan_.instruments) measureFakeInstruments(b, {update_}, {epoch()}, t, lr_);
        if (isFakeDetection(run_.spec)) return evaluateDetection(b, t);
        const auto n = std::int64_t(fakeClasses().size());
        Matrix m{"validation/confusion", {update_}, {epoch()}, n, n, std::vector<double>(std::size_t(n * n))};
        for (std::int64_t r = 0; r < n; ++r)
            for (std::int64_t c = 0; c < n; ++c)
                m.values[std::size_t(r * n + c)] =
                    r == c ? std::floor(20 + 60 * t)
                           : double((r * 7 + c * 3) % 5 == 0 ? int(9 * (1.1 - t)) : 0);
        b.matrices.push_back(std::move(m));
    }

    void declareDetection(MetricBatch& b) const {
        b.metrics.push_back({10, "validation/auroc", "", Direction::higher});
        b.metrics.push_back({11, "validation/auc-fa-fr", "", Direction::lower});
        b.metrics.push_back({12, "validation/eer", "", Direction::lower});
        const auto classes = fakeManifest(run_.spec, plan_.clips).classes();
        for (std::size_t c = 1; classes.size() > 2 && c < classes.size(); ++c)
            b.metrics.push_back(
                {std::uint32_t(12 + c), "validation/auroc/" + classes[c], "", Direction::higher});
    }
    void evaluateDetection(MetricBatch& b, double t) const {
        b.matrices = fakeDetectionMatrices(fakeManifest(run_.spec, plan_.clips), {update_}, {epoch()}, t);
        std::uint32_t metric = 10;
        for (const double value : fakeDetectionMetrics(b.matrices)) add(b, metric++, value);
        if (std::llround(epoch()) % plan_.logits_every != 0)
            std::erase_if(b.matrices, [](const Matrix& m) { return m.name == "validation/logits"; });
    }

    void say(RunState state) {
        state_ = state;
        MetricBatch b = batch();
        b.state = StateChange{state, {}};
        push(std::move(b));
    }
    void finish(MetricBatch b, RunState state, const std::string& reason) {
        b.state = StateChange{state, reason};
        b.log.push_back({LogLine::Level::info, now_ms(), "The run is over"});
        push(std::move(b));
        {
            const std::lock_guard lock(mutex_);
            state_ = state;
        }
        wake_.notify_all();
    }
    void push(MetricBatch b) {
        const auto frozen = std::make_shared<const MetricBatch>(std::move(b));
        const bool kept = store_.push(frozen);
        if (feed_) feed_->push(frozen);
        if (!kept)
            ask([this] {
                if (!end_) end_ = RunState::failed; // as the real trainer does
            });
    }

    const RunRecord run_;
    const FakePlan plan_;
    const Catalog& catalog_;
    StoreWriter& store_;
    BatchSink* const feed_;
    std::int64_t update_ = 0; // trainer thread
    double lr_ = run_.spec.optimizer.params.real("lr");
    std::mutex mutex_;
    std::condition_variable wake_;
    bool want_pause_ = false;              // guarded by mutex_
    int steps_ = 0;                        // guarded by mutex_
    std::optional<RunState> end_;          // guarded by mutex_
    std::vector<std::string> breakpoints_; // guarded by mutex_
    std::vector<Change> made_;             // guarded by mutex_
    std::atomic<RunState> state_;
    std::jthread thread_;
};

/// An engine without torch: a small catalog with all parameter types, and runs that follow a formula.
class FakeEngine : public Engine {
public:
    FakePlan plan;
    std::atomic<int> data_reads = 0; ///< inspections with samples, as the Data page asks for
    /// While true, reading with samples says that it is at 40 % and goes no further until it is cancelled.
    std::atomic<bool> hold_data = false;
    std::atomic<bool> times = true;     ///< false: as while a run is being trained
    int samples_per_class = 40;         ///< of the names task, on average
    std::vector<Change> resumed_with{}; ///< read when the run it was for has started
    Update resumes_after{0};            ///< what a resumed run has in the store; −1: it begins anew

    FakeEngine() {
        catalog_.tasks = {
            {.id = "names",
             .title = "Names",
             .summary = "Tell the language of a surname from its letters",
             .params = {path("source", "", "Folder of Language.txt files; empty for the built-in set"),
                        choice("split", "stratified", {"stratified", "legacy"}, "How names are held out")},
             .deltas = {{"model", std::string("gru")}, {"regime", std::string("full-batch-clipped")}}},
            {.id = "other",
             .title = "A task with a name so long that it cannot be shown whole",
             .summary = "Another"},
            {.id = "kws-binary",
             .title = "Keyword spotting, one word",
             .summary = "Tell a word from all others",
             .params = {path("source", "", "Folder of recordings; empty for the built-in corpus"),
                        text("keywords", "sheila", "The words to find, separated by commas"),
                        text("holdout_speakers", "", "Speakers held out, separated by commas")}},
            {.id = "kws-3",
             .title = "Keyword spotting, three words",
             .summary = "Tell three words from all others and from each other",
             .params = {path("source", "", "Folder of recordings; empty for the built-in corpus"),
                        real("duration", 1.5, "Length of a clip").above(0).in("s")}},
            fakeTextTask()};
        catalog_.models = {
            {.id = "gru",
             .title = "GRU",
             .summary = "Gated recurrent unit",
             .params = {integer("hidden", 128, "Size of the hidden state")
                            .at_least(1)
                            .at_most(8192)
                            .in("units")
                            .log(),
                        flag("bias", true, "Add a bias")}},
            {.id = "elman",
             .title = "Elman",
             .summary = "Simple recurrence",
             .params = {integer("hidden", 64, "Size of the hidden state").at_least(1).in("units")}}};
        catalog_.optimizers = {
            {.id = "sgd",
             .title = "SGD",
             .summary = "Gradient descent",
             .params = {real("lr", 0.1, "Step size").at_least(0).log(),
                        real("momentum", 0, "Share of the last step kept").at_least(0).below(1),
                        flag("nesterov", false, "Look ahead along the momentum"),
                        real("weight_decay", 0, "L2 penalty").at_least(0)},
             .formula = "v ← μ·v + g;  x ← x − lr·v"},
            {.id = "adam",
             .title = "Adam",
             .summary = "Adaptive moments",
             .params = {real("lr", 1e-3, "Step size").at_least(0).log()},
             .formula = "x ← x − lr·m̂ / (√v̂ + ε)"}};
        catalog_.regimes = {
            {.id = "sgd",
             .title = "SGD, mini-batches",
             .summary = "Many noisy steps an epoch",
             .deltas = {{"epochs", std::int64_t{15}}}},
            {.id = "sgd-baseline",
             .title = "SGD baseline",
             .summary = "What the others are compared with",
             .deltas = {{"epochs", std::int64_t{8}},
                        {"regime.warmup", std::int64_t{2}},
                        {"regime.schedule", std::string("cosine")}}},
            {.id = "full-batch",
             .title = "Full batch",
             .summary = "The whole set per update and nothing else",
             .deltas = {{"regime.batch_size", std::int64_t{0}}, {"epochs", std::int64_t{10}}}},
            {.id = "full-batch-clipped",
             .title = "Full batch, clipped",
             .summary = "The whole set per update, gradient clipped to 0.25: keeps a large step stable",
             .deltas = {{"regime.batch_size", std::int64_t{0}},
                        {"regime.clip_norm", 0.25},
                        {"optimizer.lr", 0.4, "sgd"},
                        {"optimizer.momentum", 0.9, "sgd"},
                        {"epochs", std::int64_t{20}}}}};
        catalog_.regime_params = {
            integer("batch_size", 32, "Examples per update; 0 takes the whole set")
                .at_least(0)
                .in("examples"),
            real("clip_norm", 0, "Largest L2 norm of the gradient; 0 does not clip").at_least(0).log(),
            choice("batch_schedule", "constant", {"constant", "linear", "geometric"}, "How the batch grows")
                .under("Batch growth"),
            integer("batch_end", 0, "Batch size to grow to; 0 is the whole training set")
                .at_least(0)
                .under("Batch growth"),
            real("batch_growth", 1, "Share of the run's epochs over which it grows")
                .above(0)
                .at_most(1)
                .under("Batch growth"),
            text("changes", "", "Changes to make while training").under("Changes")};
        for (auto& param : schedule_params()) catalog_.regime_params.push_back(std::move(param));
    }

    const Catalog& catalog() const override { return catalog_; }
    EngineInfo info() const override {
        return {"1.13.1", plan.slow_blas ? "reference BLAS" : "OpenBLAS 0.3.21", plan.slow_blas, 2};
    }
    Result<Inspection> inspect(const RunSpec& spec, const InspectOptions& options) override {
        if (options.samples) ++data_reads;
        const std::string& source =
            spec.task.params.values.contains("source") ? spec.task.params.text("source") : std::string();
        if (source == "/nowhere") return fail("task.source = /nowhere: no such folder");
        if (spec.optimizer.id == "adam" && !plan.adam_refusal.empty()) return fail(plan.adam_refusal);
        Inspection found;
        found.provenance = provenance();
        if (!source.empty()) found.provenance.data_source = source;
        found.class_counts = {{"Arabic", 108}, {"Czech", 503}};
        found.duplicates = 14;
        found.updates_per_epoch = plan.updates_per_epoch;
        found.planned_updates = planned(spec);
        found.notes = {"lr 0.4 on the mean over 32 examples is 0.0125 on the sum"};
        if (options.time_updates && times) found.seconds_per_update = 0.02;
        if (!options.samples) return found;
        if (options.progress) options.progress(0.4, "features of 1,800 clips");
        while (hold_data && !options.stop.stop_requested())
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        if (options.stop.stop_requested()) return fail("stopped");
        if (spec.task.id == "text") {
            describeFakeTexts(found, source.empty());
            empty(found);
            for (int i = 0; i < 40; ++i) addSample(found, i % 2, fakeText(i), "");
        } else if (spec.task.id == "kws-binary")
            describeWords(found, source, spec.task.params.text("keywords"));
        else
            describeNames(found);
        return found;
    }
    FakeEvaluation evaluation;
    Result<EvaluationReport> evaluate(const RunRecord&, const std::filesystem::path&,
                                      const CheckpointInfo& checkpoint,
                                      const EvaluateOptions& options) override {
        return evaluation.answer(checkpoint, options);
    }
    /// Where it is > 1, all runs can be trained together, that many at a time, a second for each.
    std::size_t together = 1;
    std::vector<std::vector<std::size_t>> groups(const std::vector<RunSpec>& specs,
                                                 std::size_t most) const override {
        std::vector<std::vector<std::size_t>> groups;
        for (std::size_t i = 0; i < specs.size(); ++i) {
            if (i % std::min(most, together) == 0) groups.emplace_back();
            groups.back().push_back(i);
        }
        return groups;
    }
    Result<double> time_ensemble(const std::vector<RunSpec>& specs, const std::stop_token&) override {
        return double(specs.size());
    }
    Result<std::unique_ptr<Session>> start(const RunSpec& spec, StoreWriter& store,
                                           const StartOptions& options) override {
        return begin(spec, store, options, {});
    }
    Result<std::unique_ptr<Session>> begin(const RunSpec& spec, StoreWriter& store,
                                           const StartOptions& options,
                                           const std::optional<RunRecord::Parent>& parent) {
        std::this_thread::sleep_for(plan.loading);
        if (!plan.start_error.empty()) return fail(plan.start_error);
        RunRecord run;
        run.tags = options.tags;
        run.id = RunId::random();
        run.name = readable_name(run.id);
        run.spec = spec;
        run.key = catalog_.key(spec);
        run.state = RunState::running;
        run.created_ms = run.started_ms = now_ms();
        run.planned = {planned(spec)};
        run.parent = parent;
        run.provenance = provenance();
        if (isFakeDetection(spec)) {
            const SpeechManifest manifest = fakeManifest(spec, plan.clips);
            run.provenance.manifest = manifest.to_json();
            run.provenance.classes = manifest.classes();
            run.provenance.validation_examples = kFakeClips;
            run.provenance.majority_baseline = 0.8;
        }
        auto created = store.create(run);
        if (!created) return std::unexpected(created.error());
        return std::make_unique<FakeSession>(*created, plan, catalog_, store, options);
    }
    Result<std::unique_ptr<Session>> resume(const RunRecord& run, StoreWriter& store,
                                            const StartOptions& options) override {
        resumed_with = options.changes;
        if (run.id.uuid.empty()) return begin(run.spec, store, options, run.parent);
        if (auto done = store.reopen(run.id, resumes_after, run.planned.count); !done)
            return std::unexpected(done.error());
        return std::make_unique<FakeSession>(run, plan, catalog_, store, options);
    }

private:
    /// Adds an example, and to the counts of its class and side; sides go 0, 0, 0, 1, 2, 0, 0, 0, 1, 2 …
    static void addSample(Inspection& found, int label, std::string text, std::string file) {
        constexpr std::array kSides{0, 0, 0, 1, 2};
        auto& [name, n] = found.class_counts[std::size_t(label)];
        const int side = kSides[std::size_t(n++) % kSides.size()];
        ++found.split_counts[std::size_t(label)][std::size_t(side)];
        found.samples.push_back({side, label, std::move(text), std::move(file)});
    }
    static void empty(Inspection& found) {
        found.class_counts.clear();
        for (const auto& name : found.provenance.classes) found.class_counts.emplace_back(name, 0);
        found.split_counts.assign(found.provenance.classes.size(), {});
    }
    void describeNames(Inspection& found) const {
        found.provenance.data_hash = "9f2c61ab03d47e58aa10";
        found.dropped_lines = 3;
        found.dropped_characters = {{"/", 8}, {"1", 2}};
        empty(found);
        const int classes = int(found.provenance.classes.size());
        for (int label = 0; label < classes; ++label)
            for (int i = 0; i < samples_per_class * (1 + label % 3) / 2; ++i)
                addSample(found, label, "Name" + std::to_string(label) + "x" + std::to_string(i), "");
    }
    static void describeWords(Inspection& found, const std::string& source, const std::string& keyword) {
        found.provenance.data_hash = "77d0";
        found.provenance.classes = {"other", keyword};
        found.duplicates = 0;
        found.speakers = {42, 9, 1};
        found.left_out = {{"eight/cut.wav", "eight/cut.wav: ends before its header says"}};
        empty(found);
        for (int i = 0; i < 20; ++i) {
            const std::string file = (i % 4 ? "eight" : keyword) + "/p" + std::to_string(i) + "_nohash_0.wav";
            addSample(found, i % 4 ? 0 : 1, file, source + "/" + file);
        }
    }
    std::int64_t planned(const RunSpec& spec) const {
        return spec.budget.updates ? *spec.budget.updates : *spec.budget.epochs * plan.updates_per_epoch;
    }
    static Provenance provenance() {
        Provenance p;
        p.studio_version = DESCENT_VERSION;
        p.torch_version = "1.13.1";
        p.blas = "OpenBLAS 0.3.21";
        p.data_source = "built-in";
        p.data_hash = "9f2c61ab03d47e58aa10";
        p.parameters = 71'958;
        p.classes = fakeClasses();
        p.train_examples = 3'612;
        p.validation_examples = 774;
        p.test_examples = 774;
        p.majority_baseline = 0.468;
        return p;
    }

protected:
    Catalog catalog_;
};

} // namespace descent::test
