// Runs that are trained longer than they were planned, and runs that go on from another's checkpoint.

#include "core/base/branch_request.h"
#include "core/base/length.h"
#include "tests/engine/stopped_training.h"

#include <gmock/gmock.h>

namespace descent::test {

namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

RunSpec small(Settings more, const std::string& optimizer = "sgd", const std::string& regime = "sgd") {
    more.insert(more.begin(), {{"model.hidden", "5"}, {"regime.micro_batch", "16"}});
    return make_spec("elman", optimizer, regime, more);
}

std::vector<std::string> log_of(const Training& run) {
    std::vector<std::string> all;
    for (const auto& batch : run.store.batches)
        for (const auto& line : batch->log) all.push_back(line.text);
    return all;
}

BranchPoint point(const Training& parent, const RunSpec& in_force, bool same_data = true) {
    return {checkpoint_of(parent), "parent", in_force, same_data};
}

/// Of `all`, those at or after `from`.
std::vector<KeepingSink::Named> since(std::vector<KeepingSink::Named> all, std::int64_t from) {
    std::erase_if(all, [&](const auto& sample) { return sample.update < from; });
    return all;
}

std::string refusal(const std::function<void()>& call) {
    try {
        call();
    } catch (const InputError& e) {
        return e.what();
    }
    return "accepted";
}

/// Finished after `epochs` epochs, and then trained to `longer`: as one that was planned so.
void expect_extends(const Settings& settings, const std::string& epochs, const std::string& longer,
                    const std::string& optimizer = "adam", const std::string& regime = "sgd") {
    const auto with = [&](const std::string& length) {
        auto all = settings;
        all.emplace_back("epochs", length);
        return small(all, optimizer, regime);
    };
    Training unbroken(with(longer));
    ASSERT_EQ(unbroken.trainer.run(), RunState::finished);
    Training first(with(epochs));
    ASSERT_EQ(first.trainer.run(), RunState::finished);
    Training second(with(epochs));
    const auto at = second.trainer.restore(checkpoint_of(first), {}).update;
    EXPECT_EQ(at, first.experiment.updates());
    second.control.change({{}, "epochs", longer});
    ASSERT_EQ(second.trainer.run(), RunState::finished);
    EXPECT_EQ(second.experiment.updates(), unbroken.experiment.updates());
    EXPECT_TRUE(same_bits(second.experiment.weights().flat(), unbroken.experiment.weights().flat()));
    EXPECT_EQ(changes_of(second), (std::vector<Change>{{at, "epochs", longer}}));
    expect_same(second.store.samples(), since(unbroken.store.samples(), at.count));

    // What is stored of it trains it again, and it goes on from anywhere.
    Training again(unwrap(registry().catalog.resolve(
        request_with_changes(registry().catalog, with(epochs), changes_of(second)))));
    ASSERT_EQ(again.trainer.run(), RunState::finished);
    EXPECT_TRUE(same_bits(again.experiment.weights().flat(), unbroken.experiment.weights().flat()));
    Training broken(with(epochs));
    broken.trainer.restore(checkpoint_of(first), {});
    broken.control.change({{}, "epochs", longer});
    train_and_stop(broken, 2);
    Training third(with(epochs));
    third.trainer.restore(checkpoint_of(broken), changes_of(broken));
    ASSERT_EQ(third.trainer.run(), RunState::finished);
    EXPECT_TRUE(same_bits(third.experiment.weights().flat(), unbroken.experiment.weights().flat()));
}

} // namespace

TEST(TrainedLonger, IsTheRunThatWasPlannedSo) {
    expect_extends({{"regime.batch_size", "8"}}, "2", "5");
    expect_extends({{"regime.schedule", "step"}, {"regime.every", "3"}}, "4", "9", "sgd", "full-batch");
    expect_extends({{"regime.schedule", "plateau"},
                    {"regime.plateau_patience", "0"},
                    {"regime.plateau_threshold", "0.5"},
                    {"regime.batch_size", "8"}},
                   "3", "7");
    expect_extends({{"regime.patience", "100"}, {"regime.batch_size", "8"}}, "3", "6");
    expect_extends({{"regime.averaging", "ema"}, {"regime.batch_size", "8"}}, "2", "4");
}

