#pragma once

#include "core/base/run_spec.h"
#include "core/tasks/task.h"

namespace descent {

/// Of weights and gradients: the regime's precision.
at::ScalarType precision(const ParamSet& regime);

/// The training labels with each replaced, once, with the regime's probability by a wrong one (Nakkiran et
/// al. 2019), drawn from stream "label-noise" of the spec's seed: int64 [n]; those of the data where there is
/// no noise.
Tensor noisy_labels(const TaskData& data, const RunSpec& spec);

/// What each class counts in the loss that is descended [classes]: positive_weight for class 1 of two; with
/// balance = loss also N/(C·N_c), whose mean over the training labels is 1 (classes without examples count
/// for nothing). Undefined where the regime does not weight. Throws InputError where it cannot.
Tensor class_weights(const TaskShape& shape, const Tensor& training_labels, const ParamSet& regime);

/// Validation accuracy of always answering the commonest training class; 0 for a regression.
double majority_baseline(const TaskData& data, const Tensor& training_labels);

} // namespace descent
