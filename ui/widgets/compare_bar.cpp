#include "ui/widgets/compare_bar.h"

#include "ui/theme.h"
#include "ui/widgets/menu_button.h"

#include <QActionGroup>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QInputDialog>
#include <QMenu>
#include <QSignalBlocker>
#include <QToolButton>

#include <algorithm>
#include <cmath>

namespace descent::ui {

namespace {

const QString kNone = QStringLiteral("none");
const QString kReplicates = QStringLiteral("replicates");

QString askForName(QWidget* parent, const QString& what, const QString& suggestion) {
    return QInputDialog::getText(parent, what, CompareBar::tr("Name"), QLineEdit::Normal, suggestion)
        .trimmed();
}

QString groupWord(const QString& by) {
    if (by == kNone) return CompareBar::tr("each run");
    if (by == kReplicates) return CompareBar::tr("replicates");
    return CompareBar::tr("by %1").arg(QString(by).replace(QLatin1Char(','), QStringLiteral(", ")));
}

} // namespace

CompareBar::CompareBar(QWidget* parent)
    : QWidget(parent)
    , group_(new MenuButton("compareGroup", tr("What runs are grouped by")))
    , centre_(new QComboBox)
    , spread_(new QComboBox)
    , axis_(new QComboBox)
    , log_x_(new QToolButton)
    , smoothing_(new QComboBox)
    , amount_(new QDoubleSpinBox)
    , shown_(new MenuButton("compareShown", tr("Which charts are shown")))
    , kept_(new MenuButton("compareLayouts", tr("Layouts of this page that you have kept")))
    , ask_for_name_(askForName) {
    setObjectName(QStringLiteral("compareBar"));
    shown_->setText(tr("Charts"));
    kept_->setText(tr("Layouts"));
    const auto combo = [this](QComboBox* box, const char* name, const QString& accessible,
                              const QStringList& items) {
        box->setObjectName(QString::fromLatin1(name));
        box->setAccessibleName(accessible);
        box->setToolTip(accessible);
        box->setProperty("role", QStringLiteral("flat"));
        box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
        box->addItems(items);
        connect(box, &QComboBox::currentIndexChanged, this, &CompareBar::changed);
    };
    combo(centre_, "compareCentre", tr("What the runs of a group are folded to"), {tr("mean"), tr("median")});
    combo(spread_, "compareSpread", tr("What the band around it shows"),
          {tr("no band"), tr("± SD"), tr("± SE"), tr("95% CI"), tr("min to max"), tr("quartiles")});
    combo(axis_, "compareAxis", tr("Draw against"),
          {tr("by update"), tr("by epoch"), tr("by second"), tr("by example"), tr("by share")});
    spread_->setItemData(3, tr("Percentile bootstrap interval of the mean or median"), Qt::ToolTipRole);
    axis_->setItemData(4, tr("Runs differ in length: as shares of each they lie over each other"),
                       Qt::ToolTipRole);
    combo(smoothing_, "compareSmoothing", tr("Smoothing; the raw curve stays, faint"),
          {tr("not smoothed"), tr("EMA"), tr("EMA over x"), tr("Gaussian"), tr("running mean")});
    log_x_->setObjectName(QStringLiteral("compareLogX"));
    log_x_->setText(tr("log x"));
    log_x_->setCheckable(true);
    log_x_->setAccessibleName(tr("Logarithmic x axis"));
    log_x_->setToolTip(tr("Logarithmic x axis"));
    log_x_->setFocusPolicy(Qt::StrongFocus);
    connect(log_x_, &QToolButton::toggled, this, &CompareBar::changed);
    amount_->setObjectName(QStringLiteral("compareAmount"));
    amount_->setAccessibleName(tr("How much is smoothed"));
    amount_->setKeyboardTracking(false);
    connect(amount_, &QDoubleSpinBox::valueChanged, this, &CompareBar::changed);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(theme::kGrid / 2);
    for (QWidget* each : std::initializer_list<QWidget*>{group_, centre_, spread_}) row->addWidget(each);
    row->addSpacing(theme::kGrid);
    for (QWidget* each : std::initializer_list<QWidget*>{axis_, log_x_}) row->addWidget(each);
    row->addSpacing(theme::kGrid);
    for (QWidget* each : std::initializer_list<QWidget*>{smoothing_, amount_}) row->addWidget(each);
    row->addStretch();
    for (QWidget* each : std::initializer_list<QWidget*>{shown_, kept_}) row->addWidget(each);
    connect(group_->menu(), &QMenu::aboutToShow, this, &CompareBar::fillGroups);
    connect(shown_->menu(), &QMenu::aboutToShow, this, &CompareBar::fillCharts);
    connect(kept_->menu(), &QMenu::aboutToShow, this, &CompareBar::fillLayouts);
    setLayout({}, {});
}

void CompareBar::setChoices(const std::vector<std::string>& differing, const std::vector<std::string>& others,
                            const std::vector<ComparedRuns::Metric>& metrics) {
    differing_ = differing;
    others_ = others;
    metrics_ = metrics;
}

void CompareBar::setLayout(const CompareLayout& layout, const std::vector<std::string>& charts) {
    layout_ = layout;
    charts_ = charts;
    setting_ = true;
    group_->setText(groupWord(layout.group_by));
    centre_->setCurrentIndex(int(layout.centre));
    spread_->setCurrentIndex(int(layout.spread));
    centre_->setVisible(layout.folded());
    spread_->setVisible(layout.folded());
    axis_->setCurrentIndex(int(layout.axis));
    log_x_->setChecked(layout.log_x);
    smoothing_->setCurrentIndex(int(layout.smoothing.kind));
    showAmount();
    setting_ = false;
}

/// The spin box in the units of the kind of smoothing.
void CompareBar::showAmount() {
    const auto [kind, amount] = layout_.smoothing;
    amount_->setVisible(kind != Smoothing::none);
    if (kind == Smoothing::ema) {
        amount_->setDecimals(3);
        amount_->setRange(0, 0.999);
        amount_->setSingleStep(0.05);
        amount_->setToolTip(tr("Weight of what was before, below 1"));
    } else if (kind == Smoothing::running) {
        amount_->setDecimals(0);
        amount_->setRange(1, 9'999);
        amount_->setSingleStep(2);
        amount_->setToolTip(tr("Points in the window, an odd number"));
    } else {
        amount_->setDecimals(extent_ > 100 ? 1 : 4);
        amount_->setRange(1e-4, 1e12);
        amount_->setSingleStep(std::max(extent_ / 100, 1e-4));
        amount_->setToolTip(kind == Smoothing::time_ema ? tr("Half-life, in units of x")
                                                        : tr("Standard deviation, in units of x"));
    }
    amount_->setValue(amount);
}

void CompareBar::changed() {
    if (setting_) return;
    layout_.centre = Centre(centre_->currentIndex());
    layout_.spread = Spread(spread_->currentIndex());
    const auto kind = Smoothing(smoothing_->currentIndex());
    const auto axis = XAxis(axis_->currentIndex());
    const bool in_x = kind == Smoothing::time_ema || kind == Smoothing::gaussian;
    if (axis != layout_.axis && in_x)
        layout_.smoothing = {}; // its unit is gone
    else if (kind != layout_.smoothing.kind)
        layout_.smoothing = {kind, kind == Smoothing::none      ? 0
                                   : kind == Smoothing::ema     ? 0.9
                                   : kind == Smoothing::running ? 9
                                                                : std::max(extent_ / 50, 1e-4)};
    else if (kind == Smoothing::running)
        layout_.smoothing.amount = 2 * std::floor(amount_->value() / 2) + 1;
    else if (kind != Smoothing::none)
        layout_.smoothing.amount = amount_->value();
    layout_.axis = axis;
    layout_.log_x = log_x_->isChecked();
    setLayout(layout_, charts_);
    Q_EMIT layoutChanged(layout_);
}

void CompareBar::fillGroups() {
    auto* menu = group_->menu();
    menu->clear();
    const auto choose = [this](const QString& by) {
        layout_.group_by = by;
        setLayout(layout_, charts_);
        Q_EMIT layoutChanged(layout_);
    };
    const auto whole = [&](const QString& by, const QString& said) {
        auto* action = menu->addAction(said, this, [choose, by] { choose(by); });
        action->setObjectName(QStringLiteral("compareGroup-") + by);
        action->setCheckable(true);
        action->setChecked(layout_.group_by == by);
    };
    whole(kNone, tr("Each run by itself"));
    whole(kReplicates, tr("Replicates: alike but for the seed"));
    menu->addSection(tr("By fields, one or several"));
    QStringList now;
    if (layout_.folded() && layout_.group_by != kReplicates) now = layout_.group_by.split(QLatin1Char(','));
    const auto field = [&](QMenu* in, const std::string& name) {
        const QString key = QString::fromStdString(name);
        auto* action = in->addAction(key, this, [this, choose, now, key] {
            QStringList next = now;
            if (!next.removeOne(key)) next << key;
            choose(next.isEmpty() ? kNone : next.join(QLatin1Char(',')));
        });
        action->setObjectName(QStringLiteral("compareGroup-") + key);
        action->setCheckable(true);
        action->setChecked(now.contains(key));
    };
    for (const auto& name : differing_) field(menu, name);
    if (others_.empty()) return;
    auto* more = menu->addMenu(tr("In which the runs agree"));
    for (const auto& name : others_) field(more, name);
}

void CompareBar::fillCharts() {
    auto* menu = shown_->menu();
    menu->clear();
    const auto set = [this](QStringList metrics) {
        layout_.metrics = std::move(metrics);
        Q_EMIT layoutChanged(layout_);
    };
    menu->addAction(tr("The usual ones"), this, [set] { set({}); })
        ->setObjectName(QStringLiteral("compareChart-usual"));
    menu->addSeparator();
    QStringList now;
    for (const auto& metric : charts_) now << QString::fromStdString(metric);
    std::map<QString, QMenu*> parts;
    for (const auto& metric : metrics_) {
        const QString key = QString::fromStdString(metric.info.name);
        const QString part = key.section(QLatin1Char('/'), 0, 0);
        // A run has dozens of metrics: what they are about comes first.
        QMenu*& in = parts[part];
        if (!in) in = menu->addMenu(part);
        auto* action =
            in->addAction(tr("%1 (%n run(s))", nullptr, metric.runs).arg(metricTitle(metric.info.name)), this,
                          [set, now, key] {
                              QStringList next = now;
                              if (!next.removeOne(key)) next << key;
                              set(next);
                          });
        action->setObjectName(QStringLiteral("compareChart-") + key);
        action->setCheckable(true);
        action->setChecked(now.contains(key));
    }
}

void CompareBar::fillLayouts() {
    auto* menu = kept_->menu();
    menu->clear();
    const QStringList names = layouts::names();
    for (const auto& name : names)
        menu->addAction(name, this, [this, name] { Q_EMIT layoutChosen(layouts::named(name)); })
            ->setObjectName(QStringLiteral("compareLayout-") + name);
    if (names.isEmpty()) menu->addAction(tr("No layout kept yet"))->setEnabled(false);
    menu->addSeparator();
    menu->addAction(tr("Keep this layout…"), this,
                    [this] {
                        if (const QString name = ask_for_name_(this, tr("Keep this layout"), {});
                            !name.isEmpty())
                            layouts::keep(name, layout_);
                    })
        ->setObjectName(QStringLiteral("compareKeepLayout"));
    auto* rename = menu->addMenu(tr("Rename"));
    auto* forget = menu->addMenu(tr("Delete"));
    for (const auto& name : names) {
        rename
            ->addAction(name, this,
                        [this, name] {
                            if (const QString to = ask_for_name_(this, tr("Rename %1").arg(name), name);
                                !to.isEmpty())
                                layouts::rename(name, to);
                        })
            ->setObjectName(QStringLiteral("compareRenameLayout-") + name);
        forget->addAction(name, this, [name] { layouts::forget(name); })
            ->setObjectName(QStringLiteral("compareForgetLayout-") + name);
    }
    rename->setEnabled(!names.isEmpty());
    forget->setEnabled(!names.isEmpty());
}

} // namespace descent::ui
