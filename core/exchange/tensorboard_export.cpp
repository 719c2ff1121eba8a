#include "core/exchange/exchange.h"

#include "core/base/format.h"
#include "core/exchange/event_file.h"
#include "core/exchange/run_json.h"
#include "core/store/file_replacement.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "event.pb.h"

namespace descent {
namespace {

namespace fs = std::filesystem;
namespace pb = descent::tensorboard;

constexpr std::size_t kBuffer = 1 << 20;
constexpr std::int64_t kPointsBetweenReports = 8'192;
constexpr int kString = 7, kScalar = 1, kTensor = 2;

/// One event file. Thread: one at a time.
class EventWriter {
public:
    EventWriter(const fs::path& file, double wall_time) : out_(file) {
        pb::Event first;
        first.set_wall_time(wall_time);
        first.set_file_version("brain.Event:2");
        write(first);
    }
    void write(const pb::Event& event) {
        append_record(buffer_, event.SerializeAsString());
        if (buffer_.size() > kBuffer) drain();
    }
    void commit() {
        drain();
        out_.commit();
    }

private:
    void drain() {
        out_.write(std::as_bytes(std::span(buffer_)));
        buffer_.clear();
    }
    FileReplacement out_;
    std::string buffer_;
};

// A run's name may hold what a path may not, and '/' would make folders of it.
std::string folder_name(const std::string& name, std::set<std::string>& taken) {
    std::string folder = name;
    for (char& c : folder)
        if (c == '/' || c == '\\' || static_cast<unsigned char>(c) < 0x20) c = '_';
    if (folder.empty() || folder.starts_with('.')) folder = "run" + folder;
    const std::string stem = folder;
    for (int number = 2; !taken.insert(folder).second; ++number) folder = stem + "-" + std::to_string(number);
    return folder;
}

// What scalars are drawn from: simple_value, which every reader knows, and which is a 32-bit float.
float narrowed(double value) {
    constexpr double kLargest = std::numeric_limits<float>::max();
    if (std::abs(value) <= kLargest || std::isnan(value)) return static_cast<float>(value);
    return value > 0 ? std::numeric_limits<float>::infinity() : -std::numeric_limits<float>::infinity();
}

void add_text(EventWriter& out, double wall_time, const std::string& tag, const std::string& markdown) {
    pb::Event event;
    event.set_wall_time(wall_time);
    pb::Summary::Value& value = *event.mutable_summary()->add_value();
    value.set_tag(tag);
    value.mutable_metadata()->mutable_plugin_data()->set_plugin_name("text");
    value.mutable_metadata()->set_data_class(kTensor);
    value.mutable_tensor()->set_dtype(kString);
    value.mutable_tensor()->mutable_tensor_shape()->add_dim()->set_size(1);
    value.mutable_tensor()->add_string_val(markdown);
    out.write(event);
}

std::string cell(std::string text) {
    for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2) text.insert(at, "\\");
    std::ranges::replace(text, '\n', ' ');
    return text;
}

std::string hyperparameters(const RunSpec& spec) {
    std::string rows = "| parameter | value |\n|---|---|\n";
    const auto part = [&](const std::string& group, const Part& chosen) {
        rows += "| " + group + " | " + cell(chosen.id) + " |\n";
        for (const auto& [name, value] : chosen.params.values)
            rows += "| " + group + "." + name + " | " + cell(to_string(value)) + " |\n";
    };
    part("task", spec.task);
    part("model", spec.model);
    part("optimizer", spec.optimizer);
    part("regime", spec.regime);
    return rows + "| seed | " + std::to_string(spec.seed) + " |\n";
}

std::int64_t write_run(const StoreReader& store, const RunRecord& run, const fs::path& file,
                       const std::function<void(double)>& report) {
    const double start = static_cast<double>(run.started_ms > 0 ? run.started_ms : run.created_ms) / 1e3;
    EventWriter out(file, start);
    add_text(out, start, "hyperparameters", hyperparameters(run.spec));
    add_text(out, start, "run",
             "```json\n" + run_json(run).dump(2, ' ', false, nlohmann::json::error_handler_t::replace) +
                 "\n```");
    if (!run.note.empty()) add_text(out, start, "note", run.note);

    const double updates = static_cast<double>(std::max<std::int64_t>(run.updates.count, 1));
    std::set<std::uint32_t> described;
    std::int64_t points = 0;
    pb::Event event; // what was measured at one moment goes into one
    const auto flush = [&] {
        if (event.has_summary()) out.write(event);
        event.clear_summary();
    };
    store.each_sample(run.id, [&](const MetricInfo& metric, const SeriesPoint& point) {
        if (points++ % kPointsBetweenReports == 0)
            report(std::min(static_cast<double>(point.update.count) / updates, 1.0));
        const double wall_time = start + point.seconds;
        if (event.step() != point.update.count || event.wall_time() != wall_time) flush();
        event.set_step(point.update.count);
        event.set_wall_time(wall_time);
        pb::Summary::Value& value = *event.mutable_summary()->add_value();
        value.set_tag(metric.name);
        value.set_simple_value(narrowed(point.value));
        if (!described.insert(metric.index).second) return;
        value.mutable_metadata()->mutable_plugin_data()->set_plugin_name("scalars");
        value.mutable_metadata()->set_data_class(kScalar);
        if (!metric.unit.empty()) value.mutable_metadata()->set_summary_description("in " + metric.unit);
    });
    flush();
    out.commit();
    return points;
}

/// Folders made here, taken away again unless keep() is called.
class NewFolders {
public:
    ~NewFolders() {
        std::error_code ignored;
        for (const fs::path& folder : made_) fs::remove_all(folder, ignored);
    }
    void make(const fs::path& folder) {
        std::error_code error;
        if (fs::create_directories(folder, error)) made_.push_back(folder);
        if (error) throw InputError("cannot make the folder '" + folder.string() + "': " + error.message());
    }
    void keep() { made_.clear(); }

private:
    std::vector<fs::path> made_;
};

} // namespace

Result<std::int64_t> export_tensorboard(const StoreReader& store, const std::vector<RunId>& runs,
                                        const fs::path& folder, const ExchangeProgress& progress) {
    return guarded([&] {
        std::error_code error;
        if (fs::exists(folder, error)) {
            if (!fs::is_directory(folder, error))
                throw InputError("'" + folder.string() + "' is there already and is not a folder");
            if (!fs::is_empty(folder, error))
                throw InputError("the folder '" + folder.string() +
                                 "' is not empty; TensorBoard would mix what is in it with these runs");
        }
        NewFolders folders;
        folders.make(folder);
        std::set<std::string> taken;
        std::int64_t points = 0;
        for (std::size_t i = 0; i < runs.size(); ++i) {
            const auto report = [&](double fraction) {
                if (progress &&
                    !progress((static_cast<double>(i) + fraction) / static_cast<double>(runs.size())))
                    throw InputError("the export was cancelled; nothing was written");
            };
            report(0);
            const RunRecord run = unwrap(store.run(runs[i]));
            const fs::path place = folder / folder_name(run.name, taken);
            folders.make(place);
            // TensorBoard finds its files by the "tfevents" in their name and reads those of a folder in
            // order.
            points += write_run(store, run,
                                place / ("events.out.tfevents." + std::to_string(run.created_ms / 1000) +
                                         "." + run.id.uuid.substr(0, 8)),
                                report);
        }
        if (progress && !progress(1)) throw InputError("the export was cancelled; nothing was written");
        folders.keep();
        return points;
    });
}

} // namespace descent
