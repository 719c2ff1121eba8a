#pragma once

#include "core/base/random.h"
#include "core/engine/torch.h"

#include <functional>
#include <vector>

namespace descent {

/// The largest eigenvalues of a symmetric matrix (the algebraically largest, whatever the size of the
/// negative ones), with what was found out about them.
struct Eigenpairs {
    std::vector<double> values;    ///< largest first; NaN where the matrix is not finite
    Tensor vectors;                ///< [k, P], of length 1; 0 where the matrix is not finite
    std::vector<double> residuals; ///< ‖Hv − λv‖: an eigenvalue lies within it of λ
    int products = 0;              ///< with the matrix
};

struct LanczosLimits {
    double tolerance = 1e-3; ///< of a residual, relative to its eigenvalue, or to a tenth of the first one
    int products = 30;
};

/// Lanczos 1950 with full reorthogonalisation: Rayleigh–Ritz on a growing space, each time extended by the
/// residual of the first pair that has not converged. Begins with the rows of `start` [k, P] and looks for as
/// many pairs (P at most); rows that are 0 are drawn from `random`, and a little of it is mixed into the
/// first, so that a direction which the last matrix did not have is seen. From one drawn row it is the
/// textbook's Lanczos; from eigenvectors of a matrix close by it takes a few products. Eigenvalues are found
/// from below: one whose vector `start` lacks may be missed. The space is restarted with its best vectors
/// where it has grown to 32 + 2k. `product` maps [P] of start's type to [P] of any. Throws what `product`
/// throws.
Eigenpairs largest_eigenpairs(const std::function<Tensor(const Tensor&)>& product, const Tensor& start,
                              RandomStream random, const LanczosLimits& limits = {});

/// Standard normal [size], in double.
Tensor draw_normal(RandomStream& random, std::int64_t size);

} // namespace descent
