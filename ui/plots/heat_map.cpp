#include "ui/plots/plot_view.h"

#include "core/base/events.h"
#include "core/base/format.h"
#include "ui/theme.h"

#include <QFontMetricsF>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>
#include <optional>

namespace descent::ui {

namespace {

QColor mixed(const QColor& a, const QColor& b, double share) {
    const auto f = [share](float x, float y) { return x + (y - x) * float(share); };
    return QColor::fromRgbF(f(a.redF(), b.redF()), f(a.greenF(), b.greenF()), f(a.blueF(), b.blueF()));
}

/// Black or white, whichever stands out more from `ground` (WCAG 2: where both contrasts are equal).
QColor inkOn(const QColor& ground) {
    const auto linear = [](float x) { return std::pow(double(x), 2.2); };
    const double luminance =
        0.2126 * linear(ground.redF()) + 0.7152 * linear(ground.greenF()) + 0.0722 * linear(ground.blueF());
    return luminance > 0.179 ? QColor(Qt::black) : QColor(Qt::white);
}

/// A confusion matrix: each row shaded by its shares, the diagonal in one colour and the mistakes in another;
/// where the cells have room for them, with the counts.
class HeatMap : public PlotView {
public:
    HeatMap(const MatrixScene& scene, QWidget* parent) : PlotView(parent), scene_(scene) {
        setMouseTracking(true);
        setFocusPolicy(Qt::StrongFocus);
        setMinimumSize(160, 72);
    }

    void redraw() override { update(); }

    void paintTo(QPainter& painter, const QRectF& target) override {
        painter.save();
        painter.translate(target.topLeft());
        draw(painter, target.size());
        painter.restore();
    }

    QString describe(QPoint at) const override {
        const auto cell = cellAt(at);
        return cell ? text(cell->first, cell->second) : QString();
    }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        draw(painter, QSizeF(size()));
    }
    void mouseMoveEvent(QMouseEvent* event) override { point(cellAt(event->pos())); }
    void leaveEvent(QEvent*) override { point(std::nullopt); }
    bool event(QEvent* event) override {
        if (event->type() == QEvent::ToolTip) {
            const auto* help = static_cast<QHelpEvent*>(event);
            QToolTip::showText(help->globalPos(), describe(help->pos()), this);
            return true;
        }
        return PlotView::event(event);
    }
    void keyPressEvent(QKeyEvent* event) override {
        const Matrix* m = scene_.matrix;
        auto [r, c] = pointed_.value_or(Cell{0, 0});
        switch (event->key()) {
        case Qt::Key_Left:
            --c;
            break;
        case Qt::Key_Right:
            ++c;
            break;
        case Qt::Key_Up:
            --r;
            break;
        case Qt::Key_Down:
            ++r;
            break;
        default:
            return PlotView::keyPressEvent(event);
        }
        if (!m) return;
        point(Cell{std::clamp<std::int64_t>(r, 0, m->rows - 1),
                   std::clamp<std::int64_t>(c, 0, m->columns - 1)});
        QToolTip::showText(mapToGlobal(cellRect(*pointed_).bottomRight().toPoint()),
                           text(pointed_->first, pointed_->second), this);
    }
    void focusOutEvent(QFocusEvent* event) override {
        PlotView::focusOutEvent(event);
        point(std::nullopt);
    }

private:
    using Cell = std::pair<std::int64_t, std::int64_t>;

    void point(std::optional<Cell> cell) {
        if (pointed_ == cell) return;
        pointed_ = cell;
        update();
    }

    double at(std::int64_t r, std::int64_t c) const {
        return scene_.matrix->values[std::size_t(r * scene_.matrix->columns + c)];
    }
    double rowSum(std::int64_t r) const {
        double sum = 0;
        for (std::int64_t c = 0; c < scene_.matrix->columns; ++c) sum += at(r, c);
        return sum;
    }
    QString name(std::int64_t i) const {
        return std::size_t(i) < scene_.classes.size() ? scene_.classes[std::size_t(i)] : QString::number(i);
    }
    QString text(std::int64_t r, std::int64_t c) const {
        const double sum = rowSum(r), n = at(r, c);
        const QString counts =
            QStringLiteral("%1 of %2 (%3)")
                .arg(QString::fromStdString(format_count(std::int64_t(n))),
                     QString::fromStdString(format_count(std::int64_t(sum))),
                     sum > 0 ? QString::fromStdString(format_percent(n / sum)) : QStringLiteral("none"));
        return r == c ? QStringLiteral("%1 recognised: %2").arg(name(r), counts)
                      : QStringLiteral("%1 taken for %2: %3").arg(name(r), name(c), counts);
    }

    std::optional<Cell> cellAt(QPointF pos) const {
        const Matrix* m = scene_.matrix;
        if (!m || m->rows <= 0 || !area_.contains(pos)) return std::nullopt;
        return Cell{
            std::min(m->rows - 1, std::int64_t((pos.y() - area_.top()) / area_.height() * double(m->rows))),
            std::min(m->columns - 1,
                     std::int64_t((pos.x() - area_.left()) / area_.width() * double(m->columns)))};
    }
    QRectF cellRect(Cell cell) const {
        const double w = area_.width() / double(scene_.matrix->columns),
                     h = area_.height() / double(scene_.matrix->rows);
        return {area_.left() + double(cell.second) * w, area_.top() + double(cell.first) * h, w, h};
    }

