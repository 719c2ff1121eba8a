#include "core/engine/blas.h"

#include "core/engine/system.h"
#include "core/engine/torch.h"

#include <type_traits>

namespace descent {

namespace {

/// BLAS's general matrix product; matrices are column-major.
template<class T>
using Gemm = void(const char*, const char*, const int* m, const int* n, const int* k, const T* alpha,
                  const T* a, const int* lda, const T* b, const int* ldb, const T* beta, T* c,
                  const int* ldc);

template<class T>
Gemm<T>* gemm() {
    static auto* const found =
        reinterpret_cast<Gemm<T>*>(blas_symbol(std::is_same_v<T, float> ? "sgemm_" : "dgemm_"));
    return found;
}

template<class T>
Tensor tensor_of(const Factor<T>& factor, std::int64_t rows, std::int64_t columns) {
    const auto type = c10::CppTypeToScalarType<T>::value;
    auto* const memory = const_cast<T*>(factor.data);
    return factor.turned ? at::from_blob(memory, {rows, columns}, {1, factor.stride}, type)
                         : at::from_blob(memory, {rows, columns}, {factor.stride, 1}, type);
}

} // namespace

template<class T>
void multiply(std::int64_t m, std::int64_t n, std::int64_t k, Factor<T> a, Factor<T> b, double beta, T* c,
              std::int64_t stride) {
    if (m == 0 || n == 0) return;
    if (auto* const product = gemm<T>(); product && k > 0) {
        // Row-major matrices are the transposes of column-major ones: Cᵀ = Bᵀ·Aᵀ.
        const auto whole = [](std::int64_t number) { return static_cast<int>(number); };
        const int rows = whole(n), columns = whole(m), inner = whole(k), lda = whole(b.stride),
                  ldb = whole(a.stride), ldc = whole(stride);
        const T one = 1, keep = static_cast<T>(beta);
        product(b.turned ? "T" : "N", a.turned ? "T" : "N", &rows, &columns, &inner, &one, b.data, &lda,
                a.data, &ldb, &keep, c, &ldc);
        return;
    }
    auto result = at::from_blob(c, {m, n}, {stride, 1}, c10::CppTypeToScalarType<T>::value);
    at::addmm_out(result, result, tensor_of(a, m, k), tensor_of(b, k, n), beta);
}

template void multiply<float>(std::int64_t, std::int64_t, std::int64_t, Factor<float>, Factor<float>, double,
                              float*, std::int64_t);
template void multiply<double>(std::int64_t, std::int64_t, std::int64_t, Factor<double>, Factor<double>,
                               double, double*, std::int64_t);

} // namespace descent
