#include "core/engine/trainer.h"

#include "core/base/format.h"
#include "core/base/length.h"
#include "core/engine/failure.h"
#include "core/engine/run_probes.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace descent {

namespace {

using namespace std::chrono_literals;
constexpr auto kFlushEvery = 100ms; // with the writer's own delay still well inside a quarter second
constexpr std::size_t kFlushSamples = 8192;

} // namespace

Trainer::Trainer(Experiment& experiment, Control& control, Sinks sinks, RunId run,
                 std::filesystem::path checkpoints)
    : experiment_(experiment)
    , control_(control)
    , sinks_(sinks)
    , run_(std::move(run))
    , constant_(constant_answer(experiment.spec(), experiment.data().inspection.provenance.classes))
    , meter_(experiment, recorder_)
    , density_(experiment, recorder_)
    , checkpointer_(experiment, probes_, meter_, run_, std::move(checkpoints))
    , to_come_(experiment.planned_changes())
    , update_(experiment.updates())
    , planned_(experiment.planned())
    , evaluate_every_(experiment.regime().integer("evaluate_every"))
    , record_every_(experiment.regime().integer("record_every"))
    , evaluations_(0) {
    plan_matrices();
    const auto& facts = experiment.data().inspection.provenance;
    probes_ = make_probes(
        {experiment.spec(), facts.classes, facts.majority_baseline, experiment.data().detection}, recorder_);
}

void Trainer::plan_matrices() {
    matrix_every_ = matrix_interval(evaluate_every_, experiment_.plan().planned_epochs(update_));
}

void Trainer::remember(const std::vector<Change>& made) {
    to_come_ = joined_changes(std::move(to_come_), made);
}

Standing Trainer::restore(const std::filesystem::path& file, const std::vector<Change>& made,
                          std::optional<CheckpointInfo> own) {
    remember(made);
    // Changes first: the plan's place in the epoch depends on the batch sizes they set.
    const auto saved = read_checkpoint(file);
    const auto at = saved.standing.update;
    const auto later = std::ranges::find_if(to_come_, [&](const Change& c) { return c.at >= at; });
    for (auto change = to_come_.begin(); change != later; ++change) experiment_.apply(*change);
    to_come_.erase(to_come_.begin(), later);
    const auto& standing = saved.standing;
    load_checkpoint(saved, experiment_, probes_, &meter_);
    update_ = standing.update;
    planned_ = experiment_.planned();
    plan_matrices();
    seconds_before_ = standing.seconds;
    checkpointer_.restored(standing, std::move(own));
    return standing;
}

Standing Trainer::branch(const BranchPoint& from) {
    std::vector<std::string> said;
    const auto standing = branch_off(from, experiment_, probes_, &meter_, said);
    update_ = standing.update;
    planned_ = experiment_.planned();
    plan_matrices();
    seconds_before_ = standing.seconds;
    branches_ = true;
    const auto changed = changed_settings(from.in_force, experiment_.spec());
    note(LogLine::Level::info, "branch of " + from.parent + " at update " + format_count(update_.count) +
                                   (changed.empty() ? ", with the same settings" : ": " + changed));
    for (auto& line : said) note(LogLine::Level::info, std::move(line));
    return standing;
}

void Trainer::note(LogLine::Level level, std::string text) {
    log_.push_back({level, now_ms(), std::move(text)});
}

double Trainer::seconds() const {
    if (!clock_runs_) return seconds_before_;
    return seconds_before_ + std::chrono::duration<double>(Clock::now() - resumed_at_).count();
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
    auto saved = checkpointer_.take();
    auto batch = std::make_shared<MetricBatch>(recorder_.take());
    batch->run = run_;
    batch->log = std::exchange(log_, {});
    batch->changes = std::exchange(changes_, {});
    batch->progress = {update_, planned_, {experiment_.plan().passes()}, seconds(), {}};
    if (seconds_per_update_)
        batch->progress.eta_seconds =
            *seconds_per_update_ * static_cast<double>(planned_.count - update_.count);
    // A batch has room for one checkpoint, and none may be stored before the samples that lead to it.
    std::vector<BatchPtr> batches;
    for (std::size_t i = 0; i < saved.size(); ++i) {
        batch->checkpoint = std::move(saved[i]);
        if (i + 1 == saved.size()) break;
        auto next = std::make_shared<MetricBatch>();
        next->run = run_;
        next->progress = batch->progress;
        batches.push_back(std::exchange(batch, std::move(next)));
    }
    batch->state = std::exchange(change_, {});
    batches.push_back(std::move(batch));
    const bool kept = sinks_.store.push_all(batches);
    if (sinks_.live)
        for (auto& each : batches) sinks_.live->push(std::move(each));
    if (!kept) throw std::runtime_error("the run could not be stored: " + sinks_.store.failure());
}

