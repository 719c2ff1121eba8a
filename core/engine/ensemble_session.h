#pragma once

#include "core/engine/ensemble_trainer.h"
#include "core/store/writer.h"

#include <atomic>
#include <functional>
#include <memory>
#include <thread>

namespace descent {

/// Networks of an ensemble that one thread trains. They need nothing of the others, so that threads never
/// wait for each other.
struct EnsemblePart {
    std::unique_ptr<EnsembleTrainer> trainer;
    std::vector<std::size_t> members; ///< which of the ensemble's, in the order of the trainer's specs
};

/// An ensemble's trainers, each on a thread of its own, with all they need to live.
class TrainingEnsemble : public EnsembleSession {
public:
    /// `create` puts the runs into the store. `store` must outlive the session. `busy` is cleared when the
    /// threads have ended. `threads`: for all parts together.
    TrainingEnsemble(std::vector<EnsemblePart> parts, std::vector<RunId> runs, std::function<void()> create,
                     StoreWriter& store, int threads, std::shared_ptr<std::atomic_flag> busy);
    ~TrainingEnsemble() override;

    /// Trains while the runs are being created, which may take as long. Throws what `create` does; then
    /// nothing was stored, and `busy` is as it was.
    void begin();

    const std::vector<RunId>& runs() const override { return runs_; }
    Progress progress() const override { return control_.progress(); }
    void stop(RunState as) override { control_.stop(as); }
    std::vector<RunState> wait() override;

private:
    void train();
    void train_part(std::size_t index);

    std::vector<EnsemblePart> parts_;
    std::vector<RunId> runs_;
    std::function<void()> create_;
    StoreWriter& store_;
    EnsembleControl control_;
    std::shared_ptr<std::atomic_flag> busy_;
    int threads_;
    std::mutex joining_;
    std::thread thread_;           // joined under joining_
    std::vector<RunState> states_; // each written by the thread of its part, read once they are joined
};

/// What Engine::time_ensemble() tells. Throws InputError.
double ensemble_seconds(const std::vector<RunSpec>& specs, const std::stop_token& stop);

/// Reads the data. The runs are stored, or those of `options.again` taken up, and trained with begin().
/// Throws InputError.
std::unique_ptr<TrainingEnsemble> make_ensemble(const std::vector<RunSpec>& specs, StoreWriter& store,
                                                const EnsembleOptions& options, int threads,
                                                std::shared_ptr<std::atomic_flag> busy);

} // namespace descent
