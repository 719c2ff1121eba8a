#pragma once

#include "app/cli/output.h"
#include "core/engine/engine.h"

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace descent::cli {

/// What a task's data turned out to be: where from, how many of which class on which side, what is left out;
/// of texts how long they are and what the vocabulary knows. As on the window's Data page.
void print_data(Output& out, const Inspection& found, const std::string& task);
nlohmann::ordered_json data_json(const Inspection& found);

/// Which examples to show.
struct SampleChoice {
    std::size_t of_each = 2; ///< of each class
    std::string label;       ///< one class alone; "" for all
    std::string text;        ///< somewhere in the example, without case; "" for any
};
/// Indices into Inspection::samples, by class. Throws InputError: no such class.
std::vector<std::size_t> chosen_samples(const Inspection& found, const SampleChoice& choice);
void print_samples(Output& out, const Inspection& found, const std::vector<std::size_t>& samples);
nlohmann::ordered_json samples_json(const Inspection& found, const std::vector<std::size_t>& samples);

} // namespace descent::cli
