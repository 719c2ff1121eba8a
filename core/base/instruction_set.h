#pragma once

#include <string_view>
#include <vector>

namespace descent {

/// What kernels are compiled for, each apart. Baseline: SSE2 on x86-64, else the compiler's.
enum class InstructionSet { baseline, avx2, avx512 };

/// Those that were compiled and this processor has, best last.
std::vector<InstructionSet> instruction_sets();
std::string_view to_string(InstructionSet set);

} // namespace descent
