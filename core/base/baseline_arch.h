#pragma once

#include <xsimd/xsimd.hpp>

namespace descent {

/// The registers that kernels for InstructionSet::baseline use.
#ifdef __SSE2__
using BaselineArch = xsimd::sse2;
#else
using BaselineArch = xsimd::default_arch;
#endif

} // namespace descent
