#include "core/engine/lanczos.h"

#include <cmath>
#include <limits>

namespace descent {

namespace {

constexpr double kMixed = 0.01; // of a random direction, in the first vector

/// An orthonormal basis of a space and the matrix's image of it.
class Space {
public:
    Space(std::int64_t most, const Tensor& like)
        : basis_(at::empty({most, like.size(1)}, like.options()))
        , images_(at::empty_like(basis_))
        , small_(at::zeros({most, most}, at::kDouble))
        , smallest_(like.scalar_type() == at::kDouble ? 1e-12 : 1e-5) {}

    std::int64_t size() const { return size_; }
    std::int64_t room() const { return basis_.size(0) - size_; }

    /// The part of `v` that the space lacks, of length 1; undefined where that is nothing but rounding.
    Tensor beyond(const Tensor& v) const {
        auto rest = v / v.norm();
        // Once is not enough in floating point; twice is (Parlett 1980).
        for (int i = 0; size_ > 0 && i < 2; ++i) rest = rest - basis().t().mv(basis().mv(rest));
        const double left = rest.norm().item<double>();
        if (!(left > smallest_)) return {};
        rest = rest / left;
        if (size_ > 0) rest = rest - basis().t().mv(basis().mv(rest));
        return rest / rest.norm();
    }

    void add(const Tensor& v, const Tensor& image) {
        basis_[size_].copy_(v);
        images_[size_].copy_(image);
        ++size_;
        const auto row = basis().mv(images_[size_ - 1]);
        small_[size_ - 1].narrow(0, 0, size_).copy_(row);
        small_.narrow(0, 0, size_).select(1, size_ - 1).copy_(row);
    }

    /// Ritz values, largest first, and their coordinates in the basis, a row each.
    std::pair<Tensor, Tensor> ritz() const {
        const auto [values, vectors] = at::linalg_eigh(small_.narrow(0, 0, size_).narrow(1, 0, size_));
        return {values.flip({0}), vectors.t().flip({0}).contiguous()};
    }
    Tensor vectors(const Tensor& coordinates) const {
        return at::mm(coordinates.to(basis_.scalar_type()), basis());
    }
    Tensor images(const Tensor& coordinates) const {
        return at::mm(coordinates.to(basis_.scalar_type()), images_.narrow(0, 0, size_));
    }

    /// Shrinks to the vectors with these coordinates, whose Ritz values are `values`.
    void restart(const Tensor& values, const Tensor& coordinates) {
        const auto best = vectors(coordinates), image = images(coordinates);
        size_ = coordinates.size(0);
        basis_.narrow(0, 0, size_).copy_(best);
        images_.narrow(0, 0, size_).copy_(image);
        small_.zero_();
        small_.diagonal().narrow(0, 0, size_).copy_(values);
    }

private:
    Tensor basis() const { return basis_.narrow(0, 0, size_); }
    Tensor basis_, images_, small_;
    double smallest_;
    std::int64_t size_ = 0;
};

Eigenpairs not_finite(std::int64_t wanted, const Tensor& start, int products) {
    const std::vector<double> nan(static_cast<std::size_t>(wanted), std::numeric_limits<double>::quiet_NaN());
    return {nan, at::zeros({wanted, start.size(1)}, start.options()), nan, products};
}

} // namespace

Tensor draw_normal(RandomStream& random, std::int64_t size) {
    auto drawn = at::empty({size}, at::kDouble);
    auto* value = drawn.data_ptr<double>();
    for (std::int64_t i = 0; i < size; ++i) value[i] = random.normal();
    return drawn;
}

Eigenpairs largest_eigenpairs(const std::function<Tensor(const Tensor&)>& product, const Tensor& start,
                              RandomStream random, const LanczosLimits& limits) {
    const at::NoGradGuard no_grad;
    const auto size = start.size(1);
    auto wanted = std::min(start.size(0), size);
    Space space(std::min(size, 32 + 2 * wanted), start);
    int products = 0;
    bool finite = true;
    const auto add = [&](const Tensor& direction) {
        if (!direction.defined()) return false;
        const auto image = product(direction);
        ++products;
        finite = at::isfinite(image.sum()).item<bool>();
        if (finite) space.add(direction, image);
        return finite;
    };
    const auto drawn = [&] { return draw_normal(random, size).to(start.scalar_type()); };

    for (std::int64_t i = 0; i < wanted && finite; ++i) {
        auto direction = start[i];
        const double length = direction.norm().item<double>();
        if (!(length > 0) || !std::isfinite(length)) {
            direction = drawn();
        } else if (i == 0) {
            const auto mixed = drawn();
            direction = direction / length + mixed * (kMixed / mixed.norm().item<double>());
        }
        auto fresh = space.beyond(direction);
        if (!fresh.defined()) fresh = space.beyond(drawn());
        add(fresh);
    }

    if (finite) wanted = space.size();

    Tensor values, coordinates;
    const auto residual = [&](std::int64_t i) {
        const auto at = coordinates.narrow(0, i, 1);
        return (space.images(at) - space.vectors(at) * values[i].item<double>()).reshape({-1});
    };
    while (finite) {
        std::tie(values, coordinates) = space.ritz();
        const double largest = values.abs().max().item<double>(), first = std::abs(values[0].item<double>());
        Tensor worst;
        for (std::int64_t i = 0; i < wanted && !worst.defined(); ++i) {
            const auto rest = residual(i);
            const double scale = std::max({std::abs(values[i].item<double>()), 0.1 * first, 1e-9 * largest});
            if (rest.norm().item<double>() > limits.tolerance * scale) worst = rest;
        }
        if (!worst.defined() || products >= limits.products || space.size() == size) break;
        if (space.room() == 0) {
            const auto keep = std::min(space.size() - 1, 2 * wanted + 4);
            space.restart(values.narrow(0, 0, keep), coordinates.narrow(0, 0, keep));
        }
        if (!add(space.beyond(worst))) break;
    }
    if (!finite) return not_finite(wanted, start, products);

    std::tie(values, coordinates) = space.ritz();
    Eigenpairs found{.values = {},
                     .vectors = space.vectors(coordinates.narrow(0, 0, wanted)),
                     .residuals = {},
                     .products = products};
    for (std::int64_t i = 0; i < wanted; ++i) {
        found.values.push_back(values[i].item<double>());
        found.residuals.push_back(residual(i).norm().item<double>());
    }
    return found;
}

} // namespace descent
