#include "ui/plots/sweep_member_view.h"

#include "core/analysis/symmetry.h"
#include "core/base/format.h"
#include "ui/plots/scene_figure.h"
#include "ui/plots/sweep_courses.h"
#include "ui/plots/sweep_curves.h"
#include "ui/plots/sweep_series.h"
#include "ui/plots/symmetry_picture.h"
#include "ui/state/store_host.h"
#include "ui/theme.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QSignalBlocker>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <set>

namespace descent::ui {

namespace {

constexpr std::size_t kLines = 200; ///< drawn one by one; the bands are of all members
constexpr int kSideWidth = 30 * theme::kGrid;

QString number(double v) {
    return QString::fromStdString(format_number(v, 3));
}

std::optional<std::int64_t> integer(const ParamSet& params, const char* name) {
    const auto it = params.values.find(name);
    if (it == params.values.end()) return std::nullopt;
    const auto* value = std::get_if<std::int64_t>(&it->second);
    return value ? std::optional(*value) : std::nullopt;
}

QString outcomeWords(SymmetryOutcome outcome) {
    switch (outcome) {
    case SymmetryOutcome::solved_as_paper:
        return SweepMemberView::tr("solved as in the paper");
    case SymmetryOutcome::solved:
        return SweepMemberView::tr("solved in another way");
    case SymmetryOutcome::plateau:
        return SweepMemberView::tr("on the plateau: never answers “symmetric”");
    case SymmetryOutcome::half:
        return SweepMemberView::tr("mostly answers “symmetric”");
    case SymmetryOutcome::diverged:
        return SweepMemberView::tr("diverged");
    case SymmetryOutcome::other:
        break;
    }
    return SweepMemberView::tr("not solved");
}

} // namespace

SweepMemberView::SweepMemberView(StoreHost& store, QWidget* parent)
    : SweepPanel("sweepMembers", parent)
    , store_(store)
    , series_(new SweepSeries(store, this))
    , view_(makeLineChart(scene_, this))
    , variant_box_(makeChoice("Variant", tr("Whose members are drawn"), 18))
    , metric_(makeChoice("Metric", tr("What is drawn"), 12))
    , side_(makeSide()) {
    scene_.axis = XAxis::update;
    scene_.log_x = true;
    view_->setObjectName(QStringLiteral("sweepMembersChart"));
    addChoice(makeScale("Scale", tr("The y axis"), false, [this](bool log) {
        log_y_ = log;
        draw();
    }));
    log_x_ = addLogUpdates();
    connect(log_x_, &QToolButton::toggled, this, &SweepMemberView::draw);
    auto* both = new QWidget;
    auto* row = new QHBoxLayout(both);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(theme::kGrid);
    row->addWidget(view_, 1);
    row->addWidget(side_);
    setPicture(both);
    connect(variant_box_, &QComboBox::activated, this, [this](int i) {
        variant_ = std::size_t(i);
        choose({});
        draw();
    });
    connect(metric_, &QComboBox::activated, this, [this](int i) {
        word_ = words_[std::size_t(i)];
        ask();
    });
    connect(series_, &SweepSeries::changed, this, &SweepMemberView::draw);
    connect(view_, &PlotView::chosen, this, &SweepMemberView::choose);
}

SweepMemberView::~SweepMemberView() = default;

QWidget* SweepMemberView::makeSide() {
    auto* side = new QWidget;
    side->setFixedWidth(kSideWidth);
    auto* column = new QVBoxLayout(side);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::kGrid / 2);
    weights_ = new SymmetryPicture;
    side_words_ = new QLabel;
    side_words_->setObjectName(QStringLiteral("sweepMemberWords"));
    side_words_->setWordWrap(true);
    side_words_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    open_ = new QPushButton(tr("Open run"));
    open_->setObjectName(QStringLiteral("sweepMemberOpen"));
    open_->setAccessibleName(tr("Open the run of the chosen curve"));
    connect(open_, &QPushButton::clicked, this, [this] { openChosen(chosen_); });
    connect(weights_, &PlotView::chosen, this, &SweepMemberView::openChosen);
    column->addWidget(weights_, 1);
    column->addWidget(side_words_);
    auto* ways = new QHBoxLayout;
    ways->addWidget(open_);
    ways->addStretch();
    ways->addWidget(makeWeightsExport());
    column->addLayout(ways);
    side->hide();
    return side;
}

