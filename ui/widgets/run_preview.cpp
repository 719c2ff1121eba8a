#include "ui/widgets/run_preview.h"

#include "core/analysis/decimate.h"
#include "core/base/format.h"
#include "core/engine/engine.h"
#include "core/store/lineage.h"
#include "ui/models/run_edits.h"
#include "ui/state/engine_host.h"
#include "ui/state/store_host.h"
#include "ui/theme.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/sparkline.h"
#include "ui/widgets/tag_edit.h"

#include <QEvent>
#include <QGridLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPainter>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QStyleOptionButton>
#include <QStylePainter>
#include <QVBoxLayout>

#include <algorithm>
#include <array>
#include <cmath>

namespace descent::ui {

namespace {

constexpr int kSettleMs = 40;         // arrow keys held down: read the run one stays on
constexpr std::size_t kColumns = 256; // of a sparkline, at most

/// A link as wide as there is room, its text cut in the middle.
class Link : public QPushButton {
public:
    explicit Link(const char* name) {
        setObjectName(QString::fromLatin1(name));
        setProperty("role", QStringLiteral("link"));
        setFlat(true);
        setStyleSheet(QStringLiteral("text-align: left"));
        setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed); // a long name must not widen the preview
        hide();
    }

protected:
    void paintEvent(QPaintEvent*) override {
        QStyleOptionButton option;
        initStyleOption(&option);
        option.text = fontMetrics().elidedText(text(), Qt::ElideMiddle, width() - 4);
        QStylePainter(this).drawControl(QStyle::CE_PushButton, option);
    }
};

std::optional<SparkCurve> readCurve(const StoreReader& reader, const RunRecord& run, const char* metric,
                                    const QString& label, int style) {
    const std::vector<SeriesPoint> series = joined_series(reader, run, metric);
    if (series.empty()) return std::nullopt;
    std::vector<PlotPoint> points;
    points.reserve(series.size());
    for (const SeriesPoint& point : series) points.push_back({double(point.update.count), point.value});
    SparkCurve curve{label, style, {}, series.back().value};
    curve.points =
        decimate(points, points.front().x, std::max(points.back().x, points.front().x + 1), kColumns);
    return curve;
}

QString bestOf(const RunRecord& run, const char* metric) {
    const auto found = run.summary.find(metric);
    if (found == run.summary.end()) return {};
    return RunPreview::tr("best %1 at update %2")
        .arg(QString::fromStdString(format_number(found->second.best, 3)),
             QString::fromStdString(format_count(found->second.best_update.count)));
}

} // namespace

/// What is read of the single chosen run.
struct RunDetail {
    RunRecord run;
    std::vector<SparkCurve> loss, accuracy;
    QString parent; ///< "" for none
    std::size_t checkpoints = 0;

    static RunDetail read(const StoreReader& reader, const RunId& id) {
        RunDetail detail{unwrap(reader.run(id)), {}, {}, {}, reader.checkpoints(id).size()};
        detail.parent = QString::fromStdString(parent_text(detail.run, parent_names(reader, {detail.run})));
        detail.run.provenance.manifest.clear();
        const auto add = [&](std::vector<SparkCurve>& to, const char* metric, const QString& label,
                             int style) {
            if (auto curve = readCurve(reader, detail.run, metric, label, style))
                to.push_back(std::move(*curve));
        };
        add(detail.loss, "train/loss", RunPreview::tr("train"), 0);
        add(detail.loss, "validation/loss", RunPreview::tr("validation"), 1);
        add(detail.accuracy, "train/accuracy", RunPreview::tr("train"), 0);
        add(detail.accuracy, "validation/accuracy", RunPreview::tr("validation"), 1);
        return detail;
    }
};

RunPreview::RunPreview(StoreHost& store, EngineHost& engine, QWidget* parent)
    : QWidget(parent)
    , store_(store)
    , engine_(engine) {
    setObjectName(QStringLiteral("runPreview"));
    setAccessibleName(tr("Preview of the chosen run"));
    build();
    settle_.setSingleShot(true);
    settle_.setInterval(kSettleMs);
    connect(&settle_, &QTimer::timeout, this, &RunPreview::read);
    connect(&engine_, &EngineHost::ready, this, &RunPreview::showSpec);
    connect(tags_, &TagEdit::tagsEdited, this, &RunPreview::sendTags);
    setRuns({});
}

RunPreview::~RunPreview() = default;

