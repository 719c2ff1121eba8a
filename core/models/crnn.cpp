#include "core/models/crnn_sets.h"

namespace descent::crnn {

template<class T>
const Kernels<T>& kernels([[maybe_unused]] lanes::InstructionSet set) {
#ifdef __x86_64__
    if (set == lanes::InstructionSet::avx512) return lanes::for_type<T>(kAvx512Float, kAvx512Double);
    if (set == lanes::InstructionSet::avx2) return lanes::for_type<T>(kAvx2Float, kAvx2Double);
#endif
    return lanes::for_type<T>(kBaselineFloat, kBaselineDouble);
}

template<class T>
const Kernels<T>& kernels() {
    static const auto best = lanes::instruction_sets().back();
    return crnn::kernels<T>(best);
}

template const Kernels<float>& kernels<float>(lanes::InstructionSet);
template const Kernels<double>& kernels<double>(lanes::InstructionSet);
template const Kernels<float>& kernels<float>();
template const Kernels<double>& kernels<double>();

std::int64_t convolution_space(const Convolution& shape, std::int64_t lanes) {
    // Weights by tap; the gradients of one group's maps by place.
    return padded(shape.channels) * (shape.taps() + shape.steps() * shape.bands_out() * lanes);
}

} // namespace descent::crnn
