#pragma once

#include "core/text/text_summary.h"
#include "ui/plots/plot_frame.h"

#include <QWidget>

#include <optional>

namespace descent::ui {

/// How long the texts of a set are: a stack of train, validation and test for each range of tokens, and a
/// line where longer texts are cut. Thread: GUI.
class LengthChart : public QWidget {
    Q_OBJECT
public:
    explicit LengthChart(QWidget* parent = nullptr);

    void show(const TextSummary& texts);
    using QWidget::show;
    QString summary() const; ///< one sentence, for those who cannot see it
    /// "11 to 15 tokens: 120 train, 30 validation, 31 test"; "" outside of the area.
    QString describe(QPointF at) const;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

private:
    PlotFrame frame() const;
    std::optional<double> cut() const; ///< where on the x axis, where there is anything to be cut
    void paintKey(QPainter& painter) const;

    TextSummary texts_;
};

/// "11–15", "over 200".
QString lengthRange(const TextSummary& texts, std::size_t bucket);

} // namespace descent::ui