    void draw(QPainter& painter, QSizeF size) {
        painter.setRenderHint(QPainter::Antialiasing, false);
        QFont font = theme::labelFont();
        font.setPointSizeF(std::max(5.0, font.pointSizeF() - 0.5));
        painter.setFont(font);
        const Matrix* m = scene_.matrix;
        if (!m || m->rows <= 0 || m->columns <= 0) {
            area_ = {};
            painter.setPen(theme::mutedText());
            painter.drawText(QRectF(QPointF(0, 0), size), Qt::AlignCenter,
                             tr("Measured at the first evaluation"));
            return;
        }
        const QFontMetricsF metrics(font);
        double left = 0, below = 0;
        for (std::int64_t i = 0; i < m->rows; ++i) left = std::max(left, metrics.horizontalAdvance(name(i)));
        left = std::min(left, std::min(96.0, size.width() * 0.3));
        const bool row_names = (size.height() - 16) / double(m->rows) >= metrics.height() * 0.72;
        const double column = (size.width() - left - 16) / double(m->columns);
        level_names_ = row_names && left <= column - 4 && size.height() > 110;
        const bool column_names =
            level_names_ || (row_names && column >= metrics.height() * 0.72 && size.height() > 220);
        if (!row_names) left = 0;
        if (column_names) below = level_names_ ? metrics.height() + 4 : std::min(left, 72.0) + 6;
        area_ = QRectF(left + (row_names ? 8 : 2), 2, size.width() - left - (row_names ? 10 : 4),
                       size.height() - below - 6);
        paintCells(painter);
        painter.setRenderHint(QPainter::Antialiasing);
        if (row_names) paintNames(painter, metrics, left, below);
        painter.setPen(QPen(theme::border(), 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(area_);
        if (pointed_ && pointed_->first < m->rows && pointed_->second < m->columns) {
            painter.setPen(QPen(theme::text(), 1.5));
            painter.drawRect(cellRect(*pointed_).adjusted(-0.5, -0.5, 0.5, 0.5));
        } else if (hasFocus()) {
            painter.setPen(QPen(theme::accent(), 1.5));
            painter.drawRect(area_);
        }
    }

    void paintCells(QPainter& painter) const {
        const Matrix& m = *scene_.matrix;
        const QFontMetricsF metrics(painter.font());
        const auto count = [&](std::int64_t r, std::int64_t c) {
            return QString::fromStdString(format_count(std::int64_t(at(r, c))));
        };
        // All or none: a number left out would read as nothing there.
        bool counts = cellRect({0, 0}).height() >= metrics.height() + 4;
        for (std::int64_t r = 0; counts && r < m.rows; ++r)
            for (std::int64_t c = 0; counts && c < m.columns; ++c)
                counts = metrics.horizontalAdvance(count(r, c)) + 6 <= cellRect({0, 0}).width();
        for (std::int64_t r = 0; r < m.rows; ++r) {
            const double sum = rowSum(r);
            for (std::int64_t c = 0; c < m.columns; ++c) {
                const double share = sum > 0 ? at(r, c) / sum : 0;
                // The square root lets single mistakes be seen beside a strong diagonal.
                const QColor full = r == c ? theme::series(0) : theme::series(1);
                QRectF cell = cellRect({r, c});
                if (cell.width() > 6 && cell.height() > 6) cell.adjust(0.5, 0.5, -0.5, -0.5);
                const QColor empty = mixed(theme::surface(), theme::border(), 0.35);
                const QColor ground = share > 0 ? mixed(empty, full, 0.12 + 0.88 * std::sqrt(share)) : empty;
                painter.fillRect(cell, ground);
                if (!counts) continue;
                painter.setPen(at(r, c) > 0 ? inkOn(ground) : theme::mutedText());
                painter.drawText(cell, Qt::AlignCenter, count(r, c));
            }
        }
    }

    void paintNames(QPainter& painter, const QFontMetricsF& metrics, double left, double below) const {
        const Matrix& m = *scene_.matrix;
        for (std::int64_t i = 0; i < m.rows; ++i) {
            const QRectF cell = cellRect({i, 0});
            painter.setPen(pointed_ && pointed_->first == i ? theme::text() : theme::mutedText());
            painter.drawText(QRectF(0, cell.center().y() - metrics.height() / 2, left, metrics.height()),
                             Qt::AlignRight | Qt::AlignVCenter,
                             metrics.elidedText(name(i), Qt::ElideRight, left));
        }
        if (below <= 0) return;
        for (std::int64_t i = 0; i < m.columns; ++i) {
            const QRectF cell = cellRect({m.rows - 1, i});
            painter.setPen(pointed_ && pointed_->second == i ? theme::text() : theme::mutedText());
            if (level_names_) {
                painter.drawText(QRectF(cell.left(), area_.bottom() + 3, cell.width(), metrics.height()),
                                 Qt::AlignCenter, metrics.elidedText(name(i), Qt::ElideRight, cell.width()));
                continue;
            }
            painter.save();
            painter.translate(cell.center().x(), area_.bottom() + 5);
            painter.rotate(90);
            painter.drawText(QRectF(0, -metrics.height() / 2, below, metrics.height()),
                             Qt::AlignLeft | Qt::AlignVCenter,
                             metrics.elidedText(name(i), Qt::ElideRight, below));
            painter.restore();
        }
    }

    const MatrixScene& scene_;
    QRectF area_;
    bool level_names_ = false; ///< the columns' names lie level below, else they run downwards
    std::optional<Cell> pointed_;
};

} // namespace

PlotView* makeHeatMap(const MatrixScene& scene, QWidget* parent) {
    return new HeatMap(scene, parent);
}

} // namespace descent::ui
