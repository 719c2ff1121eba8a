#include "core/engine/engine.h"

#include "core/base/branch_request.h"
#include "core/base/format.h"
#include "core/base/length.h"
#include "core/base/pruning.h"
#include "core/engine/ensemble.h"
#include "core/engine/ensemble_session.h"
#include "core/engine/evaluate_run.h"
#include "core/engine/failure.h"
#include "core/engine/run_facts.h"
#include "core/engine/session.h"
#include "core/engine/system.h"
#include "core/engine/timing.h"
#include "core/store/checkpoints.h"
#include "core/store/reader.h"
#include "core/store/store.h"
#include "core/store/trained_run.h"

#include <algorithm>
#include <cstring>

namespace descent {

namespace {

void complete(Inspection& facts, const Experiment& experiment, int threads) {
    complete(facts.provenance, experiment.weights().count(), threads);
    facts.updates_per_epoch = experiment.plan().updates_per_epoch();
    facts.planned_updates = experiment.planned().count;
}

int chosen_threads(int asked, int otherwise) {
    if (asked < 0)
        throw InputError("threads = " + std::to_string(asked) +
                         ": expected a whole number ≥ 1, or 0 to let the program choose");
    // One is the choice: small models run slower on two, and the same spec must give the same bits on every
    // machine.
    return asked > 0 ? asked : std::max(1, otherwise);
}

class TorchEngine : public Engine {
public:
    const Catalog& catalog() const override { return registry().catalog; }
    EngineInfo info() const override { return engine_info(); }

    Result<Inspection> inspect(const RunSpec& spec, const InspectOptions& options) override {
        return guarded([&] {
            Experiment experiment(unwrap(catalog().check(spec)),
                                  {options.stop, options.progress, options.samples});
            auto facts = experiment.data().inspection;
            if (!options.samples) facts.samples.clear();
            complete(facts, experiment, 1);
            if (!options.samples)
                for (auto& note : notes(spec, experiment.plan().size(), experiment.data().shape.classes))
                    facts.notes.push_back(std::move(note));
            facts.provenance.manifest.clear();
            if (options.time_updates && !busy_->test())
                facts.seconds_per_update = seconds_per_update(experiment, 1, options.stop);
            return facts;
        });
    }

    Result<std::unique_ptr<Session>> start(const RunSpec& spec, StoreWriter& store,
                                           const StartOptions& options) override {
        return begin({.spec = spec}, store, options);
    }

    Result<std::unique_ptr<Session>> resume(const RunRecord& run, StoreWriter& store,
                                            const StartOptions& options) override {
        if (run.id.uuid.empty() && run.parent) return begin(run, store, options);
        return guarded([&]() -> std::unique_ptr<Session> {
            require_more(run, options.changes);
            const Claim claim(busy_);
            TrainingSession::Start start;
            start.experiment = ready(run.spec, options);
            set_threads(start, options, static_cast<int>(run.provenance.threads));
            start.paused = options.paused;
            steer(start, options, start.experiment->spec());
            start.record = run;
            if (start.experiment->data().inspection.provenance.data_hash != run.provenance.data_hash)
                throw InputError("the data of run '" + run.name + "' (" + run.provenance.data_source +
                                 ") has changed since; it cannot go on from where it was");
            auto [saved, warnings] =
                newest_whole(*unwrap(StoreReader::open(store.path())), store.path(), run.id);
            for (auto& line : warnings) start.log.push_back({LogLine::Level::warning, 0, std::move(line)});
            if (saved)
                start.checkpoint = checkpoint_folder(store.path()) / saved->file;
            else
                begin_again(start, run, store.path(), options);
            if (run.state == RunState::diverged)
                std::erase_if(start.record.changes,
                              [&](const Change& change) { return !saved || change.at >= saved->update; });
            start.own = saved;
            warn_of_differences(run.provenance, start);
            auto session = std::make_unique<TrainingSession>(std::move(start), store, options.feed, busy_);
            unwrap(store.reopen(run.id, saved ? session->from() : Update{-1}, session->planned().count));
            return claim.give(std::move(session));
        });
    }

    Result<EvaluationReport> evaluate(const RunRecord& run, const std::filesystem::path& store,
                                      const CheckpointInfo& checkpoint,
                                      const EvaluateOptions& options) override {
        return guarded([&] {
            const Claim claim(busy_);
            use_threads(chosen_threads(options.threads, static_cast<int>(run.provenance.threads)));
            return evaluate_run(run, store, checkpoint, options);
        });
    }

    std::vector<std::vector<std::size_t>> groups(const std::vector<RunSpec>& specs,
                                                 std::size_t most) const override {
        return ensemble_groups(specs, most);
    }

    Result<double> time_ensemble(const std::vector<RunSpec>& specs, const std::stop_token& stop) override {
        return guarded([&] {
            if (busy_->test()) throw InputError("a run is being trained: nothing else can be timed");
            return ensemble_seconds(specs, stop);
        });
    }

