#include "core/store/sample_csv.h"

#include "core/store/csv_text.h"

#include <span>

namespace descent {
namespace {

constexpr std::size_t kBuffer = 1 << 20;

} // namespace

SampleCsv::SampleCsv(const std::filesystem::path& file)
    : out_(file)
    , buffer_("run_id,run,seed,update,epoch,wall_time,metric,value\n") {}

void SampleCsv::begin(const RunRecord& run) {
    who_ = csv_field(run.id.uuid) + "," + csv_field(run.name) + "," + std::to_string(run.spec.seed) + ",";
}

void SampleCsv::add(const std::string& metric, const SeriesPoint& point) {
    buffer_ += who_;
    append_csv_number(buffer_, point.update.count);
    buffer_ += ',';
    append_csv_number(buffer_, point.epoch.passes);
    buffer_ += ',';
    append_csv_number(buffer_, point.seconds);
    buffer_ += ',';
    buffer_ += csv_field(metric);
    buffer_ += ',';
    append_csv_number(buffer_, point.value);
    buffer_ += '\n';
    ++rows_;
    if (buffer_.size() >= kBuffer) write();
}

void SampleCsv::write() {
    out_.write(std::as_bytes(std::span(buffer_)));
    buffer_.clear();
}

void SampleCsv::commit() {
    write();
    out_.commit();
}

} // namespace descent
