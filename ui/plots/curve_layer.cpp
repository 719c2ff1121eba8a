#include "ui/plots/curve_layer.h"

#include "ui/theme.h"

#include <QFontMetricsF>

#include <algorithm>
#include <cmath>
#include <future>
#include <limits>

namespace descent::ui {

namespace {
constexpr double kRight = 10, kSlack = 12;
constexpr std::size_t kNamesUpTo = 8; ///< curves
constexpr double kNamesFrom = 480;    ///< pixels of width
constexpr double kWidestName = 120;
} // namespace

void CurveLayer::arrange(const PlotScene& scene, QSizeF size, double columns_a_pixel, bool fetch) {
    take(scene);
    for (int pass = 0; pass < 2; ++pass) { // the second where the numbers need another width than thought
        place(size);
        CurveWish wanted = wish(1);
        wanted.picture = false;
        wanted.columns_a_pixel = columns_a_pixel;
        const bool elsewhere =
            fetch && std::ranges::any_of(curves_, [](const auto& curve) { return bool(curve.fetch); });
        if (!show(elsewhere ? std::async(std::launch::async, [&] { return drawPicture(wanted, true); }).get()
                            : drawPicture(wanted)))
            return;
    }
    place(size);
}

void CurveLayer::take(const PlotScene& scene) {
    if (log_x != scene.log_x || log_y != scene.log_y || axis_ != scene.axis) forget();
    log_x = scene.log_x;
    log_y = scene.log_y;
    if (!picture_) { // until one says better
        y_min = log_y ? 0.1 : 0;
        y_max = 1;
    }
    lines = scene.lines;
    events = scene.events;
    scene_range_ = scene.x_range;
    axis_ = scene.axis;
    x_unit_ = scene.x_word.isEmpty() ? unitWord(scene.axis) : scene.x_word;
    share_ = scene.share;
    positive_ = scene.positive;
    growing_ = scene.growing;
    reached_ = scene.reached;
    planned_ = scene.planned;
    begun_ = scene.begun;
    takeSources(curves_, scene.curves);
    if (picked && *picked >= curves_.size()) picked.reset();
}

void CurveLayer::forget() {
    picture_.reset();
    picked_image_ = {};
}

const CurveShape& CurveLayer::shape(std::size_t curve) const {
    static const CurveShape none;
    return picture_ && curve < picture_->shapes.size() ? picture_->shapes[curve] : none;
}

void CurveLayer::chooseX() {
    if (scene_range_ && scene_range_->first < scene_range_->second) {
        std::tie(x_min, x_max) = *scene_range_;
    } else {
        double last = reached_;
        for (const auto& source : curves_)
            if (const auto extent = source.extent(false)) last = std::max(last, extent->second);
        x_min = 0;
        x_max = last;
        if (growing_) {
            // Grows in steps of 1, 2, 5 so that the first seconds fill the chart and the axis still stands
            // still mostly.
            double low = 0, high = std::max(last * 1.1, axis_ == XAxis::seconds ? 2.0
                                                        : axis_ == XAxis::epoch ? 1.0
                                                        : axis_ == XAxis::share ? 0.01
                                                                                : 5.0);
            snapOutwards(low, high, 2);
            x_max = planned_ > 0 ? std::min(high, std::max(planned_, last)) : high;
        }
        if (!(x_max > 0)) x_max = planned_ > 0 ? planned_ : 1;
    }
    if (log_x && !(x_min > 0)) {
        double first = begun_ > 0 ? begun_ : std::numeric_limits<double>::infinity();
        for (const auto& source : curves_)
            if (const auto extent = source.extent(true)) first = std::min(first, extent->first);
        if (!(x_max > 0)) x_max = 1;
        x_min = first < x_max ? first : x_max / 10;
    }
    full_x = {x_min, x_max};
    if (!x_range) return;
    if (const auto range = within(*x_range, full_x, log_x)) std::tie(x_min, x_max) = *range;
}

bool CurveLayer::roomForLabels() const {
    return size_.width() >= kNamesFrom;
}

bool CurveLayer::labelled() const {
    const auto named = std::ranges::count_if(
        curves_, [](const auto& curve) { return !curve.faint && !curve.label.isEmpty() && !curve.empty(); });
    return named > 1 && std::size_t(named) <= kNamesUpTo && roomForLabels();
}

void CurveLayer::place(QSizeF size) {
    size_ = size;
    chooseX();
    const QFontMetricsF metrics(font);
    if (left_ == 0) left_ = std::ceil(metrics.horizontalAdvance(QStringLiteral("0.00"))) + 10;
    right_ = kRight;
    if (labelled())
        for (const auto& source : curves_)
            if (!source.faint && !source.empty())
                right_ = std::max(
                    right_, std::ceil(std::min(kWidestName, metrics.horizontalAdvance(source.label))) + 10);
    const double below = metrics.height() + 6, above = std::ceil(metrics.height() / 2);
    area = QRectF(left_, above, std::max(1.0, std::round(size.width() - left_ - right_)),
                  std::max(1.0, std::round(size.height() - below - above)));
    chooseTicks();
}

void CurveLayer::chooseTicks() {
    const QFontMetricsF metrics(font);
    const int x_most = std::max(2, int(area.width() / (metrics.averageCharWidth() * 11)));
    x_ticks = log_x ? logTicks(x_min, x_max, x_most) : linearTicks(x_min, x_max, x_most);
    const int y_most = std::max(2, int((size_.height() - metrics.height() - 6) / (metrics.height() * 2.4)));
    y_ticks = log_y ? logTicks(y_min, y_max, y_most) : linearTicks(y_min, y_max, y_most);
}

CurveWish CurveLayer::wish(double ratio) const {
    CurveWish wanted;
    wanted.curves = curves_;
    wanted.frame = *this;
    wanted.ratio = ratio;
    wanted.share = share_;
    wanted.positive = positive_;
    const QFontMetricsF metrics(font);
    wanted.most_ticks = std::max(2, int((size_.height() - metrics.height() - 6) / (metrics.height() * 2.4)));
    for (const auto& line : lines) wanted.lines.push_back(line.y);
    wanted.fit_y = !y_range;
    if (y_range) std::tie(wanted.frame.y_min, wanted.frame.y_max) = *y_range;
    wanted.broken = theme::error();
    return wanted;
}

bool CurveLayer::show(std::shared_ptr<const CurvePicture> picture) {
    if (!picture || picture->shapes.size() != curves_.size()) return false;
    picture_ = std::move(picture);
    picked_image_ = {};
    y_min = picture_->frame.y_min;
    y_max = picture_->frame.y_max;
    for (std::size_t i = 0; i < curves_.size(); ++i) {
        // What was read for it serves the next one too, unless the series is another by now.
        if (const auto& filled = picture_->filled[i];
            filled && curves_[i].pyramid && filled->size() == curves_[i].pyramid->size())
            curves_[i].pyramid = filled;
    }
    chooseTicks();
    const QFontMetricsF metrics(font);
    double needed = metrics.horizontalAdvance(QStringLiteral("0.00"));
    for (const auto& tick : y_ticks) needed = std::max(needed, metrics.horizontalAdvance(tick.label));
    needed = std::ceil(needed) + 10;
    // Narrower only by much, or the plot would jump at every other zoom.
    if (needed <= left_ && needed > left_ - kSlack) return false;
    left_ = needed;
    return true;
}

} // namespace descent::ui