    Result<std::unique_ptr<EnsembleSession>> start_ensemble(const std::vector<RunSpec>& specs,
                                                            StoreWriter& store,
                                                            const EnsembleOptions& options) override {
        return guarded([&]() -> std::unique_ptr<EnsembleSession> {
            const Claim claim(busy_);
            return claim.give(
                make_ensemble(specs, store, options, chosen_threads(options.threads, 1), busy_));
        });
    }

private:
    template<class F>
    static auto guarded(F&& body) -> Result<decltype(body())> {
        return guarded_torch(std::forward<F>(body));
    }

    /// Holds the engine while a session is made; the session holds it from then on.
    class Claim {
    public:
        explicit Claim(std::shared_ptr<std::atomic_flag> busy) : busy_(std::move(busy)) {
            reserve_blas_memory();
            if (busy_->test_and_set())
                throw InputError("a run is being trained or evaluated already; one at a time in a process");
        }
        ~Claim() {
            if (!given_) busy_->clear();
        }
        template<class Kind>
        std::unique_ptr<Kind> give(std::unique_ptr<Kind> session) const {
            session->begin();
            given_ = true;
            return session;
        }

    private:
        std::shared_ptr<std::atomic_flag> busy_;
        mutable bool given_ = false;
    };

    /// A new run: of `wanted`, spec, name and parent count.
    Result<std::unique_ptr<Session>> begin(const RunRecord& wanted, StoreWriter& store,
                                           const StartOptions& options) {
        return guarded([&]() -> std::unique_ptr<Session> {
            const Claim claim(busy_);
            TrainingSession::Start start;
            start.experiment = ready(wanted.spec, options);
            const auto& spec = start.experiment->spec();
            set_threads(start, options, 1);
            start.paused = options.paused;
            steer(start, options, spec);
            if (!wanted.parent) prune(start, store.path(), options);
            auto facts = start.experiment->data().inspection;
            complete(facts, *start.experiment, start.threads);
            auto lines = first_lines(facts, spec, start.experiment->plan().size());
            start.log.insert(start.log.begin(), lines.begin(), lines.end());
            if (auto source = start.experiment->model().source(); !source.line.empty())
                start.log.push_back({LogLine::Level::info, 0, std::move(source.line)});
            for (const auto& line : options.log) start.log.push_back({LogLine::Level::info, 0, line});

            start.record =
                new_record(spec, std::move(facts.provenance), start.experiment->planned(), options.tags);
            start.record.name = wanted.name;
            if (wanted.parent) warn_of_differences(branch(start, *wanted.parent, store.path()), start);
            auto session = std::make_unique<TrainingSession>(std::move(start), store, options.feed, busy_);
            auto record = session->record();
            record.planned = session->planned();
            record.updates = session->from();
            session->stored_as(unwrap(store.create(std::move(record))));
            return claim.give(std::move(session));
        });
    }

    /// With everything that takes a while behind it.
    std::unique_ptr<Experiment> ready(const RunSpec& spec, const StartOptions& options) const {
        const Loading loading{options.stop, options.progress};
        auto experiment = std::make_unique<Experiment>(unwrap(catalog().check(spec)), loading);
        experiment->plan().prepare(loading);
        return experiment;
    }

    static void set_threads(TrainingSession::Start& start, const StartOptions& options, int otherwise) {
        if (options.threads != kMeasuredThreads) {
            start.threads = chosen_threads(options.threads, otherwise);
            return;
        }
        auto choice = fastest_threads(*start.experiment, {options.stop, options.progress});
        start.threads = choice.threads;
        start.log.push_back({LogLine::Level::info, 0, std::move(choice.line)});
    }

    /// A network of a level above 0 from the trained one below it; nothing for a dense one.
    void prune(TrainingSession::Start& start, const std::filesystem::path& store,
               const StartOptions& options) const {
        auto& experiment = *start.experiment;
        const auto& spec = experiment.spec();
        const auto parent = pruning_parent(spec);
        if (!parent) return;
        const auto level = std::to_string(prune_level(spec.regime.params)),
                   below = std::to_string(prune_level(parent->regime.params));
        const auto key = catalog().key(*parent);
        const auto found = trained_run(*unwrap(StoreReader::open(store)), store, key);
        if (!found)
            throw InputError("regime.prune_level = " + level + " is made from the trained network of level " +
                             below + " (key " + key +
                             "), of which the store has no finished run with a checkpoint; expected that "
                             "level first, which descent run and descent sweep see to");
        if (found->run.provenance.data_hash != experiment.data().inspection.provenance.data_hash)
            throw InputError("the data has changed since level " + below + " (run '" + found->run.name +
                             "') was trained; level " + level + " cannot be made from it");
        if (const auto why = damage(store, found->saved))
            throw InputError("the checkpoint of level " + below + " (run '" + found->run.name +
                             "') is damaged: " + *why + "; train it anew to make level " + level +
                             " from it");
        use_threads(start.threads); // late rewinding trains, and to the same bits
        experiment.prune(
            read_trained(found->checkpoint, experiment.weights(), experiment.model().source().hash),
            {options.stop, options.progress});
        const auto said = report(experiment.mask().kept(), experiment.prunable(), spec.regime.params);
        start.log.push_back({LogLine::Level::info, 0, said.line + "; from run " + found->run.name});
        for (const auto& line : said.warnings) start.log.push_back({LogLine::Level::warning, 0, line});
    }

