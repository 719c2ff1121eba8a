#include "ui/plots/curve_layer.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

namespace descent::ui {

namespace {

double distance(QPointF p, QPointF a, QPointF b) {
    const QPointF along = b - a, to = p - a;
    const double length = QPointF::dotProduct(along, along);
    const double t = length > 0 ? std::clamp(QPointF::dotProduct(to, along) / length, 0.0, 1.0) : 0;
    const QPointF gap = to - t * along;
    return std::hypot(gap.x(), gap.y());
}

struct Nearness {
    double gap = std::numeric_limits<double>::infinity(), off_mean = gap; ///< pixels
    auto operator<=>(const Nearness&) const = default;
};

Nearness ofPoints(const CurveShape& shape, const PlotFrame& frame, bool steps, QPointF at, double reach) {
    Nearness best;
    auto it = std::ranges::lower_bound(shape.points, frame.xAt(at.x() - reach), {}, &PlotPoint::x);
    if (it != shape.points.begin()) --it;
    const double end = frame.xAt(at.x() + reach);
    for (; it != shape.points.end(); ++it) {
        if (!frame.showsX(it->x) || !frame.showsY(it->y)) continue;
        const QPointF a(frame.px(it->x), frame.py(it->y));
        best.gap = std::min(best.gap, distance(at, a, a));
        const auto next = std::next(it);
        if (next != shape.points.end() && frame.showsX(next->x) && frame.showsY(next->y)) {
            const QPointF b(frame.px(next->x), frame.py(next->y)), corner(b.x(), a.y());
            best.gap = std::min(best.gap, steps ? std::min(distance(at, a, corner), distance(at, corner, b))
                                                : distance(at, a, b));
        }
        if (it->x > end) break;
    }
    best.off_mean = best.gap;
    return best;
}

Nearness ofColumns(const CurveShape& shape, const PlotFrame& frame, QPointF at, double reach) {
    Nearness best;
    const double width = frame.area.width() / double(shape.columns.size());
    const int middle = int((at.x() - frame.area.left()) / width), around = int(std::ceil(reach / width));
    for (int c = std::max(0, middle - around); c <= middle + around && c < int(shape.columns.size()); ++c) {
        const auto& column = shape.columns[std::size_t(c)];
        if (column.count == 0 || std::isnan(column.min)) continue;
        const double high = frame.py(column.max), low = frame.py(column.min);
        const double beside = std::abs(c - middle) * width;
        const double beyond = std::max({0.0, high - at.y(), at.y() - low});
        best =
            std::min(best, {std::hypot(beside, beyond), std::abs(frame.py(column.mean) - at.y()) + beside});
    }
    return best;
}

} // namespace

std::optional<std::size_t> CurveLayer::curveAt(QPointF at, double reach) const {
    if (!area.adjusted(-reach, -reach, reach, reach).contains(at)) return std::nullopt;
    const bool all_faint = std::ranges::all_of(curves_, [](const auto& curve) { return curve.faint; });
    std::set<QString> named;
    for (const auto& curve : curves_)
        if (!curve.faint) named.insert(curve.id);
    // One that stands for nothing, or for what another curve in front of it does, only lies behind.
    const auto behind = [&](const CurveSource& curve) {
        return curve.faint && !all_faint && (curve.id.isEmpty() || named.contains(curve.id));
    };
    std::optional<std::size_t> found;
    Nearness best;
    for (std::size_t i = 0; i < curves_.size(); ++i) {
        const auto& drawn = shape(i);
        if (drawn.empty() || behind(curves_[i])) continue;
        const auto near = drawn.columns.empty() ? ofPoints(drawn, *this, curves_[i].steps, at, reach)
                                                : ofColumns(drawn, *this, at, reach);
        // Of those that lie over each other under the pointer, the one whose middle is nearest.
        if (near.gap <= reach && (!found || near < best)) {
            best = near;
            found = i;
        }
    }
    return found;
}

} // namespace descent::ui
