#include "ui/widgets/run_details.h"

#include "core/base/change.h"
#include "ui/models/confusion_model.h"
#include "ui/models/plot_table_model.h"
#include "ui/models/series_model.h"
#include "ui/state/detection.h"
#include "ui/state/detection_scores.h"
#include "ui/state/watched_run.h"
#include "ui/theme.h"
#include "ui/widgets/errors_pane.h"
#include "ui/widgets/log_view.h"
#include "ui/widgets/wrong_answers_pane.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QFontDatabase>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalBlocker>
#include <QTabBar>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace descent::ui {

namespace {

constexpr int kLeast = theme::kGrid * 11; ///< pixels of height

QTableView* makeTableView(const char* name, const QString& accessible, QAbstractItemModel* model) {
    auto* view = new QTableView;
    view->setObjectName(QString::fromLatin1(name));
    view->setAccessibleName(accessible);
    view->setModel(model);
    view->setShowGrid(false);
    view->setAlternatingRowColors(true);
    view->setSelectionMode(QAbstractItemView::ContiguousSelection);
    view->setFont(theme::numberFont());
    view->setTabKeyNavigation(false);
    view->verticalHeader()->setDefaultSectionSize(24);
    view->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    view->horizontalHeader()->setHighlightSections(false);
    view->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    return view;
}

/// The series measured at evaluations, in the order they were declared.
std::vector<SeriesModel::Column> evaluations(const WatchedRun& run) {
    std::vector<SeriesModel::Column> columns;
    for (const auto& series : run.series()) {
        const auto& name = series->info.name;
        const bool evaluated =
            name.starts_with("train/") || name.starts_with("validation/") || name.starts_with("test/");
        if (!evaluated || name.find("/recall/") != std::string::npos) continue;
        columns.push_back({name, QString::fromStdString(name).replace(QLatin1Char('-'), QLatin1Char(' '))});
    }
    return columns;
}

} // namespace

RunDetails::RunDetails(const std::vector<PlotDef>& plots, const WatchedRun& run, Detection& detection,
                       QWidget* parent)
    : QTabWidget(parent)
    , plots_(plots)
    , run_(run)
    , detection_(detection)
    , scores_(new DetectionScores(detection, this))
    , log_(new LogView)
    , series_(new SeriesModel(run, this))
    , own_(new PlotTableModel(this))
    , confusion_(new ConfusionModel(this))
    , errors_(new ErrorsPane(detection, *scores_))
    , wrong_(new WrongAnswersPane(run)) {
    setObjectName(QStringLiteral("runDetails"));
    tabBar()->setObjectName(QStringLiteral("runDetailsTabs"));
    tabBar()->setAccessibleName(tr("Log, table, confusion, spec and errors of the run"));
    tabBar()->setExpanding(false);
    addTab(log_, tr("Log"));
    addTab(makeTable(), tr("Table"));
    addTab(makeConfusion(), tr("Confusion"));
    addTab(makeSpec(), tr("Spec"));
    addTab(errors_, tr("Errors"));
    addTab(wrong_, tr("Errors"));
    setTabVisible(errors_tab, false);
    setTabVisible(wrong_tab, false);
    setCornerWidget(makeCorner(), Qt::TopRightCorner);
    connect(this, &QTabWidget::currentChanged, this, [this](int tab) {
        chooseTab(tab);
        if (tab == table_tab) chooseTable(which_->currentIndex());
        sync();
    });
    connect(&detection_, &Detection::curvesChanged, this, [this] {
        own_stale_ = true;
        setTabVisible(errors_tab, detection_.present());
        chooseTab(currentIndex());
    });
    connect(&detection_, &Detection::pointChanged, this, [this] {
        if (currentIndex() == confusion_tab) sync();
    });
    connect(scores_, &DetectionScores::changed, this, [this] {
        if (currentIndex() == confusion_tab) sync();
    });
}

void RunDetails::setEngine(EngineHost& engine) {
    wrong_->setEngine(engine);
}