QToolButton* SweepMemberView::makeWeightsExport() {
    weights_export_ = new QToolButton;
    weights_export_->setObjectName(QStringLiteral("sweepMemberExport"));
    weights_export_->setIcon(theme::icon(QStringLiteral("export"), &theme::mutedText));
    weights_export_->setAccessibleName(tr("Export these weights"));
    weights_export_->setToolTip(weights_export_->accessibleName());
    weights_export_->setPopupMode(QToolButton::InstantPopup);
    weights_export_->setFocusPolicy(Qt::StrongFocus);
    auto* menu = new QMenu(weights_export_);
    menu->addAction(tr("Export figure…"), this, [this] { exportFigure(weights_->figure()); })
        ->setObjectName(QStringLiteral("sweepMemberFigure"));
    menu->addAction(tr("Export what is drawn as CSV…"), this, [this] { exportCsv(weights_->figure()); })
        ->setObjectName(QStringLiteral("sweepMemberCsv"));
    weights_export_->setMenu(menu);
    return weights_export_;
}

bool SweepMemberView::suits(const SweepPlan& plan) const {
    return takesTime(plan) && plan.seeds.size() > 1;
}

void SweepMemberView::show(std::shared_ptr<const SweepData> sweep) {
    const bool another = !sameSweep(sweep.get(), sweep_.get());
    sweep_ = std::move(sweep);
    if (another) {
        word_.clear();
        variant_ = 0;
        choose({});
        scene_.curves.clear();
        view_->redraw();
        pictureChanged({}, {});
    }
    words_ = sweep_ ? courseWords(sweep_->runs) : std::vector<std::string>();
    variants_.clear();
    if (sweep_) {
        std::set<std::vector<std::size_t>> known;
        for (const auto& cell : sweep_->grid)
            if (known.insert(cell.levels).second) variants_.push_back(cell.levels);
    }
    if (std::ranges::find(words_, word_) == words_.end()) {
        // The loss tells more of a course than the share of wrong answers.
        const auto loss = std::ranges::find(words_, "train/loss");
        word_ = loss != words_.end() ? *loss : words_.empty() ? "" : words_.front();
    }
    variant_ = std::min(variant_, variants_.empty() ? 0 : variants_.size() - 1);
    const QSignalBlocker quiet_metric(metric_), quiet_variant(variant_box_);
    metric_->clear();
    for (const auto& word : words_) metric_->addItem(QString::fromStdString(word));
    metric_->setCurrentIndex(metric_->findText(QString::fromStdString(word_)));
    variant_box_->clear();
    for (const auto& levels : variants_) variant_box_->addItem(levelsText(sweep_->record.plan, levels));
    variant_box_->setCurrentIndex(variants_.empty() ? -1 : int(variant_));
    variant_box_->setVisible(variants_.size() > 1);
    ask();
}

void SweepMemberView::ask() {
    if (!sweep_ || word_.empty()) return draw();
    series_->ask(sweep_, {storedMetric(sweep_->runs, word_).metric});
    draw();
}

QString SweepMemberView::variantText() const {
    return variants_.empty() ? QString() : levelsText(sweep_->record.plan, variants_[variant_]);
}

void SweepMemberView::draw() {
    if (!sweep_ || variants_.empty() || word_.empty()) return;
    const StoredMetric stored = storedMetric(sweep_->runs, word_);
    std::vector<PlotCurve> lines;
    std::vector<std::vector<PlotPoint>> members;
    std::size_t perfect = 0, judged = 0;
    for (const auto& run : sweep_->runs) {
        if (sweep_->grid[run.cell].levels != variants_[variant_]) continue;
        const auto* course = series_->courses().points(run.run.id, stored.metric);
        if (!course) continue;
        auto& points = members.emplace_back();
        for (const auto& p : *course)
            if (!std::isnan(p.y)) points.push_back({p.x, stored.of(p.y)});
        const auto accuracy = run.run.summary.find("train/accuracy");
        const bool known = accuracy != run.run.summary.end();
        const bool solved = known && accuracy->second.last == 1;
        judged += known;
        perfect += solved;
        if (lines.size() == kLines) continue;
        PlotCurve line;
        line.label = QString::fromStdString(run.run.name);
        line.colour = !known || solved ? 0 : 1; // what became of it
        line.dash = !known || solved ? 0 : 1;
        line.faint = true;
        line.points = points;
        line.id = QString::fromStdString(run.run.id.uuid);
        lines.push_back(std::move(line));
    }
    members_ = members.size();
    scene_.curves = std::move(lines);
    scene_.log_x = log_x_->isChecked();
    scene_.log_y = log_y_;
    limitY(scene_, word_);
    if (members.size() > 1)
        for (const auto& [spread, name] : {std::pair(Spread::quantiles, tr("median, 25% to 75%")),
                                           {Spread::range, tr("lowest to highest")}}) {
            PlotCurve curve;
            curve.label = name;
            curve.colour = spread == Spread::range ? 6 : 2;
            curve.dash = spread == Spread::range ? 3 : 0;
            curve.band = fold_replicates(members, Centre::median, spread);
            for (const auto& p : curve.band) curve.points.push_back({p.x, p.centre});
            scene_.curves.push_back(std::move(curve));
        }
    view_->redraw();
    view_->setPicked(chosen_);
    QStringList sentences;
    if (members.empty()) {
        sentences << (series_->busy() ? tr("Reading…") : tr("Nothing measured yet"));
    } else {
        QString text = tr("%1 members").arg(members.size());
        if (members.size() > kLines) text += tr(", the first %1 drawn one by one").arg(kLines);
        if (judged > 0)
            text += tr("; %1 of %2 answer all training examples rightly (solid), the others are dashed")
                        .arg(perfect)
                        .arg(judged);
        sentences << text + tr(". Click a curve to see its network.");
    }
    view_->setAccessibleName(figure().title);
    view_->setAccessibleDescription(sentences.join(QLatin1Char(' ')));
    pictureChanged(legendOf(scene_), sentences);
}

