#pragma once

#include "core/analysis/decimate.h"

#include <QString>
#include <QWidget>

#include <vector>

namespace descent::ui {

/// One curve of a sparkline. `points` are thinned already (core/analysis/decimate.h).
struct SparkCurve {
    QString label; ///< "train", "validation"
    int style = 0; ///< theme::series / theme::dash
    std::vector<PlotPoint> points;
    double last = 0;
};

/// A small chart without axes: up to a few curves on a common scale, each labelled with its last value at its
/// end, and one line above that says what was best. Thread: GUI.
class Sparkline : public QWidget {
    Q_OBJECT
public:
    explicit Sparkline(QWidget* parent = nullptr);

    /// `may_log`: a wide span is drawn on a log scale, as fits a loss.
    void setTitle(const QString& title, bool may_log = false);
    /// `best` is shown right of the title: "best 1.10 at update 80".
    void setCurves(std::vector<SparkCurve> curves, const QString& best);
    bool isEmpty() const { return curves_.empty(); }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    struct Scale;
    Scale scale(const QRectF& plot) const;
    void paintCurve(QPainter& painter, const Scale& scale, const SparkCurve& curve) const;
    void paintLabels(QPainter& painter, const Scale& scale, const QRectF& gutter) const;
    void describe();

    QString title_, best_;
    std::vector<SparkCurve> curves_;
    bool may_log_ = false;
};

} // namespace descent::ui
