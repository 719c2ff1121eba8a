#include "core/base/format.h"
#include "ui/plots/own_field.h"
#include "ui/state/watched_run.h"
#include "ui/theme.h"

#include <QPainter>
#include <QVBoxLayout>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <set>

namespace descent::ui {

namespace {

constexpr const char* kLine = "landscape/line";
constexpr const char* kPlane = "landscape/plane";
constexpr std::size_t kEarlier = 12; ///< lines shown behind the latest
constexpr int kContours = 9;
constexpr double kKey = 64; ///< pixels for the colour scale

QString number(double v) {
    return QString::fromStdString(format_number(v, 3));
}
QString count(std::int64_t n) {
    return QString::fromStdString(format_count(n));
}

/// Loss along the update's direction: the latest look solid, earlier ones faint. Rows: t, loss; 0 is before
/// the update and 1 after it.
class LandscapeLine : public OwnPlot {
public:
    LandscapeLine(const WatchedRun& run, QWidget* parent) : OwnPlot(parent), run_(run) {
        scene_.x_word = tr("steps");
        view_ = makeLineChart(scene_, this);
        view_->setObjectName(QStringLiteral("landscapeLineChart"));
        view_->setAccessibleName(tr("Loss along the update"));
        auto* layout = new QVBoxLayout(this);
        layout->setContentsMargins(0, 0, 0, 0);
        layout->addWidget(view_);
        connect(view_, &PlotView::hovered, this, [this](std::optional<double> x) {
            cursor_ = x;
            view_->setCursor(x);
            Q_EMIT wordsChanged();
        });
    }
    void redraw() override { view_->redraw(); }
    void paintTo(QPainter& painter, const QRectF& target) override { view_->paintTo(painter, target); }
    double costMs() const override { return view_->costMs(); }
    void sync() override {
        if (looks_ == run_.looks()) return;
        looks_ = run_.looks();
        scene_.curves.clear();
        const auto& looks = run_.history(kLine);
        const std::size_t stride = std::max<std::size_t>(1, (looks.size() + kEarlier - 1) / kEarlier);
        double low = 0, high = 1;
        for (std::size_t i = 0; i < looks.size(); ++i) {
            const bool last = i + 1 == looks.size();
            if (!last && (looks.size() - 1 - i) % stride != 0) continue;
            PlotCurve curve{
                last ? tr("update %1").arg(count(looks[i]->update.count)) : tr("earlier"), 0, 0, !last, {}};
            const Matrix& m = *looks[i];
            for (std::int64_t r = 0; r < m.rows; ++r)
                curve.points.push_back(
                    {m.values[std::size_t(r * m.columns)], m.values[std::size_t(r * m.columns) + 1]});
            std::ranges::sort(curve.points, {}, &PlotPoint::x);
            if (!curve.points.empty()) {
                low = std::min(low, curve.points.front().x);
                high = std::max(high, curve.points.back().x);
            }
            scene_.curves.push_back(std::move(curve));
        }
        scene_.x_range = {low, high};
        scene_.events = {{0, tr("before")}, {1, tr("after")}};
        view_->redraw();
    }
    std::vector<LegendStrip::Item> legend() const override {
        if (scene_.curves.empty()) return {};
        const auto& curve = scene_.curves.back();
        if (curve.points.empty()) return {};
        const auto nearest = std::ranges::min_element(
            curve.points, {}, [this](const PlotPoint& p) { return std::abs(p.x - cursor_.value_or(0)); });
        return {{curve.label, number(nearest->y), curve.colour, curve.dash, false}};
    }
    QString summary() const override {
        const auto& looks = run_.history(kLine);
        if (looks.empty()) return tr("Loss along the update: nothing measured yet");
        const Matrix& m = *looks.back();
        double best = std::numeric_limits<double>::infinity(), at = 0, here = best;
        for (std::int64_t r = 0; r < m.rows; ++r) {
            const double t = m.values[std::size_t(r * m.columns)],
                         loss = m.values[std::size_t(r * m.columns) + 1];
            if (loss < best) {
                best = loss;
                at = t;
            }
            if (std::abs(t) < 1e-9) here = loss;
        }
        QString text = tr("Loss along the update at update %1: lowest %2 at %3 of the update")
                           .arg(count(m.update.count), number(best), number(at));
        if (std::isfinite(here)) text += tr(", %1 before it").arg(number(here));
        return text;
    }

private:
    const WatchedRun& run_;
    PlotScene scene_;
    PlotView* view_;
    std::optional<double> cursor_;
    std::uint64_t looks_ = ~std::uint64_t{0};
};

/// Loss over a random plane through the weights. Rows: a, b, loss, on a grid of any order.
class LandscapePlane : public OwnField {
public:
    LandscapePlane(const WatchedRun& run, QWidget* parent) : OwnField(parent), run_(run) {}

