#pragma once

#include "ui/state/compare_layout.h"
#include "ui/state/compared_runs.h"

#include <QWidget>

#include <functional>

class QComboBox;
class QDoubleSpinBox;
class QMenu;
class QToolButton;

namespace descent::ui {

/// How runs are compared: what they are grouped by and folded to, x axis, smoothing, which charts, and
/// layouts kept under names. Thread: GUI.
class CompareBar : public QWidget {
    Q_OBJECT
public:
    explicit CompareBar(QWidget* parent = nullptr);

    /// What can be chosen: fields of the runs, those in which they differ first, and their metrics.
    void setChoices(const std::vector<std::string>& differing, const std::vector<std::string>& others,
                    const std::vector<ComparedRuns::Metric>& metrics);
    void setLayout(const CompareLayout& layout, const std::vector<std::string>& charts);
    /// How far x goes: what smoothing in units of x begins with.
    void setExtent(double extent) { extent_ = extent; }

    /// Asks for a name: (parent, what for, suggestion) → name or "". Replaced by tests.
    using AskForName = std::function<QString(QWidget*, const QString&, const QString&)>;
    void setAskForName(AskForName ask) { ask_for_name_ = std::move(ask); }

Q_SIGNALS:
    void layoutChanged(const descent::ui::CompareLayout& layout);
    void layoutChosen(const descent::ui::CompareLayout& layout); ///< a whole one: runs too

private:
    void fillGroups();
    void fillCharts();
    void fillLayouts();
    void changed();
    void showAmount();

    CompareLayout layout_;
    std::vector<std::string> charts_, differing_, others_;
    std::vector<ComparedRuns::Metric> metrics_;
    double extent_ = 1;
    QToolButton* group_;
    QComboBox* centre_;
    QComboBox* spread_;
    QComboBox* axis_;
    QToolButton* log_x_;
    QComboBox* smoothing_;
    QDoubleSpinBox* amount_;
    QToolButton* shown_;
    QToolButton* kept_;
    AskForName ask_for_name_;
    bool setting_ = false;
};

} // namespace descent::ui
