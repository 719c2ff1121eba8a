#include "ui/pages/runs_bar.h"

#include "ui/pages/runs_actions.h"
#include "ui/theme.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/runs_table.h"

#include <QAction>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QToolButton>

#include <array>
#include <utility>

namespace descent::ui {

namespace {
/// What people group by most; other fields by name.
constexpr std::array<std::pair<const char*, const char*>, 7> kGroups{{
    {"none", QT_TRANSLATE_NOOP("RunsBar", "Not grouped")},
    {"replicates", QT_TRANSLATE_NOOP("RunsBar", "Replicates (all but the seed)")},
    {"task", QT_TRANSLATE_NOOP("RunsBar", "Task")},
    {"model", QT_TRANSLATE_NOOP("RunsBar", "Model")},
    {"regime", QT_TRANSLATE_NOOP("RunsBar", "Regime")},
    {"optimizer", QT_TRANSLATE_NOOP("RunsBar", "Optimizer")},
    {"optimizer.lr", QT_TRANSLATE_NOOP("RunsBar", "Learning rate")},
}};
} // namespace

RunsBar::RunsBar(const RunsActions& actions, RunsTable& table, QWidget* parent)
    : QWidget(parent)
    , count_(new ElidedLabel) {
    setObjectName(QStringLiteral("runsBar"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(theme::kGrid / 2);
    for (QAction* action : {actions.open, actions.compare, actions.resume, actions.again, actions.branch})
        addAction(*row, action, Qt::ToolButtonTextOnly);
    row->addSpacing(theme::kGrid);
    for (QAction* action : {actions.star, actions.tag, actions.export_csv, actions.trash})
        addAction(*row, action, Qt::ToolButtonIconOnly);
    addAction(*row, actions.restore, Qt::ToolButtonTextBesideIcon);
    count_->setObjectName(QStringLiteral("runsCount"));
    count_->setProperty("role", QStringLiteral("muted"));
    count_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    row->addWidget(count_, 1);
    row->addSpacing(theme::kGrid);
    grouping_ = addTool(*row, "runsGroup", tr("Group"), tr("Fold runs that belong together into one row"));
    grouping_->setPopupMode(QToolButton::InstantPopup);
    auto* group_menu = new QMenu(grouping_);
    group_menu->setObjectName(QStringLiteral("runsGroupMenu"));
    grouping_->setMenu(group_menu);
    connect(group_menu, &QMenu::aboutToShow, this,
            [this, group_menu, &actions] { fillGroupMenu(*group_menu, actions); });
    columns_ = addTool(*row, "runsColumns", tr("Columns"), tr("Choose the columns of the table"));
    columns_->setPopupMode(QToolButton::InstantPopup);
    auto* menu = new QMenu(columns_);
    menu->setObjectName(QStringLiteral("runsColumnsMenu"));
    columns_->setMenu(menu);
    connect(menu, &QMenu::aboutToShow, &table, [&table, menu] {
        menu->clear();
        table.fillColumnMenu(*menu);
    });
    preview_ = addTool(*row, "runsPreviewToggle", tr("Preview"), tr("Show the chosen run beside the table"));
    preview_->setCheckable(true);
    trash_ = addTool(*row, "runsTrashView", tr("Trash"), tr("Show the runs in the trash"));
    trash_->setCheckable(true);
}

void RunsBar::fillGroupMenu(QMenu& menu, const RunsActions& actions) {
    menu.clear();
    const auto add = [&](const QString& text, const std::string& by) {
        auto* action = menu.addAction(text, this, [this, by] { Q_EMIT groupWanted(by); });
        action->setObjectName(QStringLiteral("group-") + QString::fromStdString(by));
        action->setCheckable(true);
        action->setChecked(by == group_);
    };
    bool listed = false;
    for (const auto& [by, text] : kGroups) {
        add(tr(text), by);
        listed = listed || group_ == by;
    }
    if (!listed) add(QString::fromStdString(group_), group_);
    auto* other = menu.addAction(tr("Another field…"), this, &RunsBar::otherGroupWanted);
    other->setObjectName(QStringLiteral("groupOther"));
    menu.addSeparator();
    menu.addActions({actions.unfold_all, actions.fold_all});
}

void RunsBar::setGroup(const std::string& by) {
    group_ = by;
    const bool grouped = by != "none";
    grouping_->setText(grouped ? tr("Grouped") : tr("Group"));
    const QString how = by == "replicates" ? tr("replicates") : QString::fromStdString(by);
    grouping_->setToolTip(grouped ? tr("Runs are grouped by %1").arg(how)
                                  : tr("Fold runs that belong together into one row"));
    grouping_->setAccessibleName(grouping_->toolTip());
}

void RunsBar::addAction(QHBoxLayout& row, QAction* action, Qt::ToolButtonStyle style) {
    auto* button = new QToolButton;
    button->setDefaultAction(action);
    button->setObjectName(action->objectName() + QStringLiteral("Button"));
    button->setAccessibleName(action->text());
    button->setToolButtonStyle(style);
    button->setFocusPolicy(Qt::StrongFocus);
    button->setMinimumHeight(theme::kGrid * 4);
    row.addWidget(button);
    button->setVisible(action->isVisible());
    connect(action, &QAction::changed, button, [button, action] {
        button->setVisible(action->isVisible());
        button->setAccessibleName(action->text());
    });
}

QToolButton* RunsBar::addTool(QHBoxLayout& row, const char* name, const QString& text, const QString& tip) {
    auto* button = new QToolButton;
    button->setObjectName(QString::fromLatin1(name));
    button->setText(text);
    button->setToolTip(tip);
    button->setAccessibleName(tip);
    button->setToolButtonStyle(Qt::ToolButtonTextOnly);
    button->setFocusPolicy(Qt::StrongFocus);
    button->setMinimumHeight(theme::kGrid * 4);
    row.addWidget(button);
    return button;
}

} // namespace descent::ui