    void sync() override {
        if (looks_ == run_.looks()) return;
        looks_ = run_.looks();
        take();
        redraw();
    }
    QString note() const override {
        return a_.empty() ? QString() : tr("at update %1").arg(count(update_.count));
    }
    QString summary() const override {
        if (a_.empty()) return tr("Loss on a random plane: measured when the run ends");
        return tr("Loss on a random plane at update %1: %2 at the weights, from %3 to %4 around them")
            .arg(count(update_.count), number(at(0, 0).value_or(std::nan(""))), number(low_), number(high_));
    }
    QString describe(QPoint pos) const override {
        if (!there() || !layer().area.contains(pos)) return {};
        const double x = layer().xAt(pos.x()), y = layer().yAt(pos.y());
        const auto loss = at(x, y);
        return loss ? tr("loss %1 at (%2, %3)").arg(number(*loss), number(x), number(y)) : QString();
    }

protected:
    QString emptyWord() const override { return tr("Measured when the run ends"); }

    bool arrange(FieldLayer& layer, QSizeF size, const QFont& font) override {
        if (a_.size() < 2 || b_.size() < 2) return false;
        layer.x_min = a_.front();
        layer.x_max = a_.back();
        layer.y_min = b_.front();
        layer.y_max = b_.back();
        layer.arrange(size, font, kKey);
        layer.fill([this](double x, double y) -> std::optional<double> {
            const auto loss = at(x, y);
            return loss ? std::optional(share(*loss)) : std::nullopt;
        });
        return true;
    }

    void paintOver(QPainter& painter, const FieldLayer& layer) override {
        painter.save();
        painter.setClipRect(layer.area);
        QColor line = theme::text();
        line.setAlphaF(0.35f);
        painter.setPen(QPen(line, 1));
        for (int i = 1; i <= kContours; ++i) contour(painter, layer, level(double(i) / (kContours + 1)));
        painter.restore();
        const QPointF centre(layer.px(0), layer.py(0)); // where the run stands
        painter.setPen(QPen(theme::surface(), 1.5));
        painter.setBrush(theme::series(1));
        painter.drawEllipse(centre, 4, 4);
        paintKey(painter, layer);
    }

private:
    void take() {
        a_.clear();
        b_.clear();
        const Matrix* m = run_.matrix(kPlane);
        if (!m || m->columns < 3 || m->rows < 4) return;
        std::set<double> a, b;
        for (std::int64_t r = 0; r < m->rows; ++r) {
            a.insert(m->values[std::size_t(r * m->columns)]);
            b.insert(m->values[std::size_t(r * m->columns) + 1]);
        }
        a_.assign(a.begin(), a.end());
        b_.assign(b.begin(), b.end());
        update_ = m->update;
        loss_.assign(a_.size() * b_.size(), std::nan(""));
        low_ = std::numeric_limits<double>::infinity();
        high_ = -low_;
        for (std::int64_t r = 0; r < m->rows; ++r) {
            const double* row = &m->values[std::size_t(r * m->columns)];
            const auto i = std::size_t(std::ranges::lower_bound(a_, row[0]) - a_.begin());
            const auto j = std::size_t(std::ranges::lower_bound(b_, row[1]) - b_.begin());
            loss_[j * a_.size() + i] = row[2];
            if (!std::isfinite(row[2])) continue;
            low_ = std::min(low_, row[2]);
            high_ = std::max(high_, row[2]);
        }
    }

