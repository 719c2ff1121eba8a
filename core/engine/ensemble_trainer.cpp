#include "core/engine/ensemble_trainer.h"

#include "core/engine/ensemble.h"
#include "core/engine/ensemble_scores.h"
#include "core/engine/failure.h"
#include "core/engine/labels.h"
#include "core/engine/member_layout.h"
#include "core/engine/registry.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

namespace descent {

namespace {

using namespace std::chrono_literals;
// A flush writes each member's row and summaries: with many of them less often, so that these are not written
// more often than they are looked at.
constexpr auto kFlushEvery = 100ms, kFlushMember = 1ms, kFlushAtLast = 1000ms;
constexpr std::size_t kFlushSamples = 1 << 20; // of all members together

/// In an order in which those that take the same steps lie together, and of them those of like width.
std::vector<std::size_t> order_of(const std::vector<std::unique_ptr<EnsembleMember>>& members) {
    std::vector<std::string> keys;
    std::vector<std::int64_t> sizes;
    for (const auto& member : members) {
        keys.push_back(step_key(member->spec()));
        sizes.push_back(member->parameters());
    }
    std::vector<std::size_t> order(members.size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
        return std::tie(keys[a], sizes[a]) < std::tie(keys[b], sizes[b]);
    });
    return order;
}

void check(const std::vector<RunSpec>& specs, const TaskData& data) {
    if (specs.empty()) throw InputError("an ensemble of no networks: expected at least one spec");
    const auto family = ensemble_family(specs.front());
    for (const auto& spec : specs) {
        if (const auto why = ensemble_refusal(spec)) throw InputError("not trained as an ensemble: " + *why);
        if (ensemble_family(spec) != family)
            throw InputError("not trained as one ensemble: expected specs that differ only in seed, width, "
                             "initialisation, optimizer parameters, label noise, class weights, clips, "
                             "schedule and length");
    }
    if (data.train.lengths.defined())
        throw InputError("not trained as an ensemble: the task's examples are of different lengths");
    if (data.detection)
        throw InputError("not trained as an ensemble: detection goes by one network's outputs");
    if (data.variation && specs.front().regime.params.text("augmentation") != "off")
        throw InputError("not trained as an ensemble: examples are varied for one network at a time");
}

Evaluation of_member(const MemberSums& sums, std::size_t row, std::int64_t examples, std::int64_t classes) {
    Evaluation one(classes);
    one.loss_sum = sums.loss[row];
    one.examples = examples;
    const auto cells = static_cast<std::ptrdiff_t>(classes * classes);
    const auto first = sums.confusion.begin() + static_cast<std::ptrdiff_t>(row) * cells;
    std::copy(first, first + cells, one.confusion.counts.begin());
    return one;
}

std::int64_t right_answers(const MemberSums& sums, std::size_t row, std::int64_t classes) {
    const auto* cell = sums.confusion.data() + static_cast<std::int64_t>(row) * classes * classes;
    std::int64_t right = 0;
    for (std::int64_t c = 0; c < classes; ++c) right += cell[c * (classes + 1)];
    return right;
}

} // namespace

EnsembleTrainer::EnsembleTrainer(std::vector<RunSpec> specs, TaskData data, const Loading& loading)
    : data_(std::move(data)) {
    check(specs, data_);
    std::vector<std::unique_ptr<EnsembleMember>> in_order;
    for (std::size_t i = 0; i < specs.size(); ++i) {
        loading.report(static_cast<double>(i) / static_cast<double>(specs.size()), "drawing networks");
        auto labels = noisy_labels(data_, specs[i]);
        in_order.push_back(
            std::make_unique<EnsembleMember>(std::move(specs[i]), i, data_, std::move(labels)));
    }
    places_.resize(in_order.size());
    for (const auto i : order_of(in_order)) {
        places_[i] = members_.size();
        rows_.push_back(members_.size());
        members_.push_back(std::move(in_order[i]));
    }

    EnsembleProblem problem{{}, data_, {}, {}, {}};
    std::vector<const Model*> models;
    for (const auto& member : members_) {
        problem.specs.push_back(&member->spec());
        problem.labels.push_back(member->labels());
        problem.class_weights.push_back(member->class_weights());
        models.push_back(&member->model());
    }
    problem.layout = layout_of(models);
    const bool whole_set = members_.front()->plan().whole_set();
    if (whole_set) gradient_ = make_lane_ensemble(problem);
    if (!gradient_) gradient_ = make_torch_ensemble(problem);
    weights_ = gradient_->buffer();
    slopes_ = gradient_->buffer();
    for (std::size_t row = 0; row < members_.size(); ++row) {
        const auto k = static_cast<std::int64_t>(row);
        own_.push_back(own_places(problem.layout, k));
        auto into = weights_.select(0, k);
        if (own_.back().defined())
            into.index_copy_(0, own_.back(), members_[row]->weights());
        else
            into.copy_(members_[row]->weights());
    }
    last_.resize(members_.size());
    end_stored_.resize(members_.size());
    steps_ = std::make_unique<MemberSteps>(problem, weights_);
    clips_.emplace(problem);
}

