#pragma once

#include "core/base/events.h"
#include "core/base/uuid.h"
#include "core/exchange/exchange.h"

#include <map>
#include <string>
#include <vector>

/// What every importer makes of a file before anything of it is stored.
namespace descent {

/// A run read from a file.
struct ImportedRun {
    RunRecord record;
    MetricBatch content; ///< metrics, samples, log
    /// What its id is made of where the file does not give one: something that stays as the file grows, say
    /// its first values. Of two files that agree in it and contradict each other the second gets another id.
    std::string identity;
    std::string from; ///< "x.csv (CSV table)", for the log

    /// The number of that metric, declared if it is new; its direction is guessed from the name.
    std::uint32_t metric(const std::string& name);
    void add(std::uint32_t metric, Update update, Epoch epoch, double seconds, double value) {
        content.samples.push_back({metric, update, epoch, seconds, value});
    }

private:
    std::map<std::string, std::uint32_t, std::less<>> numbers_;
};

/// A finished run of which only a table is known, with the tag "imported". `name` may be any text.
ImportedRun imported_run(const std::string& name, std::string identity, std::string from);

/// Which way a metric of that name improves: lower for losses, errors, perplexities; higher for accuracies,
/// F1, areas under curves, precision, recall and scores; none where the name says nothing.
Direction guess_direction(std::string_view metric);

/// Stores runs, one transaction each. Samples may come in any order; of two of one metric at one update the
/// later in the list counts, and a warning says so.
ImportReport store_runs(StoreWriter& writer, std::vector<ImportedRun> runs, const ExchangeProgress& progress);

/// A UUID of version 8 (RFC 9562) made of a text.
RunId id_of(std::string_view text);

/// `progress`, from `from` to `to`; throws InputError where it says no.
void report(const ExchangeProgress& progress, double fraction);
ExchangeProgress part_of(const ExchangeProgress& progress, double from, double to);

} // namespace descent
