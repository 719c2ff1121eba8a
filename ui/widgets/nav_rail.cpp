#include "ui/widgets/nav_rail.h"

#include "ui/theme.h"

#include <QButtonGroup>
#include <QToolButton>
#include <QVBoxLayout>

namespace descent::ui {

namespace {
constexpr int kWide = theme::kGrid * 17;
constexpr int kNarrow = theme::kGrid * 7;
} // namespace

NavRail::NavRail(QWidget* parent)
    : QFrame(parent)
    , top_(new QVBoxLayout)
    , bottom_(new QVBoxLayout)
    , group_(new QButtonGroup(this)) {
    setObjectName(QStringLiteral("navRail"));
    setAccessibleName(tr("Pages"));
    setProperty("role", QStringLiteral("rail"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme::kGrid, theme::kGrid * 2, theme::kGrid, theme::kGrid * 2);
    column->setSpacing(0);
    for (auto* part : {top_, bottom_}) part->setSpacing(theme::kGrid / 2);
    column->addLayout(top_);
    column->addStretch();
    column->addLayout(bottom_);
    setCompact(false);
    connect(group_, &QButtonGroup::idClicked, this, &NavRail::chosen);
}

QToolButton* NavRail::make(const QString& name, const QString& text, const QString& icon) {
    auto* button = new QToolButton;
    button->setObjectName(name);
    button->setText(QStringLiteral("  ") + text); // a style sheet cannot set the gap
    button->setAccessibleName(text);
    button->setIcon(theme::icon(icon));
    button->setIconSize({20, 20});
    button->setProperty("role", QStringLiteral("nav"));
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    button->setFocusPolicy(Qt::TabFocus);
    buttons_.push_back(button);
    return button;
}

void NavRail::addPage(const QString& name, const QString& text, const QString& icon, const QString& tool_tip,
                      bool below) {
    auto* button = make(name, text, icon);
    button->setCheckable(true);
    button->setToolTip(tool_tip);
    group_->addButton(button, pages_++);
    (below ? bottom_ : top_)->addWidget(button);
}

QToolButton* NavRail::addButton(const QString& name, const QString& text, const QString& icon) {
    auto* button = make(name, text, icon);
    button->setToolTip(text);
    bottom_->addWidget(button);
    return button;
}

void NavRail::setCurrent(int page) {
    if (auto* button = group_->button(page)) button->setChecked(true);
}

void NavRail::setCompact(bool compact) {
    setFixedWidth(compact ? kNarrow : kWide);
    for (auto* button : buttons_)
        button->setToolButtonStyle(compact ? Qt::ToolButtonIconOnly : Qt::ToolButtonTextBesideIcon);
}

} // namespace descent::ui
