#include "core/store/checkpoints.h"

#include "core/store/checkpoint_file.h"
#include "tests/store/store_testing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <random>

namespace descent {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

namespace {

CheckpointInfo at(std::int64_t update, std::int64_t bytes = 1, bool best = false) {
    return {.update = Update{update}, .file = std::to_string(update), .bytes = bytes, .best = best};
}

/// What a run keeps of checkpoints that come one after the other.
struct Kept {
    std::vector<CheckpointInfo> all;
    void add(CheckpointInfo next, const CheckpointLimits& limits) {
        if (next.best)
            for (auto& c : all) c.best = false;
        all.push_back(std::move(next));
        const auto dropped = superfluous(all, limits);
        for (auto index = dropped.rbegin(); index != dropped.rend(); ++index)
            all.erase(all.begin() + static_cast<std::ptrdiff_t>(*index));
    }
    std::int64_t bytes() const {
        std::int64_t sum = 0;
        for (std::size_t i = 0; i + 1 < all.size(); ++i)
            if (!all[i].best) sum += all[i].bytes;
        return sum;
    }
};

std::string refusal_of(std::span<const CheckpointInfo> all, const std::string& word) {
    return refusal(guarded([&] { return find_checkpoint(all, word, "r").update.count; }));
}

} // namespace

TEST(Thinning, HoldsItsBoundsAndNeverDropsLastAndBest) {
    std::mt19937 random(7);
    for (const CheckpointLimits limits :
         {CheckpointLimits{8, 1'000'000}, {3, 1'000'000}, {0, 100}, {8, 10}}) {
        Kept kept;
        std::int64_t update = 0, best = -1;
        for (int i = 0; i < 2'000; ++i) {
            update += 1 + static_cast<std::int64_t>(random() % 50);
            const bool is_best = random() % 20 == 0;
            if (is_best) best = update;
            kept.add(at(update, 1 + static_cast<std::int64_t>(random() % 5), is_best), limits);
            ASSERT_EQ(kept.all.back().update.count, update);
            ASSERT_LE(kept.all.size(), limits.count + 2);
            ASSERT_LE(kept.bytes(), limits.bytes);
            if (best < 0) continue;
            const auto is_it = [&](const CheckpointInfo& c) { return c.update.count == best; };
            ASSERT_EQ(std::ranges::count_if(kept.all, is_it), 1);
        }
    }
}

TEST(Thinning, KeepsTheOneBeforeTheLastWhileThereIsRoomForOne) {
    Kept kept;
    for (int i = 1; i <= 100; ++i) {
        kept.add(at(10 * i), {1, 100});
        if (i > 1) {
            EXPECT_EQ(kept.all[kept.all.size() - 2].update.count, 10 * (i - 1));
        }
    }
}

TEST(Thinning, WhatStaysIsSpreadOverTheLogarithm) {
    Kept kept;
    for (int i = 1; i <= 10'000; ++i) kept.add(at(i), {8, 1'000});
    ASSERT_EQ(kept.all.size(), 9u);
    // Without the last two, which are always there: no gap is larger than a third of the whole.
    double before = 0;
    for (std::size_t i = 0; i + 2 < kept.all.size(); ++i) {
        const double place = std::log1p(static_cast<double>(kept.all[i].update.count));
        EXPECT_LT(place - before, std::log1p(10'000) / 3) << i;
        before = place;
    }
    EXPECT_GT(before, std::log1p(10'000) * 2 / 3);
}

TEST(Checkpoints, AreFoundByNameAndUpdate) {
    std::vector<CheckpointInfo> all{at(10), at(1'200), at(2'000)};
    all[0].loss = 2;
    all[1].loss = 1;
    EXPECT_EQ(find_checkpoint(all, "last", "r").update.count, 2'000);
    EXPECT_EQ(find_checkpoint(all, "1200", "r").update.count, 1'200);
    EXPECT_EQ(find_checkpoint(all, "1,200", "r").update.count, 1'200);
    EXPECT_EQ(find_checkpoint(all, "best", "r").update.count, 1'200) << "of least loss";
    all[0].best = true;
    EXPECT_EQ(find_checkpoint(all, "best", "r").update.count, 10) << "the marked one";
    EXPECT_EQ(refusal_of(all, "11"),
              "run 'r' has no checkpoint at update 11; it has some at 10, 1,200, 2,000");
    EXPECT_THAT(refusal_of(all, "first"), HasSubstr("expected last, best or an update: 10, 1,200, 2,000"));
    EXPECT_THAT(refusal_of({}, "last"), HasSubstr("run 'r' has no checkpoint"));
    const std::vector<CheckpointInfo> unmeasured{at(10)};
    EXPECT_THAT(refusal_of(unmeasured, "best"), HasSubstr("has a loss to be the best by"));
}

TEST(Checkpoints, DamageIsFoundAndTheOneBeforeTaken) {
    const StorePlace place;
    const auto writer = place.writer();
    const RunId run = must(writer->create(example_run())).id;
    const auto folder = checkpoint_folder(place.path());
    std::filesystem::create_directories(folder);
    for (const std::int64_t update : {10, 20, 30}) {
        TensorFile content;
        content.metadata["update"] = std::to_string(update);
        content.tensors = {{"w", "U8", {3}, std::vector<std::byte>(3, std::byte(update))}};
        auto batch = batch_of(run);
        const std::string name = run.uuid + "-" + std::to_string(update);
        const auto written = write_hashed_tensor_file(folder / name, content);
        EXPECT_EQ(written.bytes, static_cast<std::int64_t>(std::filesystem::file_size(folder / name)));
        EXPECT_EQ(written.sha256, sha256_of_file(folder / name));
        batch->checkpoint = CheckpointInfo{Update{update}, name, written.bytes, written.sha256};
        writer->push(batch);
    }
    must(writer->flush());
    const auto reader = place.reader();
    const auto newest = [&] { return newest_whole(*reader, place.path(), run); };
    EXPECT_EQ(newest().checkpoint->update, Update{30});
    EXPECT_THAT(newest().warnings, IsEmpty());

    // One bit of the data, which the file's header cannot tell.
    {
        std::fstream file(folder / (run.uuid + "-30"), std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(-1, std::ios::end);
        file.put(31);
    }
    EXPECT_EQ(newest().checkpoint->update, Update{20});
    EXPECT_THAT(newest().warnings, ElementsAre("the checkpoint at update 30 is damaged (" + run.uuid +
                                               "-30: its SHA-256 is not that of what was written); going on "
                                               "from the one before"));
    std::filesystem::resize_file(folder / (run.uuid + "-20"), 5);
    std::filesystem::remove(folder / (run.uuid + "-10"));
    const auto none = newest();
    EXPECT_FALSE(none.checkpoint);
    ASSERT_EQ(none.warnings.size(), 3u);
    EXPECT_THAT(none.warnings[1], HasSubstr("it has 5 bytes; expected"));
    EXPECT_THAT(none.warnings[2], HasSubstr("it is not there); going on from the beginning"));
    // Of an earlier version, which wrote no checksum.
    query(place.path(), "UPDATE checkpoint SET sha256 = ''");
    EXPECT_EQ(newest().checkpoint->update, Update{30}) << "as far as its header tells";
}

TEST(Checkpoints, LargeFilesAreHashedBesideTheWriting) {
    const TemporaryFolder folder;
    TensorFile content;
    content.tensors = {{"w", "U8", {9'000'001}, std::vector<std::byte>(9'000'001, std::byte(7))}};
    const auto written = write_hashed_tensor_file(folder.file("large"), content);
    EXPECT_EQ(written.sha256, sha256_of_file(folder.file("large")));
    EXPECT_EQ(written.bytes, static_cast<std::int64_t>(std::filesystem::file_size(folder.file("large"))));
    EXPECT_EQ(read_tensor_file(folder.file("large")).tensors.front().data, content.tensors.front().data);
}

} // namespace descent
