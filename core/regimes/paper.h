#pragma once

#include "core/base/catalog.h"

#include <vector>

namespace descent {

// The rungs of the full-batch paper (Geiping et al. 2021, arXiv 2109.14119, after its public code), scaled to
// the tasks of this program: Nesterov momentum 0.9, weight decay 5e-4 (on keywords 1e-2 with the whole set),
// a linear warm-up from a step of 0, half a cosine after it.

/// Mini-batches, each epoch in `order`.
std::vector<Delta> paper_sgd(const char* order);
/// The whole set per update at a large step. `lr` and `updates` on names, `keyword_lr` and `keyword_updates`
/// on keywords; the warm-up takes 400/3,000 of them and the cosine's period is 4,000/3,000: cut off, not
/// annealed.
std::vector<Delta> paper_full_batch(double lr, std::int64_t updates, double keyword_lr,
                                    std::int64_t keyword_updates);
/// That at twice the clipped regime's step, clipped, with the gradient penalty of strength 0.5 over blocks of
/// `block` examples.
std::vector<Delta> paper_regularized(std::int64_t block);

} // namespace descent