void RunPreview::build() {
    const auto heading = [](const QString& text) {
        auto* label = new QLabel(text);
        label->setProperty("role", QStringLiteral("heading"));
        label->setWordWrap(true);
        return label;
    };
    const auto grid = [](QWidget* holder) {
        auto* layout = new QGridLayout(holder);
        layout->setContentsMargins(0, 0, 0, 0);
        layout->setHorizontalSpacing(theme::kGrid * 2);
        layout->setVerticalSpacing(theme::kGrid / 2);
        layout->setColumnStretch(1, 1);
        return layout;
    };
    swatch_ = new QLabel;
    name_ = new ElidedLabel;
    name_->setObjectName(QStringLiteral("previewName"));
    name_->setProperty("role", QStringLiteral("title"));
    name_->setMode(Qt::ElideMiddle);
    state_ = new QLabel;
    state_->setObjectName(QStringLiteral("previewState"));
    state_->setTextFormat(Qt::PlainText);
    state_->setWordWrap(true);
    state_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    parent_ = new Link("previewParent");
    checkpoints_ = new Link("previewCheckpoints");
    checkpoints_->setToolTip(tr("What the run can go on from (Ctrl+Shift+K)"));
    connect(checkpoints_, &QPushButton::clicked, this, &RunPreview::checkpointsWanted);
    connect(parent_, &QPushButton::clicked, this, [this] {
        if (record_ && record_->parent) Q_EMIT runWanted(record_->parent->run);
    });
    loss_ = new Sparkline;
    loss_->setObjectName(QStringLiteral("previewLoss"));
    loss_->setTitle(tr("Loss"), true);
    accuracy_ = new Sparkline;
    accuracy_->setObjectName(QStringLiteral("previewAccuracy"));
    accuracy_->setTitle(tr("Accuracy"));
    single_ = new QWidget;
    auto* sparks = new QVBoxLayout(single_);
    sparks->setContentsMargins(0, 0, 0, 0);
    sparks->setSpacing(theme::kGrid);
    sparks->addWidget(loss_);
    sparks->addWidget(accuracy_);
    tags_ = new TagEdit;
    tags_->setObjectName(QStringLiteral("previewTags"));
    tags_->setAccessibleName(tr("Tags, separated by commas"));
    note_title_ = heading(tr("Note"));
    note_edit_ = new QPlainTextEdit;
    note_edit_->setObjectName(QStringLiteral("previewNote"));
    note_edit_->setAccessibleName(tr("Note on the run"));
    note_edit_->setPlaceholderText(tr("What was tried, what came out"));
    note_edit_->setTabChangesFocus(true);
    note_edit_->document()->setDocumentMargin(theme::kGrid);
    note_edit_->setFixedHeight(theme::kGrid * 10);
    note_edit_->installEventFilter(this);
    facts_title_ = heading({});
    facts_ = new QWidget;
    facts_->setObjectName(QStringLiteral("previewSettings"));
    facts_grid_ = grid(facts_);
    origin_title_ = heading(tr("Provenance"));
    origin_ = new QWidget;
    origin_->setObjectName(QStringLiteral("previewProvenance"));
    origin_grid_ = grid(origin_);

    body_ = new QWidget;
    body_->setProperty("role", QStringLiteral("plain"));
    auto* column = new QVBoxLayout(body_);
    column->setContentsMargins(theme::kGrid * 2, theme::kGrid * 2, theme::kGrid * 2, theme::kGrid * 2);
    column->setSpacing(theme::kGrid);
    auto* head = new QHBoxLayout;
    head->setSpacing(theme::kGrid);
    head->addWidget(swatch_);
    head->addWidget(name_, 1);
    column->addLayout(head);
    column->addWidget(state_);
    column->addWidget(parent_);
    column->addWidget(checkpoints_);
    column->addWidget(single_);
    column->addWidget(heading(tr("Tags")));
    column->addWidget(tags_);
    column->addWidget(note_title_);
    column->addWidget(note_edit_);
    column->addSpacing(theme::kGrid);
    column->addWidget(facts_title_);
    column->addWidget(facts_);
    column->addSpacing(theme::kGrid);
    column->addWidget(origin_title_);
    column->addWidget(origin_);
    column->addStretch(1);

    scroll_ = new QScrollArea;
    scroll_->setObjectName(QStringLiteral("previewScroll"));
    scroll_->setAccessibleName(tr("Preview of the chosen run"));
    scroll_->setWidgetResizable(true);
    scroll_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll_->setFrameShape(QFrame::NoFrame);
    scroll_->setWidget(body_);
    hint_ = new QLabel(tr("Choose a run to see how it went."));
    hint_->setProperty("role", QStringLiteral("muted"));
    hint_->setAlignment(Qt::AlignCenter);
    hint_->setWordWrap(true);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(scroll_);
    layout->addWidget(hint_);
}

