#include "ui/plots/sweep_curve_view.h"

#include "ui/plots/moment_bar.h"
#include "ui/plots/sweep_series.h"
#include "ui/state/background.h"
#include "ui/state/store_host.h"
#include "ui/widgets/menu_button.h"

#include <QActionGroup>
#include <QComboBox>
#include <QMenu>
#include <QSignalBlocker>
#include <QToolButton>

#include <algorithm>
#include <array>

namespace descent::ui {

namespace {

constexpr std::size_t kMoments = 120; ///< places of the slider

/// Whether a longer axis would show more than is at the lower edge.
bool lostBelow(const SweepChartData& data) {
    return std::ranges::any_of(data.curves, [&](const SweepCurve& curve) {
        return curve.marker >= 0 && std::ranges::any_of(curve.points, [&](const SweepPoint& p) {
                   return p.value > 0 && atEdge(data, p.value);
               });
    });
}

} // namespace

SweepCurveView::SweepCurveView(StoreHost& store, QWidget* parent)
    : SweepPanel("sweepCurve", parent)
    , store_(store)
    , chart_(new SweepChart)
    , metric_(makeChoice("Metric", tr("What is drawn"), 8))
    , axis_(makeChoice("Axis", tr("What it is drawn over"), 14))
    , fold_(new MenuButton("sweepCurveFold", tr("How seeds are folded, and the band")))
    , moments_(new MomentBar(QStringLiteral("sweepMoment"))) {
    addChoice(fold_);
    scale_ = makeScale("Scale", tr("The y axis"), false, [this](bool log) {
        task_.log_y = log;
        want();
    });
    addChoice(scale_);
    whole_ =
        addToggle("Whole", tr("all"), tr("Make the y axis long enough for all values, however small"), false);
    whole_->hide();
    connect(whole_, &QToolButton::clicked, this, [this](bool on) {
        task_.whole = on;
        want();
    });
    chart_->setObjectName(QStringLiteral("sweepCurveChart"));
    setPicture(chart_);
    addBeneath(moments_);
    fillFolds();
    connect(metric_, &QComboBox::activated, this, [this](int i) {
        task_.family = families_[std::size_t(i)].name;
        task_.log_y.reset();
        want();
    });
    connect(axis_, &QComboBox::activated, this, [this](int i) {
        task_.axis = axes_[std::size_t(i)];
        task_.log_y.reset();
        want();
    });
    connect(&store_, &StoreHost::failed, this, [this] { // of which nothing comes back
        busy_ = false;
        moments_->setBusy(false);
    });
    connect(moments_, &MomentBar::chosen, this, &SweepCurveView::want);
    connect(chart_, &PlotView::chosen, this, &SweepCurveView::openChosen);
}

SweepCurveView::~SweepCurveView() = default;

void SweepCurveView::fillFolds() {
    auto* menu = fold_->menu();
    auto* centres = new QActionGroup(menu);
    auto* spreads = new QActionGroup(menu);
    const auto add = [&](QActionGroup* group, const QString& text, const char* name, bool on, auto chosen) {
        QAction* action = menu->addAction(text);
        action->setObjectName(fold_->objectName() + QLatin1Char('-') + QLatin1String(name));
        action->setCheckable(true);
        action->setChecked(on);
        group->addAction(action);
        connect(action, &QAction::triggered, this, [this, chosen] {
            chosen();
            fold_->setText(foldText(task_.centre, task_.spread));
            want();
        });
    };
    for (const auto& [centre, text] : {std::pair(Centre::median, tr("Median of the seeds")),
                                       std::pair(Centre::mean, tr("Mean of the seeds"))})
        add(centres, text, to_string(centre).data(), centre == task_.centre,
            [this, centre = centre] { task_.centre = centre; });
    menu->addSeparator();
    for (const auto& [spread, text] : std::array{
             std::pair(Spread::bootstrap, tr("95% bootstrap interval")), std::pair(Spread::error, tr("± SE")),
             std::pair(Spread::deviation, tr("± SD")), std::pair(Spread::quantiles, tr("25% to 75%")),
             std::pair(Spread::range, tr("Lowest to highest")), std::pair(Spread::none, tr("No band"))})
        add(spreads, text, to_string(spread).data(), spread == task_.spread,
            [this, spread = spread] { task_.spread = spread; });
    fold_->setText(foldText(task_.centre, task_.spread));
}

void SweepCurveView::show(std::shared_ptr<const SweepData> sweep) {
    const bool another = !sweep || !task_.sweep || sweep->record.id != task_.sweep->record.id;
    task_.sweep = std::move(sweep);
    if (another) {
        moment_ = nullptr;
        moments_->setMoment(std::nullopt);
        task_.log_y.reset();
        task_.whole = false;
        whole_->setChecked(false);
        task_.axis = {};
        task_.family = "error";
        chart_->setData({});
        pictureChanged({}, {});
    }
    fillChoices();
    want();
}

void SweepCurveView::fillChoices() {
    const QSignalBlocker quiet_metric(metric_), quiet_axis(axis_);
    metric_->clear();
    axis_->clear();
    families_.clear();
    axes_.clear();
    Update last{};
    if (task_.sweep) {
        families_ = metricFamilies(task_.sweep->runs);
        axes_ = axisChoices(*task_.sweep);
        for (const auto& run : task_.sweep->runs) last = std::max({last, run.run.planned, run.run.updates});
    }
    for (const auto& family : families_) metric_->addItem(QString::fromStdString(family.name));
    for (const auto& axis : axes_) axis_->addItem(axisTitle(task_.sweep->record.plan, axis));
    const auto family = std::ranges::find(families_, task_.family, &MetricFamily::name);
    if (family == families_.end() && !families_.empty()) task_.family = families_.front().name;
    metric_->setCurrentIndex(std::max(0, metric_->findText(QString::fromStdString(task_.family))));
    const auto axis = std::ranges::find(axes_, task_.axis);
    if (axis == axes_.end() && !axes_.empty()) task_.axis = axes_.front();
    axis_->setCurrentIndex(axis == axes_.end() ? 0 : int(axis - axes_.begin()));
    auto moments = sweepMoments(last, kMoments);
    if (!moments.empty()) moments.pop_back(); // the last one is the end
    moments_->setMoments(std::move(moments));
}

void SweepCurveView::want() {
    if (busy_) {
        again_ = true;
        return;
    }
    again_ = false;
    if (!task_.sweep || axes_.empty()) return;
    busy_ = true;
    moments_->setBusy(true);
    const auto at = moments_->moment();
    const auto family = std::ranges::find(families_, task_.family, &MetricFamily::name);
    if (!at || family == families_.end()) {
        task_.moment = nullptr;
        return make();
    }
    std::vector<std::string> metrics;
    for (const auto& word : wordsFor(*family)) {
        const auto stored = storedMetric(task_.sweep->runs, word).metric;
        if (std::ranges::find(metrics, stored) == metrics.end()) metrics.push_back(stored);
    }
    const bool there =
        moment_ && moment_->at == *at && moment_of_ == task_.sweep &&
        std::ranges::all_of(metrics, [this](const auto& metric) { return moment_->values.contains(metric); });
    task_.moment = there ? moment_ : nullptr;
    if (there) return make();
    read(std::move(metrics));
}

void SweepCurveView::read(std::vector<std::string> metrics) {
    using Answer = std::shared_ptr<const SweepMoment>;
    store_.read<Answer>(
        this,
        [sweep = task_.sweep, at = *moments_->moment(),
         metrics = std::move(metrics)](const StoreReader& reader) {
            std::map<std::string, bool> here;
            for (const auto& run : sweep->runs) here[run.run.id.uuid] = true;
            auto moment = std::make_shared<SweepMoment>();
            moment->at = at;
            for (const auto& metric : metrics) {
                auto& values = moment->values[metric];
                for (const auto& [run, point] : reader.values_at(metric, at))
                    if (here.contains(run.uuid)) values[run.uuid] = point.value;
            }
            return Answer(moment);
        },
        [this, sweep = task_.sweep](const Answer& moment) {
            if (!task_.sweep) {
                busy_ = false;
                return;
            }
            moment_ = moment;
            moment_of_ = sweep;
            task_.moment = moment;
            make();
        });
}

void SweepCurveView::make() {
    inBackground(
        this, [task = task_] { return sweepCurves(task); },
        [this, of = task_.sweep](SweepChartData made) {
            busy_ = false;
            moments_->setBusy(false);
            // What another sweep was asked for meanwhile is not shown.
            if (task_.sweep && of->record.id == task_.sweep->record.id) {
                for (auto* button : scale_->findChildren<QToolButton*>())
                    button->setChecked(button->objectName().endsWith(QStringLiteral("Log")) == made.y.log);
                whole_->setVisible(made.y.log && (task_.whole || lostBelow(made)));
                if (made.curves.empty()) made.empty = SweepChart::nothingFinished(of->grid.size());
                const QStringList sentences = made.sentences;
                chart_->setData(std::move(made));
                pictureChanged(chart_->legend(), sentences);
            }
            if (again_) want();
        });
}

} // namespace descent::ui
