#include "core/exchange/imported_run.h"
#include "tests/exchange/exchange_testing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace descent {

using namespace testing;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

TEST(Import, RefusesWhatItDoesNotKnow) {
    StorePlace place;
    const auto refused = [&](const std::filesystem::path& file) { return refusal(import_into(place, file)); };
    EXPECT_THAT(refused(place.folder.file("none")),
                HasSubstr("there is no '" + place.folder.file("none").string()));
    EXPECT_THAT(refused(place.folder.write("empty", "")), HasSubstr("is empty; expected a bundle"));
    EXPECT_THAT(refused(place.folder.write("png", std::string("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16))),
                HasSubstr("is of no known kind; expected a bundle or store of Descent Studio, TensorBoard"));
    EXPECT_THAT(refused("/dev/null"), HasSubstr("is not a file"));
    std::filesystem::create_directory(place.folder.file("folder"));
    EXPECT_THAT(refused(place.folder.file("folder")), HasSubstr("holds no event files"));
    EXPECT_EQ(query(place.path(), "SELECT count(*) FROM run"), "0");
}

TEST(Import, TheStoreItselfIsKnown) {
    StorePlace place;
    add_full_run(place, 1);
    const auto before = content(place.path());
    EXPECT_EQ(must(import_into(place, place.path())).known, 1);
    EXPECT_EQ(content(place.path()), before);
}

TEST(Import, IsSaidInAFewWords) {
    ImportReport report;
    EXPECT_EQ(describe(report), "0 runs imported");
    report.runs.resize(3);
    report.known = 1;
    EXPECT_EQ(describe(report), "3 runs imported, 1 run was there already");
    report.grown = 2;
    report.known = 1'200;
    report.warnings = {"x: left out"};
    EXPECT_EQ(describe(report), "3 runs imported, 2 runs grown, 1,200 runs were there already\nx: left out");
}

TEST(Import, CancelledStoresNothing) {
    StorePlace place;
    std::string text = "step,loss\n";
    for (int i = 0; i < 30'000; ++i) text += std::to_string(i) + ",1\n";
    const auto file = place.folder.write("x.csv", text);
    for (const double until : {0.2, 0.7}) {
        const auto writer = place.writer();
        std::vector<double> fractions;
        EXPECT_EQ(refusal(import_file(*writer, file,
                                      [&](double fraction) {
                                          fractions.push_back(fraction);
                                          return fraction < until;
                                      })),
                  "cancelled");
        EXPECT_TRUE(std::ranges::is_sorted(fractions));
        EXPECT_GT(fractions.size(), 2u);
        EXPECT_EQ(query(place.path(), "SELECT count(*) FROM run"), "0");
    }
}

TEST(Import, DirectionsAreGuessedFromNames) {
    for (const char* name :
         {"loss", "train/loss", "val_loss", "valLoss", "error", "test-error", "ppl", "RMSE", "eval/wer"})
        EXPECT_EQ(guess_direction(name), Direction::lower) << name;
    for (const char* name : {"accuracy", "val_acc", "top1", "AUROC", "macro f1", "reward", "precision"})
        EXPECT_EQ(guess_direction(name), Direction::higher) << name;
    for (const char* name : {"lr", "epoch", "grad_norm", "losses_seen_by_nobody", "accelerator", ""})
        EXPECT_EQ(guess_direction(name), Direction::none) << name;
}

TEST(Import, IdsAreUuidsMadeOfContent) {
    EXPECT_THAT(id_of("a").uuid,
                MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
    // SHA-256 of "a" begins ca978112 ca1b bdca fac2 31b39a23dc4d.
    EXPECT_EQ(id_of("a").uuid, "ca978112-ca1b-8dca-bac2-31b39a23dc4d");
    EXPECT_TRUE(is_uuid(id_of("b").uuid));
    EXPECT_FALSE(is_uuid("ca978112-ca1b-8dca-bac2-31b39a23dc4"));
    EXPECT_FALSE(is_uuid("ca978112aca1b-8dca-bac2-31b39a23dc4d"));
}

} // namespace descent
