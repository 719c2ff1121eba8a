#include "ui/plots/symmetry_picture.h"

#include "core/base/format.h"
#include "ui/theme.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace descent::ui {

namespace {

QString number(double v) {
    return QString::fromStdString(format_number(v, 2));
}

double largest(const SymmetryWeights& weights) {
    double most = std::abs(weights.output_bias);
    for (const auto& unit : weights.units) {
        most = std::max({most, std::abs(unit.bias), std::abs(unit.output)});
        for (const double w : unit.inputs) most = std::max(most, std::abs(w));
    }
    return most > 0 ? most : 1;
}

/// A unit's mirrored pairs as 1, 2, 4 … times the step that fits them best.
HiddenUnit inSteps(const HiddenUnit& unit) {
    HiddenUnit ideal = unit;
    const std::size_t bits = unit.inputs.size(), pairs = bits / 2;
    std::vector<double> size(pairs);
    for (std::size_t i = 0; i < pairs; ++i)
        size[i] = (std::abs(unit.inputs[i]) + std::abs(unit.inputs[bits - 1 - i])) / 2;
    std::vector<std::size_t> order(pairs);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return size[i]; });
    double along = 0, length = 0;
    for (std::size_t rank = 0; rank < pairs; ++rank) {
        const double step = std::exp2(double(rank));
        along += step * size[order[rank]];
        length += step * step;
    }
    for (std::size_t rank = 0; rank < pairs; ++rank) {
        const std::size_t i = order[rank];
        const double sign = unit.inputs[i] - unit.inputs[bits - 1 - i] < 0 ? -1 : 1;
        ideal.inputs[i] = sign * std::exp2(double(rank)) * along / length;
        ideal.inputs[bits - 1 - i] = -ideal.inputs[i];
    }
    ideal.bias = -std::abs(unit.bias);
    return ideal;
}

} // namespace

SymmetryWeights paperSolution(const SymmetryWeights& found) {
    SymmetryWeights ideal = found;
    for (auto& unit : ideal.units) unit = inSteps(unit);
    if (ideal.units.size() == 2) {
        ideal.units[1].inputs = ideal.units[0].inputs;
        for (double& w : ideal.units[1].inputs) w = -w;
    }
    ideal.output_bias = std::abs(found.output_bias);
    return ideal;
}

/// One square: where, and of what.
struct SymmetryPicture::Place {
    QRectF cell;
    double value = 0, most = 1;
    double step = 0; ///< to the next one's
    QString what;    ///< "unit 1, input 3"
};

SymmetryPicture::SymmetryPicture(QWidget* parent) : RunsPlot(parent) {
    setObjectName(QStringLiteral("symmetryPicture"));
    dataChanged();
}

void SymmetryPicture::setWeights(SymmetryWeights weights) {
    found_ = std::move(weights);
    ideal_ = paperSolution(found_);
    dataChanged();
}

std::vector<SymmetryPicture::Place> SymmetryPicture::places(QSizeF size) const {
    std::vector<Place> all;
    const QFontMetricsF metrics(theme::labelFont());
    const double line = std::ceil(metrics.height());
    const std::size_t bits = found_.units.front().inputs.size(), columns = bits + 2;
    const double rows = double(2 * found_.units.size());
    // Above each half: its title and the columns' names; beneath each row: its numbers.
    const double room = size.height() - 2 * (2 * line + 4) - rows * line - 2 * line;
    const double side = std::max(4.0, std::min(size.width() / (double(columns) + 0.5), room / rows));
    // Where the height leaves them small, they stand apart, so that the numbers beneath have room.
    const double apart = metrics.horizontalAdvance(QStringLiteral("−99.9"));
    const double step = std::max(side, std::min(size.width() / (double(columns) + 0.5), apart));
    const double gap = step / 4; // before bias and output
    double y = 0;
    for (const auto* half : {&found_, &ideal_}) {
        y += 2 * line + 4;
        const double most = largest(*half);
        for (std::size_t u = 0; u < half->units.size(); ++u) {
            const auto& unit = half->units[u];
            for (std::size_t i = 0; i < columns; ++i) {
                const bool input = i < bits;
                const double value = input ? unit.inputs[i] : i == bits ? unit.bias : unit.output;
                const QString what = input       ? tr("from input %1").arg(i + 1)
                                     : i == bits ? tr("bias")
                                                 : tr("to the output");
                all.push_back(
                    {QRectF(step * double(i) + (step - side) / 2 + (input ? 0 : gap), y, side, side), value,
                     most, step, tr("unit %1, %2").arg(u + 1).arg(what)});
            }
            y += side + line;
        }
        y += line;
    }
    return all;
}

