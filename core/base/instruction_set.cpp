#include "core/base/instruction_set.h"

namespace descent {

std::vector<InstructionSet> instruction_sets() {
    std::vector<InstructionSet> sets{InstructionSet::baseline};
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        sets.push_back(InstructionSet::avx2);
        if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512cd") &&
            __builtin_cpu_supports("avx512dq"))
            sets.push_back(InstructionSet::avx512);
    }
#endif
    return sets;
}

std::string_view to_string(InstructionSet set) {
    switch (set) {
    case InstructionSet::avx2:
        return "avx2";
    case InstructionSet::avx512:
        return "avx512";
    default:
        return "baseline";
    }
}

} // namespace descent
