#include "core/tasks/word_cooccurrence.h"

#include "core/base/random.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace descent {

namespace {

/// Rows of (column, value), compressed.
struct SparseRows {
    std::vector<std::int64_t> begin; // [rows + 1]
    std::vector<std::int32_t> column;
    std::vector<float> value;

    std::int64_t rows() const { return std::ssize(begin) - 1; }

    /// This · x, x [rows, k].
    Tensor times(const Tensor& x) const {
        return sums(x, [](std::int64_t i, std::int64_t j) { return std::pair(i, j); });
    }
    /// Its transpose · x.
    Tensor transposed_times(const Tensor& x) const {
        return sums(x, [](std::int64_t i, std::int64_t j) { return std::pair(j, i); });
    }

private:
    /// Of each value times a row of x, into a row: `rows_of(i, j)` of row i, column j says into which, and of
    /// which.
    template<class RowsOf>
    Tensor sums(const Tensor& x, const RowsOf& rows_of) const {
        auto y = at::zeros_like(x);
        const auto k = x.size(1);
        const auto* from = x.data_ptr<float>();
        auto* to = y.data_ptr<float>();
        for (std::int64_t i = 0; i < rows(); ++i)
            for (auto at = begin[static_cast<std::size_t>(i)]; at < begin[static_cast<std::size_t>(i) + 1];
                 ++at) {
                const auto [into, of] = rows_of(i, column[static_cast<std::size_t>(at)]);
                add(to + into * k, from + of * k, value[static_cast<std::size_t>(at)], k);
            }
        return y;
    }
    static void add(float* to, const float* from, float factor, std::int64_t k) {
        for (std::int64_t c = 0; c < k; ++c) to[c] += factor * from[c];
    }
};

/// Calls take(i, j) for every word j within `window` of a word i.
template<class Take>
void each_pair(const std::vector<std::int32_t>& words, std::int64_t known, std::int64_t window, Take take) {
    const auto n = std::ssize(words);
    const auto counts = [&](std::int32_t id) { return id > 1 && id < known; };
    for (std::int64_t at = 0; at < n; ++at) {
        const auto word = words[static_cast<std::size_t>(at)];
        if (!counts(word)) continue;
        for (auto other = at + 1; other < n && other <= at + window; ++other) {
            const auto id = words[static_cast<std::size_t>(other)];
            if (id == 0) break; // the text's end
            if (!counts(id)) continue;
            take(word, id);
            take(id, word);
        }
    }
}

SparseRows count_pairs(const std::vector<std::int32_t>& words, std::int64_t known, std::int64_t window,
                       const Loading& loading) {
    // Everybody's neighbours first, word by word, then each word's counted: no table of all pairs.
    std::vector<std::int64_t> begin(static_cast<std::size_t>(known) + 1, 0);
    each_pair(words, known, window,
              [&](std::int32_t i, std::int32_t) { ++begin[static_cast<std::size_t>(i) + 1]; });
    for (std::size_t i = 1; i < begin.size(); ++i) begin[i] += begin[i - 1];
    std::vector<std::int32_t> neighbours(static_cast<std::size_t>(begin.back()));
    auto next = begin;
    each_pair(words, known, window, [&](std::int32_t i, std::int32_t j) {
        neighbours[static_cast<std::size_t>(next[static_cast<std::size_t>(i)]++)] = j;
    });
    loading.report(0.3, "counting words side by side");
    SparseRows counts;
    counts.begin.push_back(0);
    std::vector<float> times(static_cast<std::size_t>(known), 0);
    std::vector<std::int32_t> met;
    for (std::size_t i = 0; i < static_cast<std::size_t>(known); ++i) {
        met.clear();
        for (auto at = begin[i]; at < begin[i + 1]; ++at) {
            const auto j = neighbours[static_cast<std::size_t>(at)];
            if (times[static_cast<std::size_t>(j)]++ == 0) met.push_back(j);
        }
        std::ranges::sort(met);
        for (const auto j : met) {
            counts.column.push_back(j);
            counts.value.push_back(std::exchange(times[static_cast<std::size_t>(j)], 0.0F));
        }
        counts.begin.push_back(std::ssize(counts.column));
    }
    return counts;
}

/// Counts to shifted positive pointwise mutual information, in place; zeros go.
void to_information(SparseRows& m, double shift) {
    const auto n = static_cast<std::size_t>(m.rows());
    std::vector<double> total(n, 0), context(n, 0); // counts are symmetric: a word's are its context's too
    double all = 0;
    for (std::size_t i = 0; i < n; ++i) {
        for (auto at = m.begin[i]; at < m.begin[i + 1]; ++at)
            total[i] += m.value[static_cast<std::size_t>(at)];
        context[i] = std::pow(total[i], 0.75);
        all += context[i];
    }
    std::size_t kept = 0;
    for (std::size_t i = 0; i < n; ++i) {
        const auto first = static_cast<std::size_t>(m.begin[i]),
                   last = static_cast<std::size_t>(m.begin[i + 1]);
        m.begin[i] = static_cast<std::int64_t>(kept);
        for (auto at = first; at < last; ++at) {
            const auto j = m.column[at];
            const double information =
                std::log(m.value[at] * all / (total[i] * context[static_cast<std::size_t>(j)])) -
                std::log(shift);
            if (information <= 0) continue;
            m.column[kept] = j;
            m.value[kept++] = static_cast<float>(information);
        }
    }
    m.begin[n] = static_cast<std::int64_t>(kept);
    m.column.resize(kept);
    m.value.resize(kept);
}

Tensor orthonormal(const Tensor& x) {
    return std::get<0>(at::linalg_qr(x)).contiguous();
}

} // namespace

