#pragma once

#include "ui/widgets/compare_pane.h"

#include <functional>

class QComboBox;
class QTableView;

namespace descent::ui {

class PlotTableModel;

/// The table twin of the charts: the numbers that one of them draws now. Thread: GUI.
class CompareTwin : public ComparePane {
    Q_OBJECT
public:
    /// `source` gives what the chart of a metric draws.
    using Source = std::function<PlotTable(const std::string& metric)>;
    explicit CompareTwin(Source source, QWidget* parent = nullptr);
    TextTable table() const override;
    QString fileName() const override;
    void choose(const QString& metric);
    void chartChanged(const QString& metric);

protected:
    void refresh() override;

private:
    void fill();

    Source source_;
    QComboBox* metric_;
    PlotTableModel* model_;
    QTableView* table_;
};

} // namespace descent::ui
