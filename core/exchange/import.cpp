#include "core/exchange/importers.h"

#include "core/base/format.h"
#include "core/exchange/event_file.h"
#include "core/store/merge.h"
#include "core/store/store.h"

#include <array>
#include <fstream>

namespace descent {
namespace {

namespace fs = std::filesystem;

constexpr const char* kExpected =
    "expected a bundle or store of Descent Studio, TensorBoard event files or a folder of "
    "them, JSON lines, or a CSV table";

enum class Content { store, events, json_lines, table };

Content content_of(const fs::path& file) {
    std::error_code error;
    const auto status = fs::status(file, error);
    if (status.type() == fs::file_type::not_found) throw InputError("there is no '" + file.string() + "'");
    if (fs::is_directory(status)) return Content::events;
    if (!fs::is_regular_file(status)) throw InputError("'" + file.string() + "' is not a file; " + kExpected);
    if (is_sqlite_file(file)) return Content::store;
    std::ifstream in(file, std::ios::binary);
    std::array<char, 4096> head{};
    in.read(head.data(), head.size());
    std::string_view start(head.data(), static_cast<std::size_t>(std::max<std::streamsize>(in.gcount(), 0)));
    if (start.empty())
        throw InputError("'" + file.string() +
                         (in.bad() || !in.is_open() ? "' cannot be read" : "' is empty; ") +
                         (in.bad() || !in.is_open() ? "" : kExpected));
    if (RecordReader::recognises(file)) return Content::events;
    if (start.find('\0') != std::string_view::npos)
        throw InputError("'" + file.string() + "' is of no known kind; " + kExpected);
    if (start.starts_with("\xef\xbb\xbf")) start.remove_prefix(3);
    const std::size_t first = start.find_first_not_of(" \t\r\n");
    return first != std::string_view::npos && start[first] == '{' ? Content::json_lines : Content::table;
}

Imported read(const fs::path& file, Content content, const ExchangeProgress& progress) {
    switch (content) {
    case Content::events:
        return read_events(file, progress);
    case Content::json_lines:
        return read_jsonl(file, progress);
    default:
        return read_csv(file, progress);
    }
}

// They quote what the file holds.
void tidy(std::vector<std::string>& warnings) {
    for (std::string& warning : warnings) warning = as_message(std::move(warning));
}

} // namespace

std::string describe(const ImportReport& report) {
    const auto runs = static_cast<std::int64_t>(report.runs.size());
    std::string text = counted(runs, "run") + " imported";
    if (report.grown > 0) text += ", " + counted(report.grown, "run") + " grown";
    if (report.known > 0)
        text +=
            ", " + counted(report.known, "run") + (report.known == 1 ? " was" : " were") + " there already";
    for (const std::string& warning : report.warnings) text += "\n" + warning;
    return text;
}

Result<ImportReport> import_file(StoreWriter& writer, const fs::path& file,
                                 const ExchangeProgress& progress) {
    return guarded([&] {
        std::error_code different;
        // Were the store's own file opened and closed here, its connections would lose their locks.
        if (fs::equivalent(file, writer.path(), different))
            return unwrap(merge_store(writer, file, progress));
        const Content content = content_of(file);
        if (content == Content::store) return unwrap(merge_store(writer, file, progress));
        Imported imported = read(file, content, part_of(progress, 0, 0.5));
        ImportReport done = store_runs(writer, std::move(imported.runs), part_of(progress, 0.5, 1));
        done.warnings.insert(done.warnings.begin(), imported.warnings.begin(), imported.warnings.end());
        tidy(done.warnings);
        return done;
    });
}

Result<ImportReport> merge_store(StoreWriter& writer, const fs::path& other,
                                 const ExchangeProgress& progress) {
    return guarded([&] {
        const auto from = unwrap(RunSource::open(other));
        const auto runs = from->runs();
        ImportReport done;
        for (std::size_t i = 0; i < runs.size(); ++i) {
            const auto count = static_cast<double>(runs.size());
            MergedRun merged = unwrap(writer.merge(
                *from, runs[i],
                part_of(progress, static_cast<double>(i) / count, static_cast<double>(i + 1) / count)));
            switch (merged.how) {
            case MergedRun::How::added:
                done.runs.push_back(runs[i]);
                break;
            case MergedRun::How::grown:
                ++done.grown;
                break;
            case MergedRun::How::known:
                ++done.known;
                break;
            case MergedRun::How::left:
                done.warnings.push_back("run " + runs[i].uuid +
                                        " is being trained here and was left as it is");
                break;
            }
            done.warnings.insert(done.warnings.end(), merged.warnings.begin(), merged.warnings.end());
        }
        unwrap(writer.merge_sweeps(*from));
        tidy(done.warnings);
        report(progress, 1);
        return done;
    });
}

Result<std::int64_t> export_bundle(const StoreReader&, const fs::path& store_path,
                                   const std::vector<RunId>& runs, const fs::path& file,
                                   const ExchangeProgress& progress) {
    return write_bundle(store_path, runs, file, progress);
}

} // namespace descent
