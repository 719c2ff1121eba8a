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
class Detection;
class DetectionScores;
class EngineHost;
class ErrorsPane;
class LogView;
class PlotTableModel;
class SeriesModel;
class WatchedRun;
class WrongAnswersPane;

/// The watched run in words and numbers: Log, Table, Confusion, Spec, and Errors of a detector or of classes.
/// Only the tab that is seen is kept up to date. Thread: GUI.
class RunDetails : public QTabWidget {
    Q_OBJECT
public:
    RunDetails(const std::vector<PlotDef>& plots, const WatchedRun& run, Detection& detection,
               QWidget* parent = nullptr);
    void setCatalog(const Catalog* catalog) { catalog_ = catalog; }
    void setEngine(EngineHost& engine);  ///< for what examples say
    void reset();                        ///< the run was read anew
    void sync();                         ///< the run has got on
    void showTable(const QString& plot); ///< the table twin of a plot

private:
    QWidget* makeTable();
    QWidget* makeConfusion();
    QWidget* makeSpec();
    enum Tab { log_tab, table_tab, confusion_tab, spec_tab, errors_tab, wrong_tab };

    QWidget* makeCorner();
    void chooseTab(int tab);
    void offerTables();
    void chooseTable(int index);
    const PlotDef* ownTable() const; ///< the plot whose own table is chosen; null: series
    void syncTable();
    void syncConfusion();
    void syncSpec();

    const std::vector<PlotDef>& plots_;
    const WatchedRun& run_;
    Detection& detection_;
    DetectionScores* scores_;
    const Catalog* catalog_ = nullptr;
    LogView* log_;
    QComboBox* which_ = nullptr;
    QComboBox* confusion_which_ = nullptr;
    SeriesModel* series_;
    PlotTableModel* own_;
    bool own_stale_ = true;
    std::uint64_t own_looks_ = 0;  ///< of the run, when own_ was filled
    std::size_t spec_changes_ = 0; ///< of the run, when spec_ was written
    ConfusionModel* confusion_;
    ErrorsPane* errors_ = nullptr;
    WrongAnswersPane* wrong_ = nullptr;
    QTableView* table_ = nullptr;
    QTableView* confusion_table_ = nullptr;
    QPlainTextEdit* spec_ = nullptr;
};

} // namespace descent::ui
