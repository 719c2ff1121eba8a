#include "core/base/format.h"
#include "core/exchange/event_file.h"
#include "core/exchange/importers.h"

#include "core/store/csv_text.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <map>
#include <set>

#include "event.pb.h"

namespace descent {
namespace {

namespace fs = std::filesystem;
namespace pb = descent::tensorboard;

enum DataType { kFloat = 1, kDouble = 2, kInt32 = 3, kInt64 = 9 };
constexpr std::int64_t kRecordsBetweenReports = 8'192;

/// One value at a step.
struct Scalar {
    std::string tag;
    std::int64_t step = 0;
    double wall_time = 0, value = 0;
};

/// What one file holds.
struct EventFile {
    fs::path path;
    double first_wall_time = 0;
    std::string first_record;
    std::vector<Scalar> scalars;
    std::int64_t left_out = 0; ///< summaries that are no scalars
};

template<class T>
std::optional<double> content_of(const std::string& bytes) {
    T value{};
    if (bytes.size() != sizeof value) return std::nullopt;
    std::memcpy(&value, bytes.data(), sizeof value);
    return static_cast<double>(value);
}

// A tensor that holds one number.
std::optional<double> number_in(const pb::Tensor& tensor) {
    for (const auto& dim : tensor.tensor_shape().dim())
        if (dim.size() != 1) return std::nullopt;
    const std::string& bytes = tensor.tensor_content();
    switch (tensor.dtype()) {
    case kFloat:
        return tensor.float_val_size() > 0 ? std::optional<double>(tensor.float_val(0))
                                           : content_of<float>(bytes);
    case kDouble:
        return tensor.double_val_size() > 0 ? std::optional(tensor.double_val(0)) : content_of<double>(bytes);
    case kInt32:
        return tensor.int_val_size() > 0 ? std::optional<double>(tensor.int_val(0))
                                         : content_of<std::int32_t>(bytes);
    case kInt64:
        return tensor.int64_val_size() > 0 ? std::optional(static_cast<double>(tensor.int64_val(0)))
                                           : content_of<std::int64_t>(bytes);
    default:
        return std::nullopt;
    }
}

/// Reads files one after another and says how far it is.
class Reader {
public:
    Reader(double bytes, const ExchangeProgress& progress)
        : bytes_(std::max(bytes, 1.0))
        , progress_(progress) {}

    EventFile read(const fs::path& path, std::vector<std::string>& warnings) {
        EventFile file{path};
        std::map<std::string, std::string> plugins; // by tag; said with its first value only
        RecordReader records(path);
        pb::Event event;
        std::int64_t number = 0;
        while (const auto record = records.next()) {
            if (number % kRecordsBetweenReports == 0)
                report(progress_, std::min((before_ + static_cast<double>(records.place())) / bytes_, 1.0));
            if (!event.ParseFromString(*record))
                throw InputError(path.string() + ": byte " + std::to_string(records.place()) +
                                 ": expected an event of TensorBoard, found a record of something else");
            if (number++ == 0) {
                file.first_wall_time = event.wall_time();
                file.first_record = *record;
            }
            for (const auto& value : event.summary().value()) take(event, value, plugins, file);
        }
        if (records.truncated())
            warnings.push_back(path.string() + ": the record at byte " + std::to_string(records.place()) +
                               " is cut off; what comes before it was taken");
        before_ += static_cast<double>(records.place());
        return file;
    }

private:
    static void take(const pb::Event& event, const pb::Summary::Value& value,
                     std::map<std::string, std::string>& plugins, EventFile& file) {
        if (value.has_metadata()) plugins[value.tag()] = value.metadata().plugin_data().plugin_name();
        std::optional<double> number;
        if (value.value_case() == pb::Summary::Value::kSimpleValue) {
            number = value.simple_value();
        } else if (value.value_case() == pb::Summary::Value::kTensor) {
            const auto plugin = plugins.find(value.tag());
            if (plugin == plugins.end() || plugin->second.empty() || plugin->second == "scalars")
                number = number_in(value.tensor());
        }
        if (number && event.step() >= 0)
            file.scalars.push_back({value.tag(), event.step(), event.wall_time(), *number});
        else
            ++file.left_out;
    }

