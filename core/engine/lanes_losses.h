#pragma once

// Losses and answers of a pass; part of the kernel that is compiled for each instruction set.

#include "core/engine/lanes.h"
#include "core/engine/lanes_math.h"

#include <cstddef>

namespace descent::lanes {

/// Sums over the set in hand. `outputs` and `slopes` point at a row's first output; the next is `stride`
/// numbers further.
template<class V, InLanes in_lanes>
class Losses {
public:
    using T = typename V::value_type;
    static constexpr std::ptrdiff_t width = V::size;
    static constexpr bool networks = in_lanes == InLanes::networks;

    /// `rows`: of the set.
    Losses(const Pass<T>& pass, std::int64_t rows, std::ptrdiff_t stride)
        : p_(pass)
        , outputs_(pass.widths[pass.layers])
        , classes_(pass.targets           ? 0
                   : pass.loss.one_output ? 2
                                          : outputs_)
        , last_(networks || pass.examples % width == 0 ? -1 : rows - 1)
        , stride_(stride)
        , rising_(pass.loss.sides[1] >= pass.loss.sides[0])
        , smoothed_(pass.loss.on != 1 || pass.loss.off != 0)
        , in_last_(T(0))
        , truths_(T(0))
        , says_(T(0))
        , both_(T(0)) {
        alignas(64) T in_last[width];
        for (std::ptrdiff_t i = 0; i < width; ++i) in_last[i] = i < pass.examples % width ? T(1) : T(0);
        in_last_ = V::load_aligned(in_last);
    }

    /// Of the rows from `first` on; where `descends`, each f'(z) of `slopes` becomes the loss' derivative in
    /// z.
    template<bool descends>
    void add(std::int64_t first, std::int64_t count, const T* outputs, T* slopes) {
        constexpr std::int64_t together = 4; // summed up before they become double
        const auto& loss = p_.loss;
        const T scale =
            static_cast<T>(p_.scale * (loss.criterion == Criterion::squared ? 2 * loss.factor : 1.0));
        V sum(T(0));
        for (std::int64_t i = 0; i < count; ++i, outputs += width, slopes += width) {
            const std::int64_t row = first + i;
            V weight(scale);
            if (descends && p_.importance) weight *= V::load_aligned(p_.importance + row * width);
            if (row == last_) weight *= in_last_;
            const V one =
                loss.criterion == Criterion::squared   ? squared<descends>(row, outputs, slopes, weight)
                : loss.criterion == Criterion::softmax ? softmax<descends>(row, outputs, slopes, weight)
                                                       : logistic<descends>(row, outputs, slopes, weight);
            sum += row == last_ ? one * in_last_ : one;
            if (classes_ > 0) answer(row, outputs);
            if (i % together != together - 1 && i + 1 != count) continue;
            alignas(64) T each_lane[width];
            sum.store_aligned(each_lane);
            for (std::ptrdiff_t k = 0; k < width; ++k) sums_[k] += static_cast<double>(each_lane[k]);
            sum = V(T(0));
        }
    }

    /// Into the pass' losses and confusion.
    void finish() {
        for (std::ptrdiff_t i = 0; i < (networks ? width : 1); ++i) p_.losses[i] = 0;
        for (std::ptrdiff_t i = 0; i < width; ++i) p_.losses[networks ? i : 0] += sums_[i];
        if (classes_ == 2 && p_.loss.one_output) count_two();
    }

private:
    V label(std::int64_t row) const { return V::load_aligned(p_.labels + row * width); }
    /// Share of class `c` in the example's label, with `on` for the right one.
    V share(const V& label, std::int64_t c, T on, T off) const {
        return xsimd::select(label == V(static_cast<T>(c)), V(on), V(off));
    }
    V side(const V& of_one) const {
        const T from = static_cast<T>(p_.loss.sides[0]), to = static_cast<T>(p_.loss.sides[1]);
        return multiply_add(of_one, V(to - from), V(from));
    }
    /// What output `o` should be under squared error.
    V wanted(std::int64_t row, std::int64_t o, T on, T off) const {
        if (p_.targets) {
            const T* at = p_.targets + (row * outputs_ + o) * (networks ? 1 : width);
            return networks ? V(*at) : V::load_aligned(at);
        }
        const V y = label(row);
        if (p_.loss.one_output) return side(multiply_add(y, V(on - off), V(off)));
        return share(y, o, on, off);
    }

    template<bool descends>
    V squared(std::int64_t row, const T* outputs, T* slopes, const V& weight) const {
        const T on = static_cast<T>(p_.loss.on), off = static_cast<T>(p_.loss.off);
        V reported(T(0));
        for (std::int64_t o = 0; o < outputs_; ++o) {
            const V y = V::load_aligned(outputs + o * stride_);
            const V plain = y - wanted(row, o, T(1), T(0));
            reported = multiply_add(plain, plain, reported);
            if constexpr (descends) {
                const V off_target = smoothed_ ? y - wanted(row, o, on, off) : plain;
                T* slope = slopes + o * stride_;
                (V::load_aligned(slope) * (off_target * weight)).store_aligned(slope);
            }
        }
        return V(static_cast<T>(p_.loss.factor)) * reported;
    }

