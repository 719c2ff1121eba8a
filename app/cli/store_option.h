#pragma once

#include "core/store/reader.h"
#include "core/store/writer.h"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace descent::cli {

/// --store, on every command that touches one. Everything here throws InputError on bad input.
class StoreOption {
public:
    void add_to(CLI::App& command);

    std::filesystem::path path() const;
    bool given() const { return !given_.empty(); }
    bool exists() const;
    /// " --store FILE" where the commands that the program suggests need it.
    std::string repeated() const;

    /// Creates it where absent, migrates it, marks dead runs as interrupted.
    void prepare() const;
    /// Throws InputError where `file`, given with `option`, is the store itself.
    void refuse_as_target(const std::string& option, const std::string& file) const;
    /// The store must exist.
    std::unique_ptr<StoreReader> reader() const;
    /// The store must exist.
    std::unique_ptr<StoreWriter> writer() const;

private:
    std::string given_;
};

/// RUN, of which a command takes one.
void add_run_argument(CLI::App& command, std::string& word);
/// The run that a word means. Throws InputError: none, or several.
RunRecord find_run(const StoreReader& store, const std::string& word);
/// Resolves words to runs, each once, in the order given. All or none.
std::vector<RunId> find_runs(const StoreReader& store, const std::vector<std::string>& words);

} // namespace descent::cli
