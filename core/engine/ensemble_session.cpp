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

TaskData read(const RunSpec& spec, const Loading& loading) {
    return registry().task(spec.task.id).load(spec.task.params, loading);
}

/// Draws the networks. Each thread has every so many-th, so that the parts take about as long.
std::vector<EnsemblePart> make_parts(std::vector<RunSpec> checked, const TaskData& data, int threads,
                                     const Loading& loading) {
    std::vector<EnsemblePart> parts(std::min(checked.size(), static_cast<std::size_t>(threads)));
    for (std::size_t first = 0; first < parts.size(); ++first) {
        std::vector<RunSpec> specs;
        for (auto i = first; i < checked.size(); i += parts.size()) {
            parts[first].members.push_back(i);
            specs.push_back(std::move(checked[i]));
        }
        parts[first].trainer = std::make_unique<EnsembleTrainer>(std::move(specs), data, loading);
    }
    return parts;
}

} // namespace

TrainingEnsemble::TrainingEnsemble(std::vector<EnsemblePart> parts, std::vector<RunId> runs,
                                   std::function<void()> create, StoreWriter& store, int threads,
                                   std::shared_ptr<std::atomic_flag> busy)
    : parts_(std::move(parts))
    , runs_(std::move(runs))
    , create_(std::move(create))
    , store_(store)
    , control_(parts_.size())
    , busy_(std::move(busy))
    , threads_(threads)
    , states_(runs_.size()) {
    for (std::size_t index = 0; index < parts_.size(); ++index) {
        const auto& part = parts_[index];
        Progress begun{.members = std::ssize(part.members)};
        for (std::size_t i = 0; i < part.members.size(); ++i)
            begun.planned = std::max(begun.planned, part.trainer->member(i).planned());
        control_.report(begun, index);
    }
}

TrainingEnsemble::~TrainingEnsemble() {
    stop(RunState::interrupted);
    wait();
}

void TrainingEnsemble::begin() {
    control_.hold();
    thread_ = std::thread([this] {
        train();
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

void TrainingEnsemble::train() {
    const auto threads = std::max<std::size_t>(1, static_cast<std::size_t>(threads_) / parts_.size());
    use_threads(static_cast<int>(threads));
    std::vector<std::jthread> others;
    for (std::size_t index = 1; index < parts_.size(); ++index)
        others.emplace_back([this, index, threads] {
            use_threads(static_cast<int>(threads)); // of torch a thread has its own
            train_part(index);
        });
    train_part(0);
}

void TrainingEnsemble::train_part(std::size_t index) {
    const auto& part = parts_[index];
    std::vector<RunId> runs;
    for (const auto member : part.members) runs.push_back(runs_[member]);
    const auto states = part.trainer->run(runs, store_, control_, index);
    for (std::size_t i = 0; i < states.size(); ++i) states_[part.members[i]] = states[i];
}

std::vector<RunState> TrainingEnsemble::wait() {
    const std::lock_guard lock(joining_);
    if (thread_.joinable()) thread_.join();
    return states_;
}

double ensemble_seconds(const std::vector<RunSpec>& specs, const std::stop_token& stop) {
    using Clock = std::chrono::steady_clock;
    const auto start = Clock::now();
    auto checked = checked_specs(specs);
    const Loading loading{stop, {}};
    auto data = read(checked.front(), loading);
    EnsembleTrainer trainer(std::move(checked), std::move(data), loading);
    const double made = std::chrono::duration<double>(Clock::now() - start).count();
    if (stop.stop_requested()) throw InputError("interrupted");
    use_threads(1);
    return made + trainer.time_updates(stop);
}

std::unique_ptr<TrainingEnsemble> make_ensemble(const std::vector<RunSpec>& specs, StoreWriter& store,
                                                const EnsembleOptions& options, int threads,
                                                std::shared_ptr<std::atomic_flag> busy) {
    if (!options.again.empty() && options.again.size() != specs.size())
        throw InputError("runs to begin anew: expected one for each spec, or none at all");
    auto checked = checked_specs(specs);
    const Loading loading{options.stop, options.progress};
    const auto data = read(checked.front(), loading);
    auto parts = make_parts(std::move(checked), data, threads, loading);
    std::vector<EnsembleMember*> members(specs.size());
    for (const auto& part : parts)
        for (std::size_t i = 0; i < part.members.size(); ++i)
            members[part.members[i]] = &part.trainer->member(i);

    const auto& facts = parts.front().trainer->data().inspection;
    std::vector<RunId> runs(members.size());
    std::vector<RunRecord> created;
    Again again;
    for (std::size_t i = 0; i < members.size(); ++i) {
        auto& member = *members[i];
        if (!options.again.empty() && options.again[i]) {
            runs[i] = *options.again[i];
            again.emplace_back(runs[i], member.planned().count);
            continue;
        }
        auto provenance = facts.provenance;
        complete(provenance, member.parameters(), threads);
        provenance.majority_baseline = member.majority_baseline();
        created.push_back(new_record(member.spec(), std::move(provenance), member.planned(), options.tags));
        runs[i] = created.back().id;
        for (auto& line : first_lines(facts, member.spec(), member.plan().size()))
            member.note(line.level, std::move(line.text));
    }
    if (options.stop.stop_requested()) throw InputError("interrupted");
    if (!again.empty())
        refuse_other_data(*unwrap(StoreReader::open(store.path())), again, facts.provenance.data_hash);
    auto create = [&store, again = std::move(again), created = std::move(created)]() mutable {
        if (!again.empty()) unwrap(store.begin_anew(again));
        if (!created.empty()) unwrap(store.create_all(std::move(created)));
    };
    return std::make_unique<TrainingEnsemble>(std::move(parts), std::move(runs), std::move(create), store,
                                              threads, std::move(busy));
}

} // namespace descent
