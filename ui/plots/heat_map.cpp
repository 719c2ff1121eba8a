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

/// A confusion matrix: each row shaded by its shares, the diagonal in one colour and the mistakes in another.
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
        const bool column_names =
            row_names && (size.width() - left - 16) / double(m->columns) >= metrics.height() * 0.72 &&
            size.height() > 220;
        if (!row_names) left = 0;
        if (column_names) below = std::min(left, 72.0) + 6;
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
        for (std::int64_t r = 0; r < m.rows; ++r) {
            const double sum = rowSum(r);
            for (std::int64_t c = 0; c < m.columns; ++c) {
                const double share = sum > 0 ? at(r, c) / sum : 0;
                // The square root lets single mistakes be seen beside a strong diagonal.
                const QColor full = r == c ? theme::series(0) : theme::series(1);
                QRectF cell = cellRect({r, c});
                if (cell.width() > 6 && cell.height() > 6) cell.adjust(0.5, 0.5, -0.5, -0.5);
                const QColor empty = mixed(theme::surface(), theme::border(), 0.35);
                painter.fillRect(cell,
                                 share > 0 ? mixed(empty, full, 0.12 + 0.88 * std::sqrt(share)) : empty);
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
            painter.save();
            painter.setPen(pointed_ && pointed_->second == i ? theme::text() : theme::mutedText());
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
    std::optional<Cell> pointed_;
};

} // namespace

PlotView* makeHeatMap(const MatrixScene& scene, QWidget* parent) {
    return new HeatMap(scene, parent);
}

} // namespace descent::ui
