#include "core/store/recover.h"

#include "core/store/checkpoint_file.h"
#include "tests/store/store_testing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace descent {

using namespace testing;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

namespace {

constexpr std::int64_t kUpdates = 3000;

/// Three finished runs of three metrics, each with a checkpoint.
class Recover : public ::testing::Test {
protected:
    Recover() {
        const auto writer = place_.writer();
        for (std::uint64_t seed = 0; seed < 3; ++seed) {
            const auto run = must(writer->create(example_run(seed)));
            names_.push_back(run.name);
            runs_.push_back(run.id);
            auto batch = batch_of(run.id);
            batch->metrics = example_metrics();
            for (std::int64_t update = 1; update <= kUpdates; ++update)
                for (std::uint32_t m = 0; m < 3; ++m)
                    batch->samples.push_back(sample(m, update, static_cast<double>(update * 3 + m)));
            TensorFile content;
            content.tensors.push_back({"model/weight", "U8", {4}, std::vector<std::byte>(4)});
            const auto folder = checkpoint_folder(place_.path());
            std::filesystem::create_directories(folder);
            const auto file = run.id.uuid + ".safetensors";
            batch->checkpoint =
                CheckpointInfo{Update{kUpdates}, file, write_tensor_file(folder / file, content)};
            batch->state = StateChange{RunState::finished, ""};
            EXPECT_TRUE(writer->push(batch));
        }
        must(writer->flush());
    }

    std::filesystem::path to() const { return place_.folder.file("new.sqlite"); }
    /// The pages of a table, inner ones first.
    std::vector<int> pages_of(const std::string& table) const {
        std::vector<int> pages;
        std::istringstream list(query(place_.path(), "SELECT pageno FROM dbstat WHERE name = '" + table +
                                                         "' ORDER BY pagetype = 'leaf', pageno"));
        for (int page = 0; list >> page;) pages.push_back(page);
        return pages;
    }
    /// Overwrites a page (from 1), as a bad disk would.
    void spoil(int page) const {
        std::fstream file(place_.path(), std::ios::binary | std::ios::in | std::ios::out);
        file.seekp((page - 1) * 4096L);
        for (int i = 0; i < 4096; ++i) file.put(static_cast<char>(i * 31 + page));
    }
    void expect_sound() const {
        EXPECT_EQ(query(to(), "PRAGMA integrity_check"), "ok");
        EXPECT_EQ(query(to(), "PRAGMA foreign_key_check"), "");
        must(prepare_store(to()));
    }

    StorePlace place_;
    std::vector<std::string> names_;
    std::vector<RunId> runs_;
};

TEST_F(Recover, AWholeStoreComesOverWhole) {
    const auto found = must(recover_store(place_.path(), to()));
    EXPECT_EQ(found.runs, 3);
    EXPECT_EQ(found.samples, 9 * kUpdates);
    EXPECT_EQ(found.checkpoints, 3);
    EXPECT_THAT(found.losses, IsEmpty());
    expect_sound();
    for (const char* table : {"run", "provenance", "dataset", "param", "metric", "sample", "log",
                              "checkpoint", "tag", "pyramid", "curve"}) {
        const auto all = "SELECT * FROM " + std::string(table) + " ORDER BY 1, 2";
        EXPECT_EQ(query(to(), all), query(place_.path(), all)) << table;
    }
}

TEST_F(Recover, OfADamagedPageOnlyWhatStoodOnItIsLost) {
    const auto pages = pages_of("sample");
    ASSERT_GT(pages.size(), 20u);
    spoil(pages[pages.size() / 2]);
    const auto found = must(recover_store(place_.path(), to()));
    EXPECT_EQ(found.runs, 3);
    EXPECT_LT(found.samples, 9 * kUpdates);
    EXPECT_GT(found.samples, 9 * kUpdates - 600) << "more than a page's worth is gone";
    EXPECT_THAT(found.losses, Contains(AllOf(HasSubstr("samples of run '"), HasSubstr("in 1 metric"))));
    expect_sound();
    const auto reader = must(StoreReader::open(to()));
    for (const auto& run : runs_) // what is there is right
        for (std::uint32_t m = 0; m < 3; ++m)
            for (const auto& point : reader->series(run, example_metrics()[m].name))
                EXPECT_EQ(point.value, static_cast<double>(point.update.count * 3 + m));
}

TEST_F(Recover, RunsWhoseEntriesAreLostComeBackUnderTheirNames) {
    for (const int page : pages_of("run")) spoil(page);
    const auto found = must(recover_store(place_.path(), to()));
    EXPECT_EQ(found.runs, 3);
    EXPECT_EQ(found.samples, 9 * kUpdates);
    EXPECT_THAT(found.losses, Contains(HasSubstr("the entries of 3 runs")));
    expect_sound();
    const auto reader = must(StoreReader::open(to()));
    for (std::size_t i = 0; i < runs_.size(); ++i) {
        const auto run = must(reader->run(runs_[i]));
        EXPECT_EQ(run.name, names_[i]);
        EXPECT_EQ(run.state, RunState::interrupted);
        EXPECT_EQ(run.spec.model.id, "gru");
        EXPECT_EQ(run.updates, Update{kUpdates});
    }
}

TEST_F(Recover, ADamagedCheckpointIsSaidAndLeftOut) {
    std::ofstream(checkpoint_folder(place_.path()) / (runs_[1].uuid + ".safetensors"))
        << "nothing of the kind";
    const auto found = must(recover_store(place_.path(), to()));
    EXPECT_EQ(found.checkpoints, 2);
    EXPECT_THAT(found.losses, Contains(HasSubstr("a checkpoint of run '" + names_[1])));
    EXPECT_EQ(query(to(), "SELECT count(*) FROM checkpoint"), "2");
}

TEST_F(Recover, RefusesWhatIsNoneAndWhatIsThere) {
    place_.folder.write("text",
                        "some text that is long enough for a header, and yet is none, as anybody can see at "
                        "once who looks at the first line of it");
    EXPECT_THAT(refusal(recover_store(place_.folder.file("text"), to())), HasSubstr("this is not a store"));
    EXPECT_THAT(refusal(recover_store(place_.folder.file("absent"), to())), HasSubstr("nothing to recover"));
    EXPECT_FALSE(std::filesystem::exists(to()));
    EXPECT_THAT(refusal(recover_store(place_.path(), place_.path())), HasSubstr("is there already"));
}

} // namespace

} // namespace descent
