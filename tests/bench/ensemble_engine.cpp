#include "tests/bench/ensemble_engine.h"

#include "core/analysis/sweep.h"
#include "core/engine/engine.h"
#include "core/store/reader.h"
#include "tests/bench/folder.h"

#include <chrono>
#include <ctime>
#include <limits>
#include <stdexcept>

namespace descent::bench {

namespace {

double processor_seconds() {
    timespec now{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

} // namespace

Trained train_stored(const std::vector<RunSpec>& specs, int threads) {
    Engine& engine = *unwrap(load_engine());
    const BenchFolder folder;
    const auto store = folder / "store.sqlite";
    unwrap(prepare_store(store));
    const auto writer = unwrap(StoreWriter::open(store));

    const auto started = std::chrono::steady_clock::now();
    const double before = processor_seconds();
    std::vector<RunId> ids(specs.size());
    for (const auto& group : engine.groups(specs, most_members(specs.size(), 1))) {
        std::vector<RunSpec> members;
        for (const auto i : group) members.push_back(specs[i]);
        const auto session = unwrap(engine.start_ensemble(members, *writer, {.threads = threads}));
        for (const auto state : session->wait())
            if (state != RunState::finished)
                throw std::runtime_error("a run ended as " + std::string(to_string(state)));
        for (std::size_t k = 0; k < group.size(); ++k) ids[group[k]] = session->runs()[k];
    }
    unwrap(writer->flush());
    Trained trained{.processor = processor_seconds() - before};
    trained.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();

    trained.runs = unwrap(StoreReader::open(store))->runs_by_id(ids);
    if (trained.runs.size() != specs.size()) throw std::runtime_error("a run is not in the store");
    return trained;
}

double last_of(const RunRecord& run, const std::string& metric) {
    const auto found = run.summary.find(metric);
    return found != run.summary.end() ? found->second.last : std::numeric_limits<double>::quiet_NaN();
}

} // namespace descent::bench
