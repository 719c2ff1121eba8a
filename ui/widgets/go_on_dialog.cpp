#include "ui/widgets/go_on_dialog.h"

#include "core/base/branch_request.h"
#include "core/base/format.h"
#include "core/base/length.h"
#include "core/engine/engine.h"
#include "core/store/reader.h"
#include "core/store/writer.h"
#include "ui/state/engine_host.h"
#include "ui/state/store_host.h"
#include "ui/state/training.h"
#include "ui/theme.h"

#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include <cmath>

namespace descent::ui {

namespace {

QString text(const std::string& s) {
    return QString::fromStdString(s);
}

QLabel* said(const QString& words, const char* role) {
    auto* label = new QLabel(words);
    label->setProperty("role", QString::fromLatin1(role));
    label->setWordWrap(true);
    return label;
}

} // namespace

GoOnDialog::GoOnDialog(const RunRecord& run, const Catalog& catalog, QWidget* parent)
    : QDialog(parent)
    , run_(run)
    , catalog_(catalog)
    , length_(new QLineEdit)
    , problem_(said({}, "error")) {
    setObjectName(QStringLiteral("goOnDialog"));
    const bool finished = run.state == RunState::finished;
    setWindowTitle(finished ? tr("Train longer") : tr("Resume"));
    const auto epochs = planned_epochs(run);
    length_path_ = epochs ? "epochs" : "updates";
    done_ = epochs ? run.epoch.passes : double(run.updates.count);
    const auto planned = epochs ? *epochs : run.planned.count;
    const auto now = spec_in_force(catalog, run.spec, run.changes, {run.updates.count + 1});
    lr_now_ = to_string(now.optimizer.params.values.count("lr") ? now.optimizer.params.values.at("lr")
                                                                : Value(0.0));

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme::kGrid * 2, theme::kGrid * 2, theme::kGrid * 2, theme::kGrid * 2);
    column->setSpacing(theme::kGrid);
    auto* title = said(text(run.name), "title");
    title->setTextFormat(Qt::PlainText);
    column->addWidget(title);
    column->addWidget(said(
        finished
            ? tr("Finished after %1 %2. It goes on from its last checkpoint, as if it had been planned so.")
                  .arg(text(format_number(done_)), text(length_path_))
            : tr("%1. It goes on from its last checkpoint before that; with the same step size it would "
                 "diverge again.")
                  .arg(text(run.reason)),
        "hint"));
    auto* form = new QFormLayout;
    form->setHorizontalSpacing(theme::kGrid * 2);
    length_->setObjectName(QStringLiteral("goOnLength"));
    length_->setAccessibleName(epochs ? tr("Epochs in all") : tr("Updates in all"));
    length_->setFont(theme::numberFont());
    length_->setText(
        QString::number(finished ? 2 * std::max<std::int64_t>(planned, std::llround(done_)) : planned));
    form->addRow(length_->accessibleName(), length_);
    if (run.state == RunState::diverged) {
        lr_ = new QLineEdit(text(format_number(std::strtod(lr_now_.c_str(), nullptr) / 10, 6)));
        lr_->setObjectName(QStringLiteral("goOnRate"));
        lr_->setAccessibleName(tr("Step size (was %1)").arg(text(lr_now_)));
        lr_->setFont(theme::numberFont());
        form->addRow(lr_->accessibleName(), lr_);
        connect(lr_, &QLineEdit::textChanged, this, &GoOnDialog::check);
    }
    column->addLayout(form);
    if (finished)
        for (const auto& line : depends_on_length(run.spec.regime.params))
            column->addWidget(
                said(tr("Not the same as planned so from the beginning: %1.").arg(text(line)), "hint"));
    problem_->setObjectName(QStringLiteral("goOnProblem"));
    column->addWidget(problem_);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    go_ = buttons->addButton(windowTitle(), QDialogButtonBox::AcceptRole);
    go_->setObjectName(QStringLiteral("goOnButton"));
    go_->setDefault(true);
    column->addWidget(buttons);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(length_, &QLineEdit::textChanged, this, &GoOnDialog::check);
    setMinimumWidth(theme::kGrid * 52);
    length_->selectAll();
    check();
}

std::vector<Change> GoOnDialog::changes() const {
    std::vector<Change> all;
    const auto length = length_->text().trimmed().toStdString();
    const auto epochs = planned_epochs(run_);
    if (run_.state == RunState::finished || length != std::to_string(epochs ? *epochs : run_.planned.count))
        all.push_back({{}, length_path_, length});
    if (lr_ && lr_->text().trimmed().toStdString() != lr_now_)
        all.push_back({{}, "optimizer.lr", lr_->text().trimmed().toStdString()});
    return all;
}

void GoOnDialog::check() {
    QString problem;
    for (const auto& change : changes()) {
        const auto checked = check_change(change, catalog_, run_.spec);
        if (!checked)
            problem = text(checked.error().message);
        else if (is_length(change.path) && std::stod(checked->value) <= done_)
            problem =
                tr("It has %1 %2 already; expected more").arg(text(format_number(done_)), text(length_path_));
    }
    problem_->setText(problem);
    problem_->setVisible(!problem.isEmpty());
    go_->setEnabled(problem.isEmpty());
}

QString GoOnDialog::word(RunState state) {
    return state == RunState::finished   ? tr("Train longer…")
           : state == RunState::diverged ? tr("Resume…")
                                         : tr("Resume");
}

void GoOnDialog::resume(QWidget* parent, StoreHost& store, EngineHost& engine, Training& training,
                        const RunId& run, std::function<void(const Result<void>&)> done) {
    store.read<Result<RunRecord>>(
        parent,
        [run, &writer = store.writer()](const StoreReader& reader) {
            (void)writer.flush(); // it may have ended just now
            return reader.run(run);
        },
        [=, &engine, &training](const Result<RunRecord>& found) {
            if (!found) return done(std::unexpected(found.error()));
            if (!engine.engine()) return;
            const auto go = [=, &training](std::vector<Change> changes) {
                done(training.resumeRun(run, std::move(changes)));
            };
            if (found->state != RunState::finished && found->state != RunState::diverged) return go({});
            auto* dialog = new GoOnDialog(*found, engine.engine()->catalog(), parent);
            dialog->setAttribute(Qt::WA_DeleteOnClose);
            QObject::connect(dialog, &QDialog::accepted, parent, [=] { go(dialog->changes()); });
            dialog->open();
        });
}

} // namespace descent::ui
