#include "core/analysis/divergence.h"

#include <cmath>
#include <cstring>
#include <gmock/gmock.h>
#include <limits>

namespace descent {

namespace {

using ::testing::HasSubstr;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

RunRecord run(double lr = 0.1) {
    RunRecord record;
    record.spec.task.id = "names";
    record.spec.optimizer = {"sgd", {{{"lr", lr}, {"momentum", 0.0}}}};
    record.spec.regime = {"sgd", {{{"batch", std::int64_t{1}}, {"probe_every", std::int64_t{0}}}}};
    record.provenance.threads = 1;
    record.provenance.data_hash = "0123456789abcdef";
    return record;
}

using Series = std::map<std::string, std::vector<SeriesPoint>>;

std::vector<SeriesPoint> series(std::initializer_list<std::pair<std::int64_t, double>> points) {
    std::vector<SeriesPoint> all;
    for (const auto& [update, value] : points) all.push_back({{update}, {}, 0, value});
    return all;
}

TensorFile weights(std::initializer_list<std::pair<std::string, float>> tensors) {
    TensorFile file;
    for (const auto& [name, value] : tensors) {
        TensorFile::Tensor tensor{name, "F32", {1}, std::vector<std::byte>(4)};
        std::memcpy(tensor.data.data(), &value, 4);
        file.tensors.push_back(std::move(tensor));
    }
    return file;
}

TEST(Divergence, FindsTheFirstSettingThatDiffers) {
    auto a = run(), b = run(0.2);
    b.spec.regime.params.values["batch"] = std::int64_t{4};
    EXPECT_EQ(why_different(a, b, {}, {}).field, "optimizer.lr");
    EXPECT_EQ(why_different(a, b, {}, {}).b_value, "0.2");
    EXPECT_EQ(why_different(a, a, {}, {}).field, std::nullopt);
    b = run();
    b.spec.regime.params.values["probe_every"] = std::int64_t{4};
    EXPECT_EQ(why_different(a, b, {}, {}).field, "regime.probe_every");
    b.provenance.threads = 2;
    EXPECT_EQ(why_different(a, b, {}, {}).field, "threads") << "which looking is not to blame for";
    b.provenance.data_hash = "f123";
    EXPECT_EQ(why_different(a, b, {}, {}).field, "data");
}

TEST(Divergence, FindsTheFirstNumberThatDiffersInAnyBit) {
    const double next = std::nextafter(0.5, 1);
    const Series a{{"train/loss", series({{0, 1}, {5, 0.5}, {10, 0.25}})},
                   {"batch/loss", series({{1, 0.9}, {5, 0.5}, {6, kNaN}})},
                   {"throughput", series({{0, 100}})},
                   {"only/a", series({{0, 1}})}};
    const Series b{{"train/loss", series({{0, 1}, {5, next}, {10, 0.3}})},
                   {"batch/loss", series({{2, 0.7}, {5, next}, {6, -kNaN}})},
                   {"throughput", series({{0, 200}})}};
    const auto first = why_different(run(), run(), a, b);
    EXPECT_EQ(first.update, Update{5});
    EXPECT_EQ(first.metric, "batch/loss");
    EXPECT_EQ(first.b, next);
    EXPECT_EQ(why_different(run(), run(), a, b, {"train/loss"}).metric, "train/loss");
    EXPECT_EQ(why_different(run(), run(), a, a).update, std::nullopt);
    EXPECT_EQ(why_different(run(), run(), a, a).compared, 3u + 3 + 1);
    const Series zero{{"x", series({{0, 0.0}})}}, minus{{"x", series({{0, -0.0}})}};
    EXPECT_EQ(why_different(run(), run(), zero, minus).update, Update{0});
    const Series elsewhere{{"train/loss", series({{3, 1}})}};
    EXPECT_EQ(why_different(run(), run(), a, elsewhere).compared, 0u);
}

TEST(Divergence, FindsTheFirstLayerOfTheEarliestUpdate) {
    const Series a{{"update-ratio/z", series({{2, 1}, {4, 1}})},
                   {"update-ratio/b", series({{2, 1}, {4, 1}})},
                   {"dead/c", series({{8, 0}})}};
    const Series b{{"update-ratio/z", series({{2, 1}, {4, 2}})},
                   {"update-ratio/b", series({{2, 1}, {4, 2}})},
                   {"dead/c", series({{8, 1}})}};
    auto found = why_different(run(), run(), a, b, {"update-ratio/z", "update-ratio/b"});
    EXPECT_EQ(found.layer, "z") << "the model's first, not the alphabet's";
    EXPECT_EQ(found.layer_source, "update-ratio/z");
    EXPECT_EQ(found.layer_update, Update{4});
    EXPECT_EQ(why_different(run(), run(), a, b).layer, "b");
    // Later weights add nothing, earlier ones do.
    const auto x = weights({{"optimizer/m", 1}, {"model/first", 1}, {"model/second", 1}}),
               y = weights({{"optimizer/m", 2}, {"model/first", 1}, {"model/second", 2}});
    add_weights(found, x, y, {9});
    EXPECT_EQ(found.layer, "z");
    add_weights(found, x, x, {1});
    EXPECT_EQ(found.layer, "z");
    add_weights(found, x, y, {1});
    EXPECT_EQ(found.layer, "second");
    EXPECT_EQ(found.layer_source, "weights");
    add_matrices(found,
                 {{"histogram/weights/e", {1}, {}, 1, 1, {1}}, {"histogram/gradient/d", {0}, {}, 1, 1, {1}}},
                 {{"histogram/weights/e", {1}, {}, 1, 1, {1}}, {"histogram/gradient/d", {0}, {}, 1, 1, {2}}});
    EXPECT_EQ(found.layer, "d");
    EXPECT_EQ(layer_of("validation/loss"), std::nullopt);
}

TEST(Divergence, IsToldInPlainSentences) {
    const Series a{{"train/loss", series({{0, 1}, {1200, 0.123456789}})}},
        b{{"train/loss", series({{0, 1}, {1200, -0.123456799}})}};
    auto d = why_different(run(), run(0.2), a, b);
    EXPECT_EQ(
        describe(d, "calm-fox", "brave-otter"),
        "The first setting that differs is optimizer.lr: 0.1 in calm-fox, 0.2 in brave-otter. The first "
        "number that differs is train/loss at update 1,200: 0.1235 in calm-fox, \u22120.1235 in "
        "brave-otter.");
    d.b = 0.123456799;
    EXPECT_THAT(describe(d, "a", "b"), HasSubstr("0.12345679 in a, 0.1234568 in b"));
    add_weights(d, weights({{"model/w", 1}}), weights({{"model/w", 2}}), {1500});
    EXPECT_THAT(describe(d, "a", "b"),
                HasSubstr(" The first layer that differs is w (weights at update 1,500)."));
    EXPECT_EQ(
        describe(why_different(run(), run(), a, a), "a", "b"),
        "Settings, data, versions and threads are the same. All 2 numbers that both have are the same, bit "
        "for bit.");
    auto other = run();
    other.provenance.data_hash = "fedcba9876543210";
    EXPECT_EQ(
        describe(why_different(run(), other, {}, {}), "a", "b"),
        "The first setting that differs is data: 01234567 in a, fedcba98 in b. They have measured nothing "
        "at the same update.");
    other.spec = {};
    other.spec.task.id = "imported";
    for (const auto& known : {run(), other})
        EXPECT_EQ(describe(why_different(known, other, a, a), "a", "b"),
                  "The settings of an imported run are not known. All 2 numbers that both have are the same, "
                  "bit for bit.");
}

} // namespace

} // namespace descent
