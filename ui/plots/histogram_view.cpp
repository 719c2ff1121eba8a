#include "core/base/format.h"
#include "ui/plots/own_field.h"
#include "ui/plots/run_axis.h"
#include "ui/state/change_text.h"
#include "ui/state/watched_run.h"
#include "ui/theme.h"

#include <QComboBox>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <limits>

namespace descent::ui {

namespace {

constexpr std::string_view kPrefix = "histogram/";

QString number(double v) {
    return QString::fromStdString(format_number(v, 3));
}

/// "histogram/weights/gru.w" → "weights gru.w".
QString words(const std::string& matrix) {
    return QString::fromStdString(matrix.substr(kPrefix.size())).replace(QLatin1Char('/'), QLatin1Char(' '));
}

/// Each look of one tensor is a column of its values' density, dark where many weights lie. Rows of a look:
/// low, high, count.
class HistogramPlot : public OwnField {
public:
    HistogramPlot(const WatchedRun& run, QWidget* parent) : OwnField(parent), run_(run) {}

    QWidget* makeControls() override {
        which_ = new QComboBox;
        which_->setObjectName(QStringLiteral("histogramTensor"));
        which_->setAccessibleName(tr("Whose histogram"));
        which_->setProperty("role", QStringLiteral("flat"));
        which_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        which_->setMinimumContentsLength(9);
        which_->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        connect(which_, &QComboBox::currentIndexChanged, this, [this] {
            redraw();
            Q_EMIT wordsChanged();
        });
        return which_;
    }
    void setAxis(XAxis axis) override {
        axis_ = axis;
        redraw();
    }
    void sync() override {
        if (looks_ == run_.looks()) return;
        looks_ = run_.looks();
        auto names = run_.histories(kPrefix);
        std::ranges::stable_partition(
            names, [](const auto& name) { return name.starts_with("histogram/weights/"); });
        QStringList wanted, there;
        for (const auto& name : names) wanted << QString::fromStdString(name);
        for (int i = 0; which_ && i < which_->count(); ++i) there << which_->itemData(i).toString();
        if (which_ && wanted != there) {
            const QString chosen = which_->currentData().toString();
            const QSignalBlocker quiet(which_);
            which_->clear();
            for (const auto& name : names) which_->addItem(words(name), QString::fromStdString(name));
            which_->setCurrentIndex(std::max(0, which_->findData(chosen)));
        }
        redraw();
    }
    QString summary() const override {
        const auto& looks = history();
        if (looks.empty()) return tr("Histograms: nothing measured yet");
        const auto [low, high] = range(*looks.back());
        return tr("Histogram of %1: from %2 to %3 at update %4, %5 looks")
            .arg(words(looks.back()->name), number(low), number(high),
                 QString::fromStdString(format_count(looks.back()->update.count)),
                 QString::fromStdString(format_count(std::int64_t(looks.size()))));
    }
    QString describe(QPoint at) const override {
        const auto& looks = history();
        if (!there() || looks.empty() || !layer().area.contains(at)) return {};
        const Matrix& look = *looks[column(layer().xAt(at.x()))];
        const double y = layer().yAt(at.y());
        for (std::int64_t r = 0; r < look.rows; ++r) {
            const double* bin = &look.values[std::size_t(r * look.columns)];
            if (y < bin[0] || y >= bin[1]) continue;
            return tr("%1 to %2: %3 of %4 at update %5")
                .arg(number(bin[0]), number(bin[1]),
                     QString::fromStdString(format_count(std::int64_t(bin[2]))),
                     QString::fromStdString(format_count(std::int64_t(total(look)))),
                     QString::fromStdString(format_count(look.update.count)));
        }
        return {};
    }

protected:
    QString emptyWord() const override { return tr("Measured at the first look"); }

    bool arrange(FieldLayer& layer, QSizeF size, const QFont& font) override {
        const auto& looks = history();
        if (looks.empty()) return false;
        edges_.clear();
        peaks_.clear();
        layer.y_min = std::numeric_limits<double>::infinity();
        layer.y_max = -layer.y_min;
        std::vector<double> at;
        for (const auto& look : looks) {
            const auto [low, high] = range(*look);
            layer.y_min = std::min(layer.y_min, low);
            layer.y_max = std::max(layer.y_max, high);
            at.push_back(xAt(run_, look->update, axis_));
            double peak = 0;
            for (std::int64_t r = 0; r < look->rows; ++r) peak = std::max(peak, density(*look, r));
            peaks_.push_back(peak);
        }
        if (!(layer.y_min < layer.y_max)) {
            const double pad = layer.y_min == 0 ? 1 : std::abs(layer.y_min) * 0.1;
            layer.y_min -= pad;
            layer.y_max += pad;
        }
        // A look stands for the time around it.
        for (std::size_t i = 0; i + 1 < at.size(); ++i) edges_.push_back((at[i] + at[i + 1]) / 2);
        layer.x_min = 0;
        layer.x_max = std::max(at.back(), xAt(run_, run_.progress().update, axis_));
        if (!(layer.x_max > 0)) layer.x_max = 1;
        layer.x_word = unitWord(axis_);
        layer.arrange(size, font);
        layer.fill([&](double x, double y) -> std::optional<double> {
            const std::size_t i = column(x);
            const Matrix& look = *looks[i];
            const std::int64_t row = rowOf(look, y);
            if (row < 0 || peaks_[i] <= 0) return std::nullopt;
            const double value = density(look, row) / peaks_[i];
            if (value <= 0) return std::nullopt;
            return std::sqrt(value); // tails are what one looks for
        });
        return true;
    }
    void paintOver(QPainter&, const FieldLayer&) override {}

private:
    const WatchedRun::History& history() const {
        return run_.history(which_ ? which_->currentData().toString().toStdString() : std::string());
    }
    static double density(const Matrix& look, std::int64_t row) {
        const double* bin = &look.values[std::size_t(row * look.columns)];
        return bin[1] > bin[0] ? bin[2] / (bin[1] - bin[0]) : bin[2];
    }
    static double total(const Matrix& look) {
        double sum = 0;
        for (std::int64_t r = 0; r < look.rows; ++r) sum += look.values[std::size_t(r * look.columns) + 2];
        return sum;
    }
    static std::pair<double, double> range(const Matrix& look) {
        if (look.rows == 0 || look.columns < 3) return {0, 0};
        return {look.values.front(), look.values[std::size_t((look.rows - 1) * look.columns) + 1]};
    }
    /// Bins rise, so halving finds it; −1 outside.
    static std::int64_t rowOf(const Matrix& look, double y) {
        std::int64_t low = 0, high = look.rows;
        while (low < high) {
            const std::int64_t middle = (low + high) / 2;
            const double* bin = &look.values[std::size_t(middle * look.columns)];
            if (y < bin[0])
                high = middle;
            else if (y >= bin[1])
                low = middle + 1;
            else
                return middle;
        }
        return -1;
    }
    std::size_t column(double x) const {
        return std::size_t(std::ranges::upper_bound(edges_, x) - edges_.begin());
    }

    const WatchedRun& run_;
    QComboBox* which_ = nullptr;
    XAxis axis_ = XAxis::epoch;
    std::uint64_t looks_ = ~std::uint64_t{0};
    std::vector<double> edges_, peaks_; ///< between looks; densest bin of each
};

} // namespace

OwnPlot* makeHistogramPlot(const WatchedRun& run, QWidget* parent) {
    return new HistogramPlot(run, parent);
}

} // namespace descent::ui