    /// Between the four nearest of the grid.
    std::optional<double> at(double x, double y) const {
        if (a_.size() < 2 || b_.size() < 2) return std::nullopt;
        const auto cell = [](const std::vector<double>& grid, double v) {
            const auto i = std::ranges::upper_bound(grid, v) - grid.begin();
            return std::size_t(std::clamp<std::ptrdiff_t>(i - 1, 0, std::ssize(grid) - 2));
        };
        const std::size_t i = cell(a_, x), j = cell(b_, y);
        const double u = (x - a_[i]) / (a_[i + 1] - a_[i]), v = (y - b_[j]) / (b_[j + 1] - b_[j]);
        const auto p = [&](std::size_t di, std::size_t dj) { return loss_[(j + dj) * a_.size() + i + di]; };
        const double loss =
            (1 - v) * ((1 - u) * p(0, 0) + u * p(1, 0)) + v * ((1 - u) * p(0, 1) + u * p(1, 1));
        return std::isfinite(loss) ? std::optional(loss) : std::nullopt;
    }
    /// Losses rise steeply away from the weights: the scale is logarithmic where they are positive.
    bool logarithmic() const { return low_ > 0 && high_ > 4 * low_; }
    double share(double loss) const {
        if (!(high_ > low_)) return 0;
        if (logarithmic()) return std::log(loss / low_) / std::log(high_ / low_);
        return (loss - low_) / (high_ - low_);
    }
    double level(double share) const {
        return logarithmic() ? low_ * std::pow(high_ / low_, share) : low_ + share * (high_ - low_);
    }

    /// Marching squares, cell by cell.
    void contour(QPainter& painter, const FieldLayer& layer, double value) const {
        for (std::size_t j = 0; j + 1 < b_.size(); ++j)
            for (std::size_t i = 0; i + 1 < a_.size(); ++i) {
                const std::array<std::pair<std::size_t, std::size_t>, 4> corner{
                    {{i, j}, {i + 1, j}, {i + 1, j + 1}, {i, j + 1}}};
                std::vector<QPointF> cuts;
                for (std::size_t k = 0; k < 4; ++k) {
                    const auto [i0, j0] = corner[k];
                    const auto [i1, j1] = corner[(k + 1) % 4];
                    const double v0 = loss_[j0 * a_.size() + i0], v1 = loss_[j1 * a_.size() + i1];
                    if (!std::isfinite(v0) || !std::isfinite(v1) || (v0 < value) == (v1 < value)) continue;
                    const double t = (value - v0) / (v1 - v0);
                    cuts.emplace_back(layer.px(a_[i0] + t * (a_[i1] - a_[i0])),
                                      layer.py(b_[j0] + t * (b_[j1] - b_[j0])));
                }
                for (std::size_t k = 0; k + 1 < cuts.size(); k += 2) painter.drawLine(cuts[k], cuts[k + 1]);
            }
    }

    void paintKey(QPainter& painter, const FieldLayer& layer) const {
        const QFontMetricsF metrics(painter.font());
        const QRectF bar(layer.area.right() + 10, layer.area.top(), 8, layer.area.height());
        QLinearGradient scale(bar.bottomLeft(), bar.topLeft());
        for (int i = 0; i <= 8; ++i) scale.setColorAt(i / 8.0, fieldColor(i / 8.0));
        painter.setPen(QPen(theme::border(), 1));
        painter.setBrush(scale);
        painter.drawRect(bar);
        painter.setPen(theme::mutedText());
        for (const double s : {0.0, 0.5, 1.0}) {
            if (s == 0.5 && bar.height() < 5 * metrics.height()) continue;
            const double y = bar.bottom() - s * bar.height();
            painter.drawText(QRectF(bar.right() + 4, y - metrics.height() / 2, kKey, metrics.height()),
                             Qt::AlignLeft | Qt::AlignVCenter, number(level(s)));
        }
    }

    const WatchedRun& run_;
    std::uint64_t looks_ = ~std::uint64_t{0};
    std::vector<double> a_, b_, loss_; ///< grid lines; [b][a]
    double low_ = 0, high_ = 0;
    Update update_{};
};

} // namespace

OwnPlot* makeLandscapeLine(const WatchedRun& run, QWidget* parent) {
    return new LandscapeLine(run, parent);
}
OwnPlot* makeLandscapePlane(const WatchedRun& run, QWidget* parent) {
    return new LandscapePlane(run, parent);
}

} // namespace descent::ui