bool Trainer::evaluation_due() {
    const auto& plan = experiment_.plan();
    return plan.between_epochs() && plan.epochs() % evaluate_every_ == 0 && evaluations_.allows(seconds());
}

void Trainer::evaluate(const Evaluation* whole_set, bool last) {
    const double started = seconds(), trained = started - evaluated_at_;
    const auto classes = experiment_.data().shape.classes;
    const auto& model = experiment_.model();
    const auto& weights = experiment_.weights();
    auto statistics = experiment_.statistics();
    const auto over = [&](const std::vector<Examples>& chunks, bool scores = false) {
        return descent::evaluate(model, weights, experiment_.loss(), chunks, classes,
                                 {experiment_.data().detection.has_value(), scores}, statistics);
    };
    const auto train = whole_set ? *whole_set : over(experiment_.train_chunks());
    const auto validation =
        over(experiment_.validation_chunks(), last || scores_due(epoch_, evaluate_every_));
    std::optional<Evaluation> test;
    if (last && experiment_.data().test.size() > 0) test = over(experiment_.test_chunks(), true);
    std::optional<Evaluation> averaged;
    if (auto& averages = experiment_.averages(); averages.ready()) {
        const KeepWeights keep(experiment_.weights());
        experiment_.weights().flat().copy_(averages.weights());
        statistics = experiment_.statistics();
        averaged = over(experiment_.validation_chunks());
    }
    checkpointer_.evaluated(
        update_, epoch_, experiment_.data().validation.size() > 0 ? validation.loss() : train.loss(), last);
    experiment_.observe(train, validation);
    EvaluationFacts facts{
        .train = train,
        .validation = validation,
        .test = test ? &*test : nullptr,
        .averaged = averaged ? &*averaged : nullptr,
        .examples_per_second = trained > 0 ? static_cast<double>(examples_since_) / trained : 0,
        .keep_matrices = last || static_cast<std::int64_t>(epoch_.passes) % matrix_every_ == 0,
        .perfect_at = experiment_.perfect_at(),
        .weights = experiment_.weights().flat(),
        .first = update_ == experiment_.begin(),
        .last = last};
    recorder_.at(update_, epoch_, seconds());
    for (const auto& probe : probes_) probe->evaluated(facts, recorder_);
    const double done = last ? 1 : static_cast<double>(update_.count) / static_cast<double>(planned_.count);
    if (auto hint = constant_.observe(train.loss(), train.confusion, done))
        note(LogLine::Level::warning, *std::move(hint));
    meter_.record_share(seconds() - meter_.seconds());
    examples_since_ = 0;
    evaluated_at_ = seconds();
    evaluations_.took(evaluated_at_ - started);
}

RunState Trainer::diverged(const UpdateFacts& facts) {
    auto change = divergence(update_, facts);
    checkpointer_.save_best();
    set_state(change.state, std::move(change.reason));
    return RunState::diverged;
}

void Trainer::checkpoint() {
    checkpointer_.save({update_, seconds()}, {experiment_.plan().passes()});
}

void Trainer::put_in_force(const Change& change) {
    experiment_.apply(change);
    planned_ = experiment_.planned();
    note(LogLine::Level::info,
         "changed at update " + format_count(change.at.count) + ": " + change.path + " = " + change.value);
    changes_.push_back(change);
    if (!is_length(change.path)) return;
    plan_matrices();
    for (const auto& line : depends_on_length(experiment_.regime()))
        note(LogLine::Level::warning, "not as planned so from the beginning: " + line);
}

/// What the spec plans for this update, what the run is known to have done, and what a person asks for now.
void Trainer::make_changes() {
    while (!to_come_.empty() && to_come_.front().at <= update_) {
        put_in_force(to_come_.front());
        to_come_.erase(to_come_.begin());
    }
    auto requests = control_.take();
    if (requests.breakpoints) set_breakpoints(std::move(*requests.breakpoints));
    for (auto& change : requests.changes) {
        change.at = update_;
        put_in_force(change);
    }
    if (!requests.changes.empty()) flush(true);
}

void Trainer::set_breakpoints(std::vector<Breakpoint> breakpoints) {
    breakpoints_ = std::move(breakpoints);
    for (const auto& breakpoint : breakpoints_) {
        const auto& metrics = breakpoint.metrics();
        const auto missing =
            std::ranges::find_if(metrics, [this](const auto& m) { return !recorder_.declares(m); });
        if (missing != metrics.end())
            note(LogLine::Level::warning, "breakpoint '" + breakpoint.text() +
                                              "' can never be reached: this run does not measure " +
                                              *missing);
    }
}

