#pragma once

#include "core/store/store.h"
#include "core/store/writer.h"

#include <filesystem>
#include <string>

#include <unistd.h>

namespace descent {

/// A folder of its own, gone afterwards.
class BenchFolder {
public:
    BenchFolder()
        : path_(std::filesystem::temp_directory_path() / ("descent-bench-" + std::to_string(::getpid()))) {
        std::filesystem::create_directories(path_);
    }
    BenchFolder(const BenchFolder&) = delete;
    BenchFolder& operator=(const BenchFolder&) = delete;
    ~BenchFolder() { std::filesystem::remove_all(path_); }
    std::filesystem::path operator/(const char* name) const { return path_ / name; }

private:
    std::filesystem::path path_;
};

/// A run to write samples to.
inline RunRecord bench_run(StoreWriter& writer, std::int64_t updates) {
    RunRecord run;
    run.id = RunId::random();
    run.name = readable_name(run.id);
    run.spec.task.id = run.spec.model.id = run.spec.optimizer.id = run.spec.regime.id = "bench";
    run.spec.budget.updates = updates;
    return unwrap(writer.create(std::move(run)));
}

/// A number from the environment.
inline std::int64_t bench_size(const char* variable, std::int64_t usual) {
    const char* text = std::getenv(variable);
    return text ? std::stoll(text) : usual;
}

} // namespace descent