TEST(TrainedLonger, SaysWhatWouldHaveBeenOtherwise) {
    const auto spec = small({{"regime.schedule", "cosine"}, {"epochs", "3"}}, "sgd", "full-batch");
    Training first(spec);
    ASSERT_EQ(first.trainer.run(), RunState::finished);
    Training second(spec);
    second.trainer.restore(checkpoint_of(first));
    second.control.change({{}, "epochs", "6"});
    ASSERT_EQ(second.trainer.run(), RunState::finished);
    EXPECT_THAT(log_of(second), Contains(AllOf(HasSubstr("cosine"), HasSubstr("longer run"))));
    EXPECT_GT(second.experiment.regime().values.size(), 0u);
    EXPECT_THAT(depends_on_length(small({}).regime.params), IsEmpty());
}

TEST(TrainedLonger, GoesOnAfterItWasStoppedEarly) {
    const auto spec = small({{"regime.batch_size", "8"},
                             {"regime.patience", "1"},
                             {"regime.stop_delta", "10"},
                             {"epochs", "20"}});
    Training first(spec);
    ASSERT_EQ(first.trainer.run(), RunState::finished);
    const auto stopped = first.experiment.updates();
    ASSERT_LT(stopped.count, first.experiment.planned().count);
    Training second(spec);
    second.trainer.restore(checkpoint_of(first));
    second.control.change({{}, "epochs", "20"});
    ASSERT_EQ(second.trainer.run(), RunState::finished);
    EXPECT_GT(second.experiment.updates(), stopped) << "its patience is counted anew";
}

TEST(Branch, WithNothingChangedGoesAsItsParentWent) {
    const std::vector<std::tuple<Settings, std::string, std::string, int>> all{
        {{{"regime.batch_size", "8"}, {"epochs", "5"}}, "adam", "sgd", 6},
        {{{"regime.batch_size", "8"}, {"epochs", "5"}, {"regime.augmentation", "off"}}, "sgd", "sgd", 8},
        {{{"epochs", "9"}, {"regime.schedule", "plateau"}, {"regime.plateau_patience", "0"}},
         "sgd",
         "full-batch",
         4},
        {{{"epochs", "9"}, {"regime.averaging", "ema"}, {"regime.noise", "0.01"}}, "lion", "full-batch", 5}};
    for (const auto& [settings, optimizer, regime, updates] : all) {
        SCOPED_TRACE(optimizer + " " + regime);
        const auto spec = small(settings, optimizer, regime);
        Training unbroken(spec);
        ASSERT_EQ(unbroken.trainer.run(), RunState::finished);
        Training parent(spec);
        train_and_stop(parent, updates);
        Training branch(spec);
        EXPECT_EQ(branch.trainer.branch(point(parent, spec)).update.count, updates);
        ASSERT_EQ(branch.trainer.run(), RunState::finished);
        EXPECT_TRUE(same_bits(branch.experiment.weights().flat(), unbroken.experiment.weights().flat()));
        expect_same(branch.store.samples(), since(unbroken.store.samples(), updates));
        EXPECT_THAT(log_of(branch), Contains(HasSubstr("with the same settings")));
        // Its own checkpoint is there before its first update.
        const auto first = std::ranges::find_if(
            branch.store.batches, [](const auto& batch) { return batch->checkpoint.has_value(); });
        ASSERT_NE(first, branch.store.batches.end());
        EXPECT_EQ((*first)->checkpoint->update.count, updates);
    }
}

TEST(Branch, AfterAChangeByHandBeginsWithWhatWasInForce) {
    const auto spec = small({{"regime.batch_size", "8"}, {"epochs", "5"}});
    const std::vector<Change> made{{{3}, "optimizer.lr", "0.02"}, {{5}, "regime.batch_size", "4"}};
    const auto& catalog = registry().catalog;
    Training unbroken(unwrap(catalog.resolve(request_with_changes(catalog, spec, made))));
    ASSERT_EQ(unbroken.trainer.run(), RunState::finished);
    Training parent(unwrap(catalog.resolve(request_with_changes(catalog, spec, made))));
    train_and_stop(parent, 7);
    const auto now = spec_in_force(catalog, spec, made, {7});
    EXPECT_EQ(now.optimizer.params.real("lr"), 0.02);
    EXPECT_EQ(now.regime.params.integer("batch_size"), 4);
    EXPECT_EQ(now.regime.params.text("changes"), "");
    Training branch(now);
    branch.trainer.branch(point(parent, now));
    ASSERT_EQ(branch.trainer.run(), RunState::finished);
    EXPECT_TRUE(same_bits(branch.experiment.weights().flat(), unbroken.experiment.weights().flat()));
    expect_same(branch.store.samples(), since(unbroken.store.samples(), 7));
}

