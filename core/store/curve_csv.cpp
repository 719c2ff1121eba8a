#include "core/store/curve_csv.h"

#include "core/analysis/class_scores.h"
#include "core/store/csv_text.h"
#include "core/store/file_replacement.h"

#include <array>

namespace descent {

namespace {

constexpr std::size_t kBuffer = 1 << 20;
constexpr std::string_view kScores = "/scores";

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

std::vector<DetectionPoint> points_of(const Matrix& curve) {
    std::vector<DetectionPoint> points;
    for (std::size_t i = 0; i + 2 < curve.values.size(); i += 3)
        points.push_back({curve.values[i], curve.values[i + 1], curve.values[i + 2]});
    return points;
}

/// Each class against the rest, "micro average" and, where curves can be averaged, "macro average", as
/// (threshold, false alarms, false rejects) of the examples.
std::vector<std::pair<std::string, std::vector<DetectionPoint>>>
curves_of(const Matrix& scores, const std::vector<std::string>& classes, CurveKind kind) {
    const auto of = ClassScores::from_matrix(scores.rows, scores.columns, scores.values);
    std::vector<std::pair<std::string, std::vector<DetectionPoint>>> all;
    std::vector<std::vector<RocPoint>> rates;
    for (std::int64_t c = 0; c < of.classes; ++c) {
        const auto curve = one_versus_rest(of, c);
        rates.push_back(roc_points(curve));
        if (rates.back().empty()) continue; // a class without examples has no curve
        all.emplace_back(classes.at(static_cast<std::size_t>(c)), curve.points());
    }
    if (of.size() > 0) all.emplace_back("micro average", pooled_classes(of).points());
    if (kind != CurveKind::roc || all.empty()) return all;
    auto& [name, mean] = all.emplace_back("macro average", std::vector<DetectionPoint>());
    // As shares of a set of as many positives as negatives.
    for (const auto& p : macro_average(rates))
        mean.push_back({p.threshold, p.false_positive / 2, (1 - p.true_positive) / 2});
    return all;
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
            // What is no detector has a curve for each class, made of the scores that it ended with.
            if (names.back().empty() && kind != CurveKind::fa_fr)
                for (auto& name : store.matrix_names(id))
                    if (name.ends_with(kScores)) names.back().push_back(std::move(name));
            if (names.back().empty())
                throw InputError("run '" + records.back().name + "' has no detection curves" +
                                 (kind == CurveKind::fa_fr ? "" : ", nor scores of classes") +
                                 ": its task is '" + records.back().spec.task.id + "', and it is " +
                                 std::string(to_string(records.back().state)));
        }

        FileReplacement out(file);
        std::string buffer =
            std::string("run_id,run,seed,update,epoch,set,keyword,threshold,") + columns(kind) + "\n";
        std::int64_t rows = 0;
        const auto write = [&](const RunRecord& run, const Name& name, const Matrix& at,
                               const std::vector<DetectionPoint>& curve) {
            if (curve.empty()) return;
            const std::string who = csv_field(run.id.uuid) + "," + csv_field(run.name) + "," +
                                    std::to_string(run.spec.seed) + "," + std::to_string(at.update.count) +
                                    ",";
            const double positives = curve.front().false_reject, negatives = curve.back().false_alarm;
            for (const auto& point : curve) {
                buffer += who;
                append_csv_number(buffer, at.epoch.passes);
                buffer.append(",").append(name.set).append(",").append(csv_field(name.keyword)).append(",");
                append_csv_number(buffer, point.threshold);
                for (const double value :
                     place(kind, point.false_alarm, point.false_reject, positives, negatives)) {
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
                    const auto matrix = store.matrix(records[r].id, name, moments[m].update);
                    if (!matrix) continue;
                    if (const auto as = detection_curve(name)) {
                        write(records[r], *as, *matrix, points_of(*matrix));
                        continue;
                    }
                    const std::string set = name.substr(0, name.size() - kScores.size());
                    for (const auto& [of, curve] : curves_of(*matrix, records[r].provenance.classes, kind))
                        write(records[r], {set, of}, *matrix, curve);
                }
            }
        out.write(std::as_bytes(std::span(buffer)));
        out.commit();
        return rows;
    });
}

} // namespace descent
