#include "ui/style_sheet.h"

#include "ui/theme.h"

#include <QList>

#include <utility>

namespace descent::ui::theme {

namespace {

// @name is replaced by the colour of that name. Sizes are multiples of 4 on the 8-pixel grid.
constexpr auto kSheet = R"(
QMainWindow, QDialog, QWidget[role="page"] { background: @window; }
QToolTip { background: @surface; color: @text; border: 1px solid @border; padding: 6px 8px; }

QLabel { background: transparent; }
QLabel[role="title"] { font-size: 13pt; font-weight: 600; }
QLabel[role="heading"] { font-weight: 600; }
QLabel[role="caption"] { color: @muted; font-size: 8pt; font-weight: 600; }
QLabel[role="muted"] { color: @muted; }
QLabel[role="error"] { color: @error; font-size: 8.5pt; }
QLabel[role="hint"] { color: @muted; font-size: 8.5pt; }
QFrame[role="formula"] { background: @surface; border: 1px solid @border; border-radius: 6px; }
QPushButton[role="small"] { padding: 2px 10px; min-height: 18px; }

QFrame[role="card"] { background: @surface; border: 1px solid @border; border-radius: 8px; }
QFrame[role="bar"] { background: @barBack; border: 1px solid @border; border-radius: 8px; }
QFrame[role="hairline"] { background: @border; border: none; max-height: 1px; min-height: 1px; }
QFrame[role="rail"] { background: @rail; border: none; border-right: 1px solid @border; }
QFrame[role="side"] { background: @window; border: none; border-right: 1px solid @border; }

QPushButton { background: @surface; color: @text; border: 1px solid @controlBorder; border-radius: 6px;
    padding: 5px 12px; min-height: 18px; }
QPushButton:hover { background: @hover; }
QPushButton:pressed { background: @pressed; }
QPushButton:disabled { color: @faint; border-color: @border; background: transparent; }
QPushButton:focus { border: 1px solid @accent; outline: none; }
QPushButton[role="primary"] { background: @accent; color: @accentText; border: 1px solid @accent; font-weight: 600;
    padding: 7px 16px; }
QPushButton[role="primary"]:hover { background: @accentHover; border-color: @accentHover; }
QPushButton[role="primary"]:focus { border: 2px solid @focusRing; padding: 6px 15px; }
QPushButton[role="primary"]:disabled { background: @border; color: @faint; border-color: @border; }
QPushButton[role="link"] { background: transparent; border: 1px solid transparent; color: @accent; padding: 1px 0; text-align: left; }
QPushButton[role="link"]:hover { text-decoration: underline; }
QPushButton[role="link"]:focus { border: 1px solid @accent; }

QToolButton { background: transparent; color: @text; border: 1px solid transparent; border-radius: 6px; padding: 3px; }
QToolButton:hover { background: @hover; }
QToolButton:pressed, QToolButton:checked { background: @pressed; }
QToolButton:disabled { color: @faint; }
QToolButton:focus { border: 1px solid @accent; }
QToolButton::menu-indicator { image: none; }
QToolButton[role="nav"] { padding: 8px 10px; border-radius: 8px; text-align: left; }
QToolButton[role="nav"]:checked { background: @navChecked; color: @text; font-weight: 600; }
QToolButton[role="section"] { color: @muted; padding: 2px 4px 2px 0; }
QToolButton[role="section"]:hover { color: @text; background: transparent; }
QToolButton[role="section"]:focus { border: 1px solid @accent; }
QToolButton[role="menu"] { color: @muted; padding: 3px 6px; }
QToolButton[role="menu"]:hover { color: @text; }
QToolButton[role="menu"]:focus { border: 1px solid @accent; }
QToolButton[role="segment"] { color: @muted; padding: 1px 4px; border-radius: 4px; font-size: 8.5pt; }
QToolButton[role="segment"]:checked { color: @text; background: @hover; }
QToolButton[role="segment"]:focus { border: 1px solid @accent; }

QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox { background: @field; color: @text; border: 1px solid @controlBorder;
    border-radius: 6px; padding: 3px 8px; min-height: 20px; selection-background-color: @accent;
    selection-color: @accentText; }
QPlainTextEdit, QTextEdit, QTextBrowser { background: @surface; color: @text; border: 1px solid @border; border-radius: 6px;
    selection-background-color: @accent; selection-color: @accentText; }
QLineEdit:hover, QSpinBox:hover, QComboBox:hover { border-color: @controlHover; }
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus, QPlainTextEdit:focus, QTextEdit:focus {
    border: 1px solid @accent; }
QLineEdit[invalid="true"], QSpinBox[invalid="true"] { border: 1px solid @error; background: @errorBack; }
QLineEdit:disabled, QSpinBox:disabled, QComboBox:disabled { color: @faint; background: transparent; }
QComboBox::drop-down { border: none; width: 22px; subcontrol-position: center right; }
QComboBox::down-arrow { image: url(:/icons/control-down.svg); width: 14px; height: 14px; }
QComboBox QAbstractItemView { background: @surface; color: @text; border: 1px solid @border; outline: none; padding: 4px;
    selection-background-color: @navChecked; selection-color: @text; }
QComboBox[role="flat"] { background: transparent; border: 1px solid transparent; color: @muted; padding: 1px 4px; }
QComboBox[role="flat"]:hover { background: @hover; }
QComboBox[role="flat"]:focus { border: 1px solid @accent; }
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button, QDoubleSpinBox::down-button { border: none; background: transparent; width: 18px; }
QSpinBox::up-button, QDoubleSpinBox::up-button { subcontrol-position: top right; }
QSpinBox::down-button, QDoubleSpinBox::down-button { subcontrol-position: bottom right; }
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow { image: url(:/icons/control-up.svg); width: 11px; height: 11px; }
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow { image: url(:/icons/control-down.svg); width: 11px; height: 11px; }

QCheckBox { spacing: 8px; background: transparent; }
QCheckBox::indicator, QListView::indicator { width: 16px; height: 16px; border: 1px solid @controlBorder; border-radius: 4px; background: @field; }
QCheckBox::indicator:hover, QListView::indicator:hover { border-color: @controlHover; }
QCheckBox::indicator:checked, QListView::indicator:checked:checked { background: @checkBack; border-color: @checkBack; image: url(:/icons/control-check.svg); }
QCheckBox::indicator:focus { border: 2px solid @accent; width: 14px; height: 14px; }

QProgressBar { background: @pressed; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; }
QProgressBar::chunk { background: @accent; border-radius: 3px; }

QScrollArea { background: transparent; border: none; }
QScrollArea > QWidget > QWidget[role="plain"] { background: transparent; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar::handle:vertical { background: @scroll; border-radius: 3px; min-height: 32px; margin: 2px; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle:horizontal { background: @scroll; border-radius: 3px; min-width: 32px; margin: 2px; }
QScrollBar::handle:hover { background: @controlHover; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QTabWidget::pane { border: none; border-top: 1px solid @border; }
QTabWidget QPlainTextEdit { border: 1px solid transparent; }
QTabWidget QPlainTextEdit:focus { border: 1px solid @accent; }
QTabBar { background: transparent; qproperty-drawBase: 0; }
QTabBar::tab { background: transparent; color: @muted; padding: 6px 12px; border: none; border-bottom: 2px solid transparent; }
QTabBar::tab:hover { color: @text; }
QTabBar::tab:selected { color: @text; border-bottom: 2px solid @accent; }
QTabBar::tab:focus { background: @hover; }

QTableView, QTreeView, QListView { background: @surface; alternate-background-color: @window; color: @text; border: none;
    gridline-color: @border; selection-background-color: @navChecked; selection-color: @text; outline: none; }
QTableView[role="framed"] { border: 1px solid transparent; }
QTableView:focus, QTableView[role="framed"]:focus { border: 1px solid @accent; }
QTableView::item { padding: 0 8px; border: none; }
QHeaderView { background: @surface; border: none; }
QHeaderView::section { background: @surface; color: @muted; border: none; border-bottom: 1px solid @border; padding: 5px 8px; }
QTableCornerButton::section { background: @surface; border: none; border-bottom: 1px solid @border; }

QMenuBar { background: @rail; color: @text; border-bottom: 1px solid @border; padding: 2px 4px; }
QMenuBar::item { background: transparent; padding: 4px 10px; border-radius: 5px; }
QMenuBar::item:selected { background: @hover; }
QMenu { background: @surface; color: @text; border: 1px solid @border; padding: 6px; }
QMenu::item { padding: 5px 28px 5px 24px; border-radius: 5px; }
QMenu::item:selected { background: @navChecked; }
QMenu::item:disabled { color: @faint; }
QMenu::separator { height: 1px; background: @border; margin: 5px 8px; }
QMenu::icon { padding-left: 6px; }

QSplitter::handle { background: transparent; }
QSplitter::handle:vertical:hover { background: @controlBorder; margin: 3px 0; border-radius: 1px; }
QSplitter::handle:horizontal:hover { background: @controlBorder; margin: 0 3px; border-radius: 1px; }
QStatusBar { background: @rail; border-top: 1px solid @border; }
)";

QColor mix(const QColor& a, const QColor& b, double share) {
    return QColor::fromRgbF(float(a.redF() + (b.redF() - a.redF()) * share),
                            float(a.greenF() + (b.greenF() - a.greenF()) * share),
                            float(a.blueF() + (b.blueF() - a.blueF()) * share));
}

} // namespace

QString styleSheet() {
    const bool dark = isDark();
    const QList<std::pair<QString, QColor>> colours{
        // Longer names first: @accent is a prefix of @accentText.
        {QStringLiteral("@accentHover"), dark ? accent().lighter(112) : accent().darker(112)},
        {QStringLiteral("@accentText"), accentText()},
        {QStringLiteral("@focusRing"), dark ? QColor(Qt::white) : mix(accent(), Qt::black, 0.55)},
        {QStringLiteral("@accent"), accent()},
        {QStringLiteral("@barBack"), mix(surface(), warning(), dark ? 0.12 : 0.08)},
        {QStringLiteral("@checkBack"), dark ? accent().darker(135) : accent()},
        {QStringLiteral("@controlBorder"), mix(border(), text(), dark ? 0.16 : 0.14)},
        {QStringLiteral("@controlHover"), mix(border(), text(), 0.35)},
        {QStringLiteral("@errorBack"), mix(surface(), error(), 0.08)},
        {QStringLiteral("@error"), error()},
        {QStringLiteral("@faint"), mix(mutedText(), window(), 0.35)},
        {QStringLiteral("@field"), dark ? mix(surface(), Qt::black, 0.12) : surface()},
        {QStringLiteral("@hover"), hover()},
        {QStringLiteral("@navChecked"), mix(surface(), accent(), dark ? 0.24 : 0.13)},
        {QStringLiteral("@pressed"), mix(window(), text(), 0.11)},
        {QStringLiteral("@rail"), mix(window(), text(), 0.025)},
        {QStringLiteral("@scroll"), mix(border(), text(), 0.2)},
        {QStringLiteral("@surface"), surface()},
        {QStringLiteral("@window"), window()},
        {QStringLiteral("@border"), border()},
        {QStringLiteral("@muted"), mutedText()},
        {QStringLiteral("@text"), text()},
    };
    QString sheet = QString::fromLatin1(kSheet);
    for (const auto& [name, colour] : colours) sheet.replace(name, colour.name());
    return sheet;
}

} // namespace descent::ui::theme
