#pragma once

#include "core/analysis/text_table.h"
#include "ui/plots/figure.h"
#include "ui/state/compare_curves.h"

#include <QWidget>

#include <string>

class QTableView;
class QVBoxLayout;

namespace descent::ui {

/// What a pane beneath the charts is told: the runs shown, in groups, and what is set.
struct Compared {
    ComparedGroups groups;
    CompareLayout layout;
    std::vector<ComparedRuns::Metric> metrics; ///< that any of the runs has
    std::vector<std::string> charts;           ///< those drawn
};
using ComparedPtr = std::shared_ptr<const Compared>;

/// One of the tables beneath the charts of the Compare page. Works only while it is seen. Thread: GUI.
class ComparePane : public QWidget {
    Q_OBJECT
public:
    using QWidget::QWidget;
    void setCompared(ComparedPtr compared);
    virtual TextTable table() const = 0; ///< as shown, for export
    virtual std::string csv() const { return to_csv(table()); }
    virtual std::string markdown() const { return to_markdown(table()); }
    virtual QString fileName() const = 0;                                       ///< without ending
    virtual std::optional<FigureSource> figure() const { return std::nullopt; } ///< where it draws one
    virtual void setPicked(const QString& id) { (void)id; }

Q_SIGNALS:
    void picked(const QString& id);                              ///< a group's row is pointed at; "" none
    void layoutWanted(const descent::ui::CompareLayout& layout); ///< the person has set something here

protected:
    virtual void refresh() = 0; ///< compared() has changed; only while visible
    const ComparedPtr& compared() const { return compared_; }
    void showEvent(QShowEvent* event) override;

private:
    ComparedPtr compared_;
    bool stale_ = false;
};

/// Numbers in full, as they read back.
TextTable textTable(const PlotTable& table);
/// A table view in the look of these panes.
QTableView* makePaneTable(const char* name, const QString& accessible);

} // namespace descent::ui