    /// Whether there is anything to go on with.
    static void require_more(const RunRecord& run, const std::vector<Change>& changes) {
        const auto length =
            std::ranges::find_if(changes, [](const Change& change) { return is_length(change.path); });
        const std::string stands = "run '" + run.name + "' is " + std::string(to_string(run.state)) +
                                   " after " + format_number(run.epoch.passes) + " epochs, " +
                                   format_count(run.updates.count) + " updates";
        if (!is_over(run.state))
            throw InputError("run '" + run.name + "' is " + std::string(to_string(run.state)) +
                             "; only a run that is over can be resumed");
        if (length == changes.end()) {
            if (run.state == RunState::finished)
                throw InputError(stands + "; it goes on only with a greater length, in epochs or in updates");
            return;
        }
        const auto done =
            length->path == "epochs" ? run.epoch.passes : static_cast<double>(run.updates.count);
        if (std::strtod(length->value.c_str(), nullptr) <= done)
            throw InputError(length->path + " = " + length->value + ": " + stands + "; expected more");
    }

    /// A run that has no checkpoint.
    void begin_again(TrainingSession::Start& start, const RunRecord& run, const std::filesystem::path& store,
                     const StartOptions& options) const {
        if (run.state == RunState::finished)
            throw InputError(
                "run '" + run.name +
                "' kept no checkpoint to go on from; expected to train it anew with that length");
        if (run.state == RunState::diverged && options.changes.empty())
            throw InputError(
                "run '" + run.name +
                "' has no checkpoint from before it diverged, and from its beginning it would do "
                "so again; expected a change, such as optimizer.lr");
        start.record.changes = run.changes;
        if (run.parent)
            branch(start, *run.parent, store);
        else
            prune(start, store, options);
    }

    /// Where it begins, in another run, and what that was trained with.
    Provenance branch(TrainingSession::Start& start, const RunRecord::Parent& from,
                      const std::filesystem::path& path) const {
        const auto store = unwrap(StoreReader::open(path));
        if (store->runs_by_id({from.run}).empty())
            throw InputError("the run " + from.run.uuid + " that this is a branch of is not in the store");
        const auto parent = unwrap(store->run(from.run));
        const auto all = store->checkpoints(from.run);
        const auto saved = std::ranges::find(all, from.at, &CheckpointInfo::update);
        if (saved == all.end()) {
            std::string have;
            for (const auto& one : all) have += (have.empty() ? "" : ", ") + format_count(one.update.count);
            throw InputError("run '" + parent.name + "' has no checkpoint at update " +
                             format_count(from.at.count) + "; it has " +
                             (have.empty() ? "none" : "them at " + have));
        }
        if (const auto why = damage(path, *saved))
            throw InputError("the checkpoint of run '" + parent.name + "' at update " +
                             format_count(from.at.count) + " is damaged: " + *why + "; expected another one");
        start.branch = BranchPoint{
            checkpoint_folder(path) / saved->file, parent.name,
            unwrap(catalog().check(
                spec_in_force(catalog(), unwrap(catalog().check(parent.spec)), parent.changes, from.at))),
            parent.provenance.data_hash == start.experiment->data().inspection.provenance.data_hash};
        start.record.parent = from;
        start.record.key = branch_key(catalog().key(start.experiment->spec()), parent, from.at);
        return parent.provenance;
    }

    void steer(TrainingSession::Start& start, const StartOptions& options, const RunSpec& spec) const {
        for (const auto& change : options.changes)
            start.changes.push_back(unwrap(check_change(change, catalog(), spec)));
        start.breakpoints = unwrap(parse_breakpoints(options.breakpoints));
    }

    static void warn_of_differences(const Provenance& then, TrainingSession::Start& start) {
        const auto warn = [&](const std::string& what, const std::string& before, const std::string& now) {
            if (before != now)
                start.log.push_back({LogLine::Level::warning, 0,
                                     what + " was " + before + " and is " + now +
                                         ": what follows may differ in the last bits"});
        };
        warn("torch", then.torch_version, engine_info().torch_version);
        warn("BLAS", then.blas, engine_info().blas);
        warn("the number of threads", std::to_string(then.threads), std::to_string(start.threads));
    }

    std::shared_ptr<std::atomic_flag> busy_ = std::make_shared<std::atomic_flag>();
};

} // namespace

} // namespace descent

/// The library's one C entry point. Null where the caller is of another version.
extern "C" __attribute__((visibility("default"))) descent::Engine* descent_engine(const char* version) {
    static descent::TorchEngine engine;
    return std::strcmp(version, DESCENT_VERSION) == 0 ? &engine : nullptr;
}
