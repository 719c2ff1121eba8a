#include "core/engine/trainer.h"

#include "core/base/format.h"

#include <cmath>

namespace descent {

namespace {

using namespace std::chrono_literals;
constexpr auto kFlushEvery = 100ms; // with the writer's own delay still well inside a quarter second
constexpr std::size_t kFlushSamples = 8192;
constexpr auto kCheckpointEvery = 10s;
constexpr std::int64_t kKeptMatrices = 200;

} // namespace

Trainer::Trainer(Experiment& experiment, Control& control, Sinks sinks, RunId run,
                 std::filesystem::path checkpoints)
    : experiment_(experiment)
    , control_(control)
    , sinks_(sinks)
    , run_(std::move(run))
    , checkpoints_(std::move(checkpoints))
    , planned_(experiment.planned())
    , updates_per_epoch_(experiment.plan().updates_per_epoch())
    , evaluate_every_(experiment.spec().regime.params.integer("evaluate_every") * updates_per_epoch_) {
    const auto evaluations = planned_.count / evaluate_every_ + 1;
    matrix_every_ = evaluate_every_ * ((evaluations + kKeptMatrices - 1) / kKeptMatrices);
    const auto& facts = experiment.data().inspection.provenance;
    const ProbeSetup setup{experiment.spec(), facts.classes, facts.majority_baseline,
                           experiment.data().detection};
    for (const auto& definition : registry().probes) probes_.push_back(definition.make(setup, recorder_));
}

Standing Trainer::restore(const std::filesystem::path& file) {
    const auto standing = load_checkpoint(file, experiment_, probes_);
    update_ = standing.update;
    seconds_before_ = standing.seconds;
    checkpointed_ = update_;
    return standing;
}

void Trainer::note(LogLine::Level level, std::string text) {
    log_.push_back({level, now_ms(), std::move(text)});
}

double Trainer::seconds() const {
    if (!clock_runs_) return seconds_before_;
    return seconds_before_ + std::chrono::duration<double>(Clock::now() - resumed_at_).count();
}

Epoch Trainer::epoch() const {
    return {static_cast<double>(update_.count) / static_cast<double>(updates_per_epoch_)};
}

void Trainer::set_state(RunState state, std::string reason) {
    state_ = state;
    if (state == RunState::running) {
        resumed_at_ = Clock::now();
        clock_runs_ = true;
    } else {
        seconds_before_ = seconds();
        clock_runs_ = false;
    }
    change_ = StateChange{state, std::move(reason)};
    flush(true);
}

void Trainer::flush(bool always) {
    const auto now = Clock::now();
    if (!always && recorder_.size() < kFlushSamples && now - last_flush_ < kFlushEvery) return;
    last_flush_ = now;
    auto batch = std::make_shared<MetricBatch>(recorder_.take());
    batch->run = run_;
    batch->log = std::exchange(log_, {});
    batch->checkpoint = std::exchange(saved_, {});
    batch->state = std::exchange(change_, {});
    batch->progress = {update_, planned_, epoch(), seconds(), {}};
    if (seconds_per_update_)
        batch->progress.eta_seconds =
            *seconds_per_update_ * static_cast<double>(planned_.count - update_.count);
    const bool kept = sinks_.store.push(batch);
    if (sinks_.live) sinks_.live->push(batch);
    if (!kept) throw std::runtime_error("the run could not be stored: " + sinks_.store.failure());
}

bool Trainer::due() const {
    return update_.count % evaluate_every_ == 0;
}

void Trainer::evaluate(const Evaluation* whole_set) {
    const double trained = seconds() - evaluated_at_;
    const auto classes = experiment_.data().shape.classes;
    const bool last = update_ == planned_;
    const auto& model = experiment_.model();
    const auto& weights = experiment_.weights();
    const auto over = [&](const std::vector<Examples>& chunks) {
        return descent::evaluate(model, weights, chunks, classes, experiment_.data().detection.has_value());
    };
    const auto train = whole_set ? *whole_set : over(experiment_.train_chunks());
    const auto validation = over(experiment_.validation_chunks());
    std::optional<Evaluation> test;
    if (last && experiment_.data().test.size() > 0) test = over(experiment_.test_chunks());
    EvaluationFacts facts{.train = train,
                          .validation = validation,
                          .test = test ? &*test : nullptr,
                          .examples_per_second =
                              trained > 0 ? static_cast<double>(examples_since_) / trained : 0,
                          .keep_matrices = last || update_.count % matrix_every_ == 0};
    recorder_.at(update_, epoch(), seconds());
    for (const auto& probe : probes_) probe->evaluated(facts, recorder_);
    examples_since_ = 0;
    evaluated_at_ = seconds();
}

bool Trainer::diverged(const UpdateFacts& facts) {
    const bool loss = !std::isfinite(facts.loss);
    if (!loss && std::isfinite(facts.gradient_norm)) return false;
    const double value = loss ? facts.loss : facts.gradient_norm;
    set_state(RunState::diverged, "diverged at update " + format_count(update_.count) + ": " +
                                      (loss ? "loss" : "gradient norm") + " is " +
                                      (std::isnan(value) ? "not a number" : "infinite"));
    return true;
}

void Trainer::checkpoint() {
    if (checkpointed_ == update_) return;
    const auto name = run_.uuid + "-" + std::to_string(update_.count) + ".safetensors";
    std::filesystem::create_directories(checkpoints_);
    const auto bytes = save_checkpoint(checkpoints_ / name, {update_, seconds()}, experiment_, probes_, run_);
    saved_ = CheckpointInfo{update_, name, bytes};
    checkpointed_ = update_;
    last_checkpoint_ = Clock::now();
}

RunState Trainer::loop() {
    set_state(RunState::running);
    last_checkpoint_ = Clock::now();
    evaluated_at_ = seconds();
    while (update_ < planned_) {
        const auto leave = control_.wait_for_leave([&] { set_state(RunState::paused); },
                                                   [&] { set_state(RunState::running); });
        if (leave.stop) {
            checkpoint();
            set_state(leave.as, leave.as == RunState::stopped ? "" : "the program was ended");
            return leave.as;
        }
        const auto started = Clock::now();
        const auto batch = experiment_.accumulate();
        examples_since_ += batch.confusion.total();
        if (due()) evaluate(experiment_.plan().plain() ? &batch : nullptr);
        recorder_.at(update_, epoch(), seconds());
        const auto facts = experiment_.step(batch);
        for (const auto& probe : probes_) probe->updated(facts, recorder_);
        if (diverged(facts)) return RunState::diverged;
        ++update_.count;
        const double took = std::chrono::duration<double>(Clock::now() - started).count();
        seconds_per_update_ = seconds_per_update_ ? 0.95 * *seconds_per_update_ + 0.05 * took : took;
        if (Clock::now() - last_checkpoint_ >= kCheckpointEvery) checkpoint();
        flush(false);
    }
    evaluate(nullptr);
    checkpoint();
    set_state(RunState::finished);
    return RunState::finished;
}

RunState Trainer::run() {
    std::string why;
    try {
        return loop();
    } catch (const c10::Error& e) {
        why = e.what_without_backtrace();
    } catch (const std::bad_alloc&) {
        why = "out of memory: a smaller regime.micro_batch or model needs less";
    } catch (const std::exception& e) {
        why = e.what();
    }
    try {
        note(LogLine::Level::error, why);
        set_state(RunState::failed, why);
    } catch (const std::exception&) {
        // The store cannot take it; the live feed has had it, and the writer keeps its own reason.
    }
    return RunState::failed;
}

} // namespace descent
