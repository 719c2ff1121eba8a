#include "ui/widgets/run_details.h"

#include "core/base/catalog.h"
#include "ui/models/confusion_model.h"
#include "ui/models/series_model.h"
#include "ui/state/watched_run.h"
#include "ui/theme.h"
#include "ui/widgets/log_view.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QFontDatabase>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QTabBar>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

namespace descent::ui {

namespace {

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

RunDetails::RunDetails(const std::vector<PlotDef>& plots, const WatchedRun& run, QWidget* parent)
    : QTabWidget(parent)
    , plots_(plots)
    , run_(run)
    , log_(new LogView)
    , series_(new SeriesModel(run, this))
    , confusion_(new ConfusionModel(this)) {
    setObjectName(QStringLiteral("runDetails"));
    tabBar()->setObjectName(QStringLiteral("runDetailsTabs"));
    tabBar()->setAccessibleName(tr("Log, table, confusion and spec of the run"));
    tabBar()->setExpanding(false);
    addTab(log_, tr("Log"));
    addTab(makeTable(), tr("Table"));
    addTab(makeConfusion(), tr("Confusion"));
    addTab(makeSpec(), tr("Spec"));
    connect(this, &QTabWidget::currentChanged, this, [this](int tab) {
        which_->setVisible(tab == 1);
        if (tab == 1) chooseTable(which_->currentIndex());
        sync();
    });
}

QWidget* RunDetails::makeTable() {
    which_ = new QComboBox;
    which_->setObjectName(QStringLiteral("tableWhich"));
    which_->setAccessibleName(tr("Which numbers"));
    which_->setProperty("role", QStringLiteral("flat"));
    which_->addItem(tr("All evaluations"), QString());
    for (const auto& plot : plots_)
        if (plot.matrix.empty()) which_->addItem(plot.title, plot.id);
    table_ = makeTableView("seriesTable", tr("Numbers of the run"), series_);
    table_->verticalHeader()->hide();
    table_->horizontalHeader()->setDefaultSectionSize(theme::kGrid * 11);
    setCornerWidget(which_, Qt::TopRightCorner); // seen with its tab only
    which_->hide();
    connect(which_, &QComboBox::currentIndexChanged, this, &RunDetails::chooseTable);
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
    std::vector<SeriesModel::Column> columns;
    if (id.isEmpty()) {
        columns = evaluations(run_);
    } else {
        const auto plot = std::ranges::find(plots_, id, &PlotDef::id);
        for (const auto& curve : plot->curves)
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
        setCurrentIndex(2);
        return;
    }
    which_->setCurrentIndex(which_->findData(plot));
    setCurrentIndex(1);
}

void RunDetails::reset() {
    log_->reset();
    series_->setColumns({});
    confusion_->setMatrix(nullptr, {});
    spec_->clear();
}

void RunDetails::sync() {
    if (!isVisible()) return;
    switch (currentIndex()) {
    case 0:
        log_->sync(run_.log());
        break;
    case 1: {
        if (series_->columnCount() == 3) chooseTable(which_->currentIndex()); // nothing had been declared yet
        const auto* bar = table_->verticalScrollBar();
        const bool at_end = bar->value() >= bar->maximum();
        series_->sync();
        if (at_end) table_->scrollToBottom();
        break;
    }
    case 2: {
        QStringList classes;
        for (const auto& c : run_.classes()) classes << QString::fromStdString(c);
        confusion_->setMatrix(run_.matrix("validation/confusion"), classes);
        break;
    }
    default:
        syncSpec();
        break;
    }
}

void RunDetails::syncSpec() {
    if (!run_.record() || !spec_->toPlainText().isEmpty()) return;
    spec_->setPlainText(
        catalog_ ? QString::fromStdString(to_toml(catalog_->request_for(run_.record()->spec), *catalog_))
                 : tr("The spec is shown when the engine has been loaded."));
}

} // namespace descent::ui