double EnsembleTrainer::seconds() const {
    return std::chrono::duration<double>(Clock::now() - started_).count();
}

Tensor EnsembleTrainer::weights(std::size_t index) const {
    const auto place = places_[index];
    if (last_[place].defined()) return last_[place];
    const auto row = std::ranges::find(rows_, place) - rows_.begin();
    const auto whole = weights_.select(0, row);
    return own_[place].defined() ? whole.index_select(0, own_[place]) : whole.clone();
}

const EnsembleTrainer::Members& EnsembleTrainer::going_on() {
    if (going_on_) return *going_on_;
    auto& all = going_on_.emplace();
    for (std::size_t row = 0; row < rows_.size(); ++row)
        if (!members_[rows_[row]]->over()) all.push_back(row);
    return all;
}

void EnsembleTrainer::evaluate(const Members& which, const MemberSums* whole_set, bool last) {
    using enum EnsembleGradient::Side;
    const auto sums_of = [&](EnsembleGradient::Side side) {
        MemberSums sums;
        gradient_->evaluate(weights_, side, sums);
        return sums;
    };
    const bool tested = last && data_.test.size() > 0;
    const auto on_train = whole_set ? *whole_set : sums_of(train);
    const auto on_validation = sums_of(validation);
    const auto on_test = tested ? sums_of(test) : MemberSums();
    const auto classes = data_.shape.classes;
    // In the order of `which`, where there is anything to score.
    std::vector<const EnsembleMember*> scored;
    std::vector<Tensor> scored_at;
    const auto by_rows = weights_.contiguous(); // members lie innermost where their networks are small
    const auto weights_at = [&](std::size_t row) {
        const auto whole = by_rows.select(0, static_cast<std::int64_t>(row));
        const auto& own = own_[rows_[row]];
        return own.defined() ? whole.index_select(0, own) : whole;
    };
    for (const auto row : which)
        if (const auto& member = at(row); member.scores_due(last)) {
            scored.push_back(&member);
            scored_at.push_back(weights_at(row));
        }
    std::vector<ClassScores> validation_scores, test_scores;
    if (!scored.empty()) validation_scores = ensemble_scores(scored, scored_at, data_.validation);
    if (!scored.empty() && tested) test_scores = ensemble_scores(scored, scored_at, data_.test);
    std::size_t next = 0;
    const double now = seconds();
    for (const auto row : which) {
        auto tests =
            tested ? std::optional(of_member(on_test, row, data_.test.size(), classes)) : std::nullopt;
        auto validated = of_member(on_validation, row, data_.validation.size(), classes);
        if (at(row).scores_due(last)) {
            validated.scores = std::move(validation_scores[next]);
            if (tests) tests->scores = std::move(test_scores[next]);
            ++next;
        }
        at(row).evaluated(of_member(on_train, row, data_.train.size(), classes), validated,
                          tests ? &*tests : nullptr, at(row).looks_at_weights() ? weights_at(row) : Tensor(),
                          now);
    }
}