    double bytes_, before_ = 0;
    const ExchangeProgress& progress_;
};

/// The epoch of each sample: the last value of a scalar "epoch" until its step.
void fill_epochs(ImportedRun& run) {
    const auto& metrics = run.content.metrics;
    const auto epoch = std::ranges::find_if(
        metrics, [](const MetricInfo& m) { return m.name == "epoch" || m.name == "trainer/epoch"; });
    if (epoch == metrics.end()) return;
    std::map<Update, double> at;
    for (const Sample& sample : run.content.samples)
        if (sample.metric == epoch->index && std::isfinite(sample.value)) at[sample.update] = sample.value;
    for (Sample& sample : run.content.samples)
        if (const auto next = at.upper_bound(sample.update); next != at.begin())
            sample.epoch = Epoch{std::prev(next)->second};
}

/// Since 1970; 0 where no clock can have said so.
std::int64_t milliseconds(double seconds) {
    constexpr double latest = 1e12;
    return std::abs(seconds) < latest ? static_cast<std::int64_t>(seconds * 1e3) : 0;
}

ImportedRun run_of(const std::string& name, std::vector<EventFile> files) {
    // A program that was started again goes on in a new file, and what it says again is what counts.
    std::ranges::stable_sort(files, {}, &EventFile::first_wall_time);
    const EventFile& first = files.front();
    ImportedRun run = imported_run(name, "tensorboard\n" + first.first_record,
                                   (files.size() == 1 ? first.path : first.path.parent_path()).string() +
                                       " (TensorBoard events)");
    for (const EventFile& file : files)
        if (!file.scalars.empty()) {
            const Scalar& scalar = file.scalars.front();
            run.identity += "\n" + std::to_string(scalar.step) + "," + scalar.tag + ",";
            append_csv_number(run.identity, scalar.value);
            break;
        }
    run.record.created_ms = run.record.started_ms = milliseconds(first.first_wall_time);
    for (const EventFile& file : files)
        for (const Scalar& scalar : file.scalars)
            run.add(run.metric(scalar.tag), Update{scalar.step}, Epoch{},
                    std::max(scalar.wall_time - first.first_wall_time, 0.0), scalar.value);
    fill_epochs(run);
    return run;
}

/// The event files at or below `path`, by the folder they lie in.
std::map<fs::path, std::vector<fs::path>> event_files(const fs::path& path) {
    std::map<fs::path, std::vector<fs::path>> found;
    if (!fs::is_directory(path)) {
        found[fs::absolute(path).lexically_normal().parent_path()].push_back(path);
        return found;
    }
    std::set<fs::path> followed; // links to folders, each once: they may lead round in circles
    fs::recursive_directory_iterator at(path, fs::directory_options::skip_permission_denied |
                                                  fs::directory_options::follow_directory_symlink);
    for (; at != fs::recursive_directory_iterator(); ++at) {
        if (at->is_symlink() && at->is_directory() && !followed.insert(fs::canonical(at->path())).second)
            at.disable_recursion_pending();
        if (at->is_regular_file() && at->path().filename().string().find("tfevents") != std::string::npos)
            found[at->path().parent_path()].push_back(at->path());
    }
    for (auto& [folder, files] : found) std::ranges::sort(files);
    return found;
}

// As TensorBoard names it: by its folder, seen from the one that was given.
std::string run_name(const fs::path& folder, const fs::path& path) {
    const fs::path inside = fs::is_directory(path) ? folder.lexically_relative(path) : fs::path(".");
    if (inside != "." && !inside.empty()) return inside.generic_string();
    const fs::path whole = fs::absolute(folder).lexically_normal();
    return (whole.has_filename() ? whole : whole.parent_path()).filename().string();
}

} // namespace

Imported read_events(const fs::path& path, const ExchangeProgress& progress) {
    const auto folders = event_files(path);
    if (folders.empty())
        throw InputError("the folder '" + path.string() +
                         "' holds no event files of TensorBoard (with 'tfevents' in their names)");
    double bytes = 0;
    for (const auto& [folder, files] : folders)
        for (const fs::path& file : files) bytes += static_cast<double>(fs::file_size(file));

    Imported imported;
    Reader reader(bytes, progress);
    std::int64_t left_out = 0;
    for (const auto& [folder, files] : folders) {
        std::vector<EventFile> read;
        for (const fs::path& file : files) {
            read.push_back(reader.read(file, imported.warnings));
            left_out += read.back().left_out;
            if (read.back().first_record.empty()) read.pop_back();
        }
        const bool any = std::ranges::any_of(read, [](const EventFile& f) { return !f.scalars.empty(); });
        if (any) imported.runs.push_back(run_of(run_name(folder, path), std::move(read)));
    }
    if (imported.runs.empty())
        throw InputError(path.string() + ": no scalars in " +
                         (fs::is_directory(path) ? "its event files" : "this event file"));
    if (left_out > 0)
        imported.warnings.push_back(path.string() + ": " + counted(left_out, "value") +
                                    " other than scalars (images, histograms, text) left out");
    return imported;
}

} // namespace descent
