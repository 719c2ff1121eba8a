#pragma once

// The only way this project includes torch: tensors and autograd, without torch::nn (models keep their
// weights in one flat buffer, see weights.h). Precompiled for the engine and its tests; never included where
// ui/ or app/ can see it.

#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/generated/variable_factories.h>
#include <torch/types.h>

namespace descent {
using at::Tensor;
}
