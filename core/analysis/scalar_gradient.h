#pragma once

#include "core/analysis/scalar_graph.h"
#include "core/analysis/text_table.h"
#include "core/base/result.h"

#include <array>
#include <map>
#include <string>
#include <vector>

namespace descent {

/// One step of the passes through a graph, in the order in which they are made.
struct ScalarStep {
    enum class Kind {
        given,    ///< the variables have their values; node is the output
        forward,  ///< node gets its value
        seed,     ///< the output's gradient by itself is 1
        backward, ///< node hands its gradient, times the local one, to its input `slot`
    };
    Kind kind = Kind::given;
    int node = 0, slot = 0;
    double product = 0; ///< backward: ∂o/∂node · ∂node/∂input
    double total = 0;   ///< backward: ∂o/∂input afterwards, all that was handed over so far
    bool first = true;  ///< backward: nothing was handed to that input before
    bool last = true;   ///< backward: nothing will be handed to it after this
};

/// A variable's gradient beside a central difference, extrapolated from h and h/2: h = 6e-6·max(1, |x|), then
/// a hundredth of it and of that where they do not agree, for the function may be steep or a kink be near.
struct ScalarCheck {
    enum class Outcome {
        agrees,     ///< within kTolerance·max(1, |gradient|) and what rounding does to the difference
        kink,       ///< they differ, and the function has a kink within the step
        undefined,  ///< a value or the gradient is no finite number
        unresolved, ///< they differ by less than differences of h and h/2 do: too steep to tell
        differs,
    };
    static constexpr double kTolerance = 1e-6;
    int leaf = 0;
    double difference = 0;
    double left = 0, right = 0; ///< one-sided slopes, which a kink sets apart
    double allowed = 0;         ///< how far apart they may lie to agree
    Outcome outcome = Outcome::agrees;
};

/// Something about a node that a person should know: a kink, or why a value is not finite.
struct ScalarNote {
    int node = 0;
    bool kink = false;
    std::string text; ///< "y: relu at a = 0 …"
};

/// Values, gradients and how they came about.
struct ScalarPasses {
    std::vector<double> values;                  ///< of each node
    std::vector<std::array<double, 2>> locals;   ///< ∂node/∂input; 0 for what does not vary
    std::vector<std::array<double, 2>> products; ///< ∂o/∂node times that
    std::vector<double> gradients;               ///< ∂o/∂node; 0 where the output does not depend on it
    std::vector<ScalarStep> steps;
    std::vector<ScalarCheck> checks; ///< of each leaf
    std::vector<ScalarNote> notes;
};

/// Forward, then in reverse. `leaf_values` are finite and as many as graph.leaves. At kinks the slopes are
/// PyTorch's, and a note says so.
ScalarPasses differentiate(const ScalarGraph& graph, const std::vector<double>& leaf_values);

/// A value for each leaf from those by name and those that the text gives. Errors: a name that is no
/// variable, a variable without a value, one that is not finite.
Result<std::vector<double>> scalar_values(const ScalarGraph& graph,
                                          const std::map<std::string, double>& by_name);

/// In words: "a = z + b = 6 + 1.5 = 7.5"; "∂o/∂y = ∂o/∂d · ∂d/∂y = 5 · 1 = 5".
std::string scalar_sentence(const ScalarGraph& graph, const ScalarPasses& passes, const ScalarStep& step);
/// "agrees", "kink: slopes −1 and 1", …; longer, with the numbers, where `whole`.
std::string scalar_verdict(const ScalarGraph& graph, const ScalarPasses& passes, const ScalarCheck& check,
                           bool whole = false);
/// A sentence on all checks: "4 of 4 gradients agree with finite differences (within 1e−6)."
std::string scalar_check_summary(const ScalarGraph& graph, const ScalarPasses& passes);
/// A row a node that is drawn: node, operation, value, local gradients, gradient, finite difference, check.
/// Numbers as people read them, or `full`, to be read back.
TextTable scalar_cells(const ScalarGraph& graph, const ScalarPasses& passes, bool full = false);
/// Nodes that stand for something: all but plain numbers, which are part of what uses them.
std::vector<int> shown_nodes(const ScalarGraph& graph);

} // namespace descent
