#include "ui/widgets/filter_line.h"

#include "core/store/filter.h"
#include "ui/theme.h"
#include "ui/widgets/filter_help.h"

#include <QAction>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QSettings>
#include <QToolButton>
#include <QVBoxLayout>

namespace descent::ui {

namespace {
constexpr int kSettleMs = 250;
const QString kSaved = QStringLiteral("runs/filters");
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
    saved_button_->setToolTip(tr("Filters you have kept"));
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

QStringList FilterLine::saved() const {
    return QSettings().value(kSaved).toStringList();
}
void FilterLine::keep(const QStringList& filters) {
    QSettings().setValue(kSaved, filters);
}

void FilterLine::fillSavedMenu() {
    saved_menu_->clear();
    const QStringList filters = saved();
    for (const QString& filter : filters) {
        QString shown = fontMetrics().elidedText(filter, Qt::ElideRight, theme::kGrid * 48);
        auto* action = saved_menu_->addAction(shown.replace(QLatin1Char('&'), QStringLiteral("&&")));
        connect(action, &QAction::triggered, this, [this, filter] { setText(filter); });
    }
    if (filters.isEmpty()) saved_menu_->addAction(tr("No filter saved yet"))->setEnabled(false);
    saved_menu_->addSeparator();
    auto* save = saved_menu_->addAction(tr("Save this filter"));
    save->setObjectName(QStringLiteral("saveFilter"));
    save->setEnabled(!text().isEmpty() && error_->isHidden() && !filters.contains(text()));
    connect(save, &QAction::triggered, this, [this] { keep(saved() << text()); });
    auto* forget = saved_menu_->addAction(tr("Forget this filter"));
    forget->setObjectName(QStringLiteral("forgetFilter"));
    forget->setEnabled(filters.contains(text()));
    connect(forget, &QAction::triggered, this, [this] {
        QStringList rest = saved();
        rest.removeAll(text());
        keep(rest);
    });
}

} // namespace descent::ui
