#pragma once

#include "core/engine/engine.h"

namespace descent {

/// Versions, BLAS and whether it is slow: an unknown one is measured, once (a tenth of a second). Thread:
/// any.
const EngineInfo& engine_info();

/// Sets the threads that torch and its BLAS use for work started by the calling thread. Call first on the
/// trainer's thread.
void use_threads(int threads);

} // namespace descent
