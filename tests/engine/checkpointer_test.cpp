// Which checkpoints a run makes, what becomes of it where one is damaged, and what their weights answer.

#include "core/store/checkpoints.h"
#include "tests/engine/stored_runs.h"
#include "tests/engine/support.h"

#include <gmock/gmock.h>

#include <cmath>
#include <fstream>
#include <thread>

namespace descent::test {

namespace {

using testing::HasSubstr;
using Settings = std::vector<std::pair<std::string, std::string>>;

/// Overfits soon: the least validation loss is not the last.
RunSpec overfitting(const Settings& more = {}) {
    Settings settings{{"epochs", "40"},
                      {"model.hidden", "12"},
                      {"optimizer.lr", "0.03"},
                      {"regime.batch_size", "7"},
                      {"regime.label_noise", "0.4"}};
    settings.insert(settings.end(), more.begin(), more.end());
    return make_spec("gru", "adam", "sgd", settings);
}

RunSpec points(const Settings& more = {}) {
    Settings settings{{"task", "gaussian-mixture"}, {"task.classes", "3"},
                      {"task.dimension", "4"},      {"task.train", "60"},
                      {"task.validation", "30"},    {"task.test", "15"},
                      {"task.spread", "1.5"},       {"model.hidden", "8"},
                      {"regime.batch_size", "20"},  {"regime.checkpoint_every", "1"}};
    settings.insert(settings.end(), more.begin(), more.end());
    return make_spec("mlp", "adam", "sgd", settings);
}

std::vector<CheckpointInfo> saved_by(const KeepingSink& sink) {
    std::vector<CheckpointInfo> all;
    for (const auto& batch : sink.batches)
        if (batch->checkpoint) all.push_back(*batch->checkpoint);
    return all;
}

CheckpointInfo best_of(const std::vector<CheckpointInfo>& all) {
    CheckpointInfo best;
    for (const auto& one : all)
        if (one.best) best = one; // of several, the last that was said
    return best;
}

/// The first of the least.
std::pair<std::int64_t, double> least(const KeepingSink& sink, const std::string& metric) {
    std::pair<std::int64_t, double> found{-1, std::numeric_limits<double>::infinity()};
    for (const auto& s : sink.samples())
        if (s.metric == metric && s.value < found.second) found = {s.update, s.value};
    return found;
}

RunId train(Engine& engine, const RunSpec& spec, StoredRuns& store) {
    const auto session = unwrap(engine.start(spec, *store.writer));
    EXPECT_EQ(session->wait(), RunState::finished);
    unwrap(store.writer->flush());
    return session->run();
}

void damage_file(const std::filesystem::path& file) {
    std::fstream out(file, std::ios::in | std::ios::out | std::ios::binary);
    out.seekg(-1, std::ios::end);
    const char last = static_cast<char>(out.get() ^ 1);
    out.seekp(-1, std::ios::end);
    out.put(last);
}

} // namespace

TEST(Checkpointer, TheBestIsOfTheLeastValidationLossAndGoesOnBitForBit) {
    const auto spec = overfitting();
    Training whole(spec);
    whole.trainer.run();
    const auto [update, loss] = least(whole.store, "validation/loss");
    ASSERT_GT(update, 0);
    ASSERT_LT(update, whole.experiment.updates().count) << "otherwise this tests nothing";
    const auto best = best_of(saved_by(whole.store));
    EXPECT_EQ(best.update.count, update);
    EXPECT_EQ(best.loss, loss);
    EXPECT_EQ(best.sha256, sha256_of_file(whole.folder.path / best.file));
    EXPECT_EQ(best.epoch->passes, static_cast<double>(update) / 4);

    Training again(spec);
    EXPECT_EQ(again.trainer.restore(whole.folder.path / best.file).update.count, update);
    again.trainer.run();
    EXPECT_TRUE(same_bits(again.experiment.weights().flat(), whole.experiment.weights().flat()));
    KeepingSink joined;
    for (const auto& batch : whole.store.batches) {
        auto before = std::make_shared<MetricBatch>(*batch);
        std::erase_if(before->samples, [&](const Sample& s) { return s.update.count >= update; });
        joined.batches.push_back(std::move(before));
    }
    joined.batches.insert(joined.batches.end(), again.store.batches.begin(), again.store.batches.end());
    expect_same(joined.samples(), whole.store.samples());
}

TEST(Checkpointer, AFinalOneThatIsTheBestIsOneFile) {
    Training run(overfitting({{"epochs", "1"}, {"optimizer.lr", "0.001"}}));
    run.trainer.run();
    const auto saved = saved_by(run.store);
    ASSERT_FALSE(saved.empty());
    EXPECT_TRUE(saved.back().best);
    EXPECT_EQ(saved.back().update, run.experiment.updates());
    EXPECT_EQ(saved.back().loss, least(run.store, "validation/loss").second);
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(run.folder.path), {}), 1);
}

