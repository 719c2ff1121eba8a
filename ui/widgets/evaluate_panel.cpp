#include "ui/widgets/evaluate_panel.h"

#include "core/base/format.h"
#include "core/engine/evaluation_table.h"
#include "ui/models/cells_model.h"
#include "ui/state/background.h"
#include "ui/state/engine_host.h"
#include "ui/state/store_host.h"
#include "ui/state/training.h"
#include "ui/theme.h"
#include "ui/widgets/data_table.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/notice_bar.h"
#include "ui/widgets/path_edit.h"
#include "ui/widgets/table_export.h"

#include <QAction>
#include <QComboBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QVBoxLayout>

#include <mutex>

namespace descent::ui {

namespace {

constexpr int kLookMs = 100;
constexpr int kLeastTable = theme::kGrid * 15; ///< pixels: three rows
enum Which { own, other };

QString text(const std::string& s) {
    return QString::fromStdString(s);
}

} // namespace

/// Between the GUI thread and the one that evaluates.
struct EvaluatePanel::Shared {
    std::stop_source stop;
    std::mutex mutex;
    double share = 0;   // guarded by mutex
    std::string what;   // guarded by mutex
    std::string said{}; // the GUI thread's: what the bar shows
};

EvaluatePanel::EvaluatePanel(StoreHost& store, EngineHost& engine, Training& training, NoticeBar& notice,
                             QWidget* parent)
    : QWidget(parent)
    , store_(store)
    , engine_(engine)
    , training_(training)
    , notice_(notice)
    , action_(new QAction(tr("&Evaluate"), this))
    , words_(new QLabel(tr("Evaluate on")))
    , which_(new QComboBox)
    , path_(new PathEdit)
    , go_(new QPushButton(tr("&Evaluate")))
    , hint_(new QLabel)
    , title_(new ElidedLabel)
    , card_(new QFrame)
    , cells_(new CellsModel(this))
    , table_(new DataTable("evaluationTable", tr("Figures of the evaluation"), cells_, false))
    , table_export_(new TableExport(
          *table_, [this](bool) { return shown_; },
          [this] { return text(run_->name) + tr("-evaluation"); })) {
    setObjectName(QStringLiteral("evaluatePanel"));
    build();
    look_.setInterval(kLookMs);
    connect(&look_, &QTimer::timeout, this, &EvaluatePanel::look);
    connect(action_, &QAction::triggered, this, &EvaluatePanel::evaluate);
    connect(go_, &QPushButton::clicked, action_, &QAction::trigger);
    connect(which_, &QComboBox::currentIndexChanged, this, [this] {
        update();
        if (path_->isVisible()) path_->line()->setFocus();
    });
    connect(path_->line(), &QLineEdit::textChanged, this, &EvaluatePanel::update);
    connect(path_->line(), &QLineEdit::returnPressed, action_, &QAction::trigger);
    connect(&engine_, &EngineHost::ready, this, &EvaluatePanel::update);
    connect(&training_, &Training::stateChanged, this, &EvaluatePanel::update);
    connect(table_export_, &TableExport::said, &notice_, &NoticeBar::say);
    connect(table_export_, &TableExport::complained, &notice_, &NoticeBar::complain);
    update();
}

EvaluatePanel::~EvaluatePanel() {
    if (shared_) shared_->stop.request_stop();
}

void EvaluatePanel::build() {
    action_->setObjectName(QStringLiteral("checkpointEvaluate"));
    action_->setShortcuts({QKeySequence(Qt::CTRL | Qt::Key_Return), QKeySequence(Qt::CTRL | Qt::Key_Enter)});
    which_->setObjectName(QStringLiteral("evaluateOn"));
    which_->setAccessibleName(tr("Evaluate on"));
    which_->addItems({tr("the run's own data"), tr("other data:")});
    words_->setBuddy(which_);
    path_->setObjectName(QStringLiteral("evaluateData"));
    path_->line()->setObjectName(QStringLiteral("evaluatePath"));
    path_->line()->setAccessibleName(tr("Other data: a folder or file"));
    path_->line()->setPlaceholderText(tr("folder or file of the same task"));
    go_->setObjectName(QStringLiteral("evaluateButton"));
    go_->setAccessibleName(tr("Evaluate the chosen checkpoint"));
    go_->setToolTip(tr("Loss, accuracy and the task's other figures of these weights (%1)")
                        .arg(action_->shortcut().toString(QKeySequence::NativeText)));
    go_->setAutoDefault(false); // the line and the table see to Return themselves
    hint_->setObjectName(QStringLiteral("evaluateHint"));
    hint_->setProperty("role", QStringLiteral("hint"));
    hint_->setWordWrap(true);
    title_->setObjectName(QStringLiteral("evaluationTitle"));
    title_->setProperty("role", QStringLiteral("heading"));
    title_->hide();
    table_->setFont(theme::numberFont());
    table_->setMinimumHeight(kLeastTable);
    table_->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(table_, &QWidget::customContextMenuRequested, this, [this](const QPoint& at) {
        QMenu menu;
        table_export_->fill(menu);
        menu.exec(table_->viewport()->mapToGlobal(at));
    });
    card_->setProperty("role", QStringLiteral("card"));
    auto* inside = new QVBoxLayout(card_);
    inside->setContentsMargins(1, 1, 1, 1);
    inside->addWidget(table_);
    card_->hide();
    auto* row = new QHBoxLayout;
    row->setSpacing(theme::kGrid);
    row->addWidget(words_);
    row->addWidget(which_);
    row->addWidget(path_, 1);
    row->addStretch();
    row->addWidget(go_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::kGrid);
    column->addLayout(row);
    column->addWidget(hint_);
    column->addWidget(title_);
    column->addWidget(card_);
}

void EvaluatePanel::setRun(const RunRecord& run) {
    const bool other_task = !run_ || run_->spec.task.id != run.spec.task.id;
    run_ = run;
    if (other_task) update();
}

void EvaluatePanel::setCheckpoint(const std::optional<CheckpointInfo>& checkpoint) {
    checkpoint_ = checkpoint;
    update();
}

void EvaluatePanel::setHeld(bool held) {
    held_ = held;
    update();
}

/// What can be done now, and if not, why.
void EvaluatePanel::update() {
    const bool ready = engine_.engine() != nullptr;
    const auto parameter =
        ready && run_ ? data_parameter(engine_.engine()->catalog(), run_->spec.task.id) : std::nullopt;
    if (!parameter && which_->currentIndex() == other) which_->setCurrentIndex(own);
    const bool elsewhere = which_->currentIndex() == other;
    which_->setEnabled(parameter.has_value());
    which_->setToolTip(parameter || !ready || !run_
                           ? QString()
                           : tr("The task '%1' reads no data from outside").arg(text(run_->spec.task.id)));
    path_->setVisible(elsewhere);
    if (parameter == "test_source") // texts are one file more often than not
        path_->setChooser([](QWidget* parent, const QString& from) {
            return QFileDialog::getOpenFileName(parent, tr("Choose a file"), from);
        });
    const bool training = training_.busy();
    hint_->setText(training ? tr("A run is being trained; weights can be evaluated when it is over.")
                   : !ready && engine_.error().isEmpty() ? tr("Loading the engine…")
                   : !ready                              ? engine_.error()
                                                         : QString());
    hint_->setVisible(!hint_->text().isEmpty());
    const bool named = !elsewhere || !path_->line()->text().trimmed().isEmpty();
    action_->setEnabled(ready && run_ && checkpoint_ && !training && !busy() && !held_ && named);
    go_->setEnabled(action_->isEnabled());
}

Result<std::optional<Part>> EvaluatePanel::data() const {
    if (which_->currentIndex() == own) return std::nullopt;
    return guarded([&]() -> std::optional<Part> {
        const Catalog& catalog = engine_.engine()->catalog();
        const QString path = QDir().absoluteFilePath(path_->line()->text().trimmed());
        if (!QFileInfo::exists(path))
            throw InputError(path.toStdString() + ": there is no such file or folder");
        Request request = catalog.request_for(unwrap(catalog.check(run_->spec)));
        request.set("task." + data_parameter(catalog, run_->spec.task.id).value(), path.toStdString());
        return unwrap(catalog.resolve(request)).task;
    });
}

void EvaluatePanel::evaluate() {
    if (!action_->isEnabled()) return;
    const auto other_data = data();
    if (!other_data) return notice_.complain(text(other_data.error().message));
    shared_ = std::make_shared<Shared>();
    EvaluateOptions how{.task = *other_data, .stop = shared_->stop.get_token()};
    how.progress = [shared = shared_](double share, const std::string& what) {
        const std::lock_guard lock(shared->mutex);
        shared->share = share;
        shared->what = what;
    };
    look();
    look_.start();
    update();
    Q_EMIT busyChanged();
    inBackground(
        this,
        [engine = engine_.engine(), run = *run_, store = store_.path(), checkpoint = *checkpoint_,
         how = std::move(how)] { return engine->evaluate(run, store, checkpoint, how); },
        [this, checkpoint = *checkpoint_](const Result<EvaluationReport>& report) {
            finish(report, checkpoint);
        });
}

void EvaluatePanel::look() {
    double share = 0;
    std::string what;
    {
        const std::lock_guard lock(shared_->mutex);
        share = shared_->share;
        what = shared_->what;
    }
    const std::string words = what.empty() ? "Evaluating…" : what + "…";
    if (words != shared_->said) {
        shared_->said = words;
        notice_.begin(what.empty() ? tr("Evaluating…") : tr("Evaluating: %1").arg(text(what)),
                      [shared = shared_] { shared->stop.request_stop(); });
    }
    notice_.setProgress(share);
}

void EvaluatePanel::finish(const Result<EvaluationReport>& report, const CheckpointInfo& of) {
    look_.stop();
    const bool cancelled = shared_->stop.stop_requested();
    shared_.reset();
    update();
    if (report)
        show(*report, of);
    else if (cancelled)
        notice_.say(tr("Cancelled"));
    else
        notice_.complain(text(report.error().message));
    Q_EMIT busyChanged();
}

void EvaluatePanel::show(const EvaluationReport& report, const CheckpointInfo& of) {
    shown_ = evaluation_table(report);
    QStringList headings;
    for (const auto& heading : shown_.headings) headings << text(heading);
    std::vector<CellsModel::Row> rows;
    for (const auto& row : shown_.rows) {
        CellsModel::Row cells{{}, -1, {}};
        for (const auto& cell : row) cells.cells << text(cell);
        rows.push_back(std::move(cells));
    }
    cells_->set(headings, std::move(rows), {0});
    table_->resizeColumnsToContents();
    title_->setText(text(evaluation_title(report, *run_, of)));
    title_->show();
    card_->show();
    notice_.end();
}

} // namespace descent::ui
