// A training without a network, for every call to be tried on: it prepares the store, makes a run, writes
// samples, checkpoints and edits, ends, reopens the run and goes on.
//     fault_child STORE
// Prints "run UUID", then "promised UPDATE" whenever everything up to an update is said to be committed,
// "saved FILE" for each checkpoint so committed, and "ended". Otherwise one line of what went wrong on
// standard error, and exit code 4.

#include "core/store/checkpoint_file.h"
#include "core/store/file_replacement.h"
#include "tests/store/store_testing.h"

#include <cstdio>

namespace descent::testing {
namespace {

void say(const std::string& line) {
    std::puts(line.c_str());
    std::fflush(stdout);
}

std::string checkpoint(const std::filesystem::path& store, const RunId& run, std::int64_t update) {
    const auto folder = checkpoint_folder(store);
    make_folder(folder);
    const auto name = run.uuid + "-" + std::to_string(update) + ".safetensors";
    TensorFile content;
    content.tensors.push_back(
        {"model/weight", "U8", {update}, std::vector<std::byte>(static_cast<std::size_t>(update))});
    write_tensor_file(folder / name, content);
    return name;
}

void train(StoreWriter& writer, const RunId& run, std::int64_t from, std::int64_t to) {
    const auto kept = [&](bool pushed) {
        if (!pushed) throw std::runtime_error(writer.failure());
    };
    std::string saved;
    for (std::int64_t update = from; update <= to; ++update) {
        auto batch = batch_of(run);
        if (update == from) batch->metrics = example_metrics();
        for (std::uint32_t m = 0; m < 3; ++m)
            batch->samples.push_back(sample(m, update, static_cast<double>(update)));
        batch->progress = {Update{update}, Update{to}, Epoch{static_cast<double>(update)}, 0, {}};
        if (update % 8 == 0) {
            saved = checkpoint(writer.path(), run, update);
            batch->checkpoint = CheckpointInfo{Update{update}, saved, update};
        }
        kept(writer.push(batch));
        if (update % 4 != 0) continue;
        must(writer.flush());
        say("promised " + std::to_string(update));
        if (update % 8 == 0) say("saved " + saved);
    }
    auto last = batch_of(run);
    last->state = StateChange{to == 24 ? RunState::interrupted : RunState::finished, ""};
    kept(writer.push(last));
    must(writer.flush());
}

void work(const std::filesystem::path& store) {
    must(prepare_store(store));
    const auto writer = must(StoreWriter::open(store));
    auto made = example_run();
    made.id = {};
    made.pid = 0;
    const RunId run = must(writer->create(made)).id;
    say("run " + run.uuid);
    train(*writer, run, 1, 24);
    must(writer->apply({SetStar{run, true}}));
    must(writer->reopen(run, Update{24}, 40));
    train(*writer, run, 25, 40);
    say("ended");
}

} // namespace
} // namespace descent::testing

int main(int, char** argv) {
    try {
        descent::testing::work(argv[1]);
        return 0;
    } catch (const std::exception& e) {
        std::fprintf(stderr, "%s\n", e.what());
        return 4;
    }
}
