#include "ui/plots/roc_view.h"

#include "core/base/format.h"
#include "ui/plots/detection_axes.h"
#include "ui/plots/detection_painter.h"
#include "ui/plots/reliability_painter.h"
#include "ui/state/class_curves.h"
#include "ui/theme.h"

#include <QButtonGroup>
#include <QComboBox>
#include <QElapsedTimer>
#include <QFontMetricsF>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QSignalBlocker>
#include <QToolButton>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

namespace descent::ui {

namespace {

constexpr std::size_t kColoured = 5; ///< classes at most that have a colour each
constexpr int kChosenColour = 1, kMicroColour = 5, kMacroColour = 6;

QString number(double v, int digits = 3) {
    return QString::fromStdString(format_number(v, digits));
}
QString count(std::int64_t n) {
    return QString::fromStdString(format_count(n));
}
QString share(double v) {
    return std::isnan(v) ? QStringLiteral("–") : QString::fromStdString(format_percent(v));
}

/// Of rates: the axes of a detection curve's ROC, for classes of equal weight.
std::vector<DetectionPoint> placed(const std::vector<RocPoint>& points) {
    std::vector<DetectionPoint> made;
    made.reserve(points.size());
    for (const auto& p : points) made.push_back({p.threshold, p.false_positive, 1 - p.true_positive});
    return made;
}

/// The ROC curves of each class against the rest with their averages, and a threshold on the chosen one; or
/// the reliability diagram of the same scores.
class RocPlot : public OwnPlot {
public:
    RocPlot(std::function<RocScores()> of, QWidget* parent) : OwnPlot(parent), of_(std::move(of)) {
        setMouseTracking(true);
        setFocusPolicy(Qt::StrongFocus);
        setMinimumSize(160, 96);
    }

    void sync() override {
        const auto now = of_();
        const auto seen = std::pair(now.run, now.scores ? now.scores->update.count : -1);
        const QString nothing =
            now.over && now.run ? tr("Kept of runs that finish") : tr("Measured when the run ends");
        if (std::exchange(nothing_, nothing) != nothing) update();
        if (seen == seen_) return;
        const bool same_run = seen.first == seen_.first;
        seen_ = seen;
        made_ = now.scores ? class_curves(*now.scores, now.classes) : ClassCurves();
        lines_.clear();
        for (const auto& curve : made_.curves) lines_.push_back(placed(curve.points));
        if (!same_run || chosen_ >= made_.classes()) chosen_ = 0;
        offer();
        choose(chosen_);
    }
    void redraw() override { update(); }
    void setPicked(const QString& id) override {
        for (std::size_t i = 0; i < made_.classes(); ++i)
            if (made_.curves[i].name == id) choose(i);
    }
    double costMs() const override { return cost_ms_; }

    QWidget* makeControls() override {
        auto* bar = new QWidget;
        auto* row = new QHBoxLayout(bar);
        row->setContentsMargins(0, 0, 0, 0);
        row->setSpacing(2);
        auto* group = new QButtonGroup(bar);
        const auto add = [&](const char* name, const QString& text, const QString& help, bool calibration) {
            auto* button = new QToolButton;
            button->setObjectName(QStringLiteral("plot-roc-") + QLatin1String(name));
            button->setText(text);
            button->setToolTip(help);
            button->setAccessibleName(help);
            button->setProperty("role", QStringLiteral("segment"));
            button->setCheckable(true);
            button->setChecked(calibration == calibration_);
            button->setFocusPolicy(Qt::TabFocus);
            group->addButton(button);
            row->addWidget(button);
            connect(button, &QToolButton::toggled, this, [this, calibration](bool on) {
                if (!on) return;
                calibration_ = calibration;
                if (footer_) footer_->setVisible(!calibration);
                update();
                Q_EMIT wordsChanged();
            });
        };
        add("curves", tr("ROC"), tr("Found examples of each class over false alarms, at every threshold"),
            false);
        add("calibration", tr("calibration"), tr("How often answers of each confidence are right"), true);
        return bar;
    }

    QWidget* makeFooter() override {
        footer_ = new QWidget;
        which_ = new QComboBox;
        which_->setObjectName(QStringLiteral("rocClass"));
        which_->setAccessibleName(tr("Class whose threshold is set"));
        which_->setProperty("role", QStringLiteral("flat"));
        which_->setSizeAdjustPolicy(QComboBox::AdjustToContents);
        auto* row = new QHBoxLayout(footer_);
        row->setContentsMargins(0, 0, 0, 0);
        row->setSpacing(theme::kGrid);
        row->addWidget(which_);
        row->addStretch();
        connect(which_, &QComboBox::currentIndexChanged, this, [this](int index) {
            if (index >= 0) choose(std::size_t(index));
        });
        offer();
        return footer_;
    }

