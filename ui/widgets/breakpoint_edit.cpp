#include "ui/widgets/breakpoint_edit.h"

#include "core/analysis/breakpoint.h"
#include "ui/state/training.h"
#include "ui/theme.h"
#include "ui/widgets/elided_label.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <array>

namespace descent::ui {

namespace {
constexpr std::array kPresets{"loss is NaN", "sharpness > 2/lr", "validation rises 5 times", "gradient > 10",
                              "validation < 0.5"};
} // namespace

BreakpointEdit::BreakpointEdit(Training& training, const QString& prefix, QWidget* parent)
    : QWidget(parent)
    , training_(training)
    , prefix_(prefix)
    , rows_(new QVBoxLayout)
    , line_(new QLineEdit)
    , add_(new QPushButton(tr("Add")))
    , presets_(new QToolButton)
    , error_(new QLabel) {
    setObjectName(prefix_);
    line_->setObjectName(prefix_ + QStringLiteral("-line"));
    line_->setAccessibleName(tr("New breakpoint"));
    line_->setPlaceholderText(QStringLiteral("sharpness > 2/lr"));
    line_->setToolTip(tr("The run pauses when this becomes true: a metric \"is NaN\" or \"is infinite\", "
                         "\"rises\" or \"falls 5 times\", or a comparison such as loss < 0.1. Metrics by "
                         "name or as loss, validation, accuracy, sharpness, gradient, lr"));
    add_->setObjectName(prefix_ + QStringLiteral("-add"));
    add_->setAccessibleName(tr("Add the breakpoint"));
    add_->setEnabled(false);
    presets_->setObjectName(prefix_ + QStringLiteral("-presets"));
    presets_->setAccessibleName(tr("Breakpoints to choose from"));
    presets_->setToolTip(presets_->accessibleName());
    presets_->setIcon(theme::icon(QStringLiteral("chevron-down"), &theme::mutedText));
    presets_->setFocusPolicy(Qt::StrongFocus);
    presets_->setPopupMode(QToolButton::InstantPopup);
    auto* menu = new QMenu(presets_);
    for (const char* preset : kPresets)
        menu->addAction(QString::fromLatin1(preset), this, [this, preset] {
            auto all = training_.breakpoints();
            if (std::ranges::count(all, preset) == 0) all.emplace_back(preset);
            set(std::move(all));
        });
    presets_->setMenu(menu);
    error_->setObjectName(prefix_ + QStringLiteral("-error"));
    error_->setProperty("role", QStringLiteral("error"));
    error_->setWordWrap(true);
    error_->hide();
    rows_->setSpacing(0);
    auto* row = new QHBoxLayout;
    row->setSpacing(theme::kGrid / 2);
    row->addWidget(line_, 1);
    row->addWidget(presets_);
    row->addWidget(add_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::kGrid / 2);
    column->addLayout(rows_);
    column->addLayout(row);
    column->addWidget(error_);
    connect(line_, &QLineEdit::textEdited, this, &BreakpointEdit::check);
    connect(line_, &QLineEdit::returnPressed, this, &BreakpointEdit::add);
    connect(add_, &QPushButton::clicked, this, &BreakpointEdit::add);
    connect(&training_, &Training::breakpointsChanged, this, &BreakpointEdit::list);
    list();
}

void BreakpointEdit::check(const QString& text) {
    QString wrong;
    const bool empty = text.trimmed().isEmpty();
    if (!empty)
        if (const auto read = Breakpoint::parse(text.trimmed().toStdString()); !read)
            wrong = QString::fromStdString(read.error().message);
    add_->setEnabled(!empty && wrong.isEmpty());
    error_->setText(wrong);
    error_->setVisible(!wrong.isEmpty());
    line_->setAccessibleDescription(wrong);
    if (line_->property("invalid").toBool() == wrong.isEmpty()) {
        line_->setProperty("invalid", !wrong.isEmpty());
        theme::repolish(line_);
    }
}

void BreakpointEdit::add() {
    if (!add_->isEnabled()) return;
    auto all = training_.breakpoints();
    all.push_back(line_->text().trimmed().toStdString());
    line_->clear();
    add_->setEnabled(false);
    set(std::move(all));
}

void BreakpointEdit::set(std::vector<std::string> conditions) {
    if (const auto done = training_.setBreakpoints(std::move(conditions)); !done) {
        error_->setText(QString::fromStdString(done.error().message));
        error_->show();
    }
}

void BreakpointEdit::list() {
    // A button of a row may be what asked for this.
    while (auto* item = rows_->takeAt(0)) {
        item->widget()->hide();
        item->widget()->deleteLater();
        delete item;
    }
    const auto& all = training_.breakpoints();
    for (std::size_t i = 0; i < all.size(); ++i) {
        const QString text = QString::fromStdString(all[i]);
        auto* row = new QWidget;
        auto* line = new QHBoxLayout(row);
        line->setContentsMargins(0, 0, 0, 0);
        auto* label = new ElidedLabel(text);
        label->setObjectName(QStringLiteral("%1-%2").arg(prefix_).arg(i));
        label->setFont(theme::numberFont());
        auto* remove = new QToolButton;
        remove->setObjectName(QStringLiteral("%1-remove-%2").arg(prefix_).arg(i));
        remove->setAccessibleName(tr("Remove the breakpoint %1").arg(text));
        remove->setToolTip(tr("Remove"));
        remove->setIcon(theme::icon(QStringLiteral("close"), &theme::mutedText));
        remove->setFocusPolicy(Qt::StrongFocus);
        connect(remove, &QToolButton::clicked, this, [this, i] {
            auto rest = training_.breakpoints();
            rest.erase(rest.begin() + std::ptrdiff_t(i));
            line_->setFocus(Qt::OtherFocusReason);
            set(std::move(rest));
        });
        line->addWidget(label, 1);
        line->addWidget(remove);
        rows_->addWidget(row);
    }
}

} // namespace descent::ui
