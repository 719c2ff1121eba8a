#include "core/store/curve_csv.h"

#include "core/analysis/detection.h"
#include "core/store/csv_text.h"
#include "core/store/file_replacement.h"

#include <array>

namespace descent {

namespace {

constexpr std::size_t kBuffer = 1 << 20;

const char* columns(CurveKind kind) {
    switch (kind) {
    case CurveKind::fa_fr:
        return "false_alarm,false_reject";
    case CurveKind::roc:
        return "false_positive_rate,true_positive_rate";
    case CurveKind::det:
        break;
    }
    return "false_positive_probit,false_negative_probit";
}

std::array<double, 2> place(CurveKind kind, double alarm, double reject, double positives, double negatives) {
    if (kind == CurveKind::fa_fr) return {alarm, reject};
    const double alarms = alarm / negatives, rejects = reject / positives;
    if (kind == CurveKind::roc) return {alarms, 1 - rejects};
    return {probit(alarms), probit(rejects)};
}

struct Name {
    std::string set, keyword;
};
/// "validation/fa-fr/sheila" → validation, sheila.
std::optional<Name> detection_curve(const std::string& matrix) {
    const auto slash = matrix.find('/');
    if (slash == std::string::npos) return std::nullopt;
    const std::string_view rest = std::string_view(matrix).substr(slash + 1);
    if (rest == "fa-fr") return Name{matrix.substr(0, slash), {}};
    if (!rest.starts_with("fa-fr/")) return std::nullopt;
    return Name{matrix.substr(0, slash), std::string(rest.substr(6))};
}

} // namespace

Result<CurveKind> curve_kind(const std::string& word) {
    if (word == "fa-fr") return CurveKind::fa_fr;
    if (word == "roc") return CurveKind::roc;
    if (word == "det") return CurveKind::det;
    return fail("--curve " + word + ": expected fa-fr, roc or det");
}

Result<std::int64_t> export_curve_csv(const StoreReader& store, const std::vector<RunId>& runs,
                                      CurveKind kind, const std::filesystem::path& file,
                                      const std::function<bool(double fraction)>& progress) {
    return guarded([&]() -> std::int64_t {
        std::vector<RunRecord> records;
        std::vector<std::vector<std::string>> names;
        for (const auto& id : runs) {
            records.push_back(unwrap(store.run(id)));
            names.emplace_back();
            for (auto& name : store.matrix_names(id))
                if (detection_curve(name)) names.back().push_back(std::move(name));
            if (names.back().empty())
                throw InputError("run '" + records.back().name + "' has no detection curves: its task is '" +
                                 records.back().spec.task.id + "'");
        }

        FileReplacement out(file);
        std::string buffer =
            std::string("run_id,run,seed,update,epoch,set,keyword,threshold,") + columns(kind) + "\n";
        std::int64_t rows = 0;
        const auto write = [&](const RunRecord& run, const Name& name, const Matrix& curve) {
            const std::string who = csv_field(run.id.uuid) + "," + csv_field(run.name) + "," +
                                    std::to_string(run.spec.seed) + "," + std::to_string(curve.update.count) +
                                    ",";
            const double positives = curve.values.at(2), negatives = curve.values.at(curve.values.size() - 2);
            for (std::size_t i = 0; i + 2 < curve.values.size(); i += 3) {
                buffer += who;
                append_csv_number(buffer, curve.epoch.passes);
                buffer.append(",").append(name.set).append(",").append(csv_field(name.keyword)).append(",");
                append_csv_number(buffer, curve.values[i]);
                for (const double value :
                     place(kind, curve.values[i + 1], curve.values[i + 2], positives, negatives)) {
                    buffer += ',';
                    append_csv_number(buffer, value);
                }
                buffer += '\n';
                ++rows;
            }
            if (buffer.size() < kBuffer) return;
            out.write(std::as_bytes(std::span(buffer)));
            buffer.clear();
        };
        for (std::size_t r = 0; r < records.size(); ++r)
            for (const auto& name : names[r]) {
                const auto moments = store.matrix_moments(records[r].id, name);
                for (std::size_t m = 0; m < moments.size(); ++m) {
                    const double within = static_cast<double>(m) / static_cast<double>(moments.size());
                    if (progress &&
                        !progress((static_cast<double>(r) + within) / static_cast<double>(runs.size())))
                        throw InputError("the export was cancelled; nothing was written");
                    if (const auto curve = store.matrix(records[r].id, name, moments[m].update))
                        write(records[r], *detection_curve(name), *curve);
                }
            }
        out.write(std::as_bytes(std::span(buffer)));
        out.commit();
        return rows;
    });
}

} // namespace descent
