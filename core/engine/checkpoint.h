#pragma once

#include "core/engine/experiment.h"
#include "core/engine/meter.h"
#include "core/store/checkpoint_file.h"

#include <filesystem>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace descent {

/// Where a run stands beside its weights.
struct Standing {
    Update update{};
    double seconds = 0;                                         ///< training time
    double best_loss = std::numeric_limits<double>::infinity(); ///< the least that was evaluated so far
};

/// Everything that decides how a run goes on: weights ("model/…"), optimizer state ("optimizer/…"), averaged
/// weights ("average/…"), of a pruned network the masks ("mask/…", 1 is kept) and the weights that training
/// began from ("pruning/start"), what instruments remember ("instrument/…") and, as metadata, random streams,
/// place in the epoch and the counters of probes, schedule and meter. A safetensors file. Thread: the
/// trainer's. `meter` may be null.
WrittenFile save_checkpoint(const std::filesystem::path& file, const Standing& standing,
                            Experiment& experiment, const std::vector<std::unique_ptr<Probe>>& probes,
                            Meter* meter, const RunId& run);
/// Its two halves, for one that is written later: where everything but the tensors stands, which is taken
/// at every evaluation and made text only when it is written …
struct CheckpointMoment {
    Standing standing;
    BatchPlan::Place place;
    std::vector<std::vector<double>> probes;
    std::map<std::string, std::vector<double>> counters;
};
CheckpointMoment checkpoint_moment(const Standing& standing, const Experiment& experiment,
                                   const std::vector<std::unique_ptr<Probe>>& probes, const Meter* meter);
std::map<std::string, std::string> checkpoint_metadata(const CheckpointMoment& moment, const Model& model,
                                                       const RunId& run);
/// … and the tensors, into content.tensors, whose memory is used again.
void copy_tensors(Experiment& experiment, Meter* meter, TensorFile& content);

/// Throws InputError where the network of a checkpoint began with weights of other files than those that
/// Model::source now has the hash of; "" for none.
void require_source(const std::filesystem::path& file, const TensorFile& checkpoint, const std::string& hash);

/// What there is in the file, read but not put anywhere. Throws InputError where it is damaged.
struct CheckpointContent {
    std::filesystem::path path;
    TensorFile file;
    Standing standing;
    std::map<std::string, std::vector<double>> counters;
    std::vector<std::vector<double>> probes; ///< what each keeps, in order
};
CheckpointContent read_checkpoint(const std::filesystem::path& file);

/// Every tensor of the experiment under its name in a checkpoint; the tensors are the live ones.
std::vector<std::pair<std::string, Tensor>> checkpoint_tensors(Experiment& experiment, Meter* meter);
/// Whether a stored tensor has the type and shape of a live one.
bool fits(const TensorFile::Tensor& stored, const Tensor& live);

/// Throws InputError where it does not fit the experiment, which may then be half restored.
void load_checkpoint(const CheckpointContent& from, Experiment& experiment,
                     const std::vector<std::unique_ptr<Probe>>& probes, Meter* meter);

} // namespace descent
