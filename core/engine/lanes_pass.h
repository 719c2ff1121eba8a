#pragma once

// A pass over a block of networks, for one instruction set: included by lanes_<instruction set>.cpp only.

#include "core/engine/lanes.h"
#include "core/engine/lanes_product.h"

#include <limits>

namespace descent::lanes {

/// f(z) in place of z, and f'(z) beside it where `slopes` is given, of `count` registers in a row.
template<class V, class T, class F>
[[gnu::always_inline]] inline void each(T* values, T* slopes, std::ptrdiff_t count,
                                        const F& value_and_slope) {
    constexpr std::ptrdiff_t width = V::size;
    if (slopes)
        for (std::ptrdiff_t i = 0; i < count; ++i) {
            V slope(T(1));
            const V value = value_and_slope(V::load_aligned(values + i * width), slope);
            value.store_aligned(values + i * width);
            slope.store_aligned(slopes + i * width);
        }
    else
        for (std::ptrdiff_t i = 0; i < count; ++i) {
            V slope(T(1));
            value_and_slope(V::load_aligned(values + i * width), slope).store_aligned(values + i * width);
        }
}

/// As core/models/nonlinearity.h defines them; the slopes are autograd's.
template<class V, class T>
void apply(Nonlinearity f, T* values, T* slopes, std::ptrdiff_t count) {
    const V zero(T(0)), one(T(1)), half(T(0.5));
    const auto inside = [&](const V& z, T low, T high, T slope) {
        return xsimd::select((z > V(low)) & (z < V(high)), V(slope), zero);
    };
    switch (f) {
    case Nonlinearity::identity:
        return each<V>(values, slopes, count, [](const V& z, V&) { return z; });
    case Nonlinearity::tanh:
        return each<V>(values, slopes, count, [&](const V& z, V& slope) {
            const V y = tanh(z);
            slope = multiply_add(-y, y, one);
            return y;
        });
    case Nonlinearity::relu:
        return each<V>(values, slopes, count, [&](const V& z, V& slope) {
            slope = xsimd::select(z > zero, one, zero);
            return at_least(zero, z);
        });
    case Nonlinearity::sigmoid:
        return each<V>(values, slopes, count, [&](const V& z, V& slope) {
            const V y = sigmoid(z);
            slope = multiply_add(-y, y, y);
            return y;
        });
    case Nonlinearity::silu:
        return each<V>(values, slopes, count, [&](const V& z, V& slope) {
            const V s = sigmoid(z);
            slope = s * multiply_add(z, one - s, one);
            return z * s;
        });
    case Nonlinearity::gelu:
        return each<V>(values, slopes, count, [&](const V& z, V& slope) {
            const V below = half * (one + xsimd::erf(z * V(T(0.70710678118654752440)))); // Φ(z)
            slope = multiply_add(z * exp(-half * z * z), V(T(0.39894228040143267794)), below);
            return z * below;
        });
    case Nonlinearity::softplus:
        return each<V>(values, slopes, count, [&](const V& z, V& slope) {
            const auto straight = z > V(T(20));
            slope = xsimd::select(straight, one, sigmoid(z));
            return xsimd::select(straight, z, softplus(z));
        });
    case Nonlinearity::hard_sigmoid:
        return each<V>(values, slopes, count, [&](const V& z, V& slope) {
            slope = inside(z, T(-3), T(3), T(1) / T(6));
            return at_most(V(T(6)), at_least(zero, z + V(T(3)))) / V(T(6));
        });
    case Nonlinearity::hard_tanh:
        return each<V>(values, slopes, count, [&](const V& z, V& slope) {
            slope = inside(z, T(-1), T(1), T(1));
            return at_most(one, at_least(-one, z));
        });
    case Nonlinearity::threshold:
        return each<V>(values, slopes, count, [&](const V& z, V& slope) {
            slope = xsimd::select(xsimd::abs(z) <= one, one, zero);
            return xsimd::select(z > zero, one, zero);
        });
    }
}

/// A pass in hand: its buffers, one after the other in `space`.
template<class V>
class Run {
public:
    using T = typename V::value_type;
    static constexpr std::ptrdiff_t width = V::size;

    Run(const Pass<T>& pass, bool descends)
        : p_(pass)
        , layers_(pass.layers)
        , at_once_(pass.at_once)
        , stride_((at_once_ + 1) * width) // no power of two: rows would share the sets of a cache
        , numbers_(offset(layers_))
        , outputs_(units(layers_ - 1))
        , classes_(pass.targets           ? 0
                   : pass.loss.one_output ? 2
                                          : outputs_)
        , rising_(pass.loss.sides[1] >= pass.loss.sides[0])
        , in_place_(slope_from_value(pass.hidden))
        , smoothed_(pass.loss.on != 1 || pass.loss.off != 0)
        , partial_(reinterpret_cast<T*>(pass.space))
        , counts_(partial_ + numbers_)
        , values_(counts_ + 3 * width) {
        if (!descends) return;
        clear(partial_, numbers_);
        clear(p_.gradient, numbers_);
    }

