#include "core/tasks/word_cooccurrence.h"

#include "tests/engine/support.h"

#include <cmath>

namespace descent::test {

namespace {

/// Texts in which words keep company with words of their own group: 2, 3, 4 and 5, 6, 7.
std::vector<std::int32_t> grouped_texts(int count) {
    RandomStream random(5, "words");
    std::vector<std::int32_t> words;
    for (int i = 0; i < count; ++i) {
        for (int t = 0; t < 6; ++t)
            words.push_back(static_cast<std::int32_t>((i % 2 == 0 ? 2 : 5) + random.below(3)));
        words.push_back(0);
    }
    return words;
}

/// The definition, densely: M from counts of pairs, its singular value decomposition by LAPACK.
Tensor dense_information(const std::vector<std::int32_t>& words, std::int64_t known, std::int64_t window,
                         double shift) {
    auto counts = at::zeros({known, known}, at::kDouble);
    auto* count = counts.data_ptr<double>();
    for (std::int64_t i = 0; i < std::ssize(words); ++i)
        for (auto j = i - 1; j >= std::max<std::int64_t>(0, i - window); --j) {
            const auto a = words[static_cast<std::size_t>(i)], b = words[static_cast<std::size_t>(j)];
            if (b == 0) break;
            if (a < 2 || b < 2 || a >= known || b >= known) continue;
            ++count[a * known + b];
            ++count[b * known + a];
        }
    const auto total = counts.sum(1), context = total.pow(0.75);
    const auto information =
        (counts * context.sum() / (total.unsqueeze(1) * context.unsqueeze(0))).log() - std::log(shift);
    return at::where(counts > 0, information.clamp_min(0), 0.0);
}

TEST(WordCooccurrence, AgreesWithTheDenseDecomposition) {
    RandomStream random(9, "words");
    std::vector<std::int32_t> words;
    constexpr std::int64_t known = 60;
    for (int i = 0; i < 4000; ++i)
        words.push_back(
            i % 9 == 8 ? 0 : static_cast<std::int32_t>(1 + std::pow(random.uniform(), 2) * (known + 3)));
    const auto m = dense_information(words, known, 3, 1.5);
    const auto [u, s, vh] = at::linalg_svd(m);
    const auto expected = u * s.sqrt();

    // With as many directions as there are words nothing is left out: only signs and the common length
    // differ.
    const auto made = WordCooccurrence{.dimension = known, .window = 3, .shift = 1.5}
                          .vectors(words, known, {})
                          .to(at::kDouble);
    const auto similarity = [](const Tensor& x) {
        const auto unit = x / x.norm(2, {1}, true).clamp_min(1e-9);
        return unit.matmul(unit.t());
    };
    EXPECT_LT((similarity(made) - similarity(expected)).slice(0, 2).slice(1, 2).abs().max().item<double>(),
              1e-4);
    EXPECT_EQ(made.slice(0, 0, 2).abs().max().item<double>(), 0); // padding and the unknown word
    EXPECT_NEAR(made[2].norm().item<double>(), 0.25 * std::sqrt(known), 1e-4);

    // Of fewer, the span of the largest: their Gram matrix before the scaling has the largest singular
    // values.
    const auto few =
        WordCooccurrence{.dimension = 8, .window = 3, .shift = 1.5}.vectors(words, known, {}).to(at::kDouble);
    ASSERT_EQ(few.size(1), 8);
    const auto best = expected.slice(1, 0, 8);
    const auto agreement =
        (similarity(few) - similarity(best)).slice(0, 2).slice(1, 2).abs().max().item<double>();
    EXPECT_LT(agreement, 0.05);
    EXPECT_TRUE(
        same_bits(few.to(at::kFloat),
                  WordCooccurrence{.dimension = 8, .window = 3, .shift = 1.5}.vectors(words, known, {})));
}

TEST(WordCooccurrence, WordsOfLikeCompanyLieTogether) {
    const auto vectors = WordCooccurrence{.dimension = 2, .window = 2}.vectors(grouped_texts(200), 8, {});
    const auto cosine = [&](int a, int b) {
        return (vectors[a].dot(vectors[b]) / (vectors[a].norm() * vectors[b].norm())).item<double>();
    };
    EXPECT_GT(cosine(2, 3), 0.9);
    EXPECT_GT(cosine(5, 7), 0.9);
    EXPECT_LT(cosine(2, 5), 0.5);
    // A word that nothing stands beside has no vector.
    EXPECT_EQ(WordCooccurrence{.dimension = 2}.vectors({2, 3, 0, 4, 0, 2, 3}, 5, {})[4].norm().item<double>(),
              0);
}

TEST(WordCooccurrence, StopsWhenAsked) {
    std::stop_source stop;
    stop.request_stop();
    EXPECT_THROW(WordCooccurrence{}.vectors(grouped_texts(10), 8, {stop.get_token(), {}}), InputError);
}

} // namespace

} // namespace descent::test
