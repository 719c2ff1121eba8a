#pragma once

// A pass over a block of networks, for one instruction set: included by lanes_<instruction set>.cpp only.

#include "core/engine/lanes_losses.h"
#include "core/engine/lanes_nonlinearity.h"
#include "core/engine/lanes_product.h"

namespace descent::lanes {

/// A pass in hand: its buffers, one after the other in `space`.
template<class V, InLanes in_lanes>
class Run {
public:
    using T = typename V::value_type;
    static constexpr bool networks = in_lanes == InLanes::networks;
    static constexpr std::ptrdiff_t width = V::size;
    static constexpr std::ptrdiff_t each = networks ? width : 1; ///< numbers of a weight

    explicit Run(const Pass<T>& pass)
        : p_(pass)
        , layers_(pass.layers)
        , rows_(networks ? pass.examples : (pass.examples + width - 1) / width)
        , at_once_(pass.at_once)
        , stride_((at_once_ + 1) * width) // no power of two: units would share the sets of a cache
        , numbers_(offset(layers_))
        , in_place_(slope_from_value(pass.hidden))
        , folds_(networks && at_once_ < kFold)
        , partial_(reinterpret_cast<T*>(pass.space))
        , values_(partial_ + (folds_ ? numbers_ : 0))
        , losses_(pass, rows_, stride_) {}

    template<bool descends>
    void operator()() {
        if (descends) clear(p_.gradient);
        if (descends && folds_) clear(partial_);
        set_ones();
        for (std::int64_t first = 0; first < rows_; first += at_once_) {
            rows_now_ = {first, rows_ - first < at_once_ ? rows_ - first : at_once_};
            forward<descends>();
            losses_.template add<descends>(first, rows_now_.count, values(layers_ - 1), slopes(layers_ - 1));
            if (descends) backward();
        }
        losses_.finish();
    }

private:
    void clear(T* at) {
        for (std::ptrdiff_t i = 0; i < numbers_; ++i) at[i] = T(0);
    }
    std::int64_t units(std::int64_t layer) const { return p_.widths[layer + 1]; }
    std::int64_t row(std::int64_t layer) const { return p_.widths[layer] + (p_.bias ? 1 : 0); }

    /// Of a layer's units [units + 1][rows at once][W]; the last is 1, what biases are multiplied with.
    T* values(std::int64_t layer) {
        T* at = values_;
        for (std::int64_t l = 0; l < layer; ++l) at += ((in_place_ ? 1 : 2) * units(l) + 1) * stride_;
        return at;
    }
    /// f'(z), and then the loss' derivative in z, of the same [units][rows at once][W]. Of hidden layers
    /// in place: the values, and then the derivative.
    T* slopes(std::int64_t layer) {
        const bool apart = !in_place_ || layer + 1 == layers_;
        return values(layer) + (apart ? (units(layer) + 1) * stride_ : 0);
    }
    const T* weights(std::int64_t layer) const { return p_.weights + offset(layer); }
    std::ptrdiff_t offset(std::int64_t layer) const {
        std::ptrdiff_t at = 0;
        for (std::int64_t l = 0; l < layer; ++l) at += units(l) * row(l) * each;
        return at;
    }

    void set_ones() {
        for (std::int64_t l = 0; l + 1 < layers_; ++l) {
            T* ones = values(l) + units(l) * stride_;
            for (std::int64_t r = 0; r < at_once_; ++r) V(T(1)).store_aligned(ones + r * width);
        }
    }

    // Layers are taken a strip of units at a time: what is done to these next finds them in the first-level
    // cache.

    struct Part {
        std::int64_t first, count;
    };
    template<class F>
    void each_strip(std::int64_t units, const F& f) const {
        constexpr std::int64_t registers = 256; // half of such a cache
        std::int64_t most = registers / rows_now_.count / kTileRows * kTileRows;
        if (most < kTileRows) most = kTileRows;
        for (std::int64_t u = 0; u < units; u += most) f(Part{u, units - u < most ? units - u : most});
    }

    template<bool descends>
    void forward() {
        const auto top = layers_ - 1;
        for (std::int64_t l = 0; l < top; ++l)
            each_strip(units(l), [&](const Part& some) {
                if (p_.hidden == Nonlinearity::relu)
                    sums<SetPositive>(l, some, {0, row(l)});
                else
                    sums<Set>(l, some, {0, row(l)});
                if (p_.hidden != Nonlinearity::relu && p_.hidden != Nonlinearity::identity)
                    nonlinear(p_.hidden, l, some, descends && !in_place_);
                if (l + 1 < top) return;
                // The bias is multiplied with the row of ones, which follows the last units.
                const bool last = some.first + some.count == units(l);
                const Part terms{some.first, some.count + (last && p_.bias ? 1 : 0)};
                if (some.first == 0)
                    sums<Set>(top, {0, units(top)}, terms);
                else
                    sums<Continue>(top, {0, units(top)}, terms);
            });
        if (top == 0) sums<Set>(top, {0, units(top)}, {0, row(top)});
        nonlinear(p_.output, top, {0, units(top)}, descends);
    }

