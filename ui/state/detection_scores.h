#pragma once

#include "core/audio/speech_manifest.h"
#include "core/base/units.h"
#include "ui/state/detection.h"

#include <QObject>
#include <QString>

#include <memory>
#include <optional>
#include <vector>

namespace descent::ui {

/// The score of every validation example at the evaluation looked at, with the recording it belongs to. Read
/// while somebody looks at it, off the GUI thread: "validation/logits" and the run's manifest. Thread: GUI.
class DetectionScores : public QObject {
    Q_OBJECT
public:
    explicit DetectionScores(Detection& detection, QObject* parent = nullptr);

    void setWanted(bool wanted); ///< nothing is read while false

    struct Example {
        std::size_t row = 0;    ///< of the manifest's validation list
        double score = 0;       ///< log odds
        std::int64_t label = 0; ///< its class
    };
    const std::vector<Example>& negatives() const { return negatives_; } ///< highest score first
    const std::vector<Example>& positives() const { return positives_; } ///< lowest score first
    /// How many of them are errors at the threshold: false alarms, false rejects.
    std::size_t falseAlarms() const;
    std::size_t falseRejects() const;

    QString file(std::size_t row) const; ///< relative to the root
    QString path(std::size_t row) const; ///< absolute
    QString word(std::size_t row) const;
    QString speaker(std::size_t row) const;

    /// Counts [classes × classes] where what scores below the threshold is taken for class 0 and the rest for
    /// its best keyword; none while there are no scores.
    std::optional<Matrix> confusion() const;

    bool loading() const { return loading_; }
    /// Why there is nothing, or what is not as asked for ("scores of epoch 12, the nearest that were kept");
    /// "".
    const QString& note() const { return note_; }

Q_SIGNALS:
    void changed(); ///< other examples, loading or note; the threshold's changes come from Detection

private:
    struct Ranked;
    void refresh();
    void readManifest();
    void rank(const Matrix& logits);
    void take(Ranked ranked);
    void drop(const QString& why);

    Detection& detection_;
    bool wanted_ = false, loading_ = false, stale_ = true;
    int generation_ = 0;
    std::optional<RunId> manifest_of_;
    std::shared_ptr<const SpeechManifest> manifest_;
    std::shared_ptr<const Matrix> logits_; ///< of the examples below
    std::vector<Example> negatives_, positives_;
    QString note_;
};

} // namespace descent::ui
