#pragma once

#include <map>
#include <string>
#include <vector>

namespace descent {

/// A computation worth looking at, with what there is to see.
struct ScalarPreset {
    std::string name;  ///< "exercise"
    std::string title; ///< "Exercise: one ReLU neuron"
    std::string text;  ///< as ScalarGraph::parse() takes it
    std::map<std::string, double> values;
    std::vector<std::string> remarks; ///< a paragraph each
};
const std::vector<ScalarPreset>& scalar_presets();

} // namespace descent
