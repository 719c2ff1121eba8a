#include "ui/widgets/menu_button.h"

#include "ui/theme.h"

#include <QMenu>

#include <algorithm>

namespace descent::ui {

namespace {

/// The arrow stands after the word because the button runs from right to left, and QToolButton would open its
/// menu to the left as well: moved before it is seen.
class Beneath : public QMenu {
public:
    explicit Beneath(QToolButton* button) : QMenu(button), button_(button) {
        setLayoutDirection(Qt::LeftToRight);
        setToolTipsVisible(true);
    }

protected:
    void showEvent(QShowEvent* event) override {
        const int from = button_->mapToGlobal(QPoint()).x();
        const QWidget* window = button_->window();
        const int most = window->mapToGlobal(QPoint(window->width(), 0)).x() - width();
        move(std::min(from, std::max(most, from + button_->width() - width())), y());
        QMenu::showEvent(event);
    }

private:
    QToolButton* button_;
};

} // namespace

MenuButton::MenuButton(const char* name, const QString& accessible, QWidget* parent) : QToolButton(parent) {
    setObjectName(QString::fromLatin1(name));
    setAccessibleName(accessible);
    setToolTip(accessible);
    setProperty("role", QStringLiteral("menu"));
    setPopupMode(QToolButton::InstantPopup);
    setFocusPolicy(Qt::StrongFocus);
    setMenu(new Beneath(this));
    setIcon(theme::icon(QStringLiteral("chevron-down"), &theme::mutedText));
    setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    setLayoutDirection(Qt::RightToLeft);
    setIconSize({12, 12});
}

} // namespace descent::ui
