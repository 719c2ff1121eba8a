#include "ui/widgets/filter_line.h"

#include "core/store/filter.h"
#include "ui/theme.h"
#include "ui/widgets/filter_help.h"

#include <QAction>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSettings>
#include <QShortcut>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace descent::ui {

namespace {
constexpr int kSettleMs = 250;
const QString kSaved = QStringLiteral("runs/filters");     // texts
const QString kNames = QStringLiteral("runs/filterNames"); // theirs, in the same order
} // namespace

FilterLine::FilterLine(QWidget* parent)
    : QWidget(parent)
    , line_(new QLineEdit)
    , error_(new QLabel)
    , help_(new QToolButton)
    , saved_button_(new QToolButton)
    , saved_menu_(new QMenu(this)) {
    line_->setObjectName(QStringLiteral("runsFilter"));
    line_->setAccessibleName(tr("Filter runs"));
    line_->setPlaceholderText(tr("Filter: task=names and lr>0.01 and (tag:paper or starred)"));
    line_->setClearButtonEnabled(true);
    line_->addAction(theme::icon(QStringLiteral("search"), &theme::mutedText), QLineEdit::LeadingPosition);
    error_->setObjectName(QStringLiteral("runsFilterError"));
    error_->setProperty("role", QStringLiteral("error"));
    error_->setAccessibleName(tr("Error in the filter"));
    error_->setWordWrap(true);
    error_->hide();
    help_->setObjectName(QStringLiteral("runsFilterHelp"));
    help_->setText(QStringLiteral("?"));
    help_->setToolTip(tr("How to write a filter"));
    help_->setAccessibleName(tr("How to write a filter"));
    help_->setMinimumSize(theme::kGrid * 4, theme::kGrid * 4);
    help_->setFocusPolicy(Qt::StrongFocus);
    saved_button_->setObjectName(QStringLiteral("runsFilterSaved"));
    saved_button_->setIcon(theme::icon(QStringLiteral("filter")));
    saved_button_->setText(tr("Saved"));
    saved_button_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    saved_button_->setToolTip(tr("Filters you have kept (Alt+Down; Ctrl+S keeps this one)"));
    saved_button_->setAccessibleName(tr("Saved filters"));
    saved_button_->setPopupMode(QToolButton::InstantPopup);
    saved_button_->setMenu(saved_menu_);
    saved_button_->setFocusPolicy(Qt::StrongFocus);
    saved_button_->setMinimumHeight(theme::kGrid * 4);

    auto* row = new QHBoxLayout;
    row->setSpacing(theme::kGrid);
    row->addWidget(line_, 1);
    row->addWidget(help_);
    row->addWidget(saved_button_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::kGrid / 2);
    column->addLayout(row);
    column->addWidget(error_);

    settle_.setSingleShot(true);
    settle_.setInterval(kSettleMs);
    connect(&settle_, &QTimer::timeout, this, &FilterLine::check);
    connect(line_, &QLineEdit::textChanged, this, [this](const QString& text) {
        if (text.trimmed().isEmpty())
            check(); // clearing is not typing
        else
            settle_.start();
    });
    connect(line_, &QLineEdit::returnPressed, this, &FilterLine::check);
    connect(help_, &QToolButton::clicked, this, &FilterLine::showHelp);
    connect(saved_menu_, &QMenu::aboutToShow, this, &FilterLine::fillSavedMenu);
    saved_menu_->setObjectName(QStringLiteral("runsFilterMenu"));
    const auto key = [this](const QKeySequence& keys, auto act) {
        auto* shortcut = new QShortcut(keys, this);
        shortcut->setContext(Qt::WidgetWithChildrenShortcut);
        connect(shortcut, &QShortcut::activated, this, act);
    };
    key(QKeySequence(QKeySequence::Save), [this] {
        check();
        if (!text().isEmpty() && error_->isHidden()) askForName();
    });
    key(QKeySequence(Qt::ALT | Qt::Key_Down), [this] { saved_button_->showMenu(); });
}

QString FilterLine::text() const {
    return line_->text().trimmed();
}

void FilterLine::setText(const QString& text) {
    line_->setText(text);
    check();
}

void FilterLine::focus() {
    line_->setFocus(Qt::ShortcutFocusReason);
    line_->selectAll();
}

void FilterLine::showError(const QString& message) {
    error_->setText(message);
    error_->setVisible(!message.isEmpty());
    line_->setProperty("invalid", !message.isEmpty());
    line_->setAccessibleDescription(message);
    theme::repolish(line_);
}

void FilterLine::check() {
    settle_.stop();
    const auto condition = parse_filter(text().toStdString());
    showError(condition ? QString() : QString::fromStdString(condition.error().message));
    if (!condition || text() == valid_) return;
    valid_ = text();
    Q_EMIT filterChanged(valid_);
}

void FilterLine::showHelp() {
    auto* help = new FilterHelp(this);
    connect(help, &FilterHelp::chosen, this, [this](const QString& example) {
        setText(example);
        focus();
    });
    help->popUpUnder(*line_);
}

