#include "ui/widgets/sweep_grid_picture.h"

#include "core/base/format.h"
#include "ui/plots/field_layer.h"
#include "ui/state/save_file.h"
#include "ui/theme.h"

#include <QFontMetricsF>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace descent::ui {

namespace {

constexpr double kKeyHeight = 26; ///< of the line with the scale or the states
constexpr double kSignFrom = 9;   ///< pixels of a cell's shorter side below which no sign fits
constexpr double kMostCell = 72;

QString number(double v) {
    return QString::fromStdString(format_number(v, 3));
}

QColor stateFill(SweepCellState state) {
    switch (state) {
    case SweepCellState::to_come:
        return Qt::transparent;
    case SweepCellState::finished:
        return theme::stateColor(RunState::finished);
    case SweepCellState::running:
        return theme::stateColor(RunState::running);
    case SweepCellState::diverged:
        return theme::stateColor(RunState::diverged);
    case SweepCellState::failed:
        return theme::stateColor(RunState::failed);
    }
    return {};
}

/// The second cue: a ring is to come, a triangle trains, a tick is finished, a cross diverged, a bar failed.
void paintSign(QPainter& painter, SweepCellState state, QPointF at, double size, const QColor& colour) {
    const double r = size / 2;
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(colour, std::max(1.2, size / 6), Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    switch (state) {
    case SweepCellState::to_come:
        painter.setPen(QPen(colour, 1));
        painter.drawEllipse(at, r * 0.4, r * 0.4);
        break;
    case SweepCellState::finished:
        painter.drawPolyline(QPolygonF{at + QPointF(-r * 0.8, 0), at + QPointF(-r * 0.2, r * 0.6),
                                       at + QPointF(r * 0.8, -r * 0.6)});
        break;
    case SweepCellState::running: {
        QPainterPath triangle;
        triangle.addPolygon(QPolygonF{at + QPointF(-r * 0.5, -r * 0.8), at + QPointF(r * 0.8, 0),
                                      at + QPointF(-r * 0.5, r * 0.8)});
        painter.fillPath(triangle, colour);
        break;
    }
    case SweepCellState::diverged:
        painter.drawLine(at + QPointF(-r * 0.6, -r * 0.6), at + QPointF(r * 0.6, r * 0.6));
        painter.drawLine(at + QPointF(-r * 0.6, r * 0.6), at + QPointF(r * 0.6, -r * 0.6));
        break;
    case SweepCellState::failed:
        painter.drawLine(at + QPointF(0, -r * 0.8), at + QPointF(0, r * 0.2));
        painter.drawPoint(at + QPointF(0, r * 0.8));
        break;
    }
}

QColor readableOn(const QColor& fill) {
    const double light = 0.2126 * fill.redF() + 0.7152 * fill.greenF() + 0.0722 * fill.blueF();
    return light > 0.5 ? QColor(0, 0, 0, 220) : QColor(255, 255, 255, 235);
}

/// The labels of an axis that fit: every n-th, and the last.
std::vector<int> shownOf(int all, double each, double need) {
    const int step = std::max(1, int(std::ceil(need / std::max(0.01, each))));
    std::vector<int> shown;
    for (int i = 0; i < all; i += step) shown.push_back(i);
    return shown;
}

/// Draws a grid into `size` and says where its cells are.
class Drawing {
public:
    Drawing(QPainter& painter, const SweepGrid& grid, bool by_state)
        : p_(painter)
        , g_(grid)
        , by_state_(by_state)
        , font_(theme::labelFont())
        , metrics_(font_) {}

    QRectF draw(QSizeF size) {
        p_.setFont(font_);
        p_.setRenderHint(QPainter::Antialiasing);
        arrange(size);
        cells();
        names(size);
        key(size);
        return area_;
    }

private:
    int columns() const { return int(g_.columns.size()); }
    int rows() const { return int(g_.rows.size()); }
    double cellWidth() const { return area_.width() / columns(); }
    double cellHeight() const { return area_.height() / rows(); }

    void arrange(QSizeF size) {
        const double line = metrics_.height();
        left_ = metrics_.horizontalAdvance(g_.row_axis);
        for (const auto& row : g_.rows) left_ = std::max(left_, metrics_.horizontalAdvance(row));
        left_ = std::min(left_, size.width() * 0.28) + 10;
        double widest = 0;
        for (const auto& column : g_.columns) widest = std::max(widest, metrics_.horizontalAdvance(column));
        const double below = 2 * line + 10, above = line + 6;
        const double wide = std::max(1.0, size.width() - left_ - 6);
        const double high = std::max(1.0, size.height() - below - above - kKeyHeight);
        area_ =
            QRectF(left_, above, std::min(wide, kMostCell * columns()), std::min(high, kMostCell * rows()));
        label_need_ = widest + 8;
    }

    QRectF rectOf(int row, int column) const {
        return {area_.left() + column * cellWidth(), area_.top() + row * cellHeight(), cellWidth(),
                cellHeight()};
    }

    void cells() {
        const QColor empty = fieldColor(0);
        const bool gaps = cellWidth() > 5 && cellHeight() > 5;
        const double side = std::min(cellWidth(), cellHeight());
        p_.save();
        p_.setRenderHint(QPainter::Antialiasing, gaps);
        for (int r = 0; r < rows(); ++r)
            for (int c = 0; c < columns(); ++c) {
                const auto& cell = g_.at(r, c);
                QRectF rect = rectOf(r, c);
                if (gaps) rect.adjust(0.75, 0.75, -0.75, -0.75);
                const bool valued = !by_state_ && cell.values > 0 && std::isfinite(cell.value);
                QColor fill = empty;
                if (valued)
                    fill = fieldColor(0.06 + 0.94 * g_.share(cell.value));
                else if (by_state_ && cell.state != SweepCellState::to_come)
                    fill = stateFill(cell.state);
                if (gaps) {
                    p_.setPen(Qt::NoPen);
                    p_.setBrush(fill);
                    p_.drawRoundedRect(rect, 2, 2);
                } else {
                    p_.fillRect(rect, fill);
                }
                // A value is its own sign that the cell is finished.
                const bool sign = side >= kSignFrom && !(valued && cell.state == SweepCellState::finished);
                if (sign)
                    paintSign(p_, cell.state, rect.center(), std::min(14.0, side * 0.6),
                              valued || (by_state_ && cell.state != SweepCellState::to_come)
                                  ? readableOn(fill)
                              : cell.state == SweepCellState::to_come ? theme::mutedText()
                                                                      : stateFill(cell.state));
            }
        p_.restore();
    }

    void names(QSizeF) {
        const double line = metrics_.height();
        p_.setPen(theme::mutedText());
        p_.drawText(QRectF(0, 0, std::max(left_ - 8, metrics_.horizontalAdvance(g_.row_axis)), line),
                    Qt::AlignLeft | Qt::AlignVCenter,
                    metrics_.elidedText(g_.row_axis, Qt::ElideMiddle, left_ + area_.width()));
        for (const int r : shownOf(rows(), cellHeight(), line)) {
            const QRectF cell = rectOf(r, 0);
            p_.drawText(QRectF(0, cell.center().y() - line / 2, left_ - 8, line),
                        Qt::AlignRight | Qt::AlignVCenter,
                        metrics_.elidedText(g_.rows[r], Qt::ElideMiddle, left_ - 8));
        }
        for (const int c : shownOf(columns(), cellWidth(), std::min(label_need_, 96.0))) {
            const QRectF cell = rectOf(rows() - 1, c);
            const double room = std::max(cellWidth(), std::min(label_need_, 96.0));
            p_.drawText(QRectF(cell.center().x() - room / 2, area_.bottom() + 4, room, line), Qt::AlignCenter,
                        metrics_.elidedText(g_.columns[c], Qt::ElideMiddle, room - 4));
        }
        p_.drawText(QRectF(area_.left(), area_.bottom() + 6 + line, std::max(area_.width(), 160.0), line),
                    Qt::AlignLeft | Qt::AlignVCenter, g_.column_axis);
    }

    void key(QSizeF size) {
        const double line = metrics_.height();
        const double top = std::min(area_.bottom() + 2 * line + 16, size.height() - line - 2);
        double x = area_.left();
        const auto words = [&](const QString& text, const QColor& colour) {
            p_.setPen(colour);
            const double wide = metrics_.horizontalAdvance(text);
            p_.drawText(QRectF(x, top, wide + 2, line), Qt::AlignLeft | Qt::AlignVCenter, text);
            x += wide + 8;
        };
        const auto sign = [&](SweepCellState state) {
            const QRectF box(x, top + (line - 12) / 2, 12, 12);
            const bool filled = by_state_ && state != SweepCellState::to_come;
            p_.setPen(Qt::NoPen);
            p_.setBrush(filled ? stateFill(state) : fieldColor(0));
            p_.drawRoundedRect(box, 2, 2);
            paintSign(p_, state, box.center(), 9,
                      filled                             ? readableOn(stateFill(state))
                      : state == SweepCellState::to_come ? theme::mutedText()
                                                         : stateFill(state));
            x += 17;
            words(stateWord(state), theme::mutedText());
            x += 4;
        };
        if (!by_state_ && g_.low <= g_.high) {
            words(QString::fromStdString(g_.metric), theme::text());
            words(number(g_.low), theme::mutedText());
            const QRectF bar(x - 2, top + line / 2 - 4, 72, 8);
            for (int i = 0; i < int(bar.width()); ++i)
                p_.fillRect(QRectF(bar.left() + i, bar.top(), 1.2, bar.height()),
                            fieldColor(0.06 + 0.94 * i / (bar.width() - 1)));
            x += 76;
            words(number(g_.high), theme::mutedText());
            if (g_.log) words(QStringLiteral("log"), theme::mutedText());
            x += 8;
        }
        for (const auto state : kSweepCellStates) {
            const bool any = std::ranges::any_of(g_.cells, [&](const auto& c) { return c.state == state; });
            if (any && !(state == SweepCellState::finished && !by_state_)) sign(state);
        }
    }

    QPainter& p_;
    const SweepGrid& g_;
    const bool by_state_;
    const QFont font_;
    const QFontMetricsF metrics_;
    QRectF area_;
    double left_ = 0, label_need_ = 0;
};

} // namespace

SweepGridPicture::SweepGridPicture(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("sweepGridPicture"));
    setAccessibleName(tr("Grid of the sweep"));
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setMinimumSize(200, 120);
}

