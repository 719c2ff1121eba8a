#include "ui/pages/lab_page.h"

#include "core/analysis/scalar_gradient.h"
#include "ui/models/cells_model.h"
#include "ui/state/save_file.h"
#include "ui/theme.h"
#include "ui/widgets/data_table.h"
#include "ui/widgets/export_panel.h"
#include "ui/widgets/graph_view.h"
#include "ui/widgets/lab_pane.h"
#include "ui/widgets/notice_bar.h"
#include "ui/widgets/step_bar.h"

#include <QAction>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QListWidget>
#include <QMenu>
#include <QScrollArea>
#include <QSplitter>
#include <QStandardPaths>
#include <QTabWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace descent::ui {

namespace {
constexpr int kNarrowBelow = 1000;

QString text(const std::string& words) {
    return QString::fromStdString(words);
}
QFrame* card() {
    auto* frame = new QFrame;
    frame->setProperty("role", QStringLiteral("card"));
    return frame;
}
} // namespace

LabPage::LabPage(QWidget* parent)
    : QWidget(parent)
    , pane_(new LabPane)
    , bar_(new StepBar)
    , view_(new GraphView)
    , scroll_(new QScrollArea)
    , phase_(new QLabel)
    , sentence_(new QLabel)
    , verdict_(new QLabel)
    , cells_(new CellsModel(this))
    , table_(new DataTable("labTable", tr("Nodes with their values and gradients"), cells_, false))
    , list_(new QListWidget)
    , notice_(new NoticeBar)
    , export_(new QAction(theme::icon(QStringLiteral("export")), tr("Export the graph…"), this))
    , csv_(new QAction(tr("Export the table as CSV…"), this))
    , chooser_([](QWidget* over, const QString& name, const QString& filter) {
        return QFileDialog::getSaveFileName(over, LabPage::tr("Export"), name, filter);
    }) {
    setObjectName(QStringLiteral("labPage"));
    export_->setObjectName(QStringLiteral("actionExportLab"));
    export_->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_E));
    csv_->setObjectName(QStringLiteral("actionExportLabCsv"));
    build();
    connect(pane_, &LabPane::changed, this, &LabPage::compute);
    connect(bar_, &StepBar::stepChanged, this, &LabPage::showStep);
    connect(view_, &GraphView::stepWanted, bar_, &StepBar::move);
    connect(view_, &GraphView::playWanted, this, [this] { bar_->play(!bar_->playing()); });
    connect(view_, &GraphView::nodeClicked, this, &LabPage::showNode);
    connect(list_, &QListWidget::currentRowChanged, this, [this](int row) {
        if (row >= 0 && row != bar_->step()) bar_->move(row - bar_->step());
    });
    connect(table_, &DataTable::currentMoved, this, [this] {
        const int row = table_->currentIndex().row();
        if (graph_ && row >= 0) view_->setPicked(shown_nodes(*graph_)[std::size_t(row)]);
    });
    connect(export_, &QAction::triggered, this, &LabPage::exportFigure);
    connect(csv_, &QAction::triggered, this, &LabPage::exportCsv);
    pane_->choosePreset(0);
    setFocusProxy(view_);
}

void LabPage::build() {
    auto* split = new QSplitter(Qt::Vertical);
    split->setChildrenCollapsible(false);
    split->setHandleWidth(theme::kGrid);
    split->addWidget(makeGraphCard());
    split->addWidget(makeTabs());
    split->setStretchFactor(0, 3);
    split->setStretchFactor(1, 2);
    split->setSizes({theme::kGrid * 60, theme::kGrid * 40});
    notice_->hide();
    auto* right = new QVBoxLayout;
    right->setContentsMargins(theme::kGrid * 2, theme::kGrid * 2, theme::kGrid * 2, theme::kGrid * 2);
    right->setSpacing(theme::kGrid);
    right->addWidget(split, 1);
    right->addWidget(notice_);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(pane_);
    row->addLayout(right, 1);
}