const CellRun* SweepMemberView::member(const QString& uuid) const {
    if (!sweep_) return nullptr;
    for (const auto& run : sweep_->runs)
        if (QString::fromStdString(run.run.id.uuid) == uuid) return &run;
    return nullptr;
}

void SweepMemberView::choose(const QString& uuid) {
    const CellRun* run = member(uuid);
    chosen_ = run ? uuid : QString();
    view_->setPicked(chosen_);
    side_->setVisible(run != nullptr);
    weights_->setWeights({});
    if (!run) return;
    fillSide(*run, {});
    if (run->run.spec.task.id != "symmetry") return;
    using Answer = std::vector<double>;
    store_.read<Answer>(
        this,
        [id = run->run.id](const StoreReader& reader) {
            auto matrix = reader.matrix(id, "weights");
            return matrix ? std::move(matrix->values) : Answer();
        },
        [this, uuid](Answer weights) {
            const CellRun* shown = member(uuid);
            if (shown && uuid == chosen_) fillSide(*shown, std::move(weights));
        });
}

void SweepMemberView::fillSide(const CellRun& cell, std::vector<double> weights) {
    const RunRecord& run = cell.run;
    const QString name = QString::fromStdString(run.name);
    QStringList said{tr("%1, seed %2").arg(name).arg(sweep_->grid[cell.cell].seed)};
    const auto accuracy = run.summary.find("train/accuracy");
    const auto bits = integer(run.spec.task.params, "bits"),
               hidden = integer(run.spec.model.params, "hidden");
    // One hidden layer with biases: hidden × (bits + 2) + 1 weights.
    const bool fits = bits && hidden && std::int64_t(weights.size()) == *hidden * (*bits + 2) + 1;
    weights_->setVisible(fits);
    weights_export_->setVisible(fits);
    if (fits) {
        SymmetryWeights shown{chosen_, name, hidden_units(weights, *bits, *hidden), weights.back()};
        weights_->setWeights(std::move(shown));
    }
    if (run.spec.task.id == "symmetry" && accuracy != run.summary.end()) {
        const auto judgement =
            judge_symmetry(accuracy->second.last, run.state == RunState::diverged,
                           fits ? std::span<const double>(weights) : std::span<const double>(),
                           bits.value_or(0), hidden.value_or(0));
        said << tr("Accuracy %1: %2").arg(number(accuracy->second.last), outcomeWords(judgement.outcome));
        if (fits) {
            said << tr("Mirror error %1").arg(number(judgement.mirror_error));
            for (std::size_t u = 0; u < weights_->weights().units.size(); ++u) {
                QStringList ratio;
                for (const double r : weights_->weights().units[u].ratio()) ratio << number(r);
                said << tr("Unit %1: magnitudes %2").arg(u + 1).arg(ratio.join(QStringLiteral(" : ")));
            }
        }
    } else if (const auto it = run.summary.find(storedMetric(sweep_->runs, word_).metric);
               it != run.summary.end()) {
        said << tr("%1: last %2").arg(QString::fromStdString(it->first), number(it->second.last));
    }
    side_words_->setText(said.join(QLatin1Char('\n')));
}

FigureSource SweepMemberView::figure() const {
    QStringList runs;
    for (const auto& curve : scene_.curves)
        if (!curve.id.isEmpty()) runs << curve.id;
    QString title = tr("%1 of all members").arg(QString::fromStdString(word_));
    if (const QString variant = sweep_ ? variantText() : QString(); !variant.isEmpty())
        title += QStringLiteral(", %1").arg(variant);
    return sceneFigure(title, scene_, runs);
}

PlotTable SweepMemberView::table() const {
    constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
    PlotTable table{{QStringLiteral("curve"), QStringLiteral("update"), QStringLiteral("value"),
                     QStringLiteral("low"), QStringLiteral("high")},
                    {}};
    for (auto it = scene_.curves.rbegin(); it != scene_.curves.rend(); ++it) { // the bands first
        for (const auto& p : it->band) table.rows.push_back({it->label, {p.x, p.centre, p.low, p.high}});
        if (it->band.empty())
            for (const auto& p : it->points) table.rows.push_back({it->label, {p.x, p.y, kNone, kNone}});
    }
    return table;
}

} // namespace descent::ui