void SweepGridPicture::setGrid(SweepGridPtr grid) {
    const bool same = grid_ && grid && grid_->columns == grid->columns && grid_->rows == grid->rows;
    grid_ = std::move(grid);
    kept_ = {};
    if (!same) current_.reset();
    Q_EMIT currentChanged();
    update();
}

void SweepGridPicture::setByState(bool by_state) {
    if (by_state == by_state_) return;
    by_state_ = by_state;
    kept_ = {};
    update();
}

void SweepGridPicture::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    if (!grid_ || grid_->cells.empty()) {
        area_ = {};
        painter.setPen(theme::mutedText());
        painter.drawText(rect(), Qt::AlignCenter, tr("Reading…"));
        return;
    }
    if (kept_.isNull()) {
        kept_ = QPixmap(size() * devicePixelRatioF());
        kept_.setDevicePixelRatio(devicePixelRatioF());
        kept_.fill(Qt::transparent);
        QPainter once(&kept_);
        area_ = Drawing(once, *grid_, by_state_).draw(QSizeF(size()));
    }
    painter.drawPixmap(0, 0, kept_);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(Qt::NoBrush);
    if (current_) {
        painter.setPen(QPen(hasFocus() ? theme::accent() : theme::text(), 2));
        painter.drawRect(cellRect(current_->first, current_->second).adjusted(-0.5, -0.5, 0.5, 0.5));
    } else if (hasFocus()) {
        painter.setPen(QPen(theme::accent(), 1.5));
        painter.drawRect(area_.adjusted(-2, -2, 2, 2));
    }
}

