#pragma once

#include "ui/plots/plot.h"

#include <QTabWidget>

#include <vector>

class QComboBox;
class QPlainTextEdit;
class QTableView;

namespace descent {
class Catalog;
}

namespace descent::ui {

class ConfusionModel;
class LogView;
class SeriesModel;
class WatchedRun;

/// The watched run in words and numbers: Log, Table, Confusion, Spec. Only the tab that is seen is kept up to
/// date. Thread: GUI.
class RunDetails : public QTabWidget {
    Q_OBJECT
public:
    RunDetails(const std::vector<PlotDef>& plots, const WatchedRun& run, QWidget* parent = nullptr);
    void setCatalog(const Catalog* catalog) { catalog_ = catalog; }
    void reset();                        ///< the run was read anew
    void sync();                         ///< the run has got on
    void showTable(const QString& plot); ///< the table twin of a plot

private:
    QWidget* makeTable();
    QWidget* makeConfusion();
    QWidget* makeSpec();
    void chooseTable(int index);
    void syncSpec();

    const std::vector<PlotDef>& plots_;
    const WatchedRun& run_;
    const Catalog* catalog_ = nullptr;
    LogView* log_;
    QComboBox* which_ = nullptr;
    SeriesModel* series_;
    ConfusionModel* confusion_;
    QTableView* table_ = nullptr;
    QTableView* confusion_table_ = nullptr;
    QPlainTextEdit* spec_ = nullptr;
};

} // namespace descent::ui
