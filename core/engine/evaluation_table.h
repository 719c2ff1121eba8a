#pragma once

#include "core/analysis/text_table.h"
#include "core/engine/engine.h"

#include <optional>
#include <string>

/// What is told of an EvaluationReport, the same in window and command line. Thread: any.
namespace descent {

/// "brave-otter-12 at update 1,200, epoch 3, on its data".
std::string evaluation_title(const EvaluationReport& report, const RunRecord& run,
                             const CheckpointInfo& checkpoint);
/// A row a figure, the first one the examples; a column a set.
TextTable evaluation_table(const EvaluationReport& report);
/// How many examples there are in "train", "validation", "test" or, of all three, "all".
std::int64_t examples_in(const EvaluationReport& report, const std::string& set);

/// Which of a task's parameters names the data that a network is evaluated on instead of the run's:
/// "test_source" of texts, beside which those that the run learnt from say what the words are, else "source".
/// None: the task reads none from outside.
std::optional<std::string> data_parameter(const Catalog& catalog, const std::string& task);

} // namespace descent
