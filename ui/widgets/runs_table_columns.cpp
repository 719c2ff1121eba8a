// Which columns the table of runs has, in which order, how wide: chosen, moved, added, kept in settings.

#include "ui/models/runs_model.h"
#include "ui/theme.h"
#include "ui/widgets/runs_table.h"

#include <QAction>
#include <QHeaderView>
#include <QMenu>
#include <QSettings>

#include <algorithm>
#include <array>

namespace descent::ui {

namespace {

const QString kLayout = QStringLiteral("runs/columns");
const QString kLayoutOf = QStringLiteral("runs/columnsOf"); // how many there were when it was kept
const QString kFields = QStringLiteral("runs/fields");      // the added ones
constexpr int kFieldWidth = theme::kGrid * 14;
constexpr int kFoldWidth = theme::kGrid * 44, kMeanWidth = theme::kGrid * 16, kSeedsWidth = theme::kGrid * 11;

struct Default {
    RunColumn column;
    int width;
    bool shown = true;
};

/// In the order first seen: how it went before what was asked for.
constexpr std::array<Default, kRunColumns> kDefaults{{
    {RunColumn::star, 36},
    {RunColumn::name, 164},
    {RunColumn::state, 128},
    {RunColumn::accuracy, 92},
    {RunColumn::loss, 68},
    {RunColumn::task, 144},
    {RunColumn::model, 120},
    {RunColumn::regime, 152},
    {RunColumn::optimizer, 88},
    {RunColumn::lr, 120},
    {RunColumn::seed, 68},
    {RunColumn::epochs, 84, false},
    {RunColumn::updates, 88},
    {RunColumn::duration, 92},
    {RunColumn::created, 136},
    {RunColumn::tags, 144},
    {RunColumn::note, 240, false},
}};

/// Beside the best accuracy, what it came to in the end.
FieldColumns defaultFields() {
    FieldColumn last;
    last.metric = MetricPick{"validation/accuracy", MetricPick::At::last, {}};
    last.direction = Direction::higher;
    return {last};
}

} // namespace

void RunsTable::restoreFields() {
    const QSettings settings;
    if (!settings.contains(kFields)) return model_.setFields(defaultFields());
    FieldColumns fields;
    for (const QString& kept : settings.value(kFields).toStringList())
        if (const auto field = fromSetting(kept); field && std::ranges::find(fields, *field) == fields.end())
            fields.push_back(*field);
    model_.setFields(fields);
}

void RunsTable::defaultLayout() {
    QHeaderView* head = horizontalHeader();
    for (int place = 0; place < kRunColumns; ++place) {
        const Default& column = kDefaults[std::size_t(place)];
        const int section = int(column.column);
        head->moveSection(head->visualIndex(section), place);
        head->resizeSection(section, column.width);
        head->setSectionHidden(section, !column.shown);
    }
    placeFields(kRunColumns);
    head->setSectionResizeMode(int(RunColumn::star), QHeaderView::Fixed);
    head->setSortIndicator(int(RunColumn::created), Qt::DescendingOrder);
}

/// Puts added columns, from section `first` on, after the measured ones.
void RunsTable::placeFields(int first) {
    QHeaderView* head = horizontalHeader();
    for (int section = first; section < model_.columnCount(); ++section) {
        int place =
            std::max(head->visualIndex(int(RunColumn::accuracy)), head->visualIndex(int(RunColumn::loss)));
        for (int other = kRunColumns; other < section; ++other)
            place = std::max(place, head->visualIndex(other));
        head->moveSection(head->visualIndex(section), place + 1);
        const int title = head->fontMetrics().horizontalAdvance(model_.columns().title(section));
        head->resizeSection(section, std::clamp(title + theme::kGrid * 6, kFieldWidth, kFieldWidth * 2));
        head->setSectionHidden(section, false);
    }
}

void RunsTable::restoreLayout() {
    const QSettings settings;
    if (settings.value(kLayoutOf).toInt() != model_.columnCount()) return;
    horizontalHeader()->restoreState(settings.value(kLayout).toByteArray());
}

void RunsTable::keepLayout() {
    const bool grouped = !narrow_.empty();
    setGrouped(false); // kept is how it looks without
    QSettings settings;
    QStringList fields;
    for (const FieldColumn& field : model_.columns().fields()) fields << toSetting(field);
    settings.setValue(kFields, fields);
    settings.setValue(kLayoutOf, model_.columnCount());
    settings.setValue(kLayout, horizontalHeader()->saveState());
    setGrouped(grouped);
}

void RunsTable::setGrouped(bool grouped) {
    if (grouped != narrow_.empty()) return;
    QHeaderView* head = horizontalHeader();
    // What tells groups apart comes last in their names.
    setTextElideMode(grouped ? Qt::ElideMiddle : Qt::ElideRight);
    for (const auto& [section, width] : narrow_)
        if (section < head->count()) head->resizeSection(section, width);
    narrow_.clear();
    if (!grouped) return;
    for (int section = 0; section < model_.columnCount(); ++section) {
        const bool name = section == int(RunColumn::name), seed = section == int(RunColumn::seed);
        const bool measured =
            section == int(RunColumn::accuracy) || section == int(RunColumn::loss) || section >= kRunColumns;
        const int needed = name ? kFoldWidth : measured ? kMeanWidth : seed ? kSeedsWidth : 0;
        if (needed == 0) continue;
        narrow_.emplace_back(section, head->sectionSize(section));
        head->resizeSection(section, std::max(needed, head->sectionSize(section)));
    }
}

void RunsTable::fillColumnMenu(QMenu& menu) {
    const auto add = [&](int section, const QString& title) {
        auto* action = menu.addAction(QString(title).replace(QLatin1Char('&'), QStringLiteral("&&")));
        action->setObjectName(QStringLiteral("column%1").arg(section));
        action->setCheckable(true);
        action->setChecked(!isColumnHidden(section));
        action->setEnabled(section != int(RunColumn::name)); // something must remain
        return action;
    };
    auto* more = menu.addAction(tr("Add a metric or parameter…"));
    more->setObjectName(QStringLiteral("addColumn"));
    connect(more, &QAction::triggered, this, &RunsTable::fieldWanted);
    menu.addSeparator();
    for (const Default& column : kDefaults) {
        const int section = int(column.column);
        const bool star = column.column == RunColumn::star;
        connect(add(section, star ? tr("Star") : columnTitle(column.column)), &QAction::toggled, this,
                [this, section](bool shown) {
                    setColumnHidden(section, !shown);
                    keepLayout();
                });
    }
    menu.addSeparator();
    const FieldColumns fields = model_.columns().fields();
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const int section = kRunColumns + int(i);
        auto* action = add(section, QString::fromStdString(fields[i].key()));
        action->setToolTip(columnHelp(fields[i]));
        connect(action, &QAction::toggled, this, [this, section] { removeField(section); });
    }
    if (!fields.empty()) menu.addSeparator();
    auto* reset = menu.addAction(tr("Reset columns"));
    reset->setObjectName(QStringLiteral("resetColumns"));
    connect(reset, &QAction::triggered, this, [this] {
        const bool grouped = !narrow_.empty();
        setGrouped(false);
        model_.setFields(defaultFields());
        defaultLayout();
        setGrouped(grouped);
        keepLayout();
    });
}

