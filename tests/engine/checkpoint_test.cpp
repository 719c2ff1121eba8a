#include "core/engine/checkpoint.h"

#include "core/store/checkpoint_file.h"
#include "tests/engine/support.h"

#include <fstream>

namespace descent::test {

namespace {

struct Saved {
    Saved()
        : experiment(make_spec("gru", "adam", "sgd", {{"model.hidden", "4"}, {"regime.batch_size", "5"}}),
                     small_task()) {
        for (int i = 0; i < 3; ++i) experiment.step(experiment.accumulate());
        file = folder.path / "c.safetensors";
        save_checkpoint(file, {{3}, 1.5}, experiment, {}, nullptr, RunId{"r"});
    }
    TemporaryFolder folder;
    Experiment experiment;
    std::filesystem::path file;
};

std::string refusal(const std::filesystem::path& file, Experiment& experiment) {
    try {
        load_checkpoint(read_checkpoint(file), experiment, {}, nullptr);
    } catch (const InputError& e) {
        return e.what();
    }
    return {};
}

} // namespace

TEST(Checkpoint, RestoresEverything) {
    Saved saved;
    Experiment other(
        make_spec("gru", "adam", "sgd", {{"model.hidden", "4"}, {"regime.batch_size", "5"}, {"seed", "9"}}),
        small_task());
    const auto content = read_checkpoint(saved.file);
    load_checkpoint(content, other, {}, nullptr);
    const auto& standing = content.standing;
    EXPECT_EQ(standing.update.count, 3);
    EXPECT_EQ(standing.seconds, 1.5);
    for (int i = 0; i < 8; ++i) {
        saved.experiment.step(saved.experiment.accumulate());
        other.step(other.accumulate());
    }
    EXPECT_TRUE(same_bits(saved.experiment.weights().flat(), other.weights().flat()));
}

TEST(Checkpoint, OfAnEarlierVersionGoesOn) {
    // Full batch: it had neither a place in the epoch nor counters of schedule and meter.
    const auto spec = make_spec("gru", "adam", "full-batch", {{"model.hidden", "4"}, {"epochs", "9"}});
    Experiment run(spec, small_task()), other(spec, small_task());
    for (int i = 0; i < 3; ++i) run.step(run.accumulate());
    TemporaryFolder folder;
    const auto file = folder.path / "c.safetensors";
    save_checkpoint(file, {{3}, 1.5}, run, {}, nullptr, RunId{"r"});
    auto content = read_tensor_file(file);
    for (const char* later : {"order/stream", "order/position", "order/epoch", "order/batch", "counters"})
        EXPECT_EQ(content.metadata.erase(later), 1U) << later;
    write_tensor_file(file, content);
    const auto earlier = read_checkpoint(file);
    load_checkpoint(earlier, other, {}, nullptr);
    EXPECT_EQ(earlier.standing.update.count, 3);
    EXPECT_EQ(other.plan().passes(), 3);
    EXPECT_EQ(other.planned().count, 9);
    for (int i = 0; i < 6; ++i) {
        run.step(run.accumulate());
        other.step(other.accumulate());
    }
    EXPECT_TRUE(same_bits(run.weights().flat(), other.weights().flat()));
}

TEST(Checkpoint, RefusesOneOfAnotherModelOrOptimizer) {
    Saved saved;
    Experiment wider(make_spec("gru", "adam", "sgd", {{"model.hidden", "5"}}), small_task());
    EXPECT_NE(refusal(saved.file, wider).find("does not fit"), std::string::npos);
    Experiment plain(make_spec("gru", "sgd", "sgd", {{"model.hidden", "4"}}), small_task());
    EXPECT_NE(refusal(saved.file, plain), "");
}

TEST(Checkpoint, RefusesATruncatedFileWithItsName) {
    Saved saved;
    const auto size = std::filesystem::file_size(saved.file);
    for (const auto left : {std::uintmax_t{0}, std::uintmax_t{7}, size / 2, size - 1}) {
        std::filesystem::resize_file(saved.file, left);
        EXPECT_NE(refusal(saved.file, saved.experiment).find("c.safetensors"), std::string::npos) << left;
    }
}

} // namespace descent::test
