#include "ui/widgets/adjust_panel.h"

#include "core/base/change.h"
#include "core/base/format.h"
#include "ui/state/change_text.h"
#include "ui/state/training.h"
#include "ui/state/watched_run.h"
#include "ui/theme.h"
#include "ui/widgets/breakpoint_edit.h"
#include "ui/widgets/fold.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace descent::ui {

namespace {

QString longWord(const std::string& path) {
    if (path == "optimizer.lr") return AdjustPanel::tr("step size");
    if (path == "regime.clip_norm") return AdjustPanel::tr("clip norm");
    if (path == "regime.batch_size") return AdjustPanel::tr("batch size");
    return changeWord(path);
}

bool seldom(const std::string& path) {
    return path == "regime.clip_value" || path == "regime.clip_layer" || path == "regime.clip_agc";
}

void makeGrid(QWidget* box) {
    auto* grid = new QGridLayout(box);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(theme::kGrid);
    grid->setVerticalSpacing(theme::kGrid / 2);
    grid->setColumnMinimumWidth(0, theme::kGrid * 9);
    grid->setColumnStretch(1, 1);
}

QLabel* caption(const QString& text) {
    auto* label = new QLabel(text);
    label->setProperty("role", QStringLiteral("caption"));
    return label;
}

} // namespace

AdjustPanel::AdjustPanel(const WatchedRun& run, Training& training, QWidget* parent)
    : QFrame(parent)
    , run_(run)
    , training_(training)
    , said_(new QLabel) {
    setObjectName(QStringLiteral("adjustPanel"));
    setAccessibleName(tr("Adjust the run"));
    setProperty("role", QStringLiteral("card"));
    auto* left = new QVBoxLayout;
    left->setSpacing(theme::kGrid / 2);
    left->addWidget(caption(tr("CHANGE WHILE TRAINING")));
    box_ = new QWidget;
    more_ = new Fold(QStringLiteral("adjustMore"), tr("Other clips"), tr("Other clips"));
    makeGrid(box_);
    makeGrid(more_->body());
    left->addWidget(box_);
    left->addWidget(more_);
    said_->setObjectName(QStringLiteral("adjustSaid"));
    said_->setProperty("role", QStringLiteral("hint"));
    said_->setWordWrap(true);
    left->addWidget(said_);
    left->addStretch();
    auto* right = new QVBoxLayout;
    right->setSpacing(theme::kGrid / 2);
    auto* head = new QHBoxLayout;
    head->addWidget(caption(tr("PAUSE WHEN")), 1);
    auto* close = new QToolButton;
    close->setObjectName(QStringLiteral("adjustClose"));
    close->setAccessibleName(tr("Close"));
    close->setToolTip(tr("Close (Esc)"));
    close->setIcon(theme::icon(QStringLiteral("close"), &theme::mutedText));
    close->setFocusPolicy(Qt::StrongFocus);
    connect(close, &QToolButton::clicked, this, &AdjustPanel::closed);
    head->addWidget(close);
    right->addLayout(head);
    right->addWidget(new BreakpointEdit(training, QStringLiteral("adjustBreakpoints")));
    right->addStretch();
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(theme::kGrid * 2, theme::kGrid, theme::kGrid, theme::kGrid);
    row->setSpacing(theme::kGrid * 3);
    row->addLayout(left, 1);
    row->addLayout(right, 1);
}

void AdjustPanel::setCatalog(const Catalog* catalog) {
    catalog_ = catalog;
    sync();
}

std::string AdjustPanel::valueNow(const std::string& path) const {
    for (auto it = run_.changes().rbegin(); it != run_.changes().rend(); ++it)
        if (it->path == path) return it->value;
    const auto& spec = run_.record()->spec;
    const auto& values = (path.starts_with("optimizer.") ? spec.optimizer : spec.regime).params.values;
    const auto it = values.find(path.substr(path.find('.') + 1));
    return it == values.end() ? std::string() : to_string(it->second);
}

