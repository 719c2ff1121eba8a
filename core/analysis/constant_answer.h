#pragma once

#include "core/analysis/confusion.h"

#include <optional>
#include <string>
#include <vector>

namespace descent {

/// Tells of a network that has learnt nothing of its examples: all its answers are one class, or its loss
/// stays what the classes' shares alone would give. Looks at the training set, once an evaluation; says it
/// once it has been so for several in a row and a tenth of the run, or at its end; and again if it comes
/// back. Thread: one.
class ConstantAnswer {
public:
    /// `in_nats`: the loss is a mean −log p, so that ln of the number of classes, and the entropy of their
    /// shares, say something of it.
    ConstantAnswer(std::vector<std::string> classes, bool in_nats);

    /// What should be said now: "loss stands at 1.386, ln 4: the network answers one class (World)".
    /// `done`: share of the run's updates made, 1 at its end.
    std::optional<std::string> observe(double loss, const Confusion& answers, double done);

private:
    std::vector<std::string> classes_;
    bool in_nats_;
    int in_a_row_ = 0;
    double since_ = 0;
    std::int64_t evaluations_ = 0;
    bool said_ = false;
};

} // namespace descent
