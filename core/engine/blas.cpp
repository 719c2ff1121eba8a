#include "core/engine/blas.h"

#include "core/engine/bfloat16.h"
#include "core/engine/system.h"
#include "core/engine/torch.h"

#include <oneapi/dnnl/dnnl.h>

namespace descent {

namespace {

char turn(bool turned) {
    return turned ? 'T' : 'N';
}

/// BLAS's general matrix product; matrices are column-major.
using Dgemm = void(const char*, const char*, const int* m, const int* n, const int* k, const double* alpha,
                   const double* a, const int* lda, const double* b, const int* ldb, const double* beta,
                   double* c, const int* ldc);

/// False where there is none that could be called.
bool product(std::int64_t m, std::int64_t n, std::int64_t k, Factor<double> a, Factor<double> b, double beta,
             double* c, std::int64_t stride) {
    static auto* const dgemm = reinterpret_cast<Dgemm*>(blas_symbol("dgemm_"));
    if (!dgemm) return false;
    // Row-major matrices are the transposes of column-major ones: Cᵀ = Bᵀ·Aᵀ.
    const auto whole = [](std::int64_t number) { return static_cast<int>(number); };
    const int rows = whole(n), columns = whole(m), inner = whole(k), lda = whole(b.stride),
              ldb = whole(a.stride), ldc = whole(stride);
    const double one = 1;
    const char first = turn(b.turned), second = turn(a.turned);
    dgemm(&first, &second, &rows, &columns, &inner, &one, b.data, &lda, a.data, &ldb, &beta, c, &ldc);
    return true;
}

bool product(std::int64_t m, std::int64_t n, std::int64_t k, Factor<float> a, Factor<float> b, double beta,
             float* c, std::int64_t stride) {
    if (Bfloat16Products::on() && multiply_bfloat16(m, n, k, a, b, beta, c, stride)) return true;
    return dnnl_sgemm(turn(a.turned), turn(b.turned), m, n, k, 1, a.data, a.stride, b.data, b.stride,
                      static_cast<float>(beta), c, stride) == dnnl_success;
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
    if (k > 0 && product(m, n, k, a, b, beta, c, stride)) return;
    auto result = at::from_blob(c, {m, n}, {stride, 1}, c10::CppTypeToScalarType<T>::value);
    at::addmm_out(result, result, tensor_of(a, m, k), tensor_of(b, k, n), beta);
}

template void multiply<float>(std::int64_t, std::int64_t, std::int64_t, Factor<float>, Factor<float>, double,
                              float*, std::int64_t);
template void multiply<double>(std::int64_t, std::int64_t, std::int64_t, Factor<double>, Factor<double>,
                               double, double*, std::int64_t);

} // namespace descent
