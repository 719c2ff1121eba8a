#include "tests/exchange/exchange_testing.h"

#include <sstream>

namespace descent::testing {

std::multiset<std::string> content(const std::filesystem::path& store, bool names) {
    const std::string name = names ? "r.name" : "''";
    const std::string of_run = " JOIN run r USING (run_no)";
    std::multiset<std::string> lines;
    for (const std::string& select :
         {"SELECT run_id, 'run', " + name +
              ", key, task, model, optimizer, regime, seed, state, reason, created_ms, started_ms, ended_ms,"
              " updates, planned_updates, epoch, seconds, process_id, starred, trashed_ms,"
              " replace(note, char(10), '/'), colour, parent, parent_update FROM run r",
          "SELECT run_id, 'provenance', studio_version, torch_version, blas, threads, host, parameters, spec,"
          " digest, manifest FROM provenance p JOIN dataset d USING (dataset_no)" +
              of_run,
          "SELECT run_id, 'param', part, p.name, value, number FROM param p" + of_run,
          // Which way and how good; the position is for lists.
          "SELECT run_id, 'metric', m.name, unit, direction, iif(last IS NULL, 'nan', printf('%!.17g', "
          "last)), last_update,"
          " iif(best IS NULL, 'nan', printf('%!.17g', best)), best_update FROM metric m" +
              of_run,
          "SELECT run_id, 'sample', m.name, update_count, iif(s.epoch IS NULL, 'nan', printf('%!.17g', "
          "s.epoch)),"
          " iif(s.seconds IS NULL, 'nan', printf('%!.17g', s.seconds)), iif(value IS NULL, 'nan', "
          "printf('%!.17g', value)) FROM sample s JOIN metric m USING "
          "(metric_no)" +
              of_run,
          "SELECT run_id, 'curve', c.name, update_count, iif(c.epoch IS NULL, 'nan', printf('%!.17g', "
          "c.epoch)), row_count, column_count,"
          " hex(data) FROM curve c" +
              of_run,
          "SELECT run_id, 'change', update_count, path, value FROM change c" + of_run,
          "SELECT run_id, 'log', time_ms, level, text FROM log l" + of_run,
          "SELECT run_id, 'checkpoint', update_count, bytes, c.created_ms, sha256, c.epoch, loss, best, file "
          "FROM checkpoint c" +
              of_run,
          "SELECT run_id, 'tag', tag FROM tag t" + of_run}) {
        std::istringstream rows(query(store, select));
        for (std::string line; std::getline(rows, line);) {
            // The file stands for its name.
            if (line.find("|checkpoint|") != std::string::npos) {
                const std::size_t at = line.rfind('|');
                line = line.substr(0, at + 1) + read_text(checkpoint_folder(store) / line.substr(at + 1));
            }
            lines.insert(line);
        }
    }
    return lines;
}

void write_checkpoint(const std::filesystem::path& store, const std::string& file, const std::string& bytes) {
    std::filesystem::create_directories(checkpoint_folder(store));
    std::ofstream(checkpoint_folder(store) / file, std::ios::binary) << bytes;
}

RunId add_full_run(const StorePlace& place, std::uint64_t seed, RunState state) {
    const auto writer = place.writer();
    RunRecord record = example_run(seed);
    record.tags = {"t" + std::to_string(seed)};
    record.note = "note of " + std::to_string(seed);
    record.starred = seed % 2 == 0;
    record.parent = RunRecord::Parent{{"7d1d4f0e-4f43-4d2c-8a6e-0c9b6f1a2b3c"}, Update{12}};
    const RunId run = must(writer->create(record)).id;
    auto batch = batch_of(run);
    batch->metrics = example_metrics();
    for (std::int64_t update = 0; update < 50; ++update)
        for (std::uint32_t metric = 0; metric < 3; ++metric)
            batch->samples.push_back(
                sample(metric, update,
                       std::sin(static_cast<double>(seed + metric) + 0.1 * static_cast<double>(update)) / 3));
    batch->samples.push_back(sample(0, 50, kNaN));
    batch->samples.push_back(sample(1, 50, -kInfinity));
    batch->matrices = {{"validation/confusion", Update{50}, Epoch{5}, 2, 2, {1, 2, 3, kNaN}}};
    batch->log = {{LogLine::Level::info, 1'000, "first"},
                  {LogLine::Level::warning, 1'000, "second"},
                  {LogLine::Level::info, 2'000, "third"}};
    batch->changes = {{Update{7}, "optimizer.lr", "0.01"}};
    batch->checkpoint = CheckpointInfo{.update = Update{50},
                                       .file = run.uuid + "-50.safetensors",
                                       .bytes = 1'234,
                                       .sha256 = std::string(64, 'a'),
                                       .epoch = Epoch{12.5},
                                       .loss = 0.75,
                                       .best = true};
    batch->progress = {.update = Update{50}, .planned = Update{60}, .epoch = Epoch{12.5}, .seconds = 25};
    write_checkpoint(place.path(), run.uuid + "-50.safetensors", "weights of " + run.uuid);
    if (is_over(state)) batch->state = StateChange{state, "because"};
    writer->push(batch);
    must(writer->flush());
    return run;
}

Result<ImportReport> import_into(const StorePlace& place, const std::filesystem::path& file) {
    return import_file(*place.writer(), file);
}

Result<ImportReport> merge_into(const StorePlace& place, const std::filesystem::path& other) {
    return merge_store(*place.writer(), other);
}

} // namespace descent::testing
