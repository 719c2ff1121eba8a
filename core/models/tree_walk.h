#pragma once

// The arithmetic of tree_net.cpp, for one type of numbers.

#include "core/engine/blas.h"
#include "core/models/tree_net.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <array>
#include <vector>

namespace descent {

/// A matrix of the network, or its gradient; data null where there is none.
template<class T>
struct PartIn {
    T* data = nullptr;
    std::int64_t row = 1, column = 1;
    T& operator()(std::int64_t i, std::int64_t j = 0) const { return data[i * row + j * column]; }
    explicit operator bool() const { return data != nullptr; }
};

/// The network's matrices, or their gradients, in the tensors that hold them.
template<class T>
struct PartsIn {
    PartsIn(const TreeNet& net, const std::vector<Tensor>& tensors) {
        const auto find = [&](const TreeNet::Part& part) -> PartIn<T> {
            if (part.tensor < 0) return {};
            const auto& tensor = tensors[static_cast<std::size_t>(part.tensor)];
            return {tensor.template data_ptr<T>() + part.first, part.row, part.column};
        };
        input = find(net.input), input_bias = find(net.input_bias);
        recurrent = find(net.recurrent), recurrent_bias = find(net.recurrent_bias);
        output = find(net.output), output_bias = find(net.output_bias),
        symbol_output = find(net.symbol_output);
    }
    PartIn<T> input, input_bias, recurrent, recurrent_bias, output, output_bias, symbol_output;
};

/// From the root to the ends, or back: level by level, parents in blocks.
template<class T>
class TreeWalk {
public:
    TreeWalk(const TreeNet& net, const PrefixTree& tree, const PartsIn<T>& weights)
        : net_(net)
        , tree_(tree)
        , w_(weights)
        , h_(net.hidden)
        , gates_(cells::gates(net.cell) * h_)
        , states_(cells::states(net.cell) * h_)
        , kept_(cells::kept(net.cell) * h_)
        , n_(tree.ends.size(0))
        , symbols_(tree.symbols.data_ptr<std::int64_t>())
        , rows_((net.reads_before_last ? tree.befores : tree.ends).template data_ptr<std::int64_t>())
        , kernels_(cells::kernels<T>(net.cell))
        , used_(static_cast<std::size_t>(net.symbols)) {
        for (std::int64_t i = 0; i + 1 < tree.rows(); ++i) used_[static_cast<std::size_t>(symbols_[i])] = 1;
    }

    std::int64_t state_size() const { return states_; } ///< numbers a row
    std::int64_t kept_size() const { return kept_; }

    /// Written: `states` [rows, state_size()], `kept` [rows − 1, kept_size()] or null, `read` [n, H] the
    /// hidden states that are read out, `logits` [n, outputs].
    void forward(T* states, T* kept, T* read, T* logits) const {
        const auto table = table_of_symbols();
        std::fill_n(states, states_, T(0));
        auto block = buffer(kBlock * gates_);
        for (std::size_t depth = 0; depth < tree_.levels.size(); ++depth) {
            const auto& level = tree_.levels[depth];
            const auto [above, parents] = parents_of(depth);
            const auto* parent_of = level.parents.template data_ptr<std::int64_t>();
            for (std::int64_t first = 0; first < parents; first += kBlock) {
                const auto count = std::min(kBlock, parents - first);
                for (std::int64_t i = 0; i < count; ++i)
                    put_bias(w_.recurrent_bias, gates_, &block[at(i * gates_)]);
                multiply<T>(count, gates_, h_, {states + (above + first) * states_, states_},
                            {w_.recurrent.data, w_.recurrent.row, true}, 1, block.data(), gates_);
                for (const auto& [begin, end] : children(level, first, count))
                    at::parallel_for(begin, end, kGrain,
                                     [&, above = above](std::int64_t from, std::int64_t to) {
                                         const auto row = level.first + from;
                                         kernels_.forward({.rows = to - from,
                                                           .hidden = h_,
                                                           .inputs = symbols_ + row - 1,
                                                           .pasts = parent_of + from,
                                                           .input = table.data(),
                                                           .recurrent = block.data(),
                                                           .first_past = first,
                                                           .before = states + above * states_,
                                                           .kept = kept ? kept + (row - 1) * kept_ : nullptr,
                                                           .after = states + row * states_});
                                     });
            }
        }
        for (std::int64_t i = 0; i < n_; ++i) {
            std::copy_n(states + rows_[i] * states_, h_, read + i * h_);
            put_bias(w_.output_bias, net_.outputs, logits + i * net_.outputs);
            if (w_.symbol_output)
                for (std::int64_t c = 0; c < net_.outputs; ++c)
                    logits[i * net_.outputs + c] += w_.symbol_output(c, last(i));
        }
        multiply<T>(n_, net_.outputs, h_, {read, h_}, {w_.output.data, w_.output.row, true}, 1, logits,
                    net_.outputs);
    }

    std::int64_t backward_space() const { return n_ * h_ + tree_.rows() * states_; }

