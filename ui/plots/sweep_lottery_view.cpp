#include "ui/plots/sweep_lottery_view.h"

#include "ui/state/background.h"

#include <QComboBox>
#include <QSignalBlocker>

namespace descent::ui {

SweepLotteryView::SweepLotteryView(QWidget* parent)
    : SweepPanel("sweepLottery", parent)
    , chart_(new SweepChart)
    , what_(makeChoice("What", tr("What is drawn"), 16)) {
    chart_->setObjectName(QStringLiteral("sweepLotteryChart"));
    setPicture(chart_);
    connect(what_, &QComboBox::activated, this, &SweepLotteryView::want);
    connect(chart_, &PlotView::chosen, this, &SweepLotteryView::openChosen);
}

SweepLotteryView::~SweepLotteryView() = default;

void SweepLotteryView::show(std::shared_ptr<const SweepData> sweep) {
    const bool another = !sameSweep(sweep.get(), sweep_.get());
    sweep_ = std::move(sweep);
    if (another) {
        chart_->setData({});
        pictureChanged({}, {});
    }
    const QSignalBlocker quiet(what_);
    const QString chosen = another ? QString() : what_->currentText();
    what_->clear();
    metrics_.clear();
    if (!sweep_ || !suits(sweep_->record.plan)) return;
    metrics_ = lotteryMetrics(*sweep_);
    for (const auto& metric : metrics_) what_->addItem(QString::fromStdString(metric));
    what_->addItem(tr("weights left in each layer"));
    what_->setCurrentIndex(std::max(0, what_->findText(chosen)));
    want();
}

void SweepLotteryView::want() {
    if (busy_) {
        again_ = true;
        return;
    }
    again_ = false;
    if (!sweep_ || what_->count() == 0) return;
    busy_ = true;
    const auto index = std::size_t(std::max(0, what_->currentIndex()));
    const bool densities = index >= metrics_.size();
    inBackground(
        this,
        [sweep = sweep_, densities, metric = densities ? std::string() : metrics_[index]] {
            return densities ? lotteryDensities(*sweep) : lotteryChart(*sweep, metric);
        },
        [this, of = sweep_](SweepChartData made) {
            busy_ = false;
            if (sameSweep(sweep_.get(), of.get())) {
                if (made.curves.empty()) made.empty = SweepChart::nothingFinished(of->grid.size());
                const QStringList sentences = made.sentences;
                chart_->setData(std::move(made));
                pictureChanged(chart_->legend(), sentences);
            }
            if (again_) want();
        });
}

} // namespace descent::ui