QRectF SweepGridPicture::cellRect(int row, int column) const {
    if (!grid_ || area_.isEmpty()) return {};
    const double w = area_.width() / double(grid_->columns.size()),
                 h = area_.height() / double(grid_->rows.size());
    return {area_.left() + column * w, area_.top() + row * h, w, h};
}

std::optional<SweepGridPicture::Cell> SweepGridPicture::cellAt(QPointF at) const {
    if (!grid_ || !area_.contains(at)) return std::nullopt;
    const int row = int((at.y() - area_.top()) / area_.height() * double(grid_->rows.size()));
    const int column = int((at.x() - area_.left()) / area_.width() * double(grid_->columns.size()));
    return Cell{std::clamp(row, 0, int(grid_->rows.size()) - 1),
                std::clamp(column, 0, int(grid_->columns.size()) - 1)};
}

void SweepGridPicture::point(std::optional<Cell> cell) {
    if (cell == current_) return;
    current_ = cell;
    setCursor(cell && !hasFocus() ? Qt::PointingHandCursor : Qt::ArrowCursor);
    update();
    Q_EMIT currentChanged();
}

void SweepGridPicture::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    kept_ = {};
}
void SweepGridPicture::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() != QEvent::PaletteChange && event->type() != QEvent::StyleChange &&
        event->type() != QEvent::FontChange)
        return;
    kept_ = {};
    update();
}
void SweepGridPicture::mouseMoveEvent(QMouseEvent* event) {
    point(cellAt(event->position()));
}
void SweepGridPicture::leaveEvent(QEvent*) {
    if (!hasFocus()) point(std::nullopt);
}
void SweepGridPicture::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return QWidget::mouseReleaseEvent(event);
    const auto cell = cellAt(event->position());
    point(cell);
    if (cell) Q_EMIT opened(cell->first, cell->second);
}