    /// What forward() left, the gradient of the logits; added to: `gradient`. `space`: backward_space()
    /// numbers.
    void backward(const T* states, const T* kept, const T* read, const T* d_logits,
                  const PartsIn<T>& gradient, T* space) const {
        const auto& d = gradient;
        const auto classes = net_.outputs;
        std::vector<double> d_bias(at(classes)), d_symbols(at(d.symbol_output ? net_.symbols * classes : 0));
        for (std::int64_t i = 0; i < n_; ++i) {
            add(d_logits + i * classes, classes, d_bias.data());
            if (d.symbol_output) add(d_logits + i * classes, classes, &d_symbols[at(last(i) * classes)]);
        }
        for (std::int64_t c = 0; c < classes; ++c) {
            d.output_bias(c) += static_cast<T>(d_bias[at(c)]);
            for (std::int64_t s = 0; s < net_.symbols && d.symbol_output; ++s)
                d.symbol_output(c, s) += static_cast<T>(d_symbols[at(s * classes + c)]);
        }
        multiply<T>(classes, h_, n_, {d_logits, classes, true}, {read, h_}, 1, d.output.data, d.output.row);

        T *const d_read = space, *const d_states = space + n_ * h_;
        multiply<T>(n_, h_, classes, {d_logits, classes}, {w_.output.data, w_.output.row}, 0, d_read, h_);
        std::fill_n(d_states, tree_.rows() * states_, T(0));
        for (std::int64_t i = 0; i < n_; ++i) add(d_read + i * h_, h_, d_states + rows_[i] * states_);

        SymbolSums symbols(*this);
        Deferred deferred(*this, d);
        for (std::size_t depth = tree_.levels.size(); depth-- > 0;) {
            const auto& level = tree_.levels[depth];
            const auto [above, parents] = parents_of(depth);
            const auto* parent_of = level.parents.template data_ptr<std::int64_t>();
            for (std::int64_t first = 0; first < parents; first += kBlock) {
                const auto count = std::min(kBlock, parents - first);
                T* const du = deferred.next(count, states + (above + first) * states_);
                at::parallel_for(first, first + count, kGrain,
                                 [&, above = above](std::int64_t from, std::int64_t to) {
                                     for (const auto& [begin, end] : children(level, from, to - from)) {
                                         const auto row = level.first + begin;
                                         kernels_.backward({.rows = end - begin,
                                                            .hidden = h_,
                                                            .inputs = symbols_ + row - 1,
                                                            .pasts = parent_of + begin,
                                                            .before = states + above * states_,
                                                            .kept = kept + (row - 1) * kept_,
                                                            .after = states + row * states_,
                                                            .d_after = d_states + row * states_,
                                                            .d_input = symbols.of_thread(),
                                                            .d_recurrent = du,
                                                            .first_past = first,
                                                            .d_before = d_states + above * states_});
                                     }
                                 });
                symbols.took(level.nodes * count / parents); // about so many
                if (depth > 0)                               // the root's state is zero and nobody's gradient
                    multiply<T>(count, h_, gates_, {du, gates_}, {w_.recurrent.data, w_.recurrent.row}, 1,
                                d_states + (above + first) * states_, states_);
            }
        }
        deferred.finish();
        symbols.finish(d);
    }

private:
    /// Parents whose recurrent part is computed at a time, so that it is still in the cache when their
    /// children take it.
    static constexpr std::int64_t kBlock = 256;
    static constexpr std::int64_t kGrain = 32; // rows that are worth a thread

    struct Range {
        std::int64_t begin, end;
    };

    static std::size_t at(std::int64_t place) { return static_cast<std::size_t>(place); }
    static std::vector<T> buffer(std::int64_t numbers) { return std::vector<T>(at(numbers)); }
    template<class Sum>
    static void add(const T* from, std::int64_t count, Sum* to) {
        for (std::int64_t i = 0; i < count; ++i) to[i] += static_cast<Sum>(from[i]);
    }
    static void put_bias(const PartIn<T>& bias, std::int64_t count, T* to) {
        bias ? void(std::copy_n(bias.data, count, to)) : void(std::fill_n(to, count, T(0)));
    }
    std::int64_t last(std::int64_t example) const {
        return tree_.last.template data_ptr<std::int64_t>()[example];
    }

    // Sums over many rows go by way of double: of thousands of float32 numbers the last digits would be lost.

    /// Gradients of recurrent parts, kept until there are enough for one product.
    class Deferred {
    public:
        Deferred(const TreeWalk& walk, const PartsIn<T>& gradient)
            : walk_(walk)
            , d_(gradient)
            , du_(buffer(kBlock * walk.gates_))
            , past_(buffer(kBlock * walk.h_))
            , bias_(at(walk.gates_)) {}
        /// For so many parents, whose states these are: zeros.
        T* next(std::int64_t count, const T* states) {
            if (filled_ + count > kBlock) flush();
            for (std::int64_t i = 0; i < count; ++i)
                std::copy_n(states + i * walk_.states_, walk_.h_, &past_[at((filled_ + i) * walk_.h_)]);
            T* const du = &du_[at(filled_ * walk_.gates_)];
            std::fill_n(du, count * walk_.gates_, T(0));
            filled_ += count;
            return du;
        }
        void finish() {
            flush();
            for (std::int64_t j = 0; j < walk_.gates_ && d_.recurrent_bias; ++j)
                d_.recurrent_bias(j) += static_cast<T>(bias_[at(j)]);
        }

