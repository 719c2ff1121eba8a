#pragma once

#include "core/store/reader.h"
#include "core/store/store.h"
#include "core/store/writer.h"
#include "tests/base/temporary_folder.h"

#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace descent::testing {

inline constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
inline constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// The value, or the end of the test with the reason.
template<class T>
T must(Result<T> result) {
    if (!result) throw std::runtime_error("unexpected refusal: " + result.error().message);
    if constexpr (!std::is_void_v<T>) return std::move(*result);
}

/// The reason, or "accepted".
template<class T>
std::string refusal(const Result<T>& result) {
    return result ? "accepted" : result.error().message;
}

/// A prepared store in a folder of its own.
class StorePlace {
public:
    StorePlace() { must(prepare_store(path())); }
    std::filesystem::path path() const { return folder.file("runs.sqlite"); }
    std::unique_ptr<StoreWriter> writer() const { return must(StoreWriter::open(path())); }
    std::unique_ptr<StoreReader> reader() const { return must(StoreReader::open(path())); }
    RunRecord stored(const RunId& run) const { return must(reader()->run(run)); }

    TemporaryFolder folder;
};

/// What any SQLite tool would print: columns joined by '|', rows by '\n'. Throws on an SQL error.
std::string query(const std::filesystem::path& file, const std::string& sql);

/// A run with something in every field that a trainer sets.
RunRecord example_run(std::uint64_t seed = 1);

/// train/loss (lower), validation/accuracy (higher), rate (none), under the numbers 0, 1, 2.
std::vector<MetricInfo> example_metrics();

std::shared_ptr<MetricBatch> batch_of(const RunId& run);
Sample sample(std::uint32_t metric, std::int64_t update, double value);
/// Pushes one sample and declares example_metrics() with it.
void push_value(StoreWriter& writer, const RunId& run, std::uint32_t metric, std::int64_t update,
                double value);
std::vector<double> values(const std::vector<SeriesPoint>& points);

/// The helper program store_child (see there) with these arguments. Killed when it goes out of scope.
class Child {
public:
    explicit Child(std::vector<std::string> arguments);
    ~Child();
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    /// The next line it prints; "" when it has closed its output.
    std::string line();
    void kill();
    /// Waits for its end; the exit status, or minus the signal that ended it.
    int wait();
    pid_t pid() const { return pid_; }

private:
    pid_t pid_ = -1;
    int output_ = -1;
    bool ended_ = false;
};

/// Seconds on a clock that all processes of the machine share.
double shared_clock();

} // namespace descent::testing
