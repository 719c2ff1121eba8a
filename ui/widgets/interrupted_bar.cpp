#include "ui/widgets/interrupted_bar.h"

#include "core/base/format.h"
#include "core/store/reader.h"
#include "core/store/store.h"
#include "ui/state/engine_host.h"
#include "ui/state/store_host.h"
#include "ui/state/training.h"
#include "ui/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>

#include <algorithm>
#include <set>

namespace descent::ui {

namespace {

const QString kDismissed = QStringLiteral("interruptedDismissed");

QString text(const std::string& s) {
    return QString::fromStdString(s);
}

} // namespace

InterruptedBar::InterruptedBar(EngineHost& engine, StoreHost& store, Training& training, QSettings& settings,
                               QWidget* parent)
    : QFrame(parent)
    , engine_(engine)
    , store_(store)
    , training_(training)
    , settings_(settings)
    , words_(new QLabel)
    , resume_(new QPushButton(tr("Resume"))) {
    setObjectName(QStringLiteral("interruptedBar"));
    setProperty("role", QStringLiteral("bar"));
    words_->setObjectName(QStringLiteral("interruptedWords"));
    words_->setTextFormat(Qt::PlainText);
    words_->setWordWrap(true);
    resume_->setObjectName(QStringLiteral("interruptedResume"));
    resume_->setEnabled(engine_.engine() != nullptr);
    auto* later = new QPushButton(tr("Dismiss"));
    later->setObjectName(QStringLiteral("interruptedDismiss"));
    later->setToolTip(tr("It stays among the runs and can be resumed there"));
    auto* sign = new QLabel;
    sign->setPixmap(theme::icon(QStringLiteral("warning"), &theme::warning).pixmap(18, 18));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(theme::kGrid * 2, theme::kGrid / 2, theme::kGrid * 2, theme::kGrid / 2);
    row->setSpacing(theme::kGrid);
    row->addWidget(sign);
    row->addWidget(words_, 1);
    row->addWidget(resume_);
    row->addWidget(later);
    hide();
    connect(&engine_, &EngineHost::ready, this, [this] { resume_->setEnabled(true); });
    connect(later, &QPushButton::clicked, this, &InterruptedBar::dismiss);
    connect(resume_, &QPushButton::clicked, this, [this] {
        if (!run_) return;
        const RunId run = *run_;
        if (const auto done = training_.resumeRun(run); !done) {
            Q_EMIT refused(text(done.error().message));
            return;
        }
        hide();
        Q_EMIT resumed(run);
    });
    // Taken up elsewhere: on the Runs page.
    connect(&training_, &Training::started, this, [this](const RunId& run) {
        if (run_ == run) hide();
    });
    look();
}

void InterruptedBar::look() {
    store_.read<std::vector<RunRecord>>(
        this,
        [](const StoreReader& reader) {
            auto runs = reader.runs({.where = "state = interrupted"}).value_or(std::vector<RunRecord>());
            std::erase_if(runs, [](const RunRecord& run) { return run.reason != kProcessGone; });
            // Those of sweeps are taken up with their sweep.
            if (!runs.empty())
                for (const auto& sweep : reader.sweeps())
                    std::erase_if(runs, [keys = std::set(sweep.keys.begin(), sweep.keys.end())](
                                            const RunRecord& run) { return keys.contains(run.key); });
            std::ranges::stable_sort(runs, std::ranges::greater(), [](const RunRecord& run) {
                return run.ended_ms.value_or(run.started_ms);
            });
            return runs;
        },
        [this](std::vector<RunRecord> runs) {
            const QStringList dismissed = settings_.value(kDismissed).toStringList();
            std::erase_if(runs, [&](const RunRecord& run) { return dismissed.contains(text(run.id.uuid)); });
            if (runs.empty() || training_.busy()) return;
            const auto& run = runs.front();
            run_ = run.id;
            QString words = tr("%1 was interrupted at update %2 of %3.")
                                .arg(text(run.name), text(format_count(run.updates.count)),
                                     text(format_count(run.planned.count)));
            if (runs.size() > 1)
                words += tr(" %1 more can be resumed on the Runs page.").arg(runs.size() - 1);
            words_->setText(words);
            show();
        });
}

void InterruptedBar::dismiss() {
    hide();
    if (!run_) return;
    QStringList dismissed = settings_.value(kDismissed).toStringList();
    dismissed << text(run_->uuid);
    while (dismissed.size() > 50) dismissed.removeFirst();
    settings_.setValue(kDismissed, dismissed);
}

} // namespace descent::ui