TEST(Checkpointer, TheBestSoFarSurvivesAStopWhereverItComes) {
    const auto spec = overfitting();
    Training whole(spec);
    whole.trainer.run();
    const auto expected = best_of(saved_by(whole.store));
    ASSERT_LT(expected.update.count + 1, whole.experiment.updates().count);
    for (const int stop : {1, 4, 5, static_cast<int>(expected.update.count),
                           static_cast<int>(expected.update.count) + 1, 150}) {
        Training first(spec);
        first.control.pause();
        std::thread thread([&] { first.trainer.run(); });
        for (int i = 0; i < stop; ++i) first.control.step();
        while (!first.control.idle()) std::this_thread::yield();
        first.control.stop(RunState::stopped);
        thread.join();
        const auto before = saved_by(first.store);
        Training second(spec);
        second.trainer.restore(first.folder.path / before.back().file, {}, before.back());
        second.trainer.run();
        auto all = before;
        for (const auto& one : saved_by(second.store)) all.push_back(one);
        const auto best = best_of(all);
        EXPECT_EQ(best.update, expected.update) << "stopped after " << stop;
        EXPECT_EQ(best.loss, expected.loss) << "stopped after " << stop;
        EXPECT_TRUE(std::filesystem::exists(first.folder.path / best.file) ||
                    std::filesystem::exists(second.folder.path / best.file));
    }
}

TEST(Checkpointer, EveryEpochWhereAskedForAndEachWithItsLoss) {
    Training run(overfitting({{"epochs", "6"}, {"regime.checkpoint_every", "2"}}));
    run.trainer.run();
    std::map<std::int64_t, std::optional<double>> losses;
    for (const auto& one : saved_by(run.store)) losses[one.update.count] = one.loss;
    for (const std::int64_t update : {8, 16, 24}) {
        ASSERT_TRUE(losses.contains(update)) << update;
        bool found = false;
        for (const auto& s : run.store.samples())
            if (s.metric == "validation/loss" && s.update == update) found = s.value == losses[update];
        EXPECT_TRUE(found) << update;
    }
}

TEST(Checkpointer, ADivergedRunKeepsItsBest) {
    Training run(make_spec("char-rnn-linear", "sgd", "full-batch",
                           {{"optimizer.lr", "1e30"}, {"epochs", "50"}, {"model.hidden", "6"}}));
    EXPECT_EQ(run.trainer.run(), RunState::diverged);
    const auto saved = saved_by(run.store);
    ASSERT_EQ(saved.size(), 1u);
    EXPECT_TRUE(saved[0].best);
    EXPECT_TRUE(std::isfinite(*saved[0].loss));
}

TEST(CheckpointedRun, ADamagedCheckpointIsReplacedByTheOneBefore) {
    auto& engine = *unwrap(load_engine());
    const auto spec = points({{"epochs", "30"}});
    StoredRuns whole;
    const auto expected = train(engine, spec, whole);
    for (const int damaged : {1, 2, 100}) {
        StoredRuns broken;
        RunId id;
        {
            StartOptions options;
            options.paused = true;
            const auto session = unwrap(engine.start(spec, *broken.writer, options));
            id = session->run();
            for (int i = 0; i < 47; ++i) session->step();
            // The steps are all made before the stop: each is counted.
            while (true) {
                unwrap(broken.writer->flush());
                if (broken.run(id).updates.count == 47 && session->state() == RunState::paused) break;
                std::this_thread::sleep_for(std::chrono::milliseconds(20));
            }
            session->stop();
            session->wait();
        }
        unwrap(broken.writer->flush());
        const auto kept = broken.reader()->checkpoints(id);
        ASSERT_GT(kept.size(), 3u);
        EXPECT_EQ(kept.back().update.count, 47);
        for (int i = 0; i < damaged && i < std::ssize(kept); ++i)
            damage_file(checkpoint_folder(broken.path()) / kept[kept.size() - 1 - std::size_t(i)].file);

        const auto session = unwrap(engine.resume(broken.run(id), *broken.writer));
        EXPECT_EQ(session->wait(), RunState::finished);
        unwrap(broken.writer->flush());
        EXPECT_EQ(broken.samples(id), whole.samples(expected)) << damaged;
        EXPECT_EQ(broken.weights(id), whole.weights(expected)) << damaged;
        const auto best = [](const std::vector<CheckpointInfo>& all) {
            const auto& found = find_checkpoint(all, "best", "run");
            return std::pair(found.update, found.loss);
        };
        EXPECT_EQ(best(broken.reader()->checkpoints(id)), best(whole.reader()->checkpoints(expected)));
        std::vector<std::string> said;
        for (const auto& line : broken.reader()->log(id))
            if (line.level == LogLine::Level::warning && line.text.find("is damaged") != std::string::npos)
                said.push_back(line.text);
        ASSERT_EQ(std::ssize(said), std::min<std::ptrdiff_t>(damaged, std::ssize(kept)));
        EXPECT_THAT(said.front(), HasSubstr("the checkpoint at update 47 is damaged"));
        EXPECT_THAT(said.back(), HasSubstr(damaged == 100 ? "the beginning" : "the one before"));
        for (const auto& one : broken.reader()->checkpoints(id)) EXPECT_FALSE(damage(broken.path(), one));
    }
}

