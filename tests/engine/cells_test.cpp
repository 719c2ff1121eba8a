// The kernels of recurrent cells: each instruction set against the formulas in double, and each backward step
// against differences of the forward one.

#include "core/models/cells.h"

#include "core/base/random.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace descent::test {

using cells::Cell;

namespace {

constexpr Cell kAll[] = {Cell::linear, Cell::elman, Cell::gru, Cell::lstm};

template<class T>
std::vector<T> drawn(std::int64_t count, RandomStream& random, double scale) {
    std::vector<T> numbers(static_cast<std::size_t>(count));
    for (auto& number : numbers) number = static_cast<T>(scale * random.normal());
    return numbers;
}

/// Some rows with inputs and pasts of their own.
template<class T>
struct Problem {
    Problem(Cell which, std::int64_t width, double scale)
        : cell(which)
        , hidden(width)
        , random(1, "cells")
        , input(drawn<T>(kInputs * gates(), random, scale))
        , recurrent(drawn<T>(kPasts * gates(), random, scale))
        , before(drawn<T>(kPasts * states(), random, 1)) {}
    static constexpr std::int64_t kRows = 5, kInputs = 3, kPasts = 2, kFirst = 4;
    std::int64_t gates() const { return cells::gates(cell) * hidden; }
    std::int64_t states() const { return cells::states(cell) * hidden; }
    std::int64_t kept() const { return cells::kept(cell) * hidden; }

    /// Pasts are numbered from kFirst on, as those of a block in the middle are.
    cells::Step<T> step() {
        after.assign(static_cast<std::size_t>(kRows * states()), T(-9));
        keep.assign(static_cast<std::size_t>(kRows * kept()), T(-9));
        far_before.assign(static_cast<std::size_t>((kFirst + kPasts) * states()), T(0));
        std::ranges::copy(before, far_before.begin() + kFirst * states());
        return {kRows,        hidden,           inputs, pasts,
                input.data(), recurrent.data(), kFirst, far_before.data(),
                keep.data(),  after.data()};
    }

    Cell cell;
    std::int64_t hidden;
    RandomStream random;
    std::vector<T> input, recurrent, before, far_before, keep, after;
    const std::int64_t inputs[kRows] = {2, 0, 0, 1, 2}, pasts[kRows] = {4, 4, 5, 5, 4};
};

double logistic(double x) {
    return 1 / (1 + std::exp(-x));
}

/// A row by the formulas.
std::vector<double> wanted(Cell cell, std::int64_t h, const double* a, const double* u,
                           const double* before) {
    std::vector<double> after(static_cast<std::size_t>(cells::states(cell) * h));
    for (std::int64_t k = 0; k < h; ++k) {
        const auto at = static_cast<std::size_t>(k);
        const auto sum = [&](std::int64_t gate) { return a[gate * h + k] + u[gate * h + k]; };
        switch (cell) {
        case Cell::linear:
            after[at] = sum(0);
            break;
        case Cell::elman:
            after[at] = std::tanh(sum(0));
            break;
        case Cell::gru: {
            const double r = logistic(sum(0)), z = logistic(sum(1));
            const double n = std::tanh(a[2 * h + k] + r * u[2 * h + k]);
            after[at] = (1 - z) * n + z * before[k];
            break;
        }
        case Cell::lstm: {
            const double c = logistic(sum(1)) * before[h + k] + logistic(sum(0)) * std::tanh(sum(2));
            after[at] = logistic(sum(3)) * std::tanh(c);
            after[at + static_cast<std::size_t>(h)] = c;
            break;
        }
        }
    }
    return after;
}

template<class T>
void expect_the_formulas(double tolerance) {
    for (const auto set : lanes::instruction_sets())
        for (const Cell cell : kAll)
            for (const std::int64_t hidden : {1, 5, 16, 37})
                for (const double scale : {1.0, 60.0}) { // also where the functions are flat
                    Problem<T> p(cell, hidden, scale);
                    cells::kernels<T>(cell, set).forward(p.step());
                    const std::vector<double> input(p.input.begin(), p.input.end()),
                        recurrent(p.recurrent.begin(), p.recurrent.end()),
                        before(p.before.begin(), p.before.end());
                    for (std::int64_t i = 0; i < p.kRows; ++i) {
                        const auto past = p.pasts[i] - p.kFirst;
                        const auto right =
                            wanted(cell, hidden, input.data() + p.inputs[i] * p.gates(),
                                   recurrent.data() + past * p.gates(), before.data() + past * p.states());
                        for (std::int64_t k = 0; k < p.states(); ++k)
                            ASSERT_NEAR(p.after[static_cast<std::size_t>(i * p.states() + k)],
                                        right[static_cast<std::size_t>(k)],
                                        tolerance *
                                            std::max(1.0, std::abs(right[static_cast<std::size_t>(k)])))
                                << descent::to_string(set) << ", cell " << static_cast<int>(cell) << ", "
                                << hidden << " units, row " << i;
                    }
                }
}

} // namespace

TEST(Cells, FollowTheFormulas) {
    expect_the_formulas<float>(1e-6);
    expect_the_formulas<double>(1e-14);
}

TEST(Cells, GradientsAreDifferences) {
    for (const auto set : lanes::instruction_sets())
        for (const Cell cell : kAll) {
            Problem<double> p(cell, 11, 1);
            const auto& kernels = cells::kernels<double>(cell, set);
            const auto d_after = drawn<double>(p.kRows * p.states(), p.random, 1);
            const auto value = [&] {
                kernels.forward(p.step());
                double sum = 0;
                for (std::size_t i = 0; i < p.after.size(); ++i) sum += d_after[i] * p.after[i];
                return sum;
            };
            value();
            // What they are added to is not zero.
            std::vector<double> d_input(p.input.size(), 1), d_recurrent(p.recurrent.size(), 2),
                d_before(p.far_before.size(), 3);
            kernels.backward({p.kRows, p.hidden, p.inputs, p.pasts, p.far_before.data(), p.keep.data(),
                              p.after.data(), d_after.data(), d_input.data(), d_recurrent.data(), p.kFirst,
                              d_before.data()});
            const auto expect = [&](std::vector<double>& numbers, const std::vector<double>& gradient,
                                    std::size_t from, double base, const char* what) {
                for (std::size_t i = 0; i < numbers.size(); ++i) {
                    const double kept = numbers[i], step = 1e-6;
                    numbers[i] = kept + step;
                    const double above = value();
                    numbers[i] = kept - step;
                    const double below = value();
                    numbers[i] = kept;
                    ASSERT_NEAR(gradient[from + i] - base, (above - below) / (2 * step), 1e-8)
                        << descent::to_string(set) << ", cell " << static_cast<int>(cell) << ", " << what
                        << " " << i;
                }
            };
            expect(p.input, d_input, 0, 1, "input");
            expect(p.recurrent, d_recurrent, 0, 2, "recurrent");
            // Of the state what goes through the matrix product is not this kernel's.
            expect(p.before, d_before, static_cast<std::size_t>(p.kFirst * p.states()), 3, "before");
        }
}

} // namespace descent::test
