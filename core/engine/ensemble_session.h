#pragma once

#include "core/engine/ensemble_trainer.h"
#include "core/store/writer.h"

#include <atomic>
#include <memory>
#include <thread>

namespace descent {

/// An ensemble's trainer on a thread of its own, with all it needs to live.
class TrainingEnsemble : public EnsembleSession {
public:
    /// `store` must outlive the session. `busy` is cleared when the thread has ended.
    TrainingEnsemble(std::unique_ptr<EnsembleTrainer> trainer, std::vector<RunId> runs, StoreWriter& store,
                     int threads, std::shared_ptr<std::atomic_flag> busy);
    ~TrainingEnsemble() override;

    void begin();

    const std::vector<RunId>& runs() const override { return runs_; }
    Progress progress() const override { return control_.progress(); }
    void stop(RunState as) override { control_.stop(as); }
    std::vector<RunState> wait() override;

private:
    std::unique_ptr<EnsembleTrainer> trainer_;
    std::vector<RunId> runs_;
    StoreWriter& store_;
    EnsembleControl control_;
    std::shared_ptr<std::atomic_flag> busy_;
    int threads_;
    std::mutex joining_;
    std::thread thread_;           // joined under joining_
    std::vector<RunState> states_; // written by the thread, read once it is joined
};

/// Reads the data and stores the runs, or takes up those of `options.again`; training begins with begin().
/// Throws InputError, and then nothing was stored.
std::unique_ptr<TrainingEnsemble> make_ensemble(const std::vector<RunSpec>& specs, StoreWriter& store,
                                                const EnsembleOptions& options, int threads,
                                                std::shared_ptr<std::atomic_flag> busy);

} // namespace descent