void AdjustPanel::sync() {
    if (!catalog_ || !run_.record()) return;
    std::vector<std::string> paths;
    const auto& spec = run_.record()->spec;
    for (const auto& path : changeable_paths()) {
        const bool optimizer = path.starts_with("optimizer.");
        if (catalog_->find_param(optimizer ? Group::optimizer : Group::regime,
                                 optimizer ? spec.optimizer.id : spec.regime.id,
                                 path.substr(path.find('.') + 1)))
            paths.push_back(path);
    }
    if (paths != shown_) {
        shown_ = paths;
        build();
    }
    for (auto& field : fields_) {
        const auto now = valueNow(field.path);
        if (now == field.now) continue;
        // What is being typed stays; what only showed the old value follows.
        if (field.line->text() == QString::fromStdString(field.now))
            field.line->setText(QString::fromStdString(now));
        field.now = now;
        check(field);
    }
}

void AdjustPanel::build() {
    for (QWidget* box : {box_, more_->body()})
        for (auto* child : box->findChildren<QWidget*>(QString(), Qt::FindDirectChildrenOnly)) delete child;
    fields_.clear();
    more_->setVisible(std::ranges::any_of(shown_, seldom));
    for (std::size_t i = 0; i < shown_.size(); ++i) {
        const QString path = QString::fromStdString(shown_[i]), word = longWord(shown_[i]);
        auto* label = new QLabel(word);
        auto* line = new QLineEdit;
        line->setObjectName(QStringLiteral("adjust-") + path);
        line->setAccessibleName(word);
        line->setFont(theme::numberFont());
        line->setMinimumWidth(theme::kGrid * 9);
        auto* apply = new QPushButton(tr("Apply"));
        apply->setObjectName(QStringLiteral("adjust-apply-") + path);
        apply->setAccessibleName(tr("Apply the %1").arg(word));
        auto* error = new QLabel;
        error->setObjectName(QStringLiteral("adjust-error-") + path);
        error->setProperty("role", QStringLiteral("error"));
        error->setWordWrap(true);
        error->hide();
        const int row = int(i) * 2;
        auto* grid = static_cast<QGridLayout*>((seldom(shown_[i]) ? more_->body() : box_)->layout());
        grid->addWidget(label, row, 0);
        grid->addWidget(line, row, 1);
        grid->addWidget(apply, row, 2);
        grid->addWidget(error, row + 1, 1, 1, 2);
        label->setBuddy(line);
        fields_.push_back({shown_[i], line, apply, error, {}});
        connect(line, &QLineEdit::textEdited, this, [this, i] { check(fields_[i]); });
        connect(line, &QLineEdit::returnPressed, this, [this, i] { this->apply(i); });
        connect(apply, &QPushButton::clicked, this, [this, i] { this->apply(i); });
    }
}

/// What cannot be is said while it is typed.
void AdjustPanel::check(Field& field) {
    const auto text = field.line->text().trimmed().toStdString();
    QString wrong;
    if (text != field.now) {
        const auto made = check_change({{}, field.path, text}, *catalog_, run_.record()->spec);
        if (!made) wrong = QString::fromStdString(made.error().message);
    }
    field.apply->setEnabled(text != field.now && wrong.isEmpty());
    field.error->setText(wrong);
    field.error->setVisible(!wrong.isEmpty());
    field.line->setToolTip(tr("Now %1").arg(QString::fromStdString(field.now)));
    if (field.line->property("invalid").toBool() == wrong.isEmpty()) {
        field.line->setProperty("invalid", !wrong.isEmpty());
        theme::repolish(field.line);
    }
}

void AdjustPanel::apply(std::size_t index) {
    Field& field = fields_[index];
    const auto text = field.line->text().trimmed().toStdString();
    if (text == field.now || !field.error->isHidden()) return;
    if (const auto done = training_.change(field.path, text); !done) {
        field.error->setText(QString::fromStdString(done.error().message));
        field.error->show();
        return;
    }
    const auto made = check_change({{}, field.path, text}, *catalog_, run_.record()->spec);
    said_->setText(
        tr("%1 from %2 on")
            .arg(changeLabel(made ? *made : Change{{}, field.path, text}),
                 field.path == "regime.batch_size" ? tr("the next epoch") : tr("the next update")));
    field.apply->setEnabled(false);
}

void AdjustPanel::focusFirst() {
    if (fields_.empty()) return;
    fields_.front().line->setFocus(Qt::OtherFocusReason);
    fields_.front().line->selectAll();
}

void AdjustPanel::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape) {
        Q_EMIT closed();
        return;
    }
    QFrame::keyPressEvent(event);
}

} // namespace descent::ui