    std::vector<LegendStrip::Item> legend() const override {
        if (made_.curves.empty()) return {};
        if (calibration_) return {{tr("calibration error"), share(made_.calibration_error), 1, 0, false}};
        std::vector<LegendStrip::Item> items;
        const auto add = [&](std::size_t i) {
            items.push_back(
                {made_.curves[i].name, number(made_.curves[i].area.area), colourOf(i), dashOf(i), false});
        };
        const bool all = made_.classes() <= kColoured;
        if (!all) add(chosen_);
        add(made_.classes() + 1);
        add(made_.classes());
        for (std::size_t i = 0; all && i < made_.classes(); ++i) add(i);
        if (!all) items.push_back({tr("others"), {}, 0, 0, true});
        return items;
    }

    QString summary() const override {
        if (made_.curves.empty()) return tr("ROC curves: measured when the run ends");
        if (calibration_)
            return tr("Calibration: expected error %1 over %2 answers")
                .arg(share(made_.calibration_error), count(made_.examples));
        const auto& curve = made_.curves[chosen_];
        QString text =
            tr("ROC curves of %1 classes: macro average AUC %2, micro %3; %4 has %5")
                .arg(count(std::int64_t(made_.classes())), number(made_.curves.back().area.area),
                     number(made_.curves[made_.classes()].area.area), curve.name, number(curve.area.area));
        if (!std::isnan(curve.area.low))
            text += tr(" (%1 to %2)").arg(number(curve.area.low), number(curve.area.high));
        return text + QStringLiteral("; ") + pointWords();
    }

    void paintTo(QPainter& painter, const QRectF& target) override {
        painter.save();
        painter.translate(target.topLeft());
        draw(painter, target.size(), false);
        painter.restore();
    }

    QString describe(QPoint at) const override {
        if (made_.curves.empty()) return {};
        if (calibration_) {
            const auto* bin = reliabilityBinAt(made_, QSizeF(size()), theme::labelFont(), at);
            return bin && bin->examples > 0
                       ? tr("%1 answers, %2 sure on average: %3 are right")
                             .arg(count(bin->examples), share(bin->confidence), share(bin->accuracy))
                       : QString();
        }
        const auto near = nearestCurve(at);
        if (!near) return {};
        const auto& curve = made_.curves[*near];
        return tr("%1: AUC %2").arg(curve.name, number(curve.area.area)) +
               (std::isnan(curve.area.low)
                    ? QString()
                    : tr(", 95% interval %1 to %2").arg(number(curve.area.low), number(curve.area.high)));
    }

    std::vector<PlotPoint> drawn(std::size_t curve) const override {
        std::vector<PlotPoint> points;
        if (axes_ && curve < lines_.size())
            for (const auto& p : lines_[curve]) points.push_back({axes_->at(p).x(), axes_->at(p).y()});
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
        if (event->button() != Qt::LeftButton || !axes_ || calibration_)
            return OwnPlot::mousePressEvent(event);
        // Another class' curve under the pointer is taken hold of; else the chosen one's nearest point.
        if (const auto near = nearestCurve(event->position()); near && *near < made_.classes()) choose(*near);
        dragging_ = true;
        dragTo(event->position());
    }
    void mouseMoveEvent(QMouseEvent* event) override {
        if (dragging_) return dragTo(event->position());
        const bool on = axes_ && !calibration_ && nearestCurve(event->position());
        QWidget::setCursor(on ? Qt::PointingHandCursor : Qt::ArrowCursor);
        setToolTip(describe(event->position().toPoint()));
    }
    void mouseReleaseEvent(QMouseEvent*) override { dragging_ = false; }
    void keyPressEvent(QKeyEvent* event) override {
        if (calibration_ || lines_.empty() || lines_[chosen_].empty()) return OwnPlot::keyPressEvent(event);
        const auto last = std::ptrdiff_t(lines_[chosen_].size()) - 1;
        const std::ptrdiff_t step =
            event->modifiers() & Qt::ShiftModifier ? std::max<std::ptrdiff_t>(2, last / 20) : 1;
        switch (event->key()) {
        case Qt::Key_Right:
        case Qt::Key_Up:
            return setPoint(std::size_t(std::min(last, std::ptrdiff_t(point_) + step)));
        case Qt::Key_Left:
        case Qt::Key_Down:
            return setPoint(std::size_t(std::max<std::ptrdiff_t>(0, std::ptrdiff_t(point_) - step)));
        case Qt::Key_Home:
            return setPoint(ClassCurves::usual(made_.curves[chosen_]));
        default:
            return OwnPlot::keyPressEvent(event);
        }
    }

private:
    int colourOf(std::size_t i) const {
        if (i == made_.classes()) return kMicroColour;
        if (i > made_.classes()) return kMacroColour;
        return made_.classes() <= kColoured ? int(i) : kChosenColour;
    }
    int dashOf(std::size_t i) const { return i == made_.classes() ? 1 : i > made_.classes() ? 2 : 0; }

