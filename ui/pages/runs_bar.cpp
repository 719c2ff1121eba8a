#include "ui/pages/runs_bar.h"

#include "ui/pages/runs_actions.h"
#include "ui/theme.h"
#include "ui/widgets/runs_table.h"

#include <QAction>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QToolButton>

namespace descent::ui {

RunsBar::RunsBar(const RunsActions& actions, RunsTable& table, QWidget* parent)
    : QWidget(parent)
    , count_(new QLabel) {
    setObjectName(QStringLiteral("runsBar"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(theme::kGrid / 2);
    for (QAction* action : {actions.open, actions.resume, actions.again})
        addAction(*row, action, Qt::ToolButtonTextOnly);
    row->addSpacing(theme::kGrid);
    for (QAction* action : {actions.star, actions.tag, actions.export_csv, actions.trash})
        addAction(*row, action, Qt::ToolButtonIconOnly);
    addAction(*row, actions.restore, Qt::ToolButtonTextBesideIcon);
    row->addStretch(1);
    count_->setObjectName(QStringLiteral("runsCount"));
    count_->setProperty("role", QStringLiteral("muted"));
    row->addWidget(count_);
    row->addSpacing(theme::kGrid);
    auto* columns = addTool(*row, "runsColumns", tr("Columns"), tr("Choose the columns of the table"));
    columns->setPopupMode(QToolButton::InstantPopup);
    auto* menu = new QMenu(columns);
    columns->setMenu(menu);
    connect(menu, &QMenu::aboutToShow, &table, [&table, menu] {
        menu->clear();
        table.fillColumnMenu(*menu);
    });
    preview_ = addTool(*row, "runsPreviewToggle", tr("Preview"), tr("Show the chosen run beside the table"));
    preview_->setCheckable(true);
    trash_ = addTool(*row, "runsTrashView", tr("Trash"), tr("Show the runs in the trash"));
    trash_->setCheckable(true);
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
