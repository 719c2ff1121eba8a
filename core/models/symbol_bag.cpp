#include "core/models/symbol_bag.h"

#include <torch/csrc/autograd/custom_function.h>

namespace descent {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

struct Held : torch::CustomClassHolder {
    std::shared_ptr<const Bags> bags;
};
using HeldBags = c10::intrusive_ptr<Held>;

/// Row by row, `take(row of the table, row of the sums)`.
template<class F>
void for_places(const Bags& bags, const F& take) {
    for (std::int64_t i = 0; i < bags.size(); ++i)
        for (auto k = bags.begins[static_cast<std::size_t>(i)];
             k < bags.begins[static_cast<std::size_t>(i) + 1]; ++k)
            take(bags.places[static_cast<std::size_t>(k)], i);
}

template<class T>
void sum(const Bags& bags, const T* table, std::int64_t columns, T* sums) {
    for_places(bags, [&](std::int64_t row, std::int64_t i) {
        for (std::int64_t c = 0; c < columns; ++c) sums[i * columns + c] += table[row * columns + c];
    });
}

/// The transposed sum, by way of double: a row may be that of thousands of examples.
template<class T>
void spread(const Bags& bags, const T* sums, std::int64_t columns, T* table) {
    std::vector<double> whole(static_cast<std::size_t>(bags.rows * columns));
    for_places(bags, [&](std::int64_t row, std::int64_t i) {
        for (std::int64_t c = 0; c < columns; ++c)
            whole[static_cast<std::size_t>(row * columns + c)] += double{sums[i * columns + c]};
    });
    for (std::size_t i = 0; i < whole.size(); ++i) table[i] = static_cast<T>(whole[i]);
}

/// A linear map and its transpose are each other's derivatives.
template<bool turned>
struct Map : torch::autograd::Function<Map<turned>> {
    static Tensor forward(AutogradContext* context, const Tensor& from, const HeldBags& held) {
        context->saved_data["bags"] = c10::IValue::make_capsule(held);
        const auto& bags = *held->bags;
        const auto whole = from.contiguous();
        auto to =
            at::zeros({turned ? bags.rows : bags.size(), from.size(1)}, whole.options().requires_grad(false));
        AT_DISPATCH_FLOATING_TYPES(whole.scalar_type(), "sum_bags", [&] {
            const auto* in = whole.data_ptr<scalar_t>();
            auto* out = to.data_ptr<scalar_t>();
            turned ? spread(bags, in, from.size(1), out) : sum(bags, in, from.size(1), out);
        });
        return to;
    }
    static variable_list backward(AutogradContext* context, const variable_list& of_result) {
        const auto held = c10::static_intrusive_pointer_cast<Held>(context->saved_data["bags"].toCapsule());
        return {Map<!turned>::apply(of_result[0], held), Tensor()};
    }
};

} // namespace

Tensor sum_bags(const Tensor& table, const std::shared_ptr<const Bags>& bags) {
    auto held = c10::make_intrusive<Held>();
    held->bags = bags;
    return Map<false>::apply(table, held);
}

} // namespace descent
