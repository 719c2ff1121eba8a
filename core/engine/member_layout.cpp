#include "core/engine/member_layout.h"

#include <algorithm>
#include <cmath>

namespace descent {

namespace {

/// `value(at)`: the number so far into the storage of `like`.
template<class Value>
std::vector<double> norms_of(const Tensor& like, const Value& value) {
    const auto rows = like.size(0), columns = like.size(1), down = like.stride(0), along = like.stride(1);
    const auto square = [&](std::int64_t at) {
        const auto one = static_cast<double>(value(at));
        return one * one;
    };
    std::vector<double> sums(static_cast<std::size_t>(rows));
    if (down == 1) {
        for (std::int64_t i = 0; i < columns; ++i)
            for (std::int64_t k = 0; k < rows; ++k)
                sums[static_cast<std::size_t>(k)] += square(i * along + k);
    } else {
        for (std::int64_t k = 0; k < rows; ++k) {
            std::array<double, 8> parts{}; // a single sum would wait for itself
            std::int64_t i = 0;
            for (; along == 1 && i + 8 <= columns; i += 8)
                for (std::size_t j = 0; j < 8; ++j)
                    parts[j] += square(k * down + i + static_cast<std::int64_t>(j));
            for (; i < columns; ++i) parts[0] += square(k * down + i * along);
            for (const double part : parts) sums[static_cast<std::size_t>(k)] += part;
        }
    }
    for (double& sum : sums) sum = std::sqrt(sum);
    return sums;
}

template<class T>
std::vector<double> distances_of(const Tensor& a, const Tensor& b) {
    const T *here = a.data_ptr<T>(), *there = b.data_ptr<T>();
    return norms_of(a, [=](std::int64_t at) { return here[at] - there[at]; });
}

} // namespace

std::int64_t MemberLayout::count() const {
    std::int64_t all = 0;
    for (const auto& weight : weights) all += c10::multiply_integers(weight.shape);
    return all;
}

MemberLayout layout_of(const std::vector<const Model*>& models) {
    MemberLayout layout;
    layout.members = std::ssize(models);
    for (const auto& model : models) {
        const auto specs = model->weights();
        if (layout.weights.empty()) layout.weights = specs;
        if (specs.size() != layout.weights.size())
            throw std::logic_error("members of an ensemble have as many weights each");
        auto& own = layout.own.emplace_back();
        for (std::size_t i = 0; i < specs.size(); ++i) {
            auto& widest = layout.weights[i].shape;
            if (specs[i].shape.size() != widest.size())
                throw std::logic_error("weights of members have as many dimensions each");
            for (std::size_t d = 0; d < widest.size(); ++d)
                widest[d] = std::max(widest[d], specs[i].shape[d]);
            own.push_back(specs[i].shape);
        }
    }
    return layout;
}

std::vector<std::int64_t> offsets(const MemberLayout& layout) {
    std::vector<std::int64_t> all;
    std::int64_t at = 0;
    for (const auto& weight : layout.weights) {
        all.push_back(at);
        at += c10::multiply_integers(weight.shape);
    }
    return all;
}

Tensor own_places(const MemberLayout& layout, std::int64_t member) {
    const auto& own = layout.own[static_cast<std::size_t>(member)];
    bool whole = true;
    for (std::size_t i = 0; i < own.size(); ++i) whole = whole && own[i] == layout.weights[i].shape;
    if (whole) return {};
    const auto begins = offsets(layout);
    std::vector<Tensor> parts;
    for (std::size_t i = 0; i < own.size(); ++i) {
        const auto& shape = layout.weights[i].shape;
        auto places = at::arange(c10::multiply_integers(shape), at::kLong).add_(begins[i]).view(shape);
        for (std::size_t d = 0; d < shape.size(); ++d)
            places = places.narrow(static_cast<std::int64_t>(d), 0, own[i][d]);
        parts.push_back(places.reshape({-1}));
    }
    return at::cat(parts);
}

MemberLayout kept(const MemberLayout& layout, const std::vector<std::int64_t>& members) {
    return {std::ssize(members), layout.weights, kept(layout.own, members)};
}

std::int64_t units(const std::vector<std::vector<std::int64_t>>& shapes) {
    std::int64_t all = 0;
    for (const auto& shape : shapes)
        if (shape.size() > 1) all += shape.front();
    return std::max<std::int64_t>(1, all);
}

std::vector<double> row_norms(const Tensor& values) {
    if (values.scalar_type() == at::kDouble)
        return norms_of(values, [first = values.data_ptr<double>()](std::int64_t at) { return first[at]; });
    return norms_of(values, [first = values.data_ptr<float>()](std::int64_t at) { return first[at]; });
}

std::vector<double> row_distances(const Tensor& a, const Tensor& b) {
    if (a.strides() != b.strides()) throw std::logic_error("rows that lie in different orders");
    return a.scalar_type() == at::kDouble ? distances_of<double>(a, b) : distances_of<float>(a, b);
}

} // namespace descent
