#pragma once

#include "core/analysis/sweep_table.h"
#include "ui/plots/sweep_view.h"
#include "ui/state/background.h"

#include <functional>

class QComboBox;
class QLabel;
class QScrollArea;
class QTableView;
class QToolButton;

namespace descent::ui {

class CellsModel;

/// Each combination of a sweep's levels with its seeds folded, and above it in words where training error
/// vanishes and where the error peaks. Made off the GUI thread. Thread: GUI.
class SweepTableView : public SweepView {
    Q_OBJECT
public:
    /// Asks where to save: (parent, suggested name) → file or "". Replaced by tests.
    using Chooser = std::function<QString(QWidget*, const QString&)>;

    explicit SweepTableView(QWidget* parent = nullptr);

    void show(std::shared_ptr<const SweepData> sweep) override;
    QAction* exportAction() const override { return export_; }
    void setFileChooser(Chooser chooser) { ask_for_file_ = std::move(chooser); }

Q_SIGNALS:
    void said(const QString& message);
    void complained(const QString& message);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    struct Made;
    void make();
    void take(std::shared_ptr<const Made> made);
    void fitSentences();
    void open(int row);
    void save(const QString& ending);

    std::shared_ptr<const SweepData> sweep_;
    std::shared_ptr<const Made> made_;
    InHand making_;
    Chooser ask_for_file_;
    QLabel* sentences_;
    QScrollArea* words_; ///< around sentences_
    QComboBox* along_;
    QToolButton* more_;
    CellsModel* cells_;
    QTableView* table_;
    QAction* export_;
};

} // namespace descent::ui