    void offer() {
        if (!which_) return;
        const QSignalBlocker quiet(which_);
        which_->clear();
        for (std::size_t i = 0; i < made_.classes(); ++i) which_->addItem(made_.curves[i].name);
        which_->setCurrentIndex(made_.classes() > 0 ? int(chosen_) : -1);
        which_->setVisible(made_.classes() > 0);
    }

    void choose(std::size_t curve) {
        chosen_ = curve;
        if (which_ && which_->currentIndex() != int(curve) && curve < made_.classes()) {
            const QSignalBlocker quiet(which_);
            which_->setCurrentIndex(int(curve));
        }
        setPoint(made_.classes() > 0 ? ClassCurves::usual(made_.curves[curve]) : 0);
    }

    void setPoint(std::size_t point) {
        point_ = point;
        update();
        Q_EMIT wordsChanged();
    }

    /// What holds at the threshold, a line each.
    QStringList pointLines() const {
        const auto& curve = made_.curves[chosen_];
        if (curve.points.empty()) return {tr("no example of it, or no other: no curve")};
        const auto found = made_.found(curve, point_), all = found + made_.alarms(curve, point_);
        const double threshold = curve.points[point_].threshold;
        return {std::isinf(threshold) ? tr("nothing accepted") : tr("score ≥ %1").arg(number(threshold)),
                tr("recall %1 (%2 of %3)")
                    .arg(share(curve.points[point_].true_positive), count(found), count(curve.positives)),
                tr("precision %1 (%2 of %3)")
                    .arg(share(made_.precision(curve, point_)), count(found), count(all))};
    }
    QString pointWords() const { return pointLines().join(QStringLiteral(", ")); }

    double away(std::size_t curve, std::size_t point, QPointF pos) const {
        const QPointF d = axes_->at(lines_[curve][point]) - pos;
        return std::hypot(d.x(), d.y());
    }
    /// To the segment from a point of a curve to its next.
    double awayFromSegment(std::size_t curve, std::size_t point, QPointF pos) const {
        const QPointF a = axes_->at(lines_[curve][point]), b = axes_->at(lines_[curve][point + 1]),
                      along = b - a;
        const double length = QPointF::dotProduct(along, along);
        const double t = length > 0 ? std::clamp(QPointF::dotProduct(pos - a, along) / length, 0.0, 1.0) : 0;
        const QPointF d = a + t * along - pos;
        return std::hypot(d.x(), d.y());
    }
    /// The curve within reach of a place; the chosen one before others.
    std::optional<std::size_t> nearestCurve(QPointF pos) const {
        constexpr double reach = 8;
        std::optional<std::size_t> found;
        if (!axes_) return found;
        double least = reach;
        for (std::size_t c = 0; c < lines_.size(); ++c)
            for (std::size_t i = 0; i + 1 < lines_[c].size(); ++i) {
                const double distance = awayFromSegment(c, i, pos) - (c == chosen_ ? 2 : 0);
                if (distance >= least) continue;
                least = distance;
                found = c;
            }
        return found;
    }
    void dragTo(QPointF pos) {
        if (!axes_ || lines_.empty() || lines_[chosen_].empty()) return;
        std::size_t best = 0;
        for (std::size_t i = 1; i < lines_[chosen_].size(); ++i)
            if (away(chosen_, i, pos) < away(chosen_, best, pos)) best = i;
        setPoint(best);
    }

