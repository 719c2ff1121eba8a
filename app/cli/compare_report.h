#pragma once

#include "app/cli/output.h"
#include "core/analysis/comparison.h"
#include "core/analysis/divergence.h"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <vector>

namespace descent::cli {

/// What `descent compare` found out.
struct CompareReport {
    std::vector<RunRecord> runs;
    std::string grouped_by;
    std::vector<RunGroup> groups;
    ConfigDiff config;
    std::vector<Comparison> comparisons; ///< a metric each
    std::optional<Divergence> why;       ///< of two runs
};

/// `all`: rows of the configuration that are equal, too.
void print_report(Output& out, const CompareReport& report, bool all);
std::string to_markdown(const CompareReport& report, bool all);
std::string to_latex(const CompareReport& report, bool all);
nlohmann::ordered_json to_json(const CompareReport& report, bool all);

} // namespace descent::cli
