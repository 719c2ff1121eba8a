#pragma once

#include "core/models/crnn.h"

namespace descent::crnn {

// Each defined by the file of its name, which is compiled for that instruction set.
extern const Kernels<float> kBaselineFloat;
extern const Kernels<double> kBaselineDouble;
#ifdef __x86_64__
extern const Kernels<float> kAvx2Float, kAvx512Float;
extern const Kernels<double> kAvx2Double, kAvx512Double;
#endif

/// Channels are taken so many at a time: what a tile of any instruction set divides.
inline constexpr std::int64_t kChannels = 8;
inline std::int64_t padded(std::int64_t channels) {
    return (channels + kChannels - 1) / kChannels * kChannels;
}

} // namespace descent::crnn
