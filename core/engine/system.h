#pragma once

#include "core/engine/engine.h"

namespace descent {

/// Versions, BLAS and whether it is slow: an unknown one is measured, once (a tenth of a second). Thread:
/// any.
const EngineInfo& engine_info();

/// Has the BLAS take the memory it works in, once, before anything large is made: where none is left,
/// OpenBLAS asks for it again and again without an end, and a run that is out of memory would stand still
/// instead of failing. Thread: any.
void reserve_blas_memory();

/// A function of the BLAS in this process, whatever library gives it (OpenBLAS may be loaded as
/// libblas.so.3); null where it has none of that name. Thread: any.
void* blas_symbol(const char* name);

/// Sets the threads that torch and its BLAS use for work started by the calling thread, and has them take
/// denormal numbers, which are many times slower, for zero. Call first on the trainer's thread.
void use_threads(int threads);

} // namespace descent