    template<bool descends>
    void operator()() {
        clear(counts_, 3 * width);
        for (std::ptrdiff_t i = 0; i < width; ++i) p_.losses[i] = p_.objectives[i] = 0;
        set_ones();
        for (std::int64_t first = 0; first < p_.examples; first += at_once_) {
            const auto count = p_.examples - first < at_once_ ? p_.examples - first : at_once_;
            forward<descends>(first, count);
            losses<descends>(first, count);
            if (!descends) continue;
            backward(first, count);
            if ((first + count) % kFold == 0 || first + count == p_.examples) fold();
        }
        if (classes_ == 2 && p_.loss.one_output) count_two();
        if (!descends) return;
        const bool plain = !p_.importance && !smoothed_;
        for (std::ptrdiff_t i = 0; i < width; ++i)
            p_.objectives[i] = (plain ? p_.losses[i] : p_.objectives[i]) * p_.scale;
    }

private:
    static void clear(T* at, std::ptrdiff_t numbers) {
        for (std::ptrdiff_t i = 0; i < numbers; i += width) V(T(0)).store_aligned(at + i);
    }
    std::int64_t units(std::int64_t layer) const { return p_.widths[layer + 1]; }
    std::int64_t row(std::int64_t layer) const { return p_.widths[layer] + (p_.bias ? 1 : 0); }

    /// Of a layer's units [units + 1][examples at once][W]; the last row is 1, what biases are multiplied
    /// with.
    T* values(std::int64_t layer) {
        T* at = values_;
        for (std::int64_t l = 0; l < layer; ++l) at += ((in_place_ ? 1 : 2) * units(l) + 1) * stride_;
        return at;
    }
    /// f'(z), and then the loss' derivative in z, of the same [units][examples at once][W]. Of hidden layers
    /// in place: the values, and then the derivative.
    T* slopes(std::int64_t layer) {
        const bool apart = !in_place_ || layer + 1 == layers_;
        return values(layer) + (apart ? (units(layer) + 1) * stride_ : 0);
    }
    const T* weights(std::int64_t layer) const { return p_.weights + offset(layer); }
    std::ptrdiff_t offset(std::int64_t layer) const {
        std::ptrdiff_t at = 0;
        for (std::int64_t l = 0; l < layer; ++l) at += units(l) * row(l) * width;
        return at;
    }

    void set_ones() {
        for (std::int64_t l = 0; l + 1 < layers_; ++l) {
            T* row = values(l) + units(l) * stride_;
            for (std::int64_t r = 0; r < at_once_; ++r) V(T(1)).store_aligned(row + r * width);
        }
    }

    template<bool descends>
    void forward(std::int64_t first, std::int64_t count) {
        for (std::int64_t l = 0; l < layers_; ++l) {
            const bool hidden = l + 1 < layers_;
            if (hidden && p_.hidden == Nonlinearity::relu)
                sums<SetPositive>(l, first, count);
            else
                sums<Set>(l, first, count);
            if (hidden && (p_.hidden == Nonlinearity::relu || p_.hidden == Nonlinearity::identity)) continue;
            const bool apart = descends && !(hidden && in_place_);
            for (std::int64_t u = 0; u < units(l); ++u)
                apply<V>(hidden ? p_.hidden : p_.output, values(l) + u * stride_,
                         apart ? slopes(l) + u * stride_ : nullptr, count);
        }
    }

    template<class Store>
    void sums(std::int64_t l, std::int64_t first, std::int64_t count) {
        const auto terms = row(l);
        const Operand<T> w{weights(l), terms * width, width};
        const Target<T> z{values(l), stride_, width};
        if (l == 0)
            product<V, Store, true>(w, {p_.inputs + first * terms, terms, 1}, z, units(l), count, terms);
        else
            product<V, Store, false>(w, {values(l - 1), width, stride_}, z, units(l), count, terms);
    }

    void backward(std::int64_t first, std::int64_t count) {
        for (std::int64_t l = layers_ - 1; l >= 0; --l) {
            const auto terms = row(l);
            const Operand<T> dz{slopes(l), stride_, width};
            const Target<T> g{partial_ + offset(l), terms * width, width};
            if (l == 0) {
                product<V, Add, true>(dz, {p_.inputs + first * terms, 1, terms}, g, units(l), terms, count);
                continue;
            }
            product<V, Add, false>(dz, {values(l - 1), stride_, width}, g, units(l), terms, count);
            switch (p_.hidden) {
            case Nonlinearity::identity:
                derivatives<Set>(l, count);
                break;
            case Nonlinearity::relu:
                derivatives<Multiply<SlopeOfRelu>>(l, count);
                break;
            case Nonlinearity::sigmoid:
                derivatives<Multiply<SlopeOfSigmoid>>(l, count);
                break;
            case Nonlinearity::tanh:
                derivatives<Multiply<SlopeOfTanh>>(l, count);
                break;
            default:
                derivatives<Multiply<Itself>>(l, count);
            }
        }
    }