bool SweepGridPicture::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const auto cell = cellAt(help->pos());
    QToolTip::showText(help->globalPos(), cell ? grid_->text(cell->first, cell->second) : QString(), this);
    return true;
}

void SweepGridPicture::keyPressEvent(QKeyEvent* event) {
    if (!grid_ || grid_->cells.empty()) return QWidget::keyPressEvent(event);
    auto [r, c] = current_.value_or(Cell{0, 0});
    const int last_row = int(grid_->rows.size()) - 1, last_column = int(grid_->columns.size()) - 1;
    switch (event->key()) {
    case Qt::Key_Left:
        --c;
        break;
    case Qt::Key_Right:
        c += current_ ? 1 : 0;
        break;
    case Qt::Key_Up:
        --r;
        break;
    case Qt::Key_Down:
        r += current_ ? 1 : 0;
        break;
    case Qt::Key_Home:
        c = 0;
        break;
    case Qt::Key_End:
        c = last_column;
        break;
    case Qt::Key_PageUp:
        r = 0;
        break;
    case Qt::Key_PageDown:
        r = last_row;
        break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (event->modifiers() != Qt::NoModifier && event->modifiers() != Qt::KeypadModifier)
            return QWidget::keyPressEvent(event);
        if (current_) Q_EMIT opened(current_->first, current_->second);
        return;
    default:
        return QWidget::keyPressEvent(event);
    }
    point(Cell{std::clamp(r, 0, last_row), std::clamp(c, 0, last_column)});
    QToolTip::showText(mapToGlobal(cellRect(current_->first, current_->second).bottomRight().toPoint()),
                       grid_->text(current_->first, current_->second), this);
}

void SweepGridPicture::focusInEvent(QFocusEvent* event) {
    QWidget::focusInEvent(event);
    update();
}
void SweepGridPicture::focusOutEvent(QFocusEvent* event) {
    QWidget::focusOutEvent(event);
    point(std::nullopt);
    update();
}

FigureSource SweepGridPicture::figure(const QString& title) const {
    FigureSource source;
    source.title = title;
    const SweepGridPtr grid = grid_ ? grid_ : std::make_shared<const SweepGrid>();
    source.paint = [grid, by_state = by_state_](QPainter& painter, const QRectF& target) {
        if (grid->cells.empty()) return;
        painter.save();
        painter.translate(target.topLeft());
        Drawing(painter, *grid, by_state).draw(target.size());
        painter.restore();
    };
    for (const auto& cell : grid->cells)
        for (const auto& run : cell.runs) source.runs << QString::fromStdString(run.uuid);
    source.plotted_csv = [grid](const QString& file) {
        return saveFile(QByteArray::fromStdString(to_csv(gridTable(*grid))), file);
    };
    return source;
}

} // namespace descent::ui
