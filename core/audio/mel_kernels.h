#pragma once

// The arithmetic of MelSpectrogram, compiled once for each instruction set; a register holds one number of
// each of several frames. The same to the bit for all.

#include "core/base/instruction_set.h"

#include <cstddef>

namespace descent::mel {

inline constexpr std::size_t kBands = 40, kWindow = 400, kHop = 160, kHalf = kWindow / 2;
inline constexpr std::size_t kSide = 20;         ///< kWindow = kSide², the way the transform is taken apart
inline constexpr std::size_t kPeriod = 2 * kHop; ///< from a pair of frames to the next
inline constexpr std::size_t kMostLanes = 16;

struct Tables {
    float window[kWindow];
    float turn_re[kSide][kSide], turn_im[kSide][kSide]; ///< exp(−2πi·row·column / kWindow)
    /// What a frequency gives to the two bands it lies in: on the rise of one and the fall of the one before.
    float rise[kHalf], fall[kHalf];
    std::size_t first[kBands + 2]; ///< frequency at or above each corner
};

/// Where a moved frequency is taken from: between two, of both in proportion.
struct Source {
    std::size_t below = 0;
    float share = 0; ///< of the one above
};

struct Pass {
    const Tables* tables;
    const Source* sources; ///< [kHalf + 1], or null: nothing is moved
    /// [kPeriod][stride]: sample kPeriod·i + m of the padded clip at [m][i]. Finite up to a multiple of
    /// kMostLanes of pairs and one more.
    const float* samples;
    std::size_t stride;
    std::size_t frames;
    float* power; ///< [kBands][frames], written
};

struct Kernels {
    void (*spectrogram)(const Pass&);
    void (*log)(float* power, std::size_t count); ///< log_mel()
};
const Kernels& kernels(InstructionSet set);

// Each defined by the file of its name, which is compiled for that instruction set.
extern const Kernels kBaseline;
#ifdef __x86_64__
extern const Kernels kAvx2, kAvx512;
#endif

} // namespace descent::mel