    private:
        void flush() {
            for (std::int64_t i = 0; i < filled_ && d_.recurrent_bias; ++i)
                add(&du_[at(i * walk_.gates_)], walk_.gates_, bias_.data());
            multiply<T>(walk_.gates_, walk_.h_, filled_, {du_.data(), walk_.gates_, true},
                        {past_.data(), walk_.h_}, 1, d_.recurrent.data, d_.recurrent.row);
            filled_ = 0;
        }

        const TreeWalk& walk_;
        const PartsIn<T>& d_;
        std::vector<T> du_, past_;
        std::vector<double> bias_;
        std::int64_t filled_ = 0;
    };

    /// Gradients of what each symbol contributes [symbols, gates·H].
    class SymbolSums {
    public:
        explicit SymbolSums(const TreeWalk& walk)
            : walk_(walk)
            , size_(walk.net_.symbols * walk.gates_)
            , tables_(buffer(at::get_num_threads() * size_))
            , sums_(at(size_)) {}
        T* of_thread() {
            return tables_.data() + at::get_thread_num() * size_;
        } ///< added to by that thread only
        void took(std::int64_t nodes) {
            taken_ += nodes;
            if (taken_ >= kAtMost) spill();
        }
        void finish(const PartsIn<T>& d) {
            spill();
            walk_.for_used([&](std::int64_t s) {
                for (std::int64_t j = 0; j < walk_.gates_; ++j) {
                    const auto sum = sums_[at(s * walk_.gates_ + j)];
                    d.input(j, s) += static_cast<T>(sum);
                    if (d.input_bias) bias_of(j) += sum;
                }
            });
            for (std::int64_t j = 0; j < std::ssize(bias_); ++j)
                d.input_bias(j) += static_cast<T>(bias_[at(j)]);
        }

    private:
        static constexpr std::int64_t kAtMost = 4096; // nodes summed in T

        double& bias_of(std::int64_t gate) {
            bias_.resize(at(walk_.gates_));
            return bias_[at(gate)];
        }
        void spill() {
            for (std::int64_t thread = 0; thread < at::get_num_threads(); ++thread)
                walk_.for_used([&](std::int64_t s) {
                    T* const row = tables_.data() + thread * size_ + s * walk_.gates_;
                    add(row, walk_.gates_, &sums_[at(s * walk_.gates_)]);
                    std::fill_n(row, walk_.gates_, T(0));
                });
            taken_ = 0;
        }

        const TreeWalk& walk_;
        const std::int64_t size_;
        std::vector<T> tables_;
        std::vector<double> sums_, bias_;
        std::int64_t taken_ = 0;
    };

    template<class F>
    void for_used(const F& f) const {
        for (std::int64_t s = 0; s < net_.symbols; ++s)
            if (used_[at(s)]) f(s);
    }

    /// [symbols, gates·H]: what each symbol contributes.
    std::vector<T> table_of_symbols() const {
        auto table = buffer(net_.symbols * gates_);
        for_used([&](std::int64_t s) {
            for (std::int64_t j = 0; j < gates_; ++j)
                table[at(s * gates_ + j)] = w_.input(j, s) + (w_.input_bias ? w_.input_bias(j) : T(0));
        });
        return table;
    }

    /// The first row of the level above, and how many of its nodes have children.
    std::pair<std::int64_t, std::int64_t> parents_of(std::size_t depth) const {
        if (depth == 0) return {0, 1};
        return {tree_.levels[depth - 1].first, tree_.levels[depth - 1].inner};
    }

    /// The children of so many parents, within their level: those that are parents themselves, and leaves.
    std::array<Range, 2> children(const PrefixTree::Level& level, std::int64_t first,
                                  std::int64_t count) const {
        const auto* parents = level.parents.template data_ptr<std::int64_t>();
        const auto among = [&](std::int64_t begin, std::int64_t end) {
            const auto* from = std::lower_bound(parents + begin, parents + end, first);
            const auto* to = std::lower_bound(from, parents + end, first + count);
            return Range{from - parents, to - parents};
        };
        // Nobody reads a leaf's state where it is read before the last symbol.
        return {among(0, level.inner),
                net_.reads_before_last ? Range{0, 0} : among(level.inner, level.nodes)};
    }

    const TreeNet& net_;
    const PrefixTree& tree_;
    const PartsIn<T> w_;
    const std::int64_t h_, gates_, states_, kept_; // numbers a row
    const std::int64_t n_;
    const std::int64_t *symbols_, *rows_;
    const cells::Kernels<T>& kernels_;
    std::vector<char> used_; // symbols
};

} // namespace descent