void SymmetryPicture::draw(QPainter& painter, QSizeF size, const Look&) const {
    const QFontMetricsF metrics(painter.font());
    const double line = std::ceil(metrics.height());
    const auto all = places(size);
    const std::size_t bits = found_.units.front().inputs.size(), columns = bits + 2;
    const std::size_t half = all.size() / 2;
    for (const std::size_t first : {std::size_t{0}, half}) {
        const QRectF& corner = all[first].cell;
        painter.setPen(theme::text());
        const double width = size.width();
        painter.drawText(QPointF(0, corner.top() - line - 4 - metrics.descent()),
                         metrics.elidedText(first == 0 ? found_.name : tr("Rumelhart et al. 1986: 1 : 2 : 4"),
                                            Qt::ElideMiddle, width));
        painter.setPen(theme::mutedText());
        for (std::size_t i = 0; i < columns; ++i) {
            const QString word = i < bits ? QString::number(i + 1) : i == bits ? tr("bias") : tr("out");
            const QRectF& cell = all[first + i].cell;
            painter.drawText(QRectF(cell.left() - 8, cell.top() - line - 2, cell.width() + 16, line),
                             Qt::AlignCenter, word);
        }
    }
    for (const auto& place : all) {
        const double side = place.cell.width() * std::sqrt(std::min(1.0, std::abs(place.value) / place.most));
        const QColor colour = theme::series(place.value < 0 ? 1 : 0);
        painter.setPen(QPen(theme::border(), 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(place.cell.adjusted(0.5, 0.5, -0.5, -0.5));
        const QPointF c = place.cell.center();
        painter.setPen(Qt::NoPen);
        painter.setBrush(colour);
        const double inside = std::max(0.0, side - 3);
        painter.drawRect(QRectF(c.x() - inside / 2, c.y() - inside / 2, inside, inside));
        // The sign, for who does not tell the colours apart.
        const double arm = std::min(5.0, inside / 3);
        if (arm > 1.5) {
            painter.setPen(QPen(theme::surface(), 1.5));
            painter.drawLine(c - QPointF(arm, 0), c + QPointF(arm, 0));
            if (place.value >= 0) painter.drawLine(c - QPointF(0, arm), c + QPointF(0, arm));
        }
        painter.setPen(theme::mutedText());
        const QString text = number(place.value);
        if (metrics.horizontalAdvance(text) < place.step)
            painter.drawText(QRectF(c.x() - place.step, place.cell.bottom(), 2 * place.step, line),
                             Qt::AlignCenter, text);
    }
    painter.setPen(theme::mutedText());
    const auto bias = [&](const SymmetryWeights& of, const Place& last) {
        painter.drawText(QRectF(0, last.cell.bottom() + line, last.cell.right(), line),
                         Qt::AlignRight | Qt::AlignVCenter, tr("output bias %1").arg(number(of.output_bias)));
    };
    bias(found_, all[half - 1]);
    bias(ideal_, all.back());
}

std::optional<std::size_t> SymmetryPicture::itemAt(QPointF) const {
    return items() > 0 ? std::optional<std::size_t>(0) : std::nullopt;
}

QString SymmetryPicture::describe(QPoint at) const {
    if (items() == 0) return {};
    const auto all = places(QSizeF(size()));
    for (std::size_t i = 0; i < all.size(); ++i)
        if (all[i].cell.contains(at))
            return QStringLiteral("%1: %2 %3")
                .arg(i < all.size() / 2 ? found_.name : tr("the paper's solution"), all[i].what,
                     number(all[i].value));
    return wordsOf(0);
}

QString SymmetryPicture::name() const {
    return found_.units.empty() ? tr("Weights") : tr("Weights of %1").arg(found_.name);
}

QString SymmetryPicture::emptyWord() const {
    return tr("Click a curve to see its weights");
}

QString SymmetryPicture::wordsOf(std::size_t) const {
    QStringList said;
    for (std::size_t u = 0; u < found_.units.size(); ++u) {
        QStringList ratio;
        for (const double r : found_.units[u].ratio()) ratio << number(r);
        said << tr("unit %1: mirror error %2, magnitudes %3")
                    .arg(QString::number(u + 1), number(found_.units[u].mirror_error()),
                         ratio.join(QStringLiteral(" : ")));
    }
    return QStringLiteral("%1. %2").arg(found_.name, said.join(QStringLiteral("; ")));
}

QString SymmetryPicture::summary() const {
    return items() == 0 ? emptyWord() : wordsOf(0);
}

PlotTable SymmetryPicture::table() const {
    PlotTable table{{QStringLiteral("network"), QStringLiteral("unit"), QStringLiteral("weight"),
                     QStringLiteral("value")},
                    {}};
    for (const auto& [of, name] : {std::pair(&found_, found_.name), std::pair(&ideal_, tr("paper"))}) {
        for (std::size_t u = 0; u < of->units.size(); ++u) {
            const auto add = [&](const QString& what, double value) {
                table.rows.push_back({name, {value}, {QString::number(u + 1), what}});
            };
            for (std::size_t i = 0; i < of->units[u].inputs.size(); ++i)
                add(tr("input %1").arg(i + 1), of->units[u].inputs[i]);
            add(tr("bias"), of->units[u].bias);
            add(tr("output"), of->units[u].output);
        }
        if (!of->units.empty()) table.rows.push_back({name, {of->output_bias}, {tr("output"), tr("bias")}});
    }
    return table;
}

RunsPlot* SymmetryPicture::copy() const {
    auto* other = new SymmetryPicture;
    other->setWeights(found_);
    return other;
}

} // namespace descent::ui
