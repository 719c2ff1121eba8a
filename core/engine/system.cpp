#include "core/engine/system.h"

#include "core/engine/torch.h"

#include <ATen/Config.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <torch/version.h>

#include <dlfcn.h>
#include <oneapi/dnnl/dnnl.h>

#include <ctime>
#include <thread>

namespace descent {

namespace {

constexpr const char* unknown_blas = "another BLAS";

template<class F>
F* blas_function(const char* name) {
    return reinterpret_cast<F*>(blas_symbol(name));
}

std::string blas_name() {
    if (AT_MKL_ENABLED()) return "MKL";
    if (auto* config = blas_function<const char*()>("openblas_get_config")) {
        const std::string text = config(); // "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH …"
        return text.substr(0, text.find(' ', text.find(' ') + 1));
    }
    return unknown_blas;
}

/// Processor time of this thread, so that a busy machine is not taken for a slow BLAS.
double thread_seconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

double gflops() {
    constexpr std::int64_t n = 256; // enough to tell, and so little that nobody waits for it
    const auto a = at::ones({n, n}), b = at::ones({n, n});
    auto c = at::mm(a, b); // warm-up
    const double start = thread_seconds();
    at::mm_out(c, a, b);
    return 2.0 * n * n * n / (thread_seconds() - start) / 1e9;
}

/// Judged for an unknown BLAS only: threaded ones spin while their threads wait for a busy machine, and what
/// the warning advises is there already.
bool is_slow(const std::string& blas) {
    if (blas != unknown_blas) return false;
    // The best of several: one may be cut short by others, caches and all.
    for (int i = 0; i < 6; ++i)
        if (gflops() >= 10) return false;
    return true;
}

EngineInfo look() {
    EngineInfo info;
    info.torch_version = TORCH_VERSION;
    info.blas = blas_name();
    info.slow_blas = is_slow(info.blas);
    const auto& products = *dnnl_version();
    info.blas += " with oneDNN " + std::to_string(products.major) + '.' + std::to_string(products.minor) +
                 '.' + std::to_string(products.patch);
    info.cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    return info;
}

} // namespace

const EngineInfo& engine_info() {
    static const EngineInfo info = look();
    return info;
}

void reserve_blas_memory() {
    [[maybe_unused]] static const bool once = [] {
        const auto small = at::ones({512, 512}); // small ones may go another way, without that memory
        at::mm(small, small);
        return true;
    }();
}

void* blas_symbol(const char* name) {
    for (const char* library : {"libopenblas.so.0", "libblas.so.3"}) {
        if (void* handle = dlopen(library, RTLD_LAZY | RTLD_NOLOAD)) {
            auto* found = dlsym(handle, name);
            dlclose(handle);
            if (found) return found;
        }
    }
    return nullptr;
}

void use_threads(int threads) {
    at::set_num_threads(threads);
    if (auto* set = blas_function<void(int)>("openblas_set_num_threads")) set(threads);
    // Each of the threads has a setting of its own.
    at::parallel_for(0, threads, 1,
                     [](std::int64_t, std::int64_t) { at::globalContext().setFlushDenormal(true); });
}

} // namespace descent
