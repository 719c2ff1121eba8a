#pragma once

#include "core/engine/engine.h"

namespace descent {

/// Versions, BLAS and its speed. Measured once (a tenth of a second on a slow BLAS). Thread: any.
const EngineInfo& engine_info();

/// Sets the threads that torch and its BLAS use for work started by the calling thread. Call first on the
/// trainer's thread.
void use_threads(int threads);

} // namespace descent
