#pragma once

#include "core/base/run_record.h"
#include "core/base/series.h"
#include "core/store/file_replacement.h"

#include <filesystem>
#include <string>

namespace descent {

/// A CSV file of samples, a row each: run_id,run,seed,update,epoch,wall_time,metric,value. In place once it
/// is committed. Throws std::runtime_error with the reason. Thread: one at a time.
class SampleCsv {
public:
    explicit SampleCsv(const std::filesystem::path& file);
    void begin(const RunRecord& run); ///< whose rows follow
    void add(const std::string& metric, const SeriesPoint& point);
    std::int64_t rows() const { return rows_; }
    void commit();

private:
    void write();

    FileReplacement out_;
    std::string buffer_, who_;
    std::int64_t rows_ = 0;
};

} // namespace descent
