#pragma once

#include "core/engine/ensemble_gradient.h"

namespace descent {

/// Of models of one family: as many weights each, of as many dimensions. Throws std::logic_error otherwise.
MemberLayout layout_of(const std::vector<const Model*>& models);

/// Where in [P] each weight begins.
std::vector<std::int64_t> offsets(const MemberLayout& layout);

/// The places in [P] of a member's own weights, in their order: int64 [own P]; undefined where it has all.
Tensor own_places(const MemberLayout& layout, std::int64_t member);

/// Only these members, in this order.
MemberLayout kept(const MemberLayout& layout, const std::vector<std::int64_t>& members);

/// Elements of `values` in this order.
template<class T>
std::vector<T> kept(const std::vector<T>& values, const std::vector<std::int64_t>& members) {
    std::vector<T> some;
    some.reserve(members.size());
    for (const auto k : members) some.push_back(values[static_cast<std::size_t>(k)]);
    return some;
}

/// Numbers that an example leaves in a pass through a network whose weights have these shapes, at least 1.
std::int64_t units(const std::vector<std::vector<std::int64_t>>& shapes);

/// The L2 norm of each row of `values` [K, n], float or double, with members or elements innermost; summed in
/// double.
std::vector<double> row_norms(const Tensor& values);
/// row_norms(a - b) without a tensor for it; the two lie in the same order.
std::vector<double> row_distances(const Tensor& a, const Tensor& b);

} // namespace descent