QWidget* LabPage::makeGraphCard() {
    auto* menu = new QMenu(this);
    menu->addActions({export_, csv_});
    auto* more = new QToolButton;
    more->setObjectName(QStringLiteral("labExport"));
    more->setIcon(theme::icon(QStringLiteral("export"), &theme::mutedText));
    more->setAccessibleName(tr("Export the graph or the table"));
    more->setToolTip(tr("Export the graph or the table (Ctrl+E)"));
    more->setPopupMode(QToolButton::InstantPopup);
    more->setFocusPolicy(Qt::StrongFocus);
    more->setMenu(menu);
    auto* top = new QHBoxLayout;
    top->addWidget(bar_, 1);
    top->addWidget(more);
    scroll_->setObjectName(QStringLiteral("labGraphScroll"));
    scroll_->setWidgetResizable(true);
    scroll_->setFocusPolicy(Qt::NoFocus);
    scroll_->setWidget(view_);
    scroll_->setMinimumHeight(theme::kGrid * 14);
    scroll_->viewport()->setAutoFillBackground(false);
    view_->setAutoFillBackground(false);
    phase_->setObjectName(QStringLiteral("labPhase"));
    phase_->setProperty("role", QStringLiteral("caption"));
    phase_->setMinimumWidth(theme::kGrid * 9); // the sentence stays where it is
    sentence_->setObjectName(QStringLiteral("labSentence"));
    sentence_->setWordWrap(true);
    sentence_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    sentence_->setMinimumHeight(2 * sentence_->fontMetrics().lineSpacing());
    sentence_->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    auto* frame = card();
    auto* column = new QVBoxLayout(frame);
    column->setContentsMargins(theme::kGrid * 3 / 2, theme::kGrid, theme::kGrid * 3 / 2, theme::kGrid);
    column->setSpacing(theme::kGrid / 2);
    column->addLayout(top);
    column->addWidget(scroll_, 1);
    auto* said = new QHBoxLayout;
    said->setSpacing(theme::kGrid * 3 / 2);
    said->addWidget(phase_, 0, Qt::AlignTop);
    said->addWidget(sentence_, 1);
    column->addLayout(said);
    return frame;
}

QWidget* LabPage::makeTabs() {
    table_->horizontalHeader()->setStretchLastSection(true);
    list_->setObjectName(QStringLiteral("labSteps"));
    list_->setAccessibleName(tr("Steps"));
    list_->setFrameShape(QFrame::NoFrame);
    list_->setWordWrap(true);
    verdict_->setObjectName(QStringLiteral("labVerdict"));
    verdict_->setProperty("role", QStringLiteral("muted"));
    verdict_->setWordWrap(true);
    verdict_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* first = new QWidget;
    auto* inside = new QVBoxLayout(first);
    inside->setContentsMargins(0, 0, 0, 0);
    inside->setSpacing(theme::kGrid / 2);
    inside->addWidget(table_, 1);
    inside->addWidget(verdict_);
    auto* tabs = new QTabWidget;
    tabs->setObjectName(QStringLiteral("labTabs"));
    tabs->setAccessibleName(tr("Table and steps"));
    tabs->addTab(first, tr("Table"));
    tabs->addTab(list_, tr("Steps"));
    auto* frame = card();
    auto* column = new QVBoxLayout(frame);
    column->setContentsMargins(theme::kGrid * 3 / 2, theme::kGrid / 2, theme::kGrid * 3 / 2, theme::kGrid);
    column->addWidget(tabs);
    return frame;
}

void LabPage::compute() {
    const bool understood = pane_->graph().has_value();
    for (QWidget* each : {static_cast<QWidget*>(view_), static_cast<QWidget*>(bar_),
                          static_cast<QWidget*>(table_), static_cast<QWidget*>(list_)})
        each->setEnabled(understood);
    updateExport();
    if (!understood) {
        bar_->play(false);
        return;
    }
    // Where the person has stopped at a step, a changed value is seen there.
    const bool ended = !passes_ || bar_->step() + 1 == int(passes_->steps.size());
    const int step = bar_->step();
    const auto before = passes_ ? passes_->steps.size() : 0;
    graph_ = std::make_shared<const ScalarGraph>(*pane_->graph());
    passes_ = std::make_shared<const ScalarPasses>(differentiate(*graph_, pane_->values()));
    view_->setPicture(ScalarPicture(graph_, passes_));
    {
        const QSignalBlocker quiet(list_);
        list_->clear();
        for (const auto& each : passes_->steps)
            list_->addItem(text(scalar_sentence(*graph_, *passes_, each)));
    }
    fillTable();
    bar_->setLast(int(passes_->steps.size()) - 1);
    if (!ended && before == passes_->steps.size()) bar_->move(step - bar_->step());
}