Control::Leave Trainer::next_leave() {
    const auto leave =
        control_.wait_for_leave([this] { set_state(RunState::paused, std::exchange(why_paused_, {})); },
                                [this] { set_state(RunState::running); }, [this] { make_changes(); });
    make_changes();
    return leave;
}

void Trainer::check_breakpoints() {
    for (auto& breakpoint : breakpoints_) {
        const auto why =
            breakpoint.fires([this](const std::string& metric) { return recorder_.reading(metric); });
        if (!why) continue;
        why_paused_ = "breakpoint at update " + format_count(update_.count) + ": " + *why;
        note(LogLine::Level::warning, why_paused_);
        control_.pause();
    }
}

UpdateFacts Trainer::make_update() {
    const auto started = Clock::now();
    const auto since = [&] { return std::chrono::duration<double>(Clock::now() - started).count(); };
    const bool evaluates = evaluation_due();
    epoch_ = {experiment_.plan().passes()};
    const double lr = experiment_.lr();
    if (evaluates) checkpointer_.before_evaluation({update_, seconds()});
    const auto batch = experiment_.accumulate();
    const auto examples = batch.examples;
    examples_since_ += examples;
    pass_seconds_ = since() * static_cast<double>(experiment_.plan().size()) / static_cast<double>(examples);
    if (evaluates) evaluate(experiment_.plan().plain() ? &batch : nullptr, false);
    recorder_.at(update_, epoch_, seconds());
    if (update_ == experiment_.begin()) density_.record(recorder_);
    const Lens lens{experiment_, experiment_.weights().gradient(), batch.loss(), lr, update_};
    if (!meter_.idle()) meter_.before(lens, seconds() - meter_.seconds(), pass_seconds_);
    const auto facts = experiment_.step(batch);
    if (update_.count % record_every_ == 0 || !facts.finite())
        for (const auto& probe : probes_) probe->updated(facts, recorder_);
    if (facts.finite() && !meter_.idle()) meter_.after(lens);
    for (auto& line : meter_.take_failures()) note(LogLine::Level::warning, std::move(line));
    check_breakpoints();
    if (facts.finite()) update_ = experiment_.updates();
    if (!seconds_per_update_)
        for (auto& line :
             meter_.too_dear(pass_seconds_, since() * static_cast<double>(planned_.count - update_.count)))
            note(LogLine::Level::info, std::move(line));
    seconds_per_update_ = seconds_per_update_ ? 0.95 * *seconds_per_update_ + 0.05 * since() : since();
    return facts;
}

RunState Trainer::loop() {
    experiment_.require_pruned();
    set_state(RunState::running);
    checkpointer_.begin();
    if (branches_) checkpoint(); // what it branched off may go
    evaluated_at_ = seconds();
    evaluations_ = TimeShare(experiment_.regime().real("evaluate_share"), evaluated_at_);
    std::optional<std::string> early;
    while (true) {
        make_changes(); // one of the length decides whether this is the end
        if (update_ >= planned_ || (early = experiment_.stop_early())) break;
        const auto leave = next_leave();
        if (leave.stop) {
            checkpoint();
            set_state(leave.as, ended(leave.as).reason);
            return leave.as;
        }
        const auto facts = make_update();
        if (!facts.finite()) {
            if (!why_paused_.empty()) next_leave(); // a breakpoint: to be looked at before it is over
            return diverged(facts);
        }
        if (checkpointer_.due()) checkpoint();
        flush(false);
    }
    epoch_ = {experiment_.plan().passes()};
    experiment_.require_pruned();
    checkpointer_.before_evaluation({update_, seconds()}); // what a longer run can go on from
    evaluate(nullptr, true);
    if (const auto left_out = evaluations_.left_out(); left_out > 0)
        note(LogLine::Level::info, counted(left_out, "evaluation") +
                                       " left out to keep to evaluate_share = " +
                                       format_number(experiment_.regime().real("evaluate_share")));
    checkpoint();
    density_.record(recorder_);
    const Lens lens{experiment_, experiment_.weights().gradient(), 0, experiment_.lr(), update_};
    meter_.at_end(lens, [this] { return control_.stopping(); });
    for (auto& line : meter_.take_failures()) note(LogLine::Level::warning, std::move(line));
    set_state(RunState::finished, early.value_or(""));
    return RunState::finished;
}

RunState Trainer::run() {
    RunState end{};
    const auto why = failure_of([&] { end = loop(); }, kOutOfMemory);
    if (!why) return end;
    try {
        note(LogLine::Level::error, *why);
        set_state(RunState::failed, *why);
    } catch (const std::exception&) {
        // The store cannot take it; the live feed has had it, and the writer keeps its own reason.
    }
    return RunState::failed;
}

} // namespace descent