    /// In the sums of the layer before `l`.
    template<class Store>
    void derivatives(std::int64_t l, std::int64_t count) {
        product<V, Store, false>({weights(l), width, row(l) * width}, {slopes(l), width, stride_},
                                 {slopes(l - 1), stride_, width}, p_.widths[l], count, units(l));
    }

    void fold() {
        for (std::ptrdiff_t i = 0; i < numbers_; i += width) {
            T* total = p_.gradient + i;
            (V::load_aligned(total) + V::load_aligned(partial_ + i)).store_aligned(total);
            V(T(0)).store_aligned(partial_ + i);
        }
    }

    // Losses: `outputs` and `slopes` point at an example's first output; the next is `stride_` further.

    V label(std::int64_t example) const { return V::load_aligned(p_.labels + example * width); }
    /// Share of class `c` in the example's label, with `on` for the right one.
    V share(const V& label, std::int64_t c, T on, T off) const {
        return xsimd::select(label == V(static_cast<T>(c)), V(on), V(off));
    }
    V side(const V& of_one) const {
        const T from = static_cast<T>(p_.loss.sides[0]), to = static_cast<T>(p_.loss.sides[1]);
        return multiply_add(of_one, V(to - from), V(from));
    }
    /// What output `o` should be under squared error.
    V wanted(std::int64_t example, std::int64_t o, T on, T off) const {
        if (p_.targets) return V(p_.targets[example * outputs_ + o]);
        const V y = label(example);
        if (p_.loss.one_output) return side(multiply_add(y, V(on - off), V(off)));
        return share(y, o, on, off);
    }

    struct Two {
        V reported, descended;
    };

    template<bool descends>
    Two squared(std::int64_t example, const T* outputs, T* slopes, const V& weight) const {
        const V factor(static_cast<T>(p_.loss.factor));
        const T on = static_cast<T>(p_.loss.on), off = static_cast<T>(p_.loss.off);
        const bool smoothed = descends && smoothed_;
        V reported(T(0)), descended(T(0));
        for (std::int64_t o = 0; o < outputs_; ++o) {
            const V y = V::load_aligned(outputs + o * stride_);
            const V plain = y - wanted(example, o, T(1), T(0));
            reported = multiply_add(plain, plain, reported);
            if constexpr (descends) {
                const V off_target = smoothed ? y - wanted(example, o, on, off) : plain;
                if (smoothed) descended = multiply_add(off_target, off_target, descended);
                T* slope = slopes + o * stride_;
                (V::load_aligned(slope) * (off_target * weight)).store_aligned(slope);
            }
        }
        return {factor * reported, factor * (smoothed ? descended : reported)};
    }

    template<bool descends>
    Two softmax(std::int64_t example, const T* outputs, T* slopes, const V& weight) const {
        const V y = label(example);
        const T on = static_cast<T>(p_.loss.on), off = static_cast<T>(p_.loss.off);
        V largest = V::load_aligned(outputs);
        for (std::int64_t o = 1; o < outputs_; ++o)
            largest = at_least(largest, V::load_aligned(outputs + o * stride_));
        V sum(T(0)), right(T(0)), shares(T(0));
        for (std::int64_t o = 0; o < outputs_; ++o) {
            const V z = V::load_aligned(outputs + o * stride_) - largest;
            sum += exp(z);
            right = multiply_add(z, share(y, o, T(1), T(0)), right);
            if constexpr (descends) shares = multiply_add(z, share(y, o, on, off), shares);
        }
        const V log_sum = xsimd::log(sum);
        if constexpr (descends) {
            const V whole(on + off * static_cast<T>(outputs_ - 1));
            const V share_of_sum = whole / sum;
            for (std::int64_t o = 0; o < outputs_; ++o) {
                const V p = exp(V::load_aligned(outputs + o * stride_) - largest) * share_of_sum;
                T* slope = slopes + o * stride_;
                (V::load_aligned(slope) * ((p - share(y, o, on, off)) * weight)).store_aligned(slope);
            }
            return {log_sum - right, multiply_add(whole, log_sum, -shares)};
        }
        return {log_sum - right, log_sum - right};
    }

