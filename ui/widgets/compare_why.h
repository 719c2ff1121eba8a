#pragma once

#include "core/analysis/divergence.h"
#include "ui/widgets/compare_pane.h"

class QComboBox;
class QLabel;
class QTableView;

namespace descent::ui {

class CellsModel;
class StoreHost;

/// Why two runs differ: the first parameter, the first update and the first layer in which they part. Reads
/// all of their series off the GUI thread, so only when it is looked at. Thread: GUI.
class CompareWhy : public ComparePane {
    Q_OBJECT
public:
    CompareWhy(StoreHost& store, QWidget* parent = nullptr);
    TextTable table() const override { return shown_; }
    QString fileName() const override { return QStringLiteral("why"); }

protected:
    void refresh() override;

private:
    void read();

    StoreHost& store_;
    QComboBox* a_;
    QComboBox* b_;
    QLabel* text_;
    CellsModel* cells_;
    QTableView* table_;
    TextTable shown_;
    QString read_; ///< of which pair, at which updates: not read again for nothing
    int generation_ = 0;
};

} // namespace descent::ui