    void nonlinear(Nonlinearity f, std::int64_t l, const Part& some, bool with_slopes) {
        for (std::int64_t u = some.first; u < some.first + some.count; ++u)
            apply<V>(f, values(l) + u * stride_, with_slopes ? slopes(l) + u * stride_ : nullptr,
                     rows_now_.count);
    }

    /// The layer's input `k` in the rows in hand.
    const T* inputs(std::int64_t l, std::int64_t k) {
        return l == 0 ? p_.inputs + rows_now_.first * input_row() + k * p_.spacing
                      : values(l - 1) + k * stride_;
    }
    std::ptrdiff_t input_row() const { return networks ? row(0) : width; }

    /// Over some of the layer's inputs.
    template<class Store>
    void sums(std::int64_t l, const Part& some, const Part& terms) {
        constexpr Spread weight = networks ? Spread::none : Spread::a,
                         input = networks ? Spread::b : Spread::a;
        const T* x = inputs(l, terms.first);
        const Operand<T> w{weights(l) + (some.first * row(l) + terms.first) * each, row(l) * each, each};
        const Target<T> z{values(l) + some.first * stride_, stride_, width};
        const auto count = rows_now_.count;
        if (l == 0)
            product<V, Store, input>(w, {x, input_row(), p_.spacing}, z, some.count, count, terms.count);
        else
            product<V, Store, weight>(w, {x, width, stride_}, z, some.count, count, terms.count);
    }

    /// Of the weights of some units from some of the layer's inputs.
    void gradients(std::int64_t l, const Part& some, const Part& from) {
        if constexpr (!networks)
            gradients<AddLanes>(l, p_.gradient, some, from);
        else if (folds_)
            gradients<Continue>(l, partial_, some, from);
        else
            gradients<Add>(l, p_.gradient, some, from);
    }
    template<class Store>
    void gradients(std::int64_t l, T* into, const Part& some, const Part& from) {
        constexpr Spread input = networks ? Spread::b : Spread::none;
        const T* x = inputs(l, from.first);
        const Operand<T> dz{slopes(l) + some.first * stride_, stride_, width};
        const Target<T> g{into + offset(l) + (some.first * row(l) + from.first) * each, row(l) * each, each};
        const auto count = rows_now_.count;
        if (l == 0)
            product<V, Store, input>(dz, {x, p_.spacing, input_row()}, g, some.count, from.count, count);
        else
            product<V, Store, Spread::none>(dz, {x, stride_, width}, g, some.count, from.count, count);
    }

    void backward() {
        const auto top = layers_ - 1;
        if (top == 0) gradients(0, {0, units(0)}, {0, row(0)});
        for (std::int64_t l = top - 1; l >= 0; --l)
            each_strip(units(l), [&](const Part& some) {
                if (l + 1 == top) gradients(top, {0, units(top)}, some); // before the values are no more
                derivatives(l, some);
                gradients(l, some, {0, row(l)});
            });
        if (top > 0 && p_.bias) gradients(top, {0, units(top)}, {units(top - 1), 1});
        if (folds_ &&
            ((rows_now_.first + rows_now_.count) % kFold == 0 || rows_now_.first + rows_now_.count == rows_))
            fold();
    }

    /// In the sums of some units.
    void derivatives(std::int64_t l, const Part& some) {
        switch (p_.hidden) {
        case Nonlinearity::identity:
            return derivatives<Set>(l, some);
        case Nonlinearity::relu:
            return derivatives<Multiply<SlopeOfRelu>>(l, some);
        case Nonlinearity::sigmoid:
            return derivatives<Multiply<SlopeOfSigmoid>>(l, some);
        case Nonlinearity::tanh:
            return derivatives<Multiply<SlopeOfTanh>>(l, some);
        default:
            return derivatives<Multiply<Itself>>(l, some);
        }
    }
    template<class Store>
    void derivatives(std::int64_t l, const Part& some) {
        constexpr Spread weight = networks ? Spread::none : Spread::a;
        const auto above = l + 1;
        product<V, Store, weight>(
            {weights(above) + some.first * each, each, row(above) * each}, {slopes(above), width, stride_},
            {slopes(l) + some.first * stride_, stride_, width}, some.count, rows_now_.count, units(above));
    }

    void fold() {
        for (std::ptrdiff_t i = 0; i < numbers_; i += width) {
            T* total = p_.gradient + i;
            (V::load_aligned(total) + V::load_aligned(partial_ + i)).store_aligned(total);
            V(T(0)).store_aligned(partial_ + i);
        }
    }

    const Pass<T>& p_;
    std::int64_t layers_, rows_, at_once_;
    Part rows_now_{}; ///< in hand
    std::ptrdiff_t stride_, numbers_;
    bool in_place_, folds_;
    T *partial_, *values_;
    Losses<V, in_lanes> losses_;
};

template<class V, bool descends>
void run(const Pass<typename V::value_type>& pass) {
    if (pass.in_lanes == InLanes::networks)
        Run<V, InLanes::networks>(pass).template operator()<descends>();
    else
        Run<V, InLanes::examples>(pass).template operator()<descends>();
}

template<class T, class Arch>
constexpr Kernels<T> kernels_for() {
    using V = xsimd::batch<T, Arch>;
    return {static_cast<std::int64_t>(V::size), &run<V, true>, &run<V, false>};
}

} // namespace descent::lanes