void RunsTable::addField(const FieldColumn& field) {
    const int before = model_.columnCount();
    const bool grouped = !narrow_.empty();
    setGrouped(false);
    model_.addField(field);
    if (model_.columnCount() > before) placeFields(before);
    setGrouped(grouped);
    keepLayout();
    const auto& fields = model_.columns().fields();
    const int section = kRunColumns + int(std::ranges::find(fields, field) - fields.begin());
    if (model_.rowCount() > 0)
        scrollTo(model_.index(std::max(0, currentIndex().row()), section), EnsureVisible);
}

/// Sections after it move up.
void RunsTable::removeField(int section) {
    const bool grouped = !narrow_.empty();
    setGrouped(false);
    model_.removeField(section);
    setGrouped(grouped);
    keepLayout();
}

std::vector<int> RunsTable::shownSections() const {
    const QHeaderView* head = horizontalHeader();
    std::vector<int> sections;
    for (int place = 0; place < head->count(); ++place)
        if (const int section = head->logicalIndex(place); !head->isSectionHidden(section))
            sections.push_back(section);
    return sections;
}

void RunsTable::moveColumn(int by) {
    if (!currentIndex().isValid()) return;
    const std::vector<int> shown = shownSections();
    const auto at = std::ranges::find(shown, currentIndex().column()) - shown.begin();
    const auto to = at + by;
    if (at == std::ssize(shown) || to < 0 || to >= std::ssize(shown)) return;
    QHeaderView* head = horizontalHeader();
    head->moveSection(head->visualIndex(shown[std::size_t(at)]), head->visualIndex(shown[std::size_t(to)]));
    scrollTo(currentIndex());
    keepLayout();
}

void RunsTable::sortByCurrent() {
    if (!currentIndex().isValid()) return;
    const int section = currentIndex().column();
    const RunOrder now = model_.order();
    const bool turn = now.section == section;
    const bool numbers = model_.columns().number(section);
    sortByColumn(section, turn ? (now.order == Qt::AscendingOrder ? Qt::DescendingOrder : Qt::AscendingOrder)
                               : (numbers ? Qt::DescendingOrder : Qt::AscendingOrder));
}

} // namespace descent::ui
