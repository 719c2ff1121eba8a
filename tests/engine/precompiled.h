#pragma once

// Precompiled: what takes long to read. Every file still includes what it uses.

#include "core/engine/torch.h"
#include "tests/precompiled.h"
