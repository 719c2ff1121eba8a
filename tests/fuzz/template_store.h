#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace descent::fuzzing {

class Input;

/// The bytes of a store with three runs and a sweep: metrics enough for a summary, matrices, logs, tags,
/// changes and checkpoints. One file, without a log beside it.
const std::string& template_store();
/// The same runs as a bundle.
const std::string& template_bundle();
/// The bytes of a store without runs.
const std::string& empty_store();

/// `whole` as the input would have it: cut off, and bytes replaced, in one of its pages each.
std::string damaged(std::string whole, Input& input);

/// Asks a store everything that can be asked of it. What it cannot tell it says as a std::runtime_error.
void read_all(const std::filesystem::path& store);

} // namespace descent::fuzzing
