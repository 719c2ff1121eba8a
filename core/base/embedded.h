#pragma once

#include <span>
#include <string_view>

/// Files of resources/ compiled into the program (descent_embed in CMakeLists.txt), sorted by name.
namespace descent::embedded {

struct File {
    std::string_view name; ///< "schema-1.sql", "Czech.txt"
    std::string_view content;
};

std::span<const File> schema();   ///< resources/schema
std::span<const File> surnames(); ///< resources/names
std::span<const File> sweeps();   ///< resources/sweeps
std::span<const File> presets();  ///< resources/presets

} // namespace descent::embedded
