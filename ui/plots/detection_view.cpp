#include "core/base/format.h"
#include "ui/plots/detection_axes.h"
#include "ui/plots/detection_footer.h"
#include "ui/plots/detection_painter.h"
#include "ui/plots/plot_view.h"
#include "ui/state/detection.h"
#include "ui/state/watched_run.h"
#include "ui/theme.h"

#include <QButtonGroup>
#include <QElapsedTimer>
#include <QFontMetricsF>
#include <QHBoxLayout>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolButton>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace descent::ui {

namespace {

constexpr double kGrab = 12; ///< pixels around the curve where it can be taken hold of

QString number(double v, int digits = 3) {
    return QString::fromStdString(format_number(v, digits));
}

/// Detection curves: the one looked at, the best so far, some earlier ones, and the threshold on the first.
class DetectionPlot : public OwnPlot {
public:
    DetectionPlot(Detection& detection, QWidget* parent) : OwnPlot(parent), detection_(detection) {
        setMouseTracking(true);
        setFocusPolicy(Qt::StrongFocus);
        setMinimumSize(160, 96);
        connect(&detection_, &Detection::curvesChanged, this, &DetectionPlot::redraw);
        connect(&detection_, &Detection::pointChanged, this, [this] {
            update();
            Q_EMIT wordsChanged();
        });
    }

    void sync() override { detection_.sync(); }
    void redraw() override { update(); }
    QString summary() const override { return detection_.summary(); }
    double costMs() const override { return cost_ms_; }

    std::vector<LegendStrip::Item> legend() const override {
        if (!detection_.present()) return {};
        const auto epoch = [&](std::size_t i) { return number(detection_.epoch(i).passes, 4); };
        std::vector<LegendStrip::Item> items;
        items.push_back({tr("epoch %1, area").arg(epoch(detection_.shown())),
                         number(detection_.area(detection_.shown())), kShownColour, 0, false});
        if (detection_.best() != detection_.shown())
            items.push_back({tr("best, %1").arg(epoch(detection_.best())),
                             number(detection_.area(detection_.best())), kBestColour, 1, false});
        if (!detection_.earlier().empty()) items.push_back({tr("earlier"), {}, kShownColour, 0, true});
        return items;
    }

    QWidget* makeControls() override {
        auto* bar = new QWidget;
        auto* row = new QHBoxLayout(bar);
        row->setContentsMargins(0, 0, 0, 0);
        row->setSpacing(2);
        auto* group = new QButtonGroup(bar);
        struct Choice {
            DetectionScale scale;
            const char* name;
            QString text, help;
        };
        for (const auto& choice :
             {Choice{DetectionScale::linear, "linear", tr("lin"), tr("Linear axes")},
              Choice{DetectionScale::log, "log", tr("log"), tr("Logarithmic axes")},
              Choice{DetectionScale::det, "det", tr("DET"),
                     tr("Detection error trade-off: error rates on normal deviates")},
              Choice{DetectionScale::roc, "roc", tr("ROC"),
                     tr("Receiver operating characteristic: found positives over false alarms")}}) {
            auto* button = new QToolButton;
            button->setObjectName(QStringLiteral("plot-fa-fr-") + QLatin1String(choice.name));
            button->setText(choice.text);
            button->setToolTip(choice.help);
            button->setAccessibleName(choice.help);
            button->setProperty("role", QStringLiteral("segment"));
            button->setCheckable(true);
            button->setChecked(choice.scale == scale_);
            button->setFocusPolicy(Qt::TabFocus);
            group->addButton(button);
            row->addWidget(button);
            connect(button, &QToolButton::toggled, this, [this, scale = choice.scale](bool on) {
                if (!on) return;
                scale_ = scale;
                update();
            });
        }
        return bar;
    }

    QWidget* makeFooter() override { return new DetectionFooter(detection_); }

    void paintTo(QPainter& painter, const QRectF& target) override {
        painter.save();
        painter.translate(target.topLeft());
        draw(painter, target.size(), false);
        painter.restore();
    }

    QString describe(QPoint at) const override {
        if (detection_.curve().empty() || !axes_) return {};
        const auto index = nearest(at);
        return index ? wordsOf(detection_.at(detection_.curve(), *index)).join(QLatin1Char('\n')) : QString();
    }

