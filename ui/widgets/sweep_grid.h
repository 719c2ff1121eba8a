#pragma once

#include "ui/plots/sweep_view.h"
#include "ui/state/background.h"
#include "ui/widgets/sweep_grid_picture.h"

#include <functional>

class QComboBox;
class QStackedWidget;
class QTableView;
class QToolButton;

namespace descent::ui {

class CellsModel;
class ElidedLabel;

/// The grid of a sweep, cell by cell as they are trained, with a table that says the same and export of
/// both. What is drawn is made off the GUI thread. Thread: GUI.
class SweepGridView : public SweepView {
    Q_OBJECT
public:
    /// Asks where to save: (parent, suggested name) → file or "". Replaced by tests.
    using Chooser = std::function<QString(QWidget*, const QString&)>;

    explicit SweepGridView(QWidget* parent = nullptr);

    void show(std::shared_ptr<const SweepData> sweep) override;
    QAction* exportAction() const override { return export_; }
    void setFileChooser(Chooser chooser) { ask_for_file_ = std::move(chooser); }
    const SweepGridPtr& grid() const { return grid_; } ///< as shown; null before it was made
    SweepGridPicture& picture() { return *picture_; }

Q_SIGNALS:
    void said(const QString& message);
    void complained(const QString& message);

private:
    QWidget* makeBar();
    void make();
    void take(SweepGridPtr grid);
    void fillTable();
    void colourChosen();
    void sayCurrent();
    void exportFigure();
    void exportTable();

    std::shared_ptr<const SweepData> sweep_;
    SweepGridPtr grid_;
    std::string metric_; ///< chosen; "" for what fits
    InHand making_;
    Chooser ask_for_file_;
    QComboBox* colour_;
    ElidedLabel* readout_;
    QToolButton* table_button_;
    QToolButton* more_;
    QStackedWidget* stack_;
    SweepGridPicture* picture_;
    CellsModel* cells_;
    QTableView* table_;
    QAction* export_;
};

} // namespace descent::ui
