#pragma once

#include "core/analysis/text_table.h"

#include <QWidget>

#include <functional>
#include <memory>

class QAction;
class QLabel;
class QListWidget;
class QScrollArea;

namespace descent {
struct ScalarGraph;
struct ScalarPasses;
} // namespace descent

namespace descent::ui {

class CellsModel;
class DataTable;
class GraphView;
class LabPane;
class NoticeBar;
class StepBar;

/// The gradient lab: a scalar expression as a graph, its values and gradients step by step, in a picture and
/// in a table, beside finite differences. Needs neither engine nor store. Thread: GUI.
class LabPage : public QWidget {
    Q_OBJECT
public:
    explicit LabPage(QWidget* parent = nullptr);

    QAction* exportAction() const { return export_; }
    /// Asks where to save: (parent, suggested name, filter) → file or "". Replaced by tests.
    using Chooser = std::function<QString(QWidget*, const QString&, const QString&)>;
    void setFileChooser(Chooser chooser) { chooser_ = std::move(chooser); }

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void build();
    QWidget* makeGraphCard();
    QWidget* makeTabs();
    void compute();
    void fillTable();
    void showStep(int step);
    void showNode(int node);
    void updateExport();
    void exportFigure();
    void exportCsv();

    LabPane* pane_;
    StepBar* bar_;
    GraphView* view_;
    QScrollArea* scroll_;
    QLabel* phase_;
    QLabel* sentence_;
    QLabel* verdict_;
    CellsModel* cells_;
    DataTable* table_;
    QListWidget* list_;
    NoticeBar* notice_;
    QAction* export_;
    QAction* csv_;
    Chooser chooser_;
    std::shared_ptr<const ScalarGraph> graph_;
    std::shared_ptr<const ScalarPasses> passes_;
};

} // namespace descent::ui