std::vector<SavedFilter> FilterLine::saved() const {
    const QSettings settings;
    const QStringList texts = settings.value(kSaved).toStringList();
    const QStringList names = settings.value(kNames).toStringList();
    std::vector<SavedFilter> filters;
    for (qsizetype i = 0; i < texts.size(); ++i)
        filters.push_back({i < names.size() && !names[i].isEmpty() ? names[i] : texts[i], texts[i]});
    return filters;
}

void FilterLine::keep(const std::vector<SavedFilter>& filters) {
    QStringList names, texts;
    for (const SavedFilter& filter : filters) {
        names << filter.name;
        texts << filter.text;
    }
    QSettings settings;
    settings.setValue(kSaved, texts);
    settings.setValue(kNames, names);
}

void FilterLine::fillSavedMenu() {
    saved_menu_->clear();
    const std::vector<SavedFilter> filters = saved();
    const auto shown = [this](const SavedFilter& filter) {
        QString line = filter.name == filter.text ? filter.text : filter.name + tr(":  ") + filter.text;
        line = fontMetrics().elidedText(line, Qt::ElideRight, theme::kGrid * 48);
        return line.replace(QLatin1Char('&'), QStringLiteral("&&"));
    };
    for (std::size_t i = 0; i < filters.size(); ++i) {
        auto* action = saved_menu_->addAction(shown(filters[i]));
        action->setObjectName(QStringLiteral("savedFilter%1").arg(i));
        action->setCheckable(true);
        action->setChecked(filters[i].text == text());
        connect(action, &QAction::triggered, this, [this, filter = filters[i]] { setText(filter.text); });
    }
    if (filters.empty()) saved_menu_->addAction(tr("No filter saved yet"))->setEnabled(false);
    saved_menu_->addSeparator();
    auto* save = saved_menu_->addAction(tr("Save this filter…"));
    save->setObjectName(QStringLiteral("saveFilter"));
    save->setShortcut(QKeySequence(QKeySequence::Save));
    save->setShortcutContext(Qt::WidgetShortcut); // shown here; the line listens itself
    save->setEnabled(!text().isEmpty() && error_->isHidden());
    connect(save, &QAction::triggered, this, &FilterLine::askForName);
    auto* forget = saved_menu_->addMenu(tr("Delete"));
    forget->setObjectName(QStringLiteral("deleteFilterMenu"));
    forget->setEnabled(!filters.empty());
    for (std::size_t i = 0; i < filters.size(); ++i) {
        auto* action = forget->addAction(shown(filters[i]));
        action->setObjectName(QStringLiteral("deleteFilter%1").arg(i));
        connect(action, &QAction::triggered, this, [this, name = filters[i].name] {
            auto rest = saved();
            std::erase_if(rest, [&](const SavedFilter& filter) { return filter.name == name; });
            keep(rest);
        });
    }
}

/// A line under the filter's: Enter keeps it, under a name that was taken in that one's place.
void FilterLine::askForName() {
    auto* popup = new QFrame(this, Qt::Popup);
    popup->setAttribute(Qt::WA_DeleteOnClose);
    popup->setObjectName(QStringLiteral("filterNamePopover"));
    popup->setProperty("role", QStringLiteral("card"));
    popup->setAccessibleName(tr("Save the filter under a name"));
    auto* label = new QLabel(tr("Save the filter as"));
    auto* name = new QLineEdit;
    name->setObjectName(QStringLiteral("filterName"));
    name->setAccessibleName(tr("Name of the filter"));
    name->setMaxLength(60);
    name->setMinimumWidth(theme::kGrid * 28);
    auto* save = new QPushButton(tr("Save"));
    save->setObjectName(QStringLiteral("filterNameSave"));
    save->setAccessibleName(tr("Save the filter"));
    save->setProperty("role", QStringLiteral("primary"));
    auto* row = new QHBoxLayout(popup);
    row->setContentsMargins(theme::kGrid * 2, theme::kGrid * 2, theme::kGrid * 2, theme::kGrid * 2);
    row->setSpacing(theme::kGrid);
    row->addWidget(label);
    row->addWidget(name);
    row->addWidget(save);
    const auto done = [this, popup, name] {
        const QString called = name->text().simplified();
        auto filters = saved();
        const SavedFilter kept{called.isEmpty() ? text() : called, text()};
        const auto same = std::ranges::find(filters, kept.name, &SavedFilter::name);
        same == filters.end() ? filters.push_back(kept) : void(*same = kept);
        keep(filters);
        popup->close();
    };
    connect(name, &QLineEdit::returnPressed, popup, done);
    connect(save, &QPushButton::clicked, popup, done);
    for (const SavedFilter& filter : saved())
        if (filter.text == text()) name->setText(filter.name);
    name->setPlaceholderText(text());
    name->selectAll();
    popup->adjustSize();
    popup->move(line_->mapToGlobal(QPoint(0, line_->height() + theme::kGrid / 2)));
    popup->show();
    name->setFocus();
}

} // namespace descent::ui
