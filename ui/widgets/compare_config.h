#pragma once

#include "ui/widgets/compare_pane.h"

class QCheckBox;
class QLabel;
class QTableView;

namespace descent::ui {

class CellsModel;

/// The parameters and origins of the runs side by side; rows in which all agree only on request. Thread: GUI.
class CompareConfig : public ComparePane {
    Q_OBJECT
public:
    explicit CompareConfig(QWidget* parent = nullptr);
    TextTable table() const override { return shown_; }
    QString fileName() const override { return QStringLiteral("configuration"); }

protected:
    void refresh() override;

private:
    QCheckBox* equal_;
    QLabel* hint_;
    CellsModel* cells_;
    QTableView* table_;
    TextTable shown_;
};

} // namespace descent::ui