    void draw(QPainter& painter, QSizeF size, bool on_screen) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setFont(theme::labelFont());
        const QFontMetricsF metrics(painter.font());
        if (on_screen) axes_.reset();
        if (made_.curves.empty()) {
            painter.setPen(theme::mutedText());
            painter.drawText(QRectF(QPointF(0, 0), size), Qt::AlignCenter | Qt::TextWordWrap, nothing_);
            return;
        }
        if (calibration_) return paintReliability(painter, made_, size);
        DetectionAxes axes(DetectionScale::roc, 1, 1, made_.examples, 0);
        placeDetectionAxes(axes, size, metrics);
        paintDetectionGrid(painter, axes, metrics);
        painter.save();
        painter.setClipRect(axes.area().adjusted(-2, -2, 2, 2));
        const bool coloured = made_.classes() <= kColoured;
        for (std::size_t i = 0; i < lines_.size(); ++i) { // averages last, above the classes
            if (i == chosen_) continue;
            QColor colour =
                coloured || i >= made_.classes() ? theme::series(colourOf(i)) : theme::mutedText();
            if (!coloured && i < made_.classes()) colour.setAlphaF(0.35f);
            QPen pen(colour, i >= made_.classes() ? 1.75 : 1.25, theme::dash(dashOf(i)));
            pen.setCapStyle(Qt::FlatCap);
            painter.setPen(pen);
            painter.drawPolyline(detectionLine(axes, lines_[i]));
        }
        painter.setPen(QPen(theme::series(colourOf(chosen_)), 2.25));
        painter.drawPolyline(detectionLine(axes, lines_[chosen_]));
        painter.restore();
        drawWords(painter, axes, metrics);
        if (!lines_[chosen_].empty()) drawPoint(painter, axes, on_screen);
        if (on_screen) axes_ = std::move(axes);
    }

    /// In the corner that curves better than guessing leave free.
    void drawWords(QPainter& painter, const DetectionAxes& axes, const QFontMetricsF& metrics) const {
        const QStringList lines = pointLines();
        double width = 0;
        for (const auto& line : lines) width = std::max(width, metrics.horizontalAdvance(line));
        const double height = double(lines.size()) * metrics.height();
        const QRectF box(axes.area().right() - width - 8, axes.area().bottom() - height - 6, width + 8,
                         height + 4);
        if (box.left() < axes.area().left() || box.top() < axes.area().top()) return;
        QColor behind = theme::surface();
        behind.setAlphaF(0.88f);
        painter.fillRect(box, behind);
        painter.setPen(theme::text());
        for (qsizetype i = 0; i < lines.size(); ++i)
            painter.drawText(
                QRectF(box.left() + 4, box.top() + 2 + double(i) * metrics.height(), width, metrics.height()),
                Qt::AlignLeft | Qt::AlignVCenter, lines[i]);
    }

    void drawPoint(QPainter& painter, const DetectionAxes& axes, bool on_screen) const {
        const QPointF at = axes.at(lines_[chosen_][point_]);
        painter.setPen(QPen(theme::text(), 1, Qt::DotLine));
        painter.drawLine(at, QPointF(at.x(), axes.area().bottom()));
        painter.drawLine(at, QPointF(axes.area().left(), at.y()));
        if (on_screen && reachedByKeyboard()) {
            painter.setPen(QPen(theme::accent(), 2));
            painter.setBrush(Qt::NoBrush);
            painter.drawEllipse(at, 9, 9);
        }
        painter.setPen(QPen(theme::surface(), 2));
        painter.setBrush(theme::text());
        painter.drawEllipse(at, 5.5, 5.5);
        painter.setBrush(Qt::NoBrush);
    }

    const std::function<RocScores()> of_;
    QString nothing_; ///< said where there are no scores
    ClassCurves made_;
    std::vector<std::vector<DetectionPoint>> lines_; ///< of made_.curves, as the axes take them
    std::pair<std::optional<RunId>, std::int64_t> seen_{std::nullopt, -1};
    std::size_t chosen_ = 0, point_ = 0;
    bool calibration_ = false, dragging_ = false;
    std::optional<DetectionAxes> axes_; ///< as last painted on screen
    QWidget* footer_ = nullptr;
    QComboBox* which_ = nullptr;
    double cost_ms_ = 0;
};

} // namespace

OwnPlot* makeRocPlot(std::function<RocScores()> of, QWidget* parent) {
    return new RocPlot(std::move(of), parent);
}

} // namespace descent::ui
