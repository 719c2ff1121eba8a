#include "core/analysis/scalar_gradient.h"
#include "core/analysis/scalar_graph.h"
#include "tests/fuzz/fuzzing.h"

#include <cmath>

using namespace descent;
using namespace descent::fuzzing;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = Input(data, size).rest();
    const auto graph = ScalarGraph::parse(text);
    if (!graph) {
        check_message(graph.error().message);
        hold(graph.error().begin <= graph.error().end && graph.error().end <= text.size(),
             "an error is within its text");
        return 0;
    }
    hold(graph->nodes.size() <= ScalarGraph::kMostNodes + 1 && graph->output >= 0 &&
             std::size_t(graph->output) < graph->nodes.size(),
         "a graph has an output");
    std::vector<double> values;
    for (std::size_t i = 0; i < graph->leaves.size(); ++i) {
        const auto& leaf = graph->nodes[std::size_t(graph->leaves[i])];
        values.push_back(leaf.given && std::isfinite(*leaf.given) ? *leaf.given : 0.5 - double(i));
    }
    const auto passes = differentiate(*graph, values);
    hold(passes.values.size() == graph->nodes.size() && passes.checks.size() == graph->leaves.size(),
         "each node has a value and each leaf a check");
    if (graph->nodes.size() > 60) return 0; // the texts of all steps are long
    for (const auto& step : passes.steps) scalar_sentence(*graph, passes, step);
    for (const auto& check : passes.checks) scalar_verdict(*graph, passes, check, true);
    scalar_check_summary(*graph, passes);
    scalar_cells(*graph, passes);
    succeeded(scalar_values(*graph, {}));
    return 0;
}