void LabPage::fillTable() {
    const auto table = scalar_cells(*graph_, *passes_);
    QStringList headings;
    for (const auto& heading : table.headings) headings << text(heading);
    std::vector<CellsModel::Row> rows;
    for (const auto& cells : table.rows) {
        CellsModel::Row row;
        for (const auto& cell : cells) row.cells << text(cell);
        row.colour = -1;
        rows.push_back(std::move(row));
    }
    const auto shown = shown_nodes(*graph_);
    for (const auto& check : passes_->checks) {
        const auto at = std::ranges::find(shown, check.leaf) - shown.begin();
        rows[std::size_t(at)].tool_tip = text(scalar_verdict(*graph_, *passes_, check, true));
    }
    QList<int> words;
    for (std::size_t i = 0; i < table.right.size(); ++i)
        if (!table.right[i]) words << int(i);
    cells_->set(headings, std::move(rows), words);
    // What is compared stays together; the local gradients take what room is left.
    if (auto* head = table_->horizontalHeader(); head->visualIndex(3) == 3)
        head->moveSection(3, head->count() - 1);
    table_->resizeColumnsToContents();
    QStringList said{text(scalar_check_summary(*graph_, *passes_))};
    for (const auto& note : passes_->notes) said << text(note.text) + QLatin1Char('.');
    verdict_->setText(said.join(QLatin1Char(' ')));
}

void LabPage::showStep(int step) {
    if (!view_->picture()) return;
    view_->setStep(std::size_t(step));
    const auto kind = passes_->steps[std::size_t(step)].kind;
    const bool forward = kind == ScalarStep::Kind::given || kind == ScalarStep::Kind::forward;
    phase_->setText(forward ? tr("FORWARD") : tr("BACKWARD"));
    sentence_->setText(view_->picture()->sentence());
    const QPoint at = view_->currentPlace();
    scroll_->ensureVisible(at.x(), at.y(), theme::kGrid * 10, theme::kGrid * 6);
    const QSignalBlocker quiet(list_);
    list_->setCurrentRow(step);
}

void LabPage::showNode(int node) {
    const auto shown = shown_nodes(*graph_);
    const auto row = std::ranges::find(shown, node) - shown.begin();
    table_->selectRow(int(row));
}

void LabPage::updateExport() {
    const bool can = isVisible() && pane_->graph().has_value();
    export_->setEnabled(can);
    csv_->setEnabled(can);
}

void LabPage::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    updateExport();
}

void LabPage::hideEvent(QHideEvent* event) {
    QWidget::hideEvent(event);
    bar_->play(false);
    updateExport();
}

void LabPage::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    pane_->setNarrow(width() < kNarrowBelow);
}

void LabPage::exportFigure() {
    auto* panel = ExportPanel::open(view_->picture()->figure(pane_->title()), this);
    panel->setFileChooser(chooser_);
    connect(panel, &ExportPanel::said, notice_, &NoticeBar::say);
    connect(panel, &ExportPanel::complained, notice_, &NoticeBar::complain);
}

void LabPage::exportCsv() {
    const QDir folder(QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation));
    QString file = chooser_(this, folder.filePath(QStringLiteral("gradients.csv")), tr("CSV (*.csv)"));
    if (file.isEmpty()) return;
    if (QFileInfo(file).suffix().isEmpty()) file += QStringLiteral(".csv");
    if (const auto written =
            saveFile(QByteArray::fromStdString(to_csv(scalar_cells(*graph_, *passes_, true))), file))
        notice_->say(tr("Exported to %1").arg(file));
    else
        notice_->complain(text(written.error().message));
}

} // namespace descent::ui
