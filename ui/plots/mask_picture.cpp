#include "ui/plots/mask_picture.h"

#include "core/base/format.h"
#include "ui/theme.h"

#include <QFontMetricsF>
#include <QImage>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace descent::ui {

namespace {

constexpr std::int64_t kMostCells = 512; ///< a side; more than a screen tells apart
constexpr double kStrip = 36;            ///< pixels of the densities beside the mask
constexpr double kGap = 4;
constexpr int kPositive = 0, kNegative = 1;

QString percent(double share) {
    return QString::fromStdString(format_number(100 * share, 3)) + QLatin1Char('%');
}
QString number(double v) {
    return QString::fromStdString(format_number(v, 3));
}

QColor mixed(const QColor& from, const QColor& to, float share) {
    const auto f = [share](float a, float b) { return a + (b - a) * share; };
    return QColor::fromRgbF(f(from.redF(), to.redF()), f(from.greenF(), to.greenF()),
                            f(from.blueF(), to.blueF()));
}

/// "row 12", "rows 12 to 15" of so many, from 1.
QString places(const QString& one, const QString& several, std::int64_t cell, std::int64_t block,
               std::int64_t all) {
    const auto first = cell * block + 1, last = std::min(all, (cell + 1) * block);
    return first == last ? one.arg(first) : several.arg(first).arg(last);
}

std::int64_t cellAt(double offset, double length, std::int64_t cells) {
    return std::clamp<std::int64_t>(std::int64_t(offset / length * double(cells)), 0, cells - 1);
}

} // namespace

MaskShown maskShown(const QString& id, const QString& run, const MaskedLayer& layer) {
    return {.id = id,
            .run = run,
            .layer = QString::fromStdString(layer.name),
            .sentence = QString::fromStdString(mask_sentence(layer)),
            .rows = layer.rows,
            .columns = layer.columns,
            .row_density = layer.row_density(),
            .column_density = layer.column_density(),
            .density = layer.density(),
            .grid = mask_grid(layer, kMostCells)};
}

MaskPicture::MaskPicture(QWidget* parent) : RunsPlot(parent), shown_(std::make_shared<MaskShown>()) {
    setObjectName(QStringLiteral("maskPicture"));
    dataChanged();
}

void MaskPicture::setShown(std::shared_ptr<const MaskShown> shown) {
    shown_ = std::move(shown);
    dataChanged();
}

void MaskPicture::setWeights(bool weights) {
    weights_ = weights;
    dataChanged();
}

QRectF MaskPicture::area(QSizeF size) const {
    const QFontMetricsF metrics(theme::labelFont());
    const double line = std::ceil(metrics.height());
    return {line + kGap, kStrip + kGap, size.width() - line - 2 * kGap - kStrip,
            size.height() - kStrip - 2 * kGap - line};
}

QColor MaskPicture::colourOf(std::int64_t row, std::int64_t column) const {
    const auto& grid = shown_->grid;
    const auto cell = std::size_t(row * grid.columns + column);
    const float kept = grid.kept[cell];
    if (!weights_) return mixed(theme::surface(), theme::series(kPositive), kept);
    if (kept <= 0) return theme::surface();
    // The square root, so that small weights are told from none.
    const float share = grid.largest > 0 ? std::sqrt(std::abs(grid.value[cell]) / grid.largest) : 0;
    return mixed(theme::surface(), theme::series(grid.value[cell] < 0 ? kNegative : kPositive),
                 kept * (0.15f + 0.85f * std::min(1.0f, share)));
}

void MaskPicture::drawStrip(QPainter& painter, const QRectF& strip, const std::vector<double>& density,
                            bool across) const {
    // To the fullest one: at a few per cent of a layer, bars to 100% could not be told apart.
    const double most = std::max(1e-12, std::ranges::max(density));
    const auto n = double(density.size());
    const double step = (across ? strip.width() : strip.height()) / n;
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme::mutedText());
    // Where bars are narrower than a pixel, each pixel has the fullest of its own.
    const auto bars = std::size_t(step >= 1 ? n : std::max(1.0, std::floor(step * n)));
    for (std::size_t i = 0; i < bars; ++i) {
        const auto from = std::size_t(double(i) / double(bars) * n),
                   to = std::max(from + 1, std::size_t(double(i + 1) / double(bars) * n));
        double value = 0;
        for (auto k = from; k < std::min(to, density.size()); ++k) value = std::max(value, density[k]);
        const double length = value / most, at = double(i) / double(bars), wide = 1 / double(bars);
        painter.drawRect(across ? QRectF(strip.left() + at * strip.width(),
                                         strip.bottom() - length * strip.height(), wide * strip.width(),
                                         length * strip.height())
                                : QRectF(strip.left(), strip.top() + at * strip.height(),
                                         length * strip.width(), wide * strip.height()));
    }
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(theme::text(), 1, Qt::DotLine)); // the layer's share
    const double mean = shown_->density / most;
    if (across)
        painter.drawLine(QPointF(strip.left(), strip.bottom() - mean * strip.height()),
                         QPointF(strip.right(), strip.bottom() - mean * strip.height()));
    else
        painter.drawLine(QPointF(strip.left() + mean * strip.width(), strip.top()),
                         QPointF(strip.left() + mean * strip.width(), strip.bottom()));
}