void EnsembleTrainer::end_complete() {
    Members complete;
    for (const auto row : going_on())
        if (at(row).complete()) complete.push_back(row);
    if (complete.empty()) return;
    std::vector<std::string> why; // as it was before the last evaluation
    for (const auto row : complete) why.push_back(at(row).reason());
    evaluate(complete, nullptr, true);
    for (std::size_t i = 0; i < complete.size(); ++i) {
        const auto place = rows_[complete[i]];
        last_[place] = weights(members_[place]->index());
        at(complete[i]).change_state({RunState::finished, std::move(why[i])});
    }
    going_on_.reset();
}

void EnsembleTrainer::make_smaller() {
    const auto& left = going_on();
    if (left.empty() || 2 * left.size() > rows_.size()) return;
    const std::vector<std::int64_t> rows(left.begin(), left.end());
    const auto before = weights_;
    gradient_->keep(rows);
    steps_->keep(rows);
    clips_->keep(rows);
    weights_ = gradient_->buffer();
    slopes_ = gradient_->buffer();
    weights_.copy_(before.index_select(0, at::tensor(rows, at::kLong)));
    rows_ = kept(rows_, rows);
    going_on_.reset();
}

void EnsembleTrainer::update() {
    const auto& alive = going_on();
    Members due;
    std::vector<double> lr(rows_.size());
    for (const auto row : alive) {
        if (at(row).begin_update()) due.push_back(row);
        lr[row] = at(row).lr();
    }
    const auto& plan = at(alive.front()).plan();
    auto& sums = sums_;
    Tensor indices;
    if (plan.plain()) {
        gradient_->take(weights_, slopes_, sums);
        if (!data_.shape.regression())
            for (const auto row : alive)
                if (at(row).counts_answers()) at(row).answered(right_answers(sums, row, data_.shape.classes));
    } else {
        std::vector<Tensor> all; // one that is over has the first one's, which does not matter
        for (std::size_t row = 0; row < rows_.size(); ++row)
            all.push_back(at(at(row).over() ? alive.front() : row).plan().indices());
        indices = at::stack(all);
        gradient_->take_batch(weights_, indices, slopes_, sums);
    }
    if (!due.empty()) evaluate(due, plan.plain() ? &sums : nullptr, false);

    const auto examples = indices.defined() ? indices.size(1) : plan.size();
    const auto norms = row_norms(slopes_);
    const auto clipped = clips_->clip(slopes_, norms);
    std::vector<char> taken(rows_.size(), 0);
    bool recorded = false;
    for (const auto row : alive) {
        taken[row] = std::isfinite(norms[row]) && std::isfinite(sums.loss[row]);
        recorded = recorded || at(row).records();
    }
    if (recorded) { // into the same memory each time: fresh pages cost more than the copy
        if (!before_.defined() || before_.sizes() != weights_.sizes()) before_ = at::empty_like(weights_);
        before_.copy_(weights_);
    }
    steps_->step(weights_, slopes_, lr, taken);
    const auto lengths = recorded ? row_distances(weights_, before_) : std::vector<double>(rows_.size());
    const double now = seconds();
    bool over = false;
    for (const auto row : alive) {
        if (taken[row] && !at(row).records()) {
            at(row).updated();
            continue;
        }
        UpdateFacts facts{.loss = sums.loss[row] / static_cast<double>(examples),
                          .examples = examples,
                          .gradient_norm = norms[row],
                          .clipped_norm = clipped[row]};
        if (taken[row]) facts.step_length = lengths[row];
        at(row).updated(facts, now);
        over = over || at(row).over();
    }
    if (over) going_on_.reset();
}

void EnsembleTrainer::report() {
    EnsembleSession::Progress progress;
    progress.members = std::ssize(members_);
    for (const auto& member : members_) {
        if (member->over()) {
            ++progress.over;
            continue;
        }
        progress.update = std::max(progress.update, member->updates());
        progress.planned = std::max(progress.planned, member->planned());
    }
    progress.seconds = seconds();
    if (seconds_per_update_)
        progress.eta_seconds =
            *seconds_per_update_ * static_cast<double>(progress.planned.count - progress.update.count);
    control_->report(progress, part_);
}