    template<bool descends>
    V softmax(std::int64_t row, const T* outputs, T* slopes, const V& weight) const {
        const V y = label(row);
        V largest = V::load_aligned(outputs);
        for (std::int64_t o = 1; o < outputs_; ++o)
            largest = at_least(largest, V::load_aligned(outputs + o * stride_));
        V sum(T(0)), right(T(0));
        for (std::int64_t o = 0; o < outputs_; ++o) {
            const V z = V::load_aligned(outputs + o * stride_) - largest;
            sum += lanes::exp(z);
            right = multiply_add(z, share(y, o, T(1), T(0)), right);
        }
        if constexpr (descends) {
            const T on = static_cast<T>(p_.loss.on), off = static_cast<T>(p_.loss.off);
            const V share_of_sum = V(on + off * static_cast<T>(outputs_ - 1)) / sum;
            for (std::int64_t o = 0; o < outputs_; ++o) {
                const V p = lanes::exp(V::load_aligned(outputs + o * stride_) - largest) * share_of_sum;
                T* slope = slopes + o * stride_;
                (V::load_aligned(slope) * ((p - share(y, o, on, off)) * weight)).store_aligned(slope);
            }
        }
        return xsimd::log(sum) - right;
    }

    template<bool descends>
    V logistic(std::int64_t row, const T* outputs, T* slopes, const V& weight) const {
        const V y = label(row), z = V::load_aligned(outputs);
        if constexpr (descends) {
            const T on = static_cast<T>(p_.loss.on), off = static_cast<T>(p_.loss.off);
            const V share = multiply_add(y, V(on - off), V(off));
            (V::load_aligned(slopes) * ((sigmoid(z) - share) * weight)).store_aligned(slopes);
        }
        return multiply_add(-z, y, softplus(z));
    }

    void answer(std::int64_t row, const T* outputs) {
        const V y = label(row), zero(T(0)), one(T(1));
        if (p_.loss.one_output) {
            const bool squared = p_.loss.criterion == Criterion::squared;
            const V z = V::load_aligned(outputs);
            const V middle(squared ? static_cast<T>((p_.loss.sides[0] + p_.loss.sides[1]) / 2) : T(0));
            const V says = xsimd::select(rising_ || !squared ? z > middle : z < middle,
                                         row == last_ ? in_last_ : one, zero);
            truths_ += y;
            says_ += says;
            both_ += y * says;
            return;
        }
        V best = V::load_aligned(outputs), says = zero;
        for (std::int64_t o = 1; o < outputs_; ++o) {
            const V z = V::load_aligned(outputs + o * stride_);
            const auto larger = z > best;
            best = xsimd::select(larger, z, best);
            says = xsimd::select(larger, V(static_cast<T>(o)), says);
        }
        alignas(64) T truth[width], answers[width];
        y.store_aligned(truth);
        says.store_aligned(answers);
        const auto lanes = row == last_ ? p_.examples % width : width;
        for (std::ptrdiff_t i = 0; i < lanes; ++i)
            ++p_.confusion[((networks ? i : 0) * classes_ + static_cast<std::int64_t>(truth[i])) * classes_ +
                           static_cast<std::int64_t>(answers[i])];
    }

    /// From the counts of class 1, of answers 1 and of both.
    void count_two() {
        alignas(64) T in_truth[width], in_answers[width], in_both[width];
        truths_.store_aligned(in_truth);
        says_.store_aligned(in_answers);
        both_.store_aligned(in_both);
        for (std::ptrdiff_t i = 0; i < width; ++i) {
            const auto truths = static_cast<std::int64_t>(in_truth[i]);
            const auto answers = static_cast<std::int64_t>(in_answers[i]);
            const auto both = static_cast<std::int64_t>(in_both[i]);
            std::int64_t* at = p_.confusion + (networks ? 4 * i : 0);
            if (networks || i == 0) at[0] += p_.examples;
            at[0] -= truths + answers - both;
            at[1] += answers - both;
            at[2] += truths - both;
            at[3] += both;
        }
    }

    const Pass<T>& p_;
    std::int64_t outputs_, classes_;
    std::int64_t last_; ///< the row that is not full, or −1
    std::ptrdiff_t stride_;
    bool rising_, smoothed_;
    V in_last_;              ///< 1 in its lanes that are, else 0
    V truths_, says_, both_; ///< of class 1
    double sums_[width] = {};
};

} // namespace descent::lanes