void MaskPicture::draw(QPainter& painter, QSizeF size, const Look&) const {
    const auto& grid = shown_->grid;
    const QRectF at = area(size);
    if (at.width() < 8 || at.height() < 8) return;
    QImage picture(int(grid.columns), int(grid.rows), QImage::Format_RGB32);
    for (std::int64_t r = 0; r < grid.rows; ++r) {
        auto* line = reinterpret_cast<QRgb*>(picture.scanLine(int(r)));
        for (std::int64_t c = 0; c < grid.columns; ++c) line[c] = colourOf(r, c).rgb();
    }
    painter.setRenderHint(QPainter::Antialiasing, false);
    // Smaller than its cells, a picture of single pixels would leave some out.
    const bool shrinks = at.width() < double(grid.columns) || at.height() < double(grid.rows);
    painter.setRenderHint(QPainter::SmoothPixmapTransform, shrinks);
    painter.drawImage(at, picture);
    painter.setPen(QPen(theme::border(), 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(at);
    painter.setRenderHint(QPainter::Antialiasing);
    drawStrip(painter, QRectF(at.left(), 0, at.width(), kStrip), shown_->column_density, true);
    drawStrip(painter, QRectF(at.right() + kGap, at.top(), kStrip, at.height()), shown_->row_density, false);

    const QFontMetricsF metrics(painter.font());
    painter.setPen(theme::mutedText());
    painter.drawText(QRectF(at.left(), at.bottom() + kGap, at.width(), metrics.height()),
                     Qt::AlignHCenter | Qt::AlignTop,
                     tr("%1 inputs of each unit").arg(QString::fromStdString(format_count(shown_->columns))));
    painter.save();
    painter.translate(0, at.bottom());
    painter.rotate(-90);
    painter.drawText(QRectF(0, 0, at.height(), metrics.height()), Qt::AlignHCenter | Qt::AlignTop,
                     tr("%1 units").arg(QString::fromStdString(format_count(shown_->rows))));
    painter.restore();
    // In the corner that the two strips leave: what their full length is.
    painter.drawText(QRectF(at.right() + kGap, 0, kStrip, kStrip), Qt::AlignLeft | Qt::AlignBottom,
                     percent(std::ranges::max(shown_->row_density)));
}

std::vector<LegendStrip::Item> MaskPicture::legend() const {
    if (items() == 0) return {};
    if (!weights_) return {{tr("kept"), percent(shown_->density), kPositive, 0, false}};
    return {{tr("positive"), {}, kPositive, 0, false}, {tr("negative"), {}, kNegative, 0, false}};
}

QString MaskPicture::summary() const {
    return items() == 0 ? emptyWord() : wordsOf(0);
}

QString MaskPicture::wordsOf(std::size_t) const {
    return shown_->run + QStringLiteral(": ") + shown_->sentence +
           tr("; the largest weight is %1 in size").arg(number(double(shown_->grid.largest)));
}

QString MaskPicture::name() const {
    return items() == 0 ? tr("Mask") : tr("Mask of %1, %2").arg(shown_->layer, shown_->run);
}

QString MaskPicture::emptyWord() const {
    return tr("Choose a level that has been trained to see which weights it keeps");
}

PlotTable MaskPicture::table() const {
    PlotTable table{{QStringLiteral("of"), QStringLiteral("number"), QStringLiteral("density")}, {}};
    const auto add = [&](const QString& of, const std::vector<double>& density) {
        for (std::size_t i = 0; i < density.size(); ++i)
            table.rows.push_back({of, {double(i + 1), density[i]}});
    };
    add(tr("row"), shown_->row_density);
    add(tr("column"), shown_->column_density);
    return table;
}

std::optional<std::size_t> MaskPicture::itemAt(QPointF at) const {
    return items() > 0 && area(QSizeF(size())).contains(at) ? std::optional<std::size_t>(0) : std::nullopt;
}

QString MaskPicture::describe(QPoint pos) const {
    if (items() == 0) return {};
    const QRectF at = area(QSizeF(size()));
    const auto& grid = shown_->grid;
    const bool beside = pos.x() > at.right(), above = pos.y() < at.top();
    const bool in_rows = pos.y() >= at.top() && pos.y() <= at.bottom(),
               in_columns = pos.x() >= at.left() && pos.x() <= at.right();
    const auto of = [](const std::vector<double>& all, double offset, double length) {
        return std::size_t(cellAt(offset, length, std::int64_t(all.size())));
    };
    if (beside && in_rows) {
        const auto row = of(shown_->row_density, pos.y() - at.top(), at.height());
        return tr("row %1 keeps %2").arg(row + 1).arg(percent(shown_->row_density[row]));
    }
    if (above && in_columns) {
        const auto column = of(shown_->column_density, pos.x() - at.left(), at.width());
        return tr("column %1 keeps %2").arg(column + 1).arg(percent(shown_->column_density[column]));
    }
    if (!in_rows || !in_columns) return {};
    const auto row = cellAt(pos.y() - at.top(), at.height(), grid.rows),
               column = cellAt(pos.x() - at.left(), at.width(), grid.columns);
    const auto cell = std::size_t(row * grid.columns + column);
    const QString where =
        places(tr("row %1"), tr("rows %1 to %2"), row, grid.block_rows, shown_->rows) + QStringLiteral(", ") +
        places(tr("column %1"), tr("columns %1 to %2"), column, grid.block_columns, shown_->columns);
    if (grid.block_rows * grid.block_columns > 1)
        return tr("%1: %2 kept").arg(where, percent(double(grid.kept[cell])));
    return grid.kept[cell] > 0 ? tr("%1: kept, weight %2").arg(where, number(double(grid.value[cell])))
                               : tr("%1: cut").arg(where);
}

RunsPlot* MaskPicture::copy() const {
    auto* other = new MaskPicture;
    other->setShown(shown_);
    other->setWeights(weights_);
    return other;
}

} // namespace descent::ui