bool EnsembleTrainer::is_due(Clock::time_point now) {
    const auto& alive = going_on();
    const bool full = !alive.empty() && at(alive.front()).samples() * alive.size() > kFlushSamples;
    const Clock::duration wanted = kFlushMember * std::ssize(members_);
    const auto between = std::clamp<Clock::duration>(wanted, kFlushEvery, kFlushAtLast);
    return full || (now - last_flush_ >= between && control_->created());
}

void EnsembleTrainer::flush(bool always) {
    const auto now = Clock::now();
    if (!always && !is_due(now)) return;
    if (!control_->wait_until_created()) throw std::runtime_error("the runs could not be created");
    last_flush_ = now;
    report();
    std::vector<BatchPtr> batches;
    std::vector<std::size_t> ends;
    for (std::size_t place = 0; place < members_.size(); ++place) {
        const auto& member = members_[place];
        const auto left = static_cast<double>(member->planned().count - member->updates().count);
        const auto eta =
            seconds_per_update_ ? std::optional(*seconds_per_update_ * left) : std::optional<double>();
        auto batch = member->take(runs_[member->index()], seconds(), eta);
        if (!batch) continue;
        if (member->over()) ends.push_back(place);
        batches.push_back(std::move(batch));
    }
    if (!batches.empty() && !store_->push_all(std::move(batches)))
        throw std::runtime_error("the runs could not be stored: " + store_->failure());
    for (const auto place : ends) end_stored_[place] = true;
}

void EnsembleTrainer::end_all(const StateChange& change) {
    for (const auto row : going_on()) at(row).change_state(change);
    going_on_.reset();
}

void EnsembleTrainer::loop() {
    for (const auto row : going_on()) at(row).change_state({RunState::running, {}});
    flush(false);
    while (true) {
        end_complete();
        if (going_on().empty()) break;
        if (const auto as = control_->stopping()) {
            end_all(ended(*as));
            break;
        }
        make_smaller();
        const auto before = Clock::now();
        update();
        const auto took = std::chrono::duration<double>(Clock::now() - before).count();
        seconds_per_update_ = seconds_per_update_ ? 0.95 * *seconds_per_update_ + 0.05 * took : took;
        flush(false);
    }
    flush(true);
}

double EnsembleTrainer::time_updates(const std::stop_token& stop) {
    constexpr auto kEnough = 200ms;
    constexpr std::int64_t kMost = 1000;
    std::int64_t planned = 0, made = 0;
    for (const auto& member : members_) planned = std::max(planned, member->planned().count);
    started_ = Clock::now();
    for (const auto row : going_on()) at(row).change_state({RunState::running, {}});
    update(); // evaluates, as few of the others do
    const auto from = Clock::now();
    const auto first = from - started_;
    Clock::duration took{};
    while (took < kEnough && made < kMost && !stop.stop_requested()) {
        end_complete();
        if (going_on().empty()) break;
        update();
        ++made;
        took = Clock::now() - from;
    }
    const auto in_seconds = [](Clock::duration d) { return std::chrono::duration<double>(d).count(); };
    if (made == 0) return in_seconds(first) * static_cast<double>(planned);
    return in_seconds(first) +
           in_seconds(took) / static_cast<double>(made) * static_cast<double>(planned - 1);
}

std::vector<RunState> EnsembleTrainer::run(const std::vector<RunId>& runs, BatchSink& store,
                                           EnsembleControl& control, std::size_t part) {
    runs_ = runs;
    store_ = &store;
    control_ = &control;
    part_ = part;
    started_ = Clock::now();
    const auto why =
        failure_of([this] { loop(); }, "out of memory: fewer networks at once, or narrower ones, need less");
    if (why) {
        going_on_.reset();
        try {
            for (const auto row : going_on()) at(row).note(LogLine::Level::error, *why);
            end_all({RunState::failed, *why});
            flush(true);
        } catch (const std::exception&) {
            // The store cannot take it; the writer keeps its own reason.
        }
    }
    std::vector<RunState> states;
    for (const auto place : places_)
        states.push_back(!why || end_stored_[place] ? members_[place]->state() : RunState::failed);
    return states;
}

} // namespace descent
