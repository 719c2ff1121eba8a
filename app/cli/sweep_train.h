#pragma once

#include "app/cli/interrupt.h"
#include "core/analysis/sweep_lineage.h"
#include "core/engine/engine.h"
#include "core/store/reader.h"
#include "core/store/writer.h"

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace descent::cli {

/// Cells that are trained as one program: an ensemble, or one run alone.
struct SweepWork {
    std::vector<std::size_t> cells;
    std::map<std::size_t, RunId> again; ///< cell → a stored run that is taken up again
    std::vector<std::size_t> after{};   ///< pieces that must be trained before: indices into the same list
};

/// How far a piece of work is.
struct WorkProgress {
    std::int64_t members = 0, over = 0;
    Update update{}, planned{};
    std::string reading; ///< what is being read before it begins, else ""
    double reading_share = 0;
};

/// What became of it.
struct WorkResult {
    std::int64_t finished = 0, diverged = 0, failed = 0, interrupted = 0;
    std::vector<std::string> problems; ///< one line each
};

/// The tags that a sweep's runs get.
std::vector<std::string> sweep_tags(const std::string& sweep_id);

/// What there is to train: cells without a finished or diverged run under their key, those that a living
/// process trains left aside. Every group of the whole sweep that was broken off stays together, so that it
/// ends with the same bits; the rest is grouped anew. A network that others are made from is trained alone,
/// since it has to keep its weights, and again where the store has lost them. `most`: members of one
/// ensemble; 1 for none.
struct SweepWorkList {
    std::vector<SweepWork> work;
    std::int64_t elsewhere = 0; ///< cells that other processes train
    std::int64_t orphans = 0;   ///< cells made from a network that diverged, or that is trained elsewhere
};
SweepWorkList sweep_work(const Engine& engine, const SweepLineage& lineage, const StoreReader& store,
                         const std::filesystem::path& path, const std::string& sweep_id, std::size_t most);

/// Trains one piece of work in this process, networks together on so many threads, one alone on one, and says
/// how it goes ten times a second. An interrupt ends it. What the runs end with may still be on its way to
/// the store (StoreWriter::flush): the next piece of work need not wait for it. Thread: main.
WorkResult train_work(const SweepWork& work, const std::vector<SweepCell>& cells,
                      const std::vector<std::string>& tags, Engine& engine, StoreWriter& store,
                      const InterruptWatch& watch, const std::function<void(const WorkProgress&)>& progress,
                      int threads = 1);

} // namespace descent::cli