TEST(Evaluate, SaysWhatTheRunStoredBitForBit) {
    auto& engine = *unwrap(load_engine());
    StoredRuns store;
    for (const auto& spec :
         {points({{"epochs", "12"}}), points({{"epochs", "12"}, {"regime.loss", "mse"}}),
          make_spec("mlp", "sgd", "sgd", {{"task", "teacher"}, {"epochs", "3"}, {"model.hidden", "5"}})}) {
        const auto id = train(engine, spec, store);
        const auto reader = store.reader();
        const auto all = reader->checkpoints(id);
        const auto last = unwrap(engine.evaluate(store.run(id), store.path(), all.back()));
        EXPECT_TRUE(last.own_data);
        EXPECT_GE(last.figures.size(), 2u);
        for (const auto& figure : last.figures) {
            const auto series = reader->series(id, figure.name);
            ASSERT_FALSE(series.empty()) << figure.name;
            EXPECT_EQ(std::bit_cast<std::uint64_t>(series.back().value),
                      std::bit_cast<std::uint64_t>(figure.value))
                << figure.name << " of " << spec.task.id;
        }
        if (spec.task.id != "teacher") {
            const auto matrix = reader->matrix(id, "test/scores");
            const auto found = std::ranges::find(last.matrices, "test/scores", &Matrix::name);
            ASSERT_NE(found, last.matrices.end());
            EXPECT_EQ(found->values, matrix->values);
        }
        const auto& best = find_checkpoint(all, "best", "run");
        const auto then = unwrap(engine.evaluate(store.run(id), store.path(), best));
        const auto loss = std::ranges::find(then.figures, "validation/loss", &EvaluationReport::Figure::name);
        EXPECT_EQ(loss->value, best.loss);
        EXPECT_EQ(loss->value, reader->value_at(id, "validation/loss", best.update)->value);
    }
}

TEST(Evaluate, OtherDataAreTakenWhereTheyFit) {
    auto& engine = *unwrap(load_engine());
    StoredRuns store;
    const auto id = train(engine, points({{"epochs", "5"}}), store);
    const auto run = store.run(id);
    const auto checkpoint = *store.reader()->last_checkpoint(id);
    const auto with = [&](const Settings& settings) {
        EvaluateOptions options;
        options.task = points(settings).task;
        return engine.evaluate(run, store.path(), checkpoint, options);
    };
    const auto other = unwrap(with({{"task.data_seed", "5"}}));
    EXPECT_FALSE(other.own_data);
    const auto figure = [&](const std::string& name) {
        return std::ranges::find(other.figures, name, &EvaluationReport::Figure::name)->value;
    };
    EXPECT_NEAR(figure("all/loss"),
                (60 * figure("train/loss") + 30 * figure("validation/loss") + 15 * figure("test/loss")) / 105,
                1e-12);
    EXPECT_NEAR(
        figure("all/accuracy"),
        (60 * figure("train/accuracy") + 30 * figure("validation/accuracy") + 15 * figure("test/accuracy")) /
            105,
        1e-12);
    EXPECT_THAT(with({{"task.classes", "4"}}).error().message, HasSubstr("4 classes ("));
    EXPECT_THAT(with({{"task.dimension", "5"}}).error().message,
                HasSubstr("expected examples of the same shape"));
    damage_file(checkpoint_folder(store.path()) / checkpoint.file);
    EXPECT_THAT(engine.evaluate(run, store.path(), checkpoint).error().message,
                HasSubstr("is damaged: its SHA-256 is not that of what was written"));
    // Nothing of it holds the engine.
    train(engine, points({{"epochs", "1"}}), store);
}

} // namespace descent::test