Tensor WordCooccurrence::vectors(const std::vector<std::int32_t>& words, std::int64_t known,
                                 const Loading& loading) const {
    constexpr std::int64_t kMore = 16; // directions beyond those asked for, for accuracy
    constexpr int kIterations = 3;
    const at::NoGradGuard no_grad;
    auto m = count_pairs(words, known, window, loading);
    to_information(m, shift);

    const auto d = std::min(dimension, known), k = std::min(dimension + kMore, known);
    auto x = at::empty({known, k}, at::kFloat);
    RandomStream random(0, "range finder");
    for (std::int64_t i = 0; i < x.numel(); ++i) x.data_ptr<float>()[i] = static_cast<float>(random.normal());
    const auto what = "factoring word counts";
    x = orthonormal(m.times(x));
    for (int i = 0; i < kIterations; ++i) {
        loading.report(0.4 + 0.15 * i, what);
        x = orthonormal(m.times(orthonormal(m.transposed_times(x))));
    }
    loading.report(0.9, what);
    const auto b = m.transposed_times(x).to(at::kDouble); // (QᵀM)ᵀ
    const auto [values, directions] = at::linalg_eigh(b.t().matmul(b));
    const auto largest = directions.slice(1, k - d).flip(1);
    auto squares = values.slice(0, k - d).flip(0);
    squares = at::where(squares > 1e-10 * squares[0], squares, 0.0);     // the rest is rounding
    auto result = x.to(at::kDouble).matmul(largest) * squares.pow(0.25); // U·√σ, σ² the eigenvalues
    // A singular vector's sign is anybody's choice: the largest element's is to be plus.
    const auto peak = result.gather(0, result.abs().argmax(0, true));
    result = result * at::where(peak < 0, -1.0, 1.0);
    auto there = at::zeros({known, 1}, at::kBool); // words of whose company something is left
    for (std::int64_t i = 0; i < known; ++i)
        there.data_ptr<bool>()[i] =
            m.begin[static_cast<std::size_t>(i)] < m.begin[static_cast<std::size_t>(i) + 1];
    const auto norms = result.norm(2, {1}, true);
    const double length = scale * std::sqrt(static_cast<double>(d));
    result = at::where(there & (norms > 1e-9), result / norms.clamp_min(1e-9) * length, 0.0);
    return result.to(at::kFloat).contiguous();
}

} // namespace descent
