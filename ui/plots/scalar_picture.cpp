#include "ui/plots/scalar_picture.h"

#include "core/base/format.h"
#include "ui/state/save_file.h"
#include "ui/theme.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace descent::ui {

namespace {

constexpr double kWidth = 84, kLine = 15, kPad = 4, kGapX = 52, kGapY = 16;
constexpr int kDigits = 4, kFew = 3; ///< in a node, on an edge; the table has more
constexpr int kGradientColour = 1;

QString number(double v, int digits = kDigits) {
    return std::isnan(v) ? QStringLiteral("NaN") : QString::fromStdString(format_number(v, digits));
}
QString text(const std::string& words) {
    return QString::fromStdString(words);
}
QString back(double v, int digits = kDigits) {
    return QStringLiteral("◂ ") + number(v, digits);
}

/// Smooth, and level where it begins and ends; straight across the places in between.
QPainterPath pathOf(const std::vector<QPointF>& points) {
    QPainterPath path(points.front());
    for (std::size_t i = 1; i < points.size(); ++i) {
        if (i % 2 == 0) {
            path.lineTo(points[i]);
            continue;
        }
        const double reach = (points[i].x() - points[i - 1].x()) / 2;
        path.cubicTo(points[i - 1] + QPointF(reach, 0), points[i] - QPointF(reach, 0), points[i]);
    }
    return path;
}

} // namespace

struct ScalarPicture::Look {
    QColor surface = theme::surface(), border = theme::mutedText(), words = theme::text(),
           muted = theme::mutedText(), gradient = theme::series(kGradientColour), now = theme::accent(),
           wrong = theme::error();
    QFont font = theme::labelFont(), bold = theme::labelFont();
    Look() {
        font.setPixelSize(11);
        bold = font;
        bold.setWeight(QFont::DemiBold);
    }
};

ScalarPicture::ScalarPicture(std::shared_ptr<const ScalarGraph> graph,
                             std::shared_ptr<const ScalarPasses> passes)
    : graph_(std::move(graph))
    , passes_(std::move(passes))
    , varying_(graph_->varying()) {
    arrange();
    setStep(steps() - 1);
}

void ScalarPicture::arrange() {
    layout_.nodes = shown_nodes(*graph_);
    if (!empty()) layout_ = ScalarLayout::of(*graph_, {kWidth, 3 * kLine + 2 * kPad}, {kGapX, kGapY});
}

void ScalarPicture::setStep(std::size_t step) {
    step_ = std::min(step, steps() - 1);
    const auto n = graph_->nodes.size();
    shown_ = {std::vector<bool>(n), std::vector<bool>(n), std::vector<double>(n),
              std::vector<std::array<bool, 2>>(n)};
    for (std::size_t i = 0; i < n; ++i) shown_.value[i] = graph_->nodes[i].inputs.empty();
    for (std::size_t i = 0; i <= step_; ++i) {
        const auto& made = passes_->steps[i];
        const auto node = std::size_t(made.node);
        if (made.kind == ScalarStep::Kind::forward) shown_.value[node] = true;
        if (made.kind == ScalarStep::Kind::seed) {
            shown_.gradient[node] = true;
            shown_.gradients[node] = 1;
        }
        if (made.kind != ScalarStep::Kind::backward) continue;
        const auto input = std::size_t(graph_->nodes[node].inputs[std::size_t(made.slot)]);
        shown_.product[node][std::size_t(made.slot)] = true;
        shown_.gradient[input] = true;
        shown_.gradients[input] = made.total;
    }
}

bool ScalarPicture::current(const ScalarLayout::Edge& edge) const {
    const auto& now = passes_->steps[step_];
    return edge.node == now.node && (now.kind == ScalarStep::Kind::forward ||
                                     (now.kind == ScalarStep::Kind::backward && edge.slot == now.slot));
}

double ScalarPicture::fit(const QRectF& target, double most, QPointF& origin) const {
    const QSizeF size = layout_.size + QSizeF(8, 8);
    const double scale = std::min({most, target.width() / size.width(), target.height() / size.height()});
    origin = target.center() - QPointF(layout_.size.width(), layout_.size.height()) * scale / 2;
    return scale;
}

