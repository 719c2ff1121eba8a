#include "core/engine/bfloat16.h"

#include <array>
#include <utility>
#include <vector>

#include <oneapi/dnnl/dnnl.hpp>
#ifdef __x86_64__
#include <immintrin.h>
#endif

namespace descent {

namespace {

thread_local bool is_on = false;

/// A factor's numbers, rounded and without gaps, in the order in which it lies in memory.
using Rounded = std::vector<std::uint16_t>;

#ifdef __x86_64__
__attribute__((target("avx512f,avx512bw,avx512vl,avx512bf16"))) void
round_row(const float* from, std::int64_t count, std::uint16_t* to) {
    for (std::int64_t i = 0; i < count; i += 16) {
        const auto left = count - i;
        const auto some = static_cast<__mmask16>(left < 16 ? (1U << left) - 1 : 0xffffU);
        const auto half = _mm512_cvtneps_pbh(_mm512_maskz_loadu_ps(some, from + i));
        _mm256_mask_storeu_epi16(to + i, some, reinterpret_cast<__m256i>(half));
    }
}
#else
void round_row(const float*, std::int64_t, std::uint16_t*) {}
#endif

void round_to(Rounded& to, const Factor<float>& factor, std::int64_t rows, std::int64_t columns) {
    if (factor.turned) std::swap(rows, columns);
    to.resize(static_cast<std::size_t>(rows * columns));
    for (std::int64_t i = 0; i < rows; ++i)
        round_row(factor.data + i * factor.stride, columns, to.data() + i * columns);
}

dnnl::engine& processor() {
    static dnnl::engine engine(dnnl::engine::kind::cpu, 0);
    return engine;
}

using Dims = dnnl::memory::dims;
constexpr auto kAny = DNNL_RUNTIME_DIM_VAL;
constexpr auto kHalf = dnnl::memory::data_type::bf16, kFull = dnnl::memory::data_type::f32;

/// Of matrices of any size: with a size each, making the product would take as long as a small one itself.
dnnl::matmul product(bool a_turned, bool b_turned, bool adds) {
    const auto lies = [](bool turned) { return turned ? Dims{1, kAny} : Dims{kAny, 1}; };
    dnnl::primitive_attr attributes;
    if (adds) {
        dnnl::post_ops after;
        after.append_sum(1);
        attributes.set_post_ops(after);
    }
    const dnnl::matmul::desc what({{kAny, kAny}, kHalf, lies(a_turned)},
                                  {{kAny, kAny}, kHalf, lies(b_turned)}, {{kAny, kAny}, kFull, lies(false)});
    return dnnl::matmul(dnnl::matmul::primitive_desc(what, attributes, processor()));
}

} // namespace

bool has_bfloat16() {
#ifdef __x86_64__
    static const bool has = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                            __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bf16");
    return has;
#else
    return false;
#endif
}

Bfloat16Products::Bfloat16Products(bool on) : before_(std::exchange(is_on, on)) {}

Bfloat16Products::~Bfloat16Products() {
    is_on = before_;
}

bool Bfloat16Products::on() {
    return is_on;
}

bool multiply_bfloat16(std::int64_t m, std::int64_t n, std::int64_t k, Factor<float> a, Factor<float> b,
                       double beta, float* c, std::int64_t stride) {
    if (beta != 0 && beta != 1) return false;
    thread_local Rounded first, second;
    // By whether A is turned, B is turned, and the product is added.
    thread_local std::array<dnnl::matmul, 8> products;
    thread_local dnnl::stream stream(processor());
    auto& matmul = products[4 * a.turned + 2 * b.turned + (beta == 1)];
    if (!matmul) matmul = product(a.turned, b.turned, beta == 1);
    round_to(first, a, m, k);
    round_to(second, b, k, n);
    const dnnl::memory of_a({{m, k}, kHalf, a.turned ? Dims{1, m} : Dims{k, 1}}, processor(), first.data()),
        of_b({{k, n}, kHalf, b.turned ? Dims{1, k} : Dims{n, 1}}, processor(), second.data()),
        of_c({{m, n}, kFull, {stride, 1}}, processor(), c);
    matmul.execute(stream, {{DNNL_ARG_SRC, of_a}, {DNNL_ARG_WEIGHTS, of_b}, {DNNL_ARG_DST, of_c}});
    stream.wait();
    return true;
}

} // namespace descent
