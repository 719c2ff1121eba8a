#pragma once

#include "core/analysis/sweep.h"

#include <QStringList>
#include <QWidget>

#include <optional>

class QComboBox;
class QPlainTextEdit;
class QPushButton;

namespace descent::ui {

/// A sweep's plan as text: a file, JSON, or the command that does the same without a window. Thread: GUI.
class SweepSpecView : public QWidget {
    Q_OBJECT
public:
    explicit SweepSpecView(QWidget* parent = nullptr);
    /// Written only while it is seen. `overs` as for sweepToml.
    void setPlan(const std::optional<SweepPlan>& plan, const QStringList& overs, const Catalog* catalog,
                 const QString& name, int jobs);
    QString shown() const;

protected:
    void showEvent(QShowEvent* event) override;

private:
    void write();

    std::optional<SweepPlan> plan_;
    QStringList overs_;
    const Catalog* catalog_ = nullptr;
    QString name_;
    int jobs_ = 0;
    QComboBox* form_;
    QPushButton* copy_;
    QPlainTextEdit* text_;
};

} // namespace descent::ui