void ScalarPicture::paint(QPainter& painter, const QRectF& target, double most,
                          std::optional<int> picked) const {
    const Look look;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    if (empty()) {
        painter.setPen(look.muted);
        painter.drawText(target, Qt::AlignCenter | Qt::TextWordWrap,
                         QCoreApplication::translate(
                             "ScalarPicture", "%1 nodes are too many to be drawn; the table has them all.")
                             .arg(layout_.nodes.size()));
    } else {
        QPointF origin;
        const double scale = fit(target, most, origin);
        painter.translate(origin);
        painter.scale(scale, scale);
        for (const auto& edge : layout_.edges) paintEdge(painter, look, edge);
        for (const int node : layout_.nodes) paintNode(painter, look, node, picked == node);
        for (const auto& edge : layout_.edges) paintLabel(painter, look, edge);
    }
    painter.restore();
}

void ScalarPicture::paintEdge(QPainter& painter, const Look& look, const ScalarLayout::Edge& edge) const {
    const bool flowed = shown_.product[std::size_t(edge.node)][std::size_t(edge.slot)];
    const QColor colour = current(edge) ? look.now : flowed ? look.gradient : look.border;
    const QPainterPath path = pathOf(edge.points);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(colour, current(edge) ? 2 : 1.1));
    painter.drawPath(path);
    const QPointF tip = edge.points.back();
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour);
    painter.drawPolygon(QPolygonF({tip, tip + QPointF(-6, -3), tip + QPointF(-6, 3)}));
}

void ScalarPicture::paintLabel(QPainter& painter, const Look& look, const ScalarLayout::Edge& edge) const {
    const auto node = std::size_t(edge.node);
    const auto slot = std::size_t(edge.slot);
    if (!shown_.value[node] || !varying_[std::size_t(graph_->nodes[node].inputs[slot])]) return;
    const QString local = QStringLiteral("×") + number(passes_->locals[node][slot], kFew);
    const QString product =
        shown_.product[node][slot] ? back(passes_->products[node][slot], kFew) : QString();
    const QFontMetricsF metrics(look.font);
    const double width = std::max(metrics.horizontalAdvance(local), metrics.horizontalAdvance(product)) + 4;
    const double height = product.isEmpty() ? kLine - 2 : 2 * (kLine - 2);
    const QPointF a = edge.points[edge.points.size() - 2], b = edge.points.back();
    const QRectF box(QPointF((a.x() + b.x()) / 2 - width / 2 - 2, (a.y() + b.y()) / 2 - height / 2),
                     QSizeF(width, height));
    QColor behind = look.surface;
    behind.setAlphaF(0.9F);
    painter.setPen(Qt::NoPen);
    painter.setBrush(behind);
    painter.drawRoundedRect(box, 3, 3);
    painter.setFont(look.font);
    painter.setPen(look.words);
    const QRectF upper(box.topLeft(), QSizeF(width, kLine - 2));
    painter.drawText(upper, Qt::AlignCenter, local);
    if (product.isEmpty()) return;
    painter.setFont(look.bold);
    painter.setPen(look.gradient);
    painter.drawText(upper.translated(0, kLine - 2), Qt::AlignCenter, product);
}

void ScalarPicture::paintNode(QPainter& painter, const Look& look, int node, bool picked) const {
    const auto at = std::size_t(node);
    const auto kind = passes_->steps[step_].kind;
    const bool given = kind == ScalarStep::Kind::given && graph_->is_variable(node);
    const bool now = given || (kind != ScalarStep::Kind::given && node == currentNode());
    const QRectF box(layout_.centres[at] - QPointF(layout_.node_size.width(), layout_.node_size.height()) / 2,
                     layout_.node_size);
    const double radius = graph_->is_variable(node) ? box.height() / 2.6 : 4; // leaves are rounder
    painter.setPen(QPen(now ? look.now : picked ? look.words : look.border, now || picked ? 2 : 1));
    painter.setBrush(look.surface);
    painter.drawRoundedRect(box, radius, radius);
    const QFontMetricsF metrics(look.font), bold(look.bold);
    QRectF line(box.left() + kPad, box.top() + kPad, box.width() - 2 * kPad, kLine);
    const bool known = shown_.value[at];
    const bool finite = std::isfinite(passes_->values[at]);
    const QString head = text(graph_->nodes[at].name) +
                         (known ? QStringLiteral(" = ") + number(passes_->values[at]) : QString());
    painter.setFont(look.bold);
    painter.setPen(known && !finite ? look.wrong : look.words);
    painter.drawText(line, Qt::AlignCenter, bold.elidedText(head, Qt::ElideMiddle, line.width()));
    line.translate(0, kLine);
    painter.setFont(look.font);
    painter.setPen(look.muted);
    painter.drawText(line, Qt::AlignCenter,
                     metrics.elidedText(text(graph_->operation(node)), Qt::ElideMiddle, line.width()));
    line.translate(0, kLine);
    if (!shown_.gradient[at]) return;
    painter.setFont(look.bold);
    painter.setPen(look.gradient);
    painter.drawText(line, Qt::AlignCenter,
                     bold.elidedText(back(shown_.gradients[at]), Qt::ElideRight, line.width()));
}