void RunPreview::setKnownTags(const QStringList& tags) {
    tags_->setKnownTags(tags);
}

void RunPreview::editNote() {
    scroll_->ensureWidgetVisible(note_edit_);
    note_edit_->setFocus(Qt::ShortcutFocusReason);
    note_edit_->moveCursor(QTextCursor::End);
}

void RunPreview::editTags() {
    scroll_->ensureWidgetVisible(tags_);
    tags_->setFocus(Qt::ShortcutFocusReason);
    tags_->beginAnother();
}

void RunPreview::flush() {
    const QString typed = note_edit_->toPlainText();
    if (!runs_.empty() && typed != note_) {
        note_ = typed;
        const auto edits = noteEdits(runs_, typed);
        runs_ = withEdits(runs_, edits);
        const QString text = runs_.size() == 1 ? tr("Note on %1").arg(runs_.front()->name)
                                               : tr("Note on %1 runs").arg(runs_.size());
        if (!edits.empty()) Q_EMIT edited(text, edits);
    }
    tags_->commit();
}

/// With several runs, only what was added to or taken from their common tags changes.
void RunPreview::sendTags(const QStringList& now) {
    QStringList gone = commonTags(runs_);
    gone.removeIf([&](const QString& tag) { return now.contains(tag); });
    const auto edits = tagEdits(runs_, now, gone);
    if (edits.empty()) return;
    runs_ = withEdits(runs_, edits);
    Q_EMIT edited(edits.size() == 1 ? tr("Tag a run") : tr("Tag %1 runs").arg(edits.size()), edits);
}

bool RunPreview::eventFilter(QObject* watched, QEvent* event) {
    if (watched == note_edit_) {
        if (event->type() == QEvent::FocusOut &&
            static_cast<QFocusEvent*>(event)->reason() != Qt::PopupFocusReason)
            flush();
        if (event->type() == QEvent::KeyPress) {
            const auto* key = static_cast<QKeyEvent*>(event);
            const bool enter = key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter;
            if (enter && key->modifiers().testFlag(Qt::ControlModifier)) {
                flush();
                return true;
            }
        }
    }
    return QWidget::eventFilter(watched, event);
}

void RunPreview::setRuns(std::vector<RowPtr> runs) {
    const auto number = [](const RowPtr& run) { return run->number; };
    const bool same_runs = std::ranges::equal(runs, runs_, {}, number, number);
    if (same_runs && runs == runs_ && !runs.empty()) return;
    if (!same_runs) {
        flush(); // what was typed belongs to the run that was chosen
        record_.reset();
    }
    runs_ = std::move(runs);
    scroll_->setVisible(!runs_.empty());
    hint_->setVisible(runs_.empty());
    if (runs_.empty()) return;
    if (!tags_->hasFocus() || !same_runs) tags_->setTags(commonTags(runs_));
    const bool single = runs_.size() == 1;
    if (!single || !same_runs) // until it is read
        for (QWidget* widget : {parent_, checkpoints_}) widget->hide();
    for (QWidget* widget : {single_, static_cast<QWidget*>(origin_title_), origin_})
        widget->setVisible(single);
    swatch_->setVisible(single);
    const QString& note = runs_.front()->note;
    const bool alike = std::ranges::all_of(runs_, [&](const RowPtr& run) { return run->note == note; });
    note_edit_->setPlaceholderText(alike ? tr("What was tried, what came out")
                                         : tr("The notes differ: what you write here takes their place"));
    if (!same_runs || !note_edit_->hasFocus() || note_edit_->toPlainText() == note_)
        setNote(alike ? note : QString());
    if (!single) return showSeveral();
    name_->setText(runs_.front()->name);
    colour();
    settle_.start();
}

