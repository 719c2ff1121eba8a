#pragma once

#include "core/base/run_record.h"
#include "core/store/writer.h"
#include "ui/models/run_row.h"
#include "ui/widgets/run_facts.h"

#include <QTimer>
#include <QWidget>

#include <optional>
#include <vector>

class QGridLayout;
class QLabel;
class QPlainTextEdit;
class QPushButton;
class QScrollArea;
class QVBoxLayout;

namespace descent::ui {

class ElidedLabel;
class EngineHost;
class Sparkline;
class StoreHost;
class TagEdit;
struct RunDetail;

/// The side of the Runs page that tells of the chosen run: how it went, its note and tags, its settings,
/// where it came from. With several runs chosen, what they share. Reads the store off the GUI thread. Thread:
/// GUI.
class RunPreview : public QWidget {
    Q_OBJECT
public:
    RunPreview(StoreHost& store, EngineHost& engine, QWidget* parent = nullptr);
    ~RunPreview() override;

    /// The chosen runs, as the table has them. Called again when they changed: reads anew only what differs.
    void setRuns(std::vector<RowPtr> runs);
    void setKnownTags(const QStringList& tags);
    void editNote();
    void editTags();
    /// Sends a note or tags that are still being typed.
    void flush();

Q_SIGNALS:
    /// What the person wants done to the runs shown; `text` names it for undo.
    void edited(const QString& text, const std::vector<RunEdit>& edits);
    void checkpointsWanted();                  ///< of the run shown
    void runWanted(const descent::RunId& run); ///< the one that the run shown is a branch of

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void build();
    void read();
    void show(const RunDetail& detail);
    void showSpec();
    void colour();
    void showSeveral();
    void fill(QGridLayout& grid, const std::vector<Fact>& facts);
    void setNote(const QString& note);
    void sendTags(const QStringList& now);

    StoreHost& store_;
    EngineHost& engine_;
    std::vector<RowPtr> runs_;
    std::optional<RunRecord> record_; ///< of the single chosen run, when read
    QTimer settle_;
    int generation_ = 0;
    QString note_; ///< as stored, "" where several differ; what is typed differs from it

    QWidget* body_;
    QLabel* hint_;
    QLabel* swatch_;
    ElidedLabel* name_;
    QLabel* state_;
    QPushButton *parent_, *checkpoints_; ///< links
    QWidget* single_;
    Sparkline* loss_;
    Sparkline* accuracy_;
    TagEdit* tags_;
    QLabel* note_title_;
    QPlainTextEdit* note_edit_;
    QLabel* facts_title_;
    QWidget* facts_;
    QGridLayout* facts_grid_;
    QLabel* origin_title_;
    QWidget* origin_;
    QGridLayout* origin_grid_;
    QScrollArea* scroll_;
};

} // namespace descent::ui