int ScalarPicture::currentNode() const {
    const auto& step = passes_->steps[step_];
    if (step.kind != ScalarStep::Kind::backward) return step.node;
    return graph_->nodes[std::size_t(step.node)].inputs[std::size_t(step.slot)];
}

QPointF ScalarPicture::centreOf(int node, const QRectF& target, double most) const {
    if (empty()) return target.center();
    QPointF origin;
    const double scale = fit(target, most, origin);
    return origin + layout_.centres[std::size_t(node)] * scale;
}

std::optional<int> ScalarPicture::nodeAt(QPointF at, const QRectF& target, double most) const {
    if (empty()) return std::nullopt;
    QPointF origin;
    const double scale = fit(target, most, origin);
    const QPointF inside = (at - origin) / scale;
    for (const int node : layout_.nodes) {
        const QPointF off = inside - layout_.centres[std::size_t(node)];
        if (std::abs(off.x()) <= layout_.node_size.width() / 2 &&
            std::abs(off.y()) <= layout_.node_size.height() / 2)
            return node;
    }
    return std::nullopt;
}

QString ScalarPicture::describe(int node) const {
    const auto at = std::size_t(node);
    const auto& n = graph_->nodes[at];
    const auto full = [](double v) { return text(format_number(v, 8)); };
    const QString name = text(n.name), output = text(graph_->nodes[std::size_t(graph_->output)].name);
    QStringList lines{n.inputs.empty() ? name : name + QStringLiteral(" = ") + text(graph_->operation(node))};
    if (shown_.value[at]) lines.back() += QStringLiteral(" = ") + full(passes_->values[at]);
    const auto value = [&](std::size_t slot) {
        return slot < n.inputs.size() ? passes_->values[std::size_t(n.inputs[slot])] : 0;
    };
    for (std::size_t slot = 0; slot < n.inputs.size() && shown_.value[at]; ++slot)
        if (varying_[std::size_t(n.inputs[slot])])
            lines << QStringLiteral("∂%1/∂%2 = %3")
                         .arg(name, text(graph_->word(n.inputs[slot])),
                              text(graph_->slope_formula(node, int(slot), value(0), value(1))));
    if (shown_.gradient[at])
        lines << QStringLiteral("∂%1/∂%2 = %3").arg(output, name, full(shown_.gradients[at]));
    return lines.join(QLatin1Char('\n'));
}

QString ScalarPicture::sentence() const {
    return text(scalar_sentence(*graph_, *passes_, passes_->steps[step_]));
}

QString ScalarPicture::summary() const {
    return QCoreApplication::translate("ScalarPicture", "A graph of %1 nodes, step %2 of %3: %4. %5")
        .arg(layout_.nodes.size())
        .arg(step_)
        .arg(steps() - 1)
        .arg(sentence(), text(scalar_check_summary(*graph_, *passes_)));
}

FigureSource ScalarPicture::figure(const QString& title) const {
    const auto held = std::make_shared<ScalarPicture>(*this);
    FigureSource source;
    source.title = title;
    source.paint = [held](QPainter& painter, const QRectF& target) { held->paint(painter, target, 4); };
    source.plotted_csv = [held](const QString& file) {
        return saveFile(QByteArray::fromStdString(to_csv(scalar_cells(held->graph(), held->passes(), true))),
                        file);
    };
    return source;
}

} // namespace descent::ui