/// What belongs to one tab only, seen with it.
QWidget* RunDetails::makeCorner() {
    confusion_which_ = new QComboBox;
    confusion_which_->setObjectName(QStringLiteral("confusionWhich"));
    confusion_which_->setAccessibleName(tr("Which decisions"));
    confusion_which_->setProperty("role", QStringLiteral("flat"));
    confusion_which_->addItems({tr("At the threshold"), tr("Largest score")});
    connect(confusion_which_, &QComboBox::currentIndexChanged, this, &RunDetails::sync);
    auto* corner = new QWidget;
    auto* row = new QHBoxLayout(corner);
    row->setContentsMargins(0, 0, 0, theme::kGrid / 2);
    for (auto* box : {which_, confusion_which_}) {
        row->addWidget(box);
        box->hide();
    }
    return corner;
}

void RunDetails::chooseTab(int tab) {
    which_->setVisible(tab == table_tab);
    const bool threshold = tab == confusion_tab && detection_.present();
    confusion_which_->setVisible(threshold);
    scores_->setWanted(tab == errors_tab || threshold);
    wrong_->setWanted(tab == wrong_tab);
    // A list and a picture want more height than a log has; the splitter gives it, where the window has it.
    setMinimumHeight(tab == errors_tab || tab == wrong_tab
                         ? std::clamp(window()->height() * 3 / 10, kLeast, 320)
                         : kLeast);
    offerTables();
}

/// The tables of what the run has, in the combo box.
void RunDetails::offerTables() {
    QStringList wanted{QString()}, there;
    for (const auto& plot : plots_)
        if (plot.matrix.empty() && (!plot.shown || plot.shown(run_))) wanted << plot.id;
    for (int i = 0; i < which_->count(); ++i) there << which_->itemData(i).toString();
    if (wanted == there) return;
    const QString chosen = which_->currentData().toString();
    {
        const QSignalBlocker quiet(which_);
        which_->clear();
        which_->addItem(tr("All evaluations"), QString());
        for (const auto& plot : plots_)
            if (wanted.contains(plot.id)) which_->addItem(plot.title, plot.id);
        which_->setCurrentIndex(std::max(0, which_->findData(chosen)));
    }
    if (which_->currentData().toString() != chosen) chooseTable(which_->currentIndex());
}

QWidget* RunDetails::makeTable() {
    which_ = new QComboBox;
    which_->setObjectName(QStringLiteral("tableWhich"));
    which_->setAccessibleName(tr("Which numbers"));
    which_->setProperty("role", QStringLiteral("flat"));
    table_ = makeTableView("seriesTable", tr("Numbers of the run"), series_);
    table_->verticalHeader()->hide();
    table_->horizontalHeader()->setDefaultSectionSize(theme::kGrid * 11);
    connect(which_, &QComboBox::currentIndexChanged, this, &RunDetails::chooseTable);
    offerTables();
    return table_;
}

QWidget* RunDetails::makeConfusion() {
    confusion_table_ =
        makeTableView("confusionTable", tr("Confusion matrix, a row a true class"), confusion_);
    confusion_table_->horizontalHeader()->setDefaultSectionSize(76);
    return confusion_table_;
}

QWidget* RunDetails::makeSpec() {
    auto* page = new QWidget;
    spec_ = new QPlainTextEdit;
    spec_->setObjectName(QStringLiteral("specText"));
    spec_->setAccessibleName(tr("Spec of the run as TOML"));
    spec_->setReadOnly(true);
    spec_->setFrameShape(QFrame::NoFrame);
    spec_->setTabChangesFocus(true);
    spec_->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    spec_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    auto* copy = new QPushButton(tr("Copy"));
    copy->setObjectName(QStringLiteral("copySpec"));
    copy->setAccessibleName(tr("Copy the spec"));
    copy->setToolTip(tr("As TOML: descent run --spec FILE repeats the run"));
    copy->setIcon(theme::icon(QStringLiteral("copy")));
    auto* row = new QHBoxLayout(page);
    row->setContentsMargins(0, theme::kGrid / 2, 0, 0);
    row->addWidget(spec_, 1);
    row->addWidget(copy, 0, Qt::AlignTop);
    connect(copy, &QPushButton::clicked, this,
            [this] { QApplication::clipboard()->setText(spec_->toPlainText()); });
    return page;
}