TEST(Branch, GoesOnFromItsOwnCheckpointBitForBit) {
    const auto before = small({{"regime.batch_size", "8"}, {"epochs", "5"}}, "adam");
    const auto after = small({{"regime.batch_size", "4"}, {"optimizer.lr", "0.02"}, {"epochs", "5"}}, "adam");
    Training parent(before);
    train_and_stop(parent, 6);
    Training unbroken(after);
    unbroken.trainer.branch(point(parent, before));
    ASSERT_EQ(unbroken.trainer.run(), RunState::finished);
    EXPECT_THAT(log_of(unbroken), Contains(HasSubstr("optimizer.lr = 0.02 (was ")));
    EXPECT_THAT(log_of(unbroken), Contains(HasSubstr("epoch 2 begins here")));
    Training broken(after);
    broken.trainer.branch(point(parent, before));
    train_and_stop(broken, 3);
    Training second(after);
    second.trainer.restore(checkpoint_of(broken));
    ASSERT_EQ(second.trainer.run(), RunState::finished);
    EXPECT_TRUE(same_bits(second.experiment.weights().flat(), unbroken.experiment.weights().flat()));
}

TEST(Branch, SaysWhatBeginsAfresh) {
    const auto before = small({{"regime.batch_size", "8"}, {"epochs", "5"}}, "adam");
    Training parent(before);
    train_and_stop(parent, 6);
    Training other(small({{"epochs", "9"}, {"optimizer.momentum", "0.9"}}, "sgd", "full-batch"));
    other.trainer.branch(point(parent, before));
    EXPECT_TRUE(same_bits(other.experiment.weights().flat(), parent.experiment.weights().flat()));
    ASSERT_EQ(other.trainer.run(), RunState::finished);
    const auto log = log_of(other);
    EXPECT_THAT(log, Contains(HasSubstr("the optimizer begins afresh: adam was used before")));
    EXPECT_THAT(log, Contains(HasSubstr("batches are drawn otherwise")));
    EXPECT_EQ(other.store.batches.back()->progress.epoch.passes, 9);

    Training elsewhere(before);
    elsewhere.trainer.branch(point(parent, before, false));
    ASSERT_EQ(elsewhere.trainer.run(), RunState::finished);
    EXPECT_THAT(log_of(elsewhere), Contains(HasSubstr("the data are not the same")));
}

TEST(Branch, RefusesWhatDoesNotFit) {
    const auto before = small({{"regime.batch_size", "8"}, {"epochs", "5"}});
    Training parent(before);
    train_and_stop(parent, 6);
    const auto refused = [&](const RunSpec& spec) {
        Training branch(spec);
        return refusal([&] { branch.trainer.branch(point(parent, before)); });
    };
    EXPECT_THAT(refused(make_spec("elman", "sgd", "sgd", {{"model.hidden", "7"}, {"epochs", "9"}})),
                AllOf(HasSubstr("cannot be a branch of run 'parent'"), HasSubstr("7")));
    EXPECT_THAT(refused(make_spec("gru", "sgd", "sgd", {{"model.hidden", "5"}, {"epochs", "9"}})),
                HasSubstr("expected a model of the same weights"));
    EXPECT_THAT(refused(small({{"seed", "3"}, {"epochs", "9"}})), HasSubstr("keeps the seed"));
    EXPECT_THAT(refused(small({{"regime.batch_size", "8"}, {"epochs", "1"}})),
                HasSubstr("nothing would be left"));
    EXPECT_THAT(refused(small({{"regime.prune_level", "1"}, {"regime.batch_size", "8"}, {"epochs", "9"}})),
                HasSubstr("regime.prune_level"));
    EXPECT_THAT(refused(before), Not(HasSubstr("branch")));
}

} // namespace descent::test
