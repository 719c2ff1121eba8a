#include "ui/widgets/data_view.h"

#include "core/base/format.h"
#include "ui/models/class_model.h"
#include "ui/models/left_out_model.h"
#include "ui/theme.h"
#include "ui/widgets/data_summary.h"
#include "ui/widgets/data_table.h"
#include "ui/widgets/sample_browser.h"
#include "ui/widgets/text_panes.h"

#include <QAction>
#include <QHeaderView>
#include <QTabBar>
#include <QTabWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include <array>

namespace descent::ui {

namespace {

enum Tab { classes, examples, lengths, words, left_out };

QString counted(const QString& word, std::int64_t n) {
    return n > 0 ? word + QStringLiteral("  ") + QString::fromStdString(format_count(n)) : word;
}

} // namespace

DataView::DataView(QAction* export_action, QWidget* parent)
    : QWidget(parent)
    , summary_(new DataSummary)
    , classes_(new ClassModel(this))
    , left_out_(new LeftOutModel(this))
    , class_table_(
          new DataTable("classTable", tr("Examples by class and side"), classes_, true, new ClassHeader))
    , left_out_table_(new DataTable("leftOutTable", tr("What is left out, and why"), left_out_, false))
    , samples_(new SampleBrowser)
    , lengths_(new LengthPane)
    , words_(new WordPane)
    , tabs_(new QTabWidget) {
    setObjectName(QStringLiteral("dataView"));
    class_table_->setItemDelegateForColumn(int(ClassColumn::bar), new ClassBarDelegate(*classes_, this));
    class_table_->setToolTip(tr("Enter or a double click shows the examples of a class"));
    auto* head = class_table_->horizontalHeader();
    head->setSectionResizeMode(int(ClassColumn::bar), QHeaderView::Stretch);
    class_table_->setColumnWidth(int(ClassColumn::name), theme::kGrid * 14);
    for (const auto column : {ClassColumn::train, ClassColumn::test, ClassColumn::total})
        class_table_->setColumnWidth(int(column), theme::kGrid * 8 + theme::kGrid / 2);
    class_table_->setColumnWidth(int(ClassColumn::validation), theme::kGrid * 12);
    left_out_table_->horizontalHeader()->setSectionResizeMode(1, QHeaderView::Stretch);

    tabs_->setObjectName(QStringLiteral("dataTabs"));
    tabs_->tabBar()->setObjectName(QStringLiteral("dataTabBar"));
    tabs_->tabBar()->setAccessibleName(tr("What there is to see of the data"));
    tabs_->tabBar()->setExpanding(false);
    tabs_->addTab(class_table_, tr("Classes"));
    tabs_->addTab(samples_, tr("Examples"));
    tabs_->addTab(lengths_, tr("Lengths"));
    tabs_->addTab(words_, tr("Words"));
    tabs_->addTab(left_out_table_, tr("Left out"));
    auto* button = new QToolButton;
    button->setDefaultAction(export_action);
    button->setObjectName(QStringLiteral("dataExport"));
    button->setToolTip(tr("Save the table as it is shown as CSV (Ctrl+E)"));
    button->setAccessibleName(tr("Save the table as CSV"));
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    button->setFocusPolicy(Qt::StrongFocus);
    tabs_->setCornerWidget(button, Qt::TopRightCorner);
    auto* card = new QFrame;
    card->setProperty("role", QStringLiteral("card"));
    auto* inside = new QVBoxLayout(card);
    inside->setContentsMargins(theme::kGrid / 2, theme::kGrid / 2, theme::kGrid / 2, 1);
    inside->addWidget(tabs_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::kGrid);
    column->addWidget(summary_);
    column->addWidget(card, 1);
    connect(summary_, &DataSummary::leftOutClicked, this, [this] {
        tabs_->setCurrentIndex(Tab::left_out);
        focusTable();
    });
    connect(summary_, &DataSummary::copied, this,
            [this](const QString& hash) { Q_EMIT said(tr("Copied %1").arg(hash)); });
    connect(class_table_, &DataTable::opened, this, [this](const QModelIndex& index) {
        const int label = classes_->row(index.row()).label;
        tabs_->setCurrentIndex(Tab::examples);
        samples_->filterBy(label);
    });
}

void DataView::show(const DataPtr& loaded) {
    const Inspection& found = loaded->found;
    summary_->show(*loaded);
    classes_->setData(found);
    const bool sides = !found.split_counts.empty(); // without them only the total is known
    for (const auto column : {ClassColumn::train, ClassColumn::validation, ClassColumn::test})
        class_table_->setColumnHidden(int(column), !sides);
    if (classes_->rowCount() > 0) class_table_->setCurrentIndex(classes_->index(0, 0));
    samples_->show(loaded);
    auto rows = leftOut(found);
    // Texts come after: Qt 6.4 forgets to lay the tabs out anew where one is told what it is already.
    tabs_->setTabVisible(Tab::classes, !found.class_counts.empty()); // a regression has none
    tabs_->setTabVisible(Tab::lengths, loaded->summary.has_value());
    tabs_->setTabVisible(Tab::words, loaded->summary.has_value());
    tabs_->setTabVisible(Tab::left_out, !rows.empty());
    if (loaded->summary) {
        lengths_->show(*loaded->summary);
        words_->show(*loaded->summary);
        tabs_->setTabText(Tab::words, counted(tr("Words"), loaded->summary->vocabulary));
    }
    tabs_->setTabText(Tab::classes, counted(tr("Classes"), std::ssize(found.class_counts)));
    tabs_->setTabText(Tab::examples, counted(tr("Examples"), std::ssize(found.samples)));
    tabs_->setTabText(Tab::left_out, counted(tr("Left out"), std::ssize(rows)));
    left_out_->setRows(std::move(rows));
    left_out_table_->fitFirstColumn();
}

void DataView::focusFilter() {
    tabs_->setCurrentIndex(Tab::examples);
    samples_->focusFilter();
}

void DataView::focusTable() {
    if (tabs_->currentIndex() == Tab::classes) class_table_->setFocus(Qt::OtherFocusReason);
    if (tabs_->currentIndex() == Tab::left_out) left_out_table_->setFocus(Qt::OtherFocusReason);
}

QString DataView::tableName() const {
    constexpr std::array kNames{"classes", "examples", "lengths", "words", "left-out"};
    return QString::fromLatin1(kNames[std::size_t(tabs_->currentIndex())]);
}

std::function<QByteArray()> DataView::csv() const {
    if (tabs_->currentIndex() == Tab::examples) return samples_->model().csv();
    const QByteArray made = [this] {
        switch (tabs_->currentIndex()) {
        case Tab::lengths:
            return lengths_->csv();
        case Tab::words:
            return words_->csv();
        case Tab::left_out:
            return left_out_->csv();
        default:
            return classes_->csv();
        }
    }();
    return [made] { return made; };
}

} // namespace descent::ui