    std::vector<PlotPoint> drawn(std::size_t) const override {
        std::vector<PlotPoint> points;
        if (axes_)
            for (const auto& p : detection_.curve().points()) {
                const QPointF at = axes_->at(p);
                points.push_back({at.x(), at.y()});
            }
        return points;
    }

protected:
    void paintEvent(QPaintEvent*) override {
        QElapsedTimer timer;
        timer.start();
        QPainter painter(this);
        draw(painter, QSizeF(size()), true);
        cost_ms_ = double(timer.nsecsElapsed()) / 1e6;
    }
    void mousePressEvent(QMouseEvent* event) override {
        if (event->button() != Qt::LeftButton) return OwnPlot::mousePressEvent(event);
        dragging_ = true;
        dragTo(event->position());
    }
    void mouseMoveEvent(QMouseEvent* event) override {
        if (dragging_) return dragTo(event->position());
        const auto index = axes_ ? nearest(event->position()) : std::nullopt;
        QWidget::setCursor(index && away(*index, event->position()) < kGrab ? Qt::PointingHandCursor
                                                                            : Qt::ArrowCursor);
    }
    void mouseReleaseEvent(QMouseEvent*) override { dragging_ = false; }
    bool event(QEvent* event) override {
        if (event->type() == QEvent::ToolTip) {
            const auto* help = static_cast<QHelpEvent*>(event);
            const QPoint at = help->pos();
            const auto index = axes_ ? nearest(at) : std::nullopt;
            const QString text =
                index && away(*index, at) < kGrab
                    ? describe(at)
                    : tr("Drag along the curve or use the arrow keys to move the threshold, "
                         "Shift for larger steps,\nHome for where both error rates are equal");
            QToolTip::showText(help->globalPos(), text, this);
            return true;
        }
        return OwnPlot::event(event);
    }
    void keyPressEvent(QKeyEvent* event) override {
        const auto all = std::ptrdiff_t(detection_.curve().points().size());
        const std::ptrdiff_t step =
            event->modifiers() & Qt::ShiftModifier ? std::max<std::ptrdiff_t>(2, all / 20) : 1;
        // Right and left as on the chart; up means more false rejects, or in a ROC more found.
        const std::ptrdiff_t up = scale_ == DetectionScale::roc ? 1 : -1;
        switch (event->key()) {
        case Qt::Key_Right:
            return detection_.movePoint(step);
        case Qt::Key_Left:
            return detection_.movePoint(-step);
        case Qt::Key_Up:
            return detection_.movePoint(up * step);
        case Qt::Key_Down:
            return detection_.movePoint(-up * step);
        case Qt::Key_Home:
            return detection_.toEqualError();
        default:
            return OwnPlot::keyPressEvent(event);
        }
    }

private:
    std::optional<std::size_t> nearest(QPointF pos) const {
        const auto& points = detection_.curve().points();
        std::optional<std::size_t> found;
        double least = 0;
        for (std::size_t i = 0; i < points.size(); ++i) {
            const QPointF d = axes_->at(points[i]) - pos;
            const double distance = QPointF::dotProduct(d, d);
            // Of points drawn on one spot the one nearer to where the threshold is: no jumps on a border.
            const bool tie = found && distance == least;
            if (!found || distance < least ||
                (tie && std::abs(double(i) - double(detection_.point())) <
                            std::abs(double(*found) - double(detection_.point())))) {
                found = i;
                least = distance;
            }
        }
        return found;
    }
    double away(std::size_t index, QPointF pos) const {
        const QPointF d = axes_->at(detection_.curve().points()[index]) - pos;
        return std::sqrt(QPointF::dotProduct(d, d));
    }
    void dragTo(QPointF pos) {
        if (!axes_ || detection_.curve().empty()) return;
        if (const auto index = nearest(pos)) detection_.setPoint(*index);
    }

    void draw(QPainter& painter, QSizeF size, bool on_screen) {
        painter.setRenderHint(QPainter::Antialiasing);
        const QFont font = theme::labelFont();
        painter.setFont(font);
        if (detection_.curve().empty()) {
            axes_.reset();
            painter.setPen(theme::mutedText());
            painter.drawText(QRectF(QPointF(0, 0), size), Qt::AlignCenter,
                             tr("Measured at the first evaluation"));
            return;
        }
        DetectionAxes axes = arrangeDetection(detection_, scale_, size, QFontMetricsF(font));
        paintDetection(painter, detection_, axes, on_screen && reachedByKeyboard());
        if (on_screen) axes_ = std::move(axes);
    }

    Detection& detection_;
    DetectionScale scale_ = DetectionScale::linear;
    std::optional<DetectionAxes> axes_; ///< as last painted on screen
    bool dragging_ = false;
    double cost_ms_ = 0;
};

} // namespace

OwnPlot* makeDetectionPlot(Detection& detection, QWidget* parent) {
    return new DetectionPlot(detection, parent);
}

} // namespace descent::ui
