#pragma once

#include "core/store/checkpoint_file.h"
#include "core/store/reader.h"
#include "core/store/store.h"
#include "core/store/writer.h"
#include "tests/engine/support.h"

#include <bit>
#include <cstdint>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

namespace descent::test {

/// A store of its own and what runs have left in it, to compare bit for bit.
struct StoredRuns {
    StoredRuns() {
        unwrap(prepare_store(path()));
        writer = unwrap(StoreWriter::open(path()));
    }
    std::filesystem::path path() const { return folder.path / "runs.sqlite"; }
    std::unique_ptr<StoreReader> reader() const { return unwrap(StoreReader::open(path())); }
    RunRecord run(const RunId& id) const { return unwrap(reader()->run(id)); }
    /// Every sample but those of time.
    std::vector<std::tuple<std::string, std::int64_t, std::uint64_t>> samples(const RunId& id) const {
        std::vector<std::tuple<std::string, std::int64_t, std::uint64_t>> all;
        const auto from = reader();
        for (const auto& metric : from->metrics(id))
            if (metric.name != "throughput" && metric.name != "probes/share")
                for (const auto& point : from->series(id, metric.name))
                    all.emplace_back(metric.name, point.update.count,
                                     std::bit_cast<std::uint64_t>(point.value));
        return all;
    }
    /// Of the last checkpoint: the network's and the optimizer's tensors.
    std::vector<std::byte> weights(const RunId& id) const {
        const auto file = reader()->last_checkpoint(id)->file;
        std::vector<std::byte> all;
        for (const auto& tensor : read_tensor_file(checkpoint_folder(path()) / file).tensors)
            if (tensor.name.starts_with("model/") || tensor.name.starts_with("optimizer/"))
                all.insert(all.end(), tensor.data.begin(), tensor.data.end());
        return all;
    }
    TemporaryFolder folder;
    std::unique_ptr<StoreWriter> writer;
};

} // namespace descent::test