/// What the style sheet cannot know: the run's colour, and whether it went wrong.
void RunPreview::colour() {
    if (runs_.empty()) return;
    QPixmap square(QSize(12, 12) * devicePixelRatioF());
    square.setDevicePixelRatio(devicePixelRatioF());
    square.fill(theme::runColor(runs_.front()->id, runs_.front()->colour));
    swatch_->setPixmap(square);
    const RunState state = runs_.front()->state;
    const bool bad = runs_.size() == 1 && (state == RunState::diverged || state == RunState::failed);
    QPalette palette = state_->palette();
    palette.setColor(QPalette::WindowText, bad ? theme::error() : theme::mutedText());
    state_->setPalette(palette);
}

void RunPreview::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) colour();
}

void RunPreview::setNote(const QString& note) {
    note_ = note;
    if (note_edit_->toPlainText() != note) note_edit_->setPlainText(note);
}

void RunPreview::read() {
    if (runs_.size() != 1) return;
    using Answer = Result<RunDetail>;
    store_.read<Answer>(
        this,
        [id = runs_.front()->id](const StoreReader& reader) {
            return guarded([&] { return RunDetail::read(reader, id); });
        },
        [this, mine = ++generation_](const Answer& detail) {
            if (mine != generation_ || runs_.size() != 1) return;
            if (detail)
                show(*detail);
            else
                state_->setText(QString::fromStdString(detail.error().message));
        });
}

void RunPreview::show(const RunDetail& detail) {
    if (runs_.size() != 1 || detail.run.id != runs_.front()->id) return;
    record_ = detail.run;
    state_->setText(stateSentence(detail.run));
    colour();
    const QString branch = tr("Branch of %1").arg(detail.parent);
    parent_->setText(branch);
    parent_->setToolTip(tr("%1: open the run that this one goes on from").arg(branch));
    parent_->setVisible(!detail.parent.isEmpty());
    checkpoints_->setText(
        tr("%1…").arg(QString::fromStdString(counted(std::int64_t(detail.checkpoints), "checkpoint"))));
    checkpoints_->setAccessibleName(checkpoints_->text());
    checkpoints_->setVisible(detail.checkpoints > 0);
    loss_->setCurves(detail.loss, bestOf(detail.run, "validation/loss"));
    accuracy_->setCurves(detail.accuracy, bestOf(detail.run, "validation/accuracy"));
    showSpec();
    fill(*origin_grid_, provenanceFacts(detail.run));
}

void RunPreview::showSpec() {
    if (!record_) return;
    const Catalog* catalog = engine_.engine() ? &engine_.engine()->catalog() : nullptr;
    facts_title_->setText(catalog ? tr("Settings that differ from the defaults") : tr("Settings"));
    fill(*facts_grid_, settingFacts(*record_, catalog));
}

void RunPreview::showSeveral() {
    name_->setText(
        tr("%1 runs chosen").arg(QString::fromStdString(format_count(std::int64_t(runs_.size())))));
    state_->setText(tr("Tags are added to, or taken from, all of them; so is the note."));
    record_.reset();
    colour();
    facts_title_->setText(tr("In common"));
    fill(*facts_grid_, commonFacts(runs_));
}

/// Reuses the labels that are there: a live run refreshes four times a second.
void RunPreview::fill(QGridLayout& grid, const std::vector<Fact>& facts) {
    const int wanted = int(facts.size());
    for (int row = 0; row < std::max(wanted, grid.rowCount()); ++row) {
        auto* name = grid.itemAtPosition(row, 0)
                         ? qobject_cast<ElidedLabel*>(grid.itemAtPosition(row, 0)->widget())
                         : nullptr;
        if (!name && row >= wanted) continue;
        if (!name) {
            name = new ElidedLabel;
            name->setMode(Qt::ElideMiddle);
            name->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
            name->setProperty("role", QStringLiteral("muted"));
            grid.addWidget(name, row, 0);
            auto* made = new ElidedLabel;
            made->setMode(Qt::ElideMiddle);
            made->setTextInteractionFlags(Qt::TextSelectableByMouse);
            grid.addWidget(made, row, 1);
        }
        auto* value = static_cast<ElidedLabel*>(grid.itemAtPosition(row, 1)->widget());
        name->setVisible(row < wanted);
        value->setVisible(row < wanted);
        if (row >= wanted) continue;
        const Fact& fact = facts[std::size_t(row)];
        name->setText(fact.name);
        name->setToolTip(fact.help);
        value->setText(fact.value);
        value->setToolTip(fact.help == fact.value ? QString() : fact.help);
    }
}

} // namespace descent::ui
