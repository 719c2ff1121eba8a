#include "ui/state/detection_scores.h"

#include "core/base/format.h"
#include "core/base/result.h"
#include "ui/state/background.h"
#include "ui/state/watched_run.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace descent::ui {

namespace {
constexpr auto kLogits = "validation/logits";
constexpr double kInfinity = std::numeric_limits<double>::infinity();

QString epochWord(Epoch epoch) {
    return QString::fromStdString(format_number(epoch.passes, 4));
}
} // namespace

struct DetectionScores::Ranked {
    std::shared_ptr<const Matrix> logits;
    std::vector<Example> negatives, positives;
    std::string problem;
};

DetectionScores::DetectionScores(Detection& detection, QObject* parent)
    : QObject(parent)
    , detection_(detection) {
    connect(&detection_, &Detection::curvesChanged, this, [this] {
        stale_ = true;
        refresh();
    });
}

void DetectionScores::setWanted(bool wanted) {
    wanted_ = wanted;
    refresh();
}

void DetectionScores::drop(const QString& why) {
    stale_ = false;
    negatives_.clear();
    positives_.clear();
    logits_.reset();
    note_ = why;
    Q_EMIT changed();
}

// One read at a time; where the person has scrubbed on meanwhile, the next one is for where they are then.
void DetectionScores::refresh() {
    if (!wanted_ || !stale_ || loading_) return;
    auto& run = detection_.run();
    if (!detection_.present() || !run.record()) return drop({});
    if (manifest_of_ != run.id()) return readManifest();
    if (!manifest_) return drop(tr("This run does not say which recordings it was measured on"));
    stale_ = false;
    const Update at = detection_.update(detection_.shown());
    if (logits_ && logits_->update == at) return rank(*logits_); // another keyword
    if (const Matrix* live = run.matrix(kLogits); live && live->update == at) return rank(*live);
    loading_ = true;
    run.loadMatrix(this, kLogits, at, [this, id = run.id()](std::optional<Matrix> found) {
        loading_ = false;
        if (detection_.run().id() != id) {
            stale_ = true;
            return refresh();
        }
        if (!found) {
            drop(tr("The scores of this evaluation were not kept"));
            if (stale_) refresh();
            return;
        }
        rank(*found);
    });
}

void DetectionScores::readManifest() {
    loading_ = true;
    auto& run = detection_.run();
    inBackground(
        this,
        [json = run.record()->provenance.manifest] {
            return guarded(
                [&] { return std::make_shared<const SpeechManifest>(SpeechManifest::from_json(json)); });
        },
        [this, id = run.id()](Result<std::shared_ptr<const SpeechManifest>> manifest) {
            loading_ = false;
            manifest_of_ = id;
            manifest_ = manifest ? *manifest : nullptr;
            stale_ = true;
            refresh();
        });
}

void DetectionScores::rank(const Matrix& logits) {
    loading_ = true;
    const int detector = detection_.detector();
    const std::int64_t target = detection_.detectors()[std::size_t(detector)].target;
    const bool pooled_target = target == 0;
    inBackground(
        this,
        [copy = std::make_shared<const Matrix>(logits), manifest = manifest_, target, pooled_target] {
            Ranked ranked{copy, {}, {}, {}};
            const std::size_t n = std::size_t(copy->rows);
            if (n != manifest->validation.size() || copy->columns < 2) {
                ranked.problem = "the scores do not fit the list of recordings";
                return ranked;
            }
            const auto scores = pooled_target ? log_odds_of_any(copy->values, copy->columns)
                                              : log_odds(copy->values, copy->columns, target);
            for (std::size_t i = 0; i < n; ++i) {
                const std::int64_t label = manifest->label_of(manifest->validation[i]);
                const double score = std::isnan(scores[i]) ? -kInfinity : scores[i]; // as the curve has it
                const bool positive = pooled_target ? label != 0 : label == target;
                (positive ? ranked.positives : ranked.negatives).push_back({i, score, label});
            }
            std::ranges::stable_sort(ranked.negatives, std::greater{}, &Example::score);
            std::ranges::stable_sort(ranked.positives, std::less{}, &Example::score);
            return ranked;
        },
        [this, id = detection_.run().id(), detector](Ranked ranked) {
            loading_ = false;
            if (detection_.run().id() != id || detection_.detector() != detector) {
                stale_ = true;
                return refresh();
            }
            take(std::move(ranked));
        });
}

void DetectionScores::take(Ranked ranked) {
    if (!ranked.problem.empty()) {
        drop(QString::fromStdString(ranked.problem));
    } else {
        logits_ = std::move(ranked.logits);
        negatives_ = std::move(ranked.negatives);
        positives_ = std::move(ranked.positives);
        note_.clear();
        if (detection_.present() && logits_->update != detection_.update(detection_.shown()))
            note_ = tr("Scores of epoch %1, the last that were kept before epoch %2")
                        .arg(epochWord(logits_->epoch), epochWord(detection_.epoch(detection_.shown())));
        Q_EMIT changed();
    }
    refresh(); // for what has changed meanwhile
}

std::size_t DetectionScores::falseAlarms() const {
    const double threshold = detection_.at().threshold;
    return std::size_t(
        std::ranges::partition_point(negatives_, [&](const Example& e) { return e.score >= threshold; }) -
        negatives_.begin());
}

std::size_t DetectionScores::falseRejects() const {
    const double threshold = detection_.at().threshold;
    return std::size_t(
        std::ranges::partition_point(positives_, [&](const Example& e) { return e.score < threshold; }) -
        positives_.begin());
}

QString DetectionScores::file(std::size_t row) const {
    return manifest_ && row < manifest_->validation.size()
               ? QString::fromStdString(manifest_->validation[row])
               : QString();
}
QString DetectionScores::path(std::size_t row) const {
    return manifest_ ? QString::fromStdString(manifest_->root) + QLatin1Char('/') + file(row) : QString();
}
QString DetectionScores::word(std::size_t row) const {
    return file(row).section(QLatin1Char('/'), 0, 0);
}
QString DetectionScores::speaker(std::size_t row) const {
    return file(row).section(QLatin1Char('/'), -1).section(QStringLiteral("_nohash_"), 0, 0);
}

std::optional<Matrix> DetectionScores::confusion() const {
    if (!logits_ || !detection_.present()) return std::nullopt;
    const double threshold = detection_.at().threshold;
    const std::int64_t classes = logits_->columns;
    Matrix counts{kLogits, logits_->update, logits_->epoch,
                  classes, classes,         std::vector<double>(std::size_t(classes * classes))};
    for (const auto* side : {&negatives_, &positives_})
        for (const auto& example : *side) {
            std::int64_t taken = 0;
            if (example.score >= threshold) {
                const auto* row = logits_->values.data() + std::int64_t(example.row) * classes;
                taken = std::max_element(row + 1, row + classes) - row;
            }
            ++counts.values[std::size_t(example.label * classes + taken)];
        }
    return counts;
}

} // namespace descent::ui
