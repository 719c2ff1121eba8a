#pragma once

#include "core/base/param.h"
#include "core/engine/weights.h"

namespace descent {

/// The L2 norm of the whole gradient before and after.
struct ClipFacts {
    double norm = 0, clipped = 0;
};

/// Clips weights.gradient() in place as the regime's clip_value, clip_layer, clip_agc and clip_norm say, in
/// this order; each that is 0 does nothing.
///
///     value   gᵢ ← max(−c, min(c, gᵢ))                            torch.nn.utils.clip_grad_value_
///     layer   g_l ← g_l·min(1, c/(‖g_l‖ + 1e-6)), each weight tensor l by itself
///     AGC     g_u ← g_u·min(1, λ·max(‖w_u‖, 1e-3)/‖g_u‖), each unit u (row of a weight tensor, a bias as a
///             whole) by itself. Brock et al. 2021, eq. 3
///     norm    g ← g·c/(‖g‖ + 1e-6) where ‖g‖ > c                   torch.nn.utils.clip_grad_norm_
ClipFacts clip(Weights& weights, const ParamSet& regime);

/// Whether any of them is in force.
bool clips(const ParamSet& regime);

} // namespace descent
