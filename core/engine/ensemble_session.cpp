#include "core/engine/ensemble_session.h"

#include "core/engine/registry.h"
#include "core/engine/run_facts.h"
#include "core/engine/system.h"
#include "core/store/reader.h"

namespace descent {

namespace {

using Again = std::vector<std::pair<RunId, std::int64_t>>;

void refuse_other_data(const StoreReader& store, const Again& runs, const std::string& data_hash) {
    for (const auto& [id, planned] : runs)
        if (const auto run = unwrap(store.run(id)); run.provenance.data_hash != data_hash)
            throw InputError("the data of run '" + run.name + "' (" + run.provenance.data_source +
                             ") has changed since; it cannot be begun anew");
}

std::vector<RunSpec> checked_specs(const std::vector<RunSpec>& specs) {
    std::vector<RunSpec> checked;
    for (const auto& spec : specs) checked.push_back(unwrap(registry().catalog.check(spec)));
    if (checked.empty()) throw InputError("an ensemble of no networks: expected at least one spec");
    return checked;
}

/// Reads the data and draws the networks.
std::unique_ptr<EnsembleTrainer> make_trainer(const std::vector<RunSpec>& checked, const Loading& loading) {
    const auto& task = checked.front().task;
    return std::make_unique<EnsembleTrainer>(checked, registry().task(task.id).load(task.params, loading),
                                             loading);
}

} // namespace

TrainingEnsemble::TrainingEnsemble(std::unique_ptr<EnsembleTrainer> trainer, std::vector<RunId> runs,
                                   std::function<void()> create, StoreWriter& store, int threads,
                                   std::shared_ptr<std::atomic_flag> busy)
    : trainer_(std::move(trainer))
    , runs_(std::move(runs))
    , create_(std::move(create))
    , store_(store)
    , busy_(std::move(busy))
    , threads_(threads) {
    Progress begun{.members = std::ssize(runs_)};
    for (std::size_t i = 0; i < runs_.size(); ++i)
        begun.planned = std::max(begun.planned, trainer_->member(i).planned());
    control_.report(begun);
}

TrainingEnsemble::~TrainingEnsemble() {
    stop(RunState::interrupted);
    wait();
}

void TrainingEnsemble::begin() {
    control_.hold();
    thread_ = std::thread([this] {
        use_threads(trainer_->take_threads(threads_) ? 1 : threads_);
        states_ = trainer_->run(runs_, store_, control_);
        if (control_.wait_until_created()) busy_->clear();
    });
    try {
        create_();
    } catch (...) {
        control_.release(false);
        wait();
        throw;
    }
    control_.release(true);
}

std::vector<RunState> TrainingEnsemble::wait() {
    const std::lock_guard lock(joining_);
    if (thread_.joinable()) thread_.join();
    return states_;
}

double ensemble_seconds(const std::vector<RunSpec>& specs, const std::stop_token& stop) {
    using Clock = std::chrono::steady_clock;
    const auto start = Clock::now();
    const auto trainer = make_trainer(checked_specs(specs), {stop, {}});
    const double made = std::chrono::duration<double>(Clock::now() - start).count();
    if (stop.stop_requested()) throw InputError("interrupted");
    use_threads(1);
    return made + trainer->time_updates(stop);
}

std::unique_ptr<TrainingEnsemble> make_ensemble(const std::vector<RunSpec>& specs, StoreWriter& store,
                                                const EnsembleOptions& options, int threads,
                                                std::shared_ptr<std::atomic_flag> busy) {
    if (!options.again.empty() && options.again.size() != specs.size())
        throw InputError("runs to begin anew: expected one for each spec, or none at all");
    const auto checked = checked_specs(specs);
    auto trainer = make_trainer(checked, {options.stop, options.progress});

    const auto& facts = trainer->data().inspection;
    std::vector<RunId> runs(checked.size());
    std::vector<RunRecord> created;
    Again again;
    for (std::size_t i = 0; i < checked.size(); ++i) {
        auto& member = trainer->member(i);
        if (!options.again.empty() && options.again[i]) {
            runs[i] = *options.again[i];
            again.emplace_back(runs[i], member.planned().count);
            continue;
        }
        auto provenance = facts.provenance;
        complete(provenance, member.parameters(), threads);
        provenance.majority_baseline = member.majority_baseline();
        created.push_back(new_record(checked[i], std::move(provenance), member.planned(), options.tags));
        runs[i] = created.back().id;
        for (auto& line : first_lines(facts, checked[i], member.plan().size()))
            member.note(line.level, std::move(line.text));
    }
    if (options.stop.stop_requested()) throw InputError("interrupted");
    if (!again.empty())
        refuse_other_data(*unwrap(StoreReader::open(store.path())), again, facts.provenance.data_hash);
    auto create = [&store, again = std::move(again), created = std::move(created)]() mutable {
        if (!again.empty()) unwrap(store.begin_anew(again));
        if (!created.empty()) unwrap(store.create_all(std::move(created)));
    };
    return std::make_unique<TrainingEnsemble>(std::move(trainer), std::move(runs), std::move(create), store,
                                              threads, std::move(busy));
}

} // namespace descent