    template<bool descends>
    Two logistic(std::int64_t example, const T* outputs, T* slopes, const V& weight) const {
        const V y = label(example), z = V::load_aligned(outputs), log_sum = softplus(z);
        if constexpr (descends) {
            const T on = static_cast<T>(p_.loss.on), off = static_cast<T>(p_.loss.off);
            const V share = multiply_add(y, V(on - off), V(off));
            (V::load_aligned(slopes) * ((sigmoid(z) - share) * weight)).store_aligned(slopes);
            return {multiply_add(-z, y, log_sum), multiply_add(-z, share, log_sum)};
        }
        return {multiply_add(-z, y, log_sum), log_sum};
    }

    template<bool descends>
    void losses(std::int64_t first, std::int64_t count) {
        constexpr std::int64_t together = 4; // summed up before they become double
        const auto& loss = p_.loss;
        T* outputs = values(layers_ - 1);
        T* derivatives = slopes(layers_ - 1);
        const bool weighted = p_.importance != nullptr;
        const bool apart = descends && (weighted || smoothed_);
        const T scale =
            static_cast<T>(p_.scale * (loss.criterion == Criterion::squared ? 2 * loss.factor : 1.0));
        V reported(T(0)), descended(T(0));
        for (std::int64_t i = 0; i < count; ++i) {
            const std::int64_t example = first + i;
            const V importance =
                weighted && descends ? V::load_aligned(p_.importance + example * width) : V(T(1));
            const V weight = importance * V(scale);
            T* slope = derivatives + i * width;
            const T* output = outputs + i * width;
            const Two two =
                loss.criterion == Criterion::squared   ? squared<descends>(example, output, slope, weight)
                : loss.criterion == Criterion::softmax ? softmax<descends>(example, output, slope, weight)
                                                       : logistic<descends>(example, output, slope, weight);
            reported += two.reported;
            if (apart) descended = multiply_add(two.descended, importance, descended);
            if (classes_ > 0) answer(example, output);
            if (i % together != together - 1 && i + 1 != count) continue;
            add(reported, p_.losses);
            reported = V(T(0));
            if (!apart) continue;
            add(descended, p_.objectives);
            descended = V(T(0));
        }
    }

    static void add(const V& lanes, double* sums) {
        alignas(64) T each_lane[width];
        lanes.store_aligned(each_lane);
        for (std::ptrdiff_t i = 0; i < width; ++i) sums[i] += static_cast<double>(each_lane[i]);
    }

    void answer(std::int64_t example, const T* outputs) {
        const V y = label(example), zero(T(0)), one(T(1));
        if (p_.loss.one_output) {
            const bool squared = p_.loss.criterion == Criterion::squared;
            const V z = V::load_aligned(outputs);
            const V middle(squared ? static_cast<T>((p_.loss.sides[0] + p_.loss.sides[1]) / 2) : T(0));
            const V says = xsimd::select(rising_ || !squared ? z > middle : z < middle, one, zero);
            increase(counts_, y);
            increase(counts_ + width, says);
            increase(counts_ + 2 * width, y * says);
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
        for (std::ptrdiff_t i = 0; i < width; ++i)
            ++p_.confusion[(i * classes_ + static_cast<std::int64_t>(truth[i])) * classes_ +
                           static_cast<std::int64_t>(answers[i])];
    }
    static void increase(T* counts, const V& by) { (V::load_aligned(counts) + by).store_aligned(counts); }

    /// From the counts of class 1, of answers 1 and of both.
    void count_two() {
        for (std::ptrdiff_t i = 0; i < width; ++i) {
            const auto truths = static_cast<std::int64_t>(counts_[i]);
            const auto answers = static_cast<std::int64_t>(counts_[width + i]);
            const auto both = static_cast<std::int64_t>(counts_[2 * width + i]);
            std::int64_t* at = p_.confusion + 4 * i;
            at[0] += p_.examples - truths - answers + both;
            at[1] += answers - both;
            at[2] += truths - both;
            at[3] += both;
        }
    }

    const Pass<T>& p_;
    std::int64_t layers_, at_once_;
    std::ptrdiff_t stride_, numbers_;
    std::int64_t outputs_, classes_;
    bool rising_, in_place_, smoothed_;
    T *partial_, *counts_, *values_;
};

template<class V>
void descend(const Pass<typename V::value_type>& pass) {
    Run<V>(pass, true).template operator()<true>();
}
template<class V>
void evaluate(const Pass<typename V::value_type>& pass) {
    Run<V>(pass, false).template operator()<false>();
}

template<class T, class Arch>
constexpr Kernels<T> kernels_for() {
    using V = xsimd::batch<T, Arch>;
    return {static_cast<std::int64_t>(V::size), &descend<V>, &evaluate<V>};
}

} // namespace descent::lanes
