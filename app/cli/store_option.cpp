#include "app/cli/store_option.h"

#include "app/cli/output.h"
#include "core/store/store.h"

#include <CLI/CLI.hpp>

#include <algorithm>

namespace descent::cli {

void StoreOption::add_to(CLI::App& command) {
    command
        .add_option("--store", given_,
                    "The file that holds the runs (default: $DESCENT_STORE or the data folder)")
        ->type_name("FILE");
}

std::filesystem::path StoreOption::path() const {
    return given_.empty() ? default_store_path() : std::filesystem::path(given_);
}

bool StoreOption::exists() const {
    std::error_code unreadable;
    return std::filesystem::exists(path(), unreadable);
}

std::string StoreOption::repeated() const {
    return given() ? " --store " + shell_quoted(given_) : std::string();
}

void StoreOption::prepare() const {
    unwrap(prepare_store(path()));
}

void StoreOption::refuse_as_target(const std::string& option, const std::string& file) const {
    std::error_code different;
    if (std::filesystem::equivalent(file, path(), different))
        throw InputError(option + " " + file + " is the store itself");
}

std::unique_ptr<StoreReader> StoreOption::reader() const {
    if (!exists()) throw InputError("there is no store at " + path().string() + " yet; descent run makes it");
    const auto prepared = prepare_store(path());
    auto store = StoreReader::open(path());
    // A store that cannot be written can still be read: an archive, or a colleague's file.
    if (!store) unwrap(prepared);
    return unwrap(std::move(store));
}

std::unique_ptr<StoreWriter> StoreOption::writer() const {
    prepare();
    return unwrap(StoreWriter::open(path()));
}

void add_run_argument(CLI::App& command, std::string& word) {
    command.add_option("RUN", word, "Name, UUID, or the unique beginning of either")
        ->type_name("")
        ->required();
}

RunRecord find_run(const StoreReader& store, const std::string& word) {
    return unwrap(store.run(unwrap(store.find(word))));
}

std::vector<RunId> find_runs(const StoreReader& store, const std::vector<std::string>& words) {
    std::vector<RunId> runs;
    for (const auto& word : words) {
        auto run = unwrap(store.find(word));
        if (std::ranges::find(runs, run) == runs.end()) runs.push_back(std::move(run));
    }
    return runs;
}

} // namespace descent::cli
