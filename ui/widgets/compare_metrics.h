#pragma once

#include "core/analysis/comparison.h"
#include "ui/widgets/compare_pane.h"

class QComboBox;
class QLabel;
class QSpinBox;
class QTableView;

namespace descent::ui {

class CellsModel;
class StoreHost;

/// Groups against each other in one metric, last, best or at an update: mean and spread, the difference from
/// a reference with its interval, effect and the replicates it would need; the other charts' metrics beside
/// it, and what it comes to in a sentence. Computed off the GUI thread. Thread: GUI.
class CompareMetrics : public ComparePane {
    Q_OBJECT
public:
    CompareMetrics(StoreHost& store, QWidget* parent = nullptr);
    TextTable table() const override;
    QString fileName() const override { return QStringLiteral("metrics"); }
    void setPicked(const QString& id) override;
    const std::optional<Comparison>& comparison() const { return comparison_; }

protected:
    void refresh() override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    struct Answer;
    void fillControls();
    void want();
    MetricPick pick() const;
    void read();
    void take(Answer answer);
    void contextMenu(QPoint at);
    void setReference(const QString& label);

    StoreHost& store_;
    QComboBox* metric_;
    QComboBox* at_;
    QSpinBox* update_;
    QComboBox* reference_;
    CellsModel* cells_;
    QTableView* table_;
    QLabel* verdict_;
    std::optional<Comparison> comparison_;
    std::vector<QString> ids_; ///< of the rows
    TextTable shown_;
    int generation_ = 0;
};

/// The metric that decides, of those there are: AUROC, accuracy, then loss.
std::string headline(const std::vector<ComparedRuns::Metric>& metrics);

} // namespace descent::ui