void RunDetails::chooseTable(int index) {
    const QString id = which_->itemData(index).toString();
    if (ownTable()) {
        table_->setModel(own_);
        own_stale_ = true;
        syncTable();
        return table_->resizeColumnsToContents();
    }
    if (table_->model() != series_) {
        table_->setModel(series_);
    }
    std::vector<SeriesModel::Column> columns;
    if (id.isEmpty()) {
        columns = evaluations(run_);
    } else {
        const auto plot = std::ranges::find(plots_, id, &PlotDef::id);
        for (const auto& curve : curvesOf(*plot, run_))
            if (run_.find(curve.metric)) columns.push_back({curve.metric, curve.label});
    }
    series_->setColumns(std::move(columns));
    auto* header = table_->horizontalHeader();
    for (int c = 0; c < series_->columnCount(); ++c)
        header->resizeSection(
            c, std::max(header->defaultSectionSize(), header->sectionSizeHint(c) + theme::kGrid));
    table_->scrollToBottom();
}

void RunDetails::showTable(const QString& plot) {
    const auto it = std::ranges::find(plots_, plot, &PlotDef::id);
    if (it == plots_.end() || !it->matrix.empty()) {
        setCurrentIndex(confusion_tab);
        return;
    }
    offerTables();
    which_->setCurrentIndex(which_->findData(plot));
    setCurrentIndex(table_tab);
}

const PlotDef* RunDetails::ownTable() const {
    const auto plot = std::ranges::find(plots_, which_->currentData().toString(), &PlotDef::id);
    return plot == plots_.end() || !plot->table ? nullptr : &*plot;
}

void RunDetails::syncTable() {
    if (const auto* plot = ownTable()) {
        if (std::exchange(own_looks_, run_.looks()) != run_.looks()) own_stale_ = true;
        if (std::exchange(own_stale_, false)) own_->setTable(plot->table(run_, detection_));
        return;
    }
    if (series_->columnCount() == 3) chooseTable(which_->currentIndex()); // nothing had been declared yet
    const auto* bar = table_->verticalScrollBar();
    const bool at_end = bar->value() >= bar->maximum();
    series_->sync();
    if (at_end) table_->scrollToBottom();
}

void RunDetails::syncConfusion() {
    QStringList classes;
    for (const auto& c : run_.classes()) classes << QString::fromStdString(c);
    const bool threshold = detection_.present() && confusion_which_->currentIndex() == 0;
    if (!threshold) return confusion_->setMatrix(run_.matrix("validation/confusion"), classes);
    if (const auto counts = scores_->confusion()) return confusion_->setMatrix(&*counts, classes);
    // Without the scores the curve still has the counts of the two sides.
    const auto at = detection_.at();
    const Matrix two{
        "threshold",
        {},
        {},
        2,
        2,
        {double(at.correct_rejects), double(at.false_alarms), double(at.false_rejects), double(at.hits)}};
    const auto& detector = detection_.detectors()[std::size_t(detection_.detector())];
    confusion_->setMatrix(&two, {tr("other"), detector.label});
}

void RunDetails::reset() {
    log_->reset();
    series_->setColumns({});
    confusion_->setMatrix(nullptr, {});
    own_stale_ = true;
    spec_->clear();
    setTabVisible(wrong_tab, false);
}

void RunDetails::sync() {
    if (!isVisible()) return;
    if (const bool has = WrongAnswersPane::has(run_); has != isTabVisible(wrong_tab)) {
        setTabVisible(wrong_tab, has);
        chooseTab(currentIndex());
    }
    switch (currentIndex()) {
    case log_tab:
        log_->sync(run_.log());
        break;
    case table_tab:
        syncTable();
        break;
    case confusion_tab:
        syncConfusion();
        break;
    case errors_tab: // follows Detection by itself
        break;
    case wrong_tab:
        wrong_->sync();
        break;
    default:
        syncSpec();
        break;
    }
}

void RunDetails::syncSpec() {
    if (!run_.record() || (!spec_->toPlainText().isEmpty() && spec_changes_ == run_.changes().size())) return;
    spec_changes_ = run_.changes().size();
    spec_->setPlainText(
        catalog_ ? QString::fromStdString(to_toml(
                       request_with_changes(*catalog_, run_.record()->spec, run_.changes()), *catalog_))
                 : tr("The spec is shown when the engine has been loaded."));
}

} // namespace descent::ui
