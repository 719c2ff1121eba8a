#include "ui/widgets/run_header.h"

#include "core/base/format.h"
#include "ui/theme.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/go_on_dialog.h"

#include <QButtonGroup>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QProgressBar>
#include <QPushButton>
#include <QRegularExpression>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace descent::ui {

namespace {

constexpr int kWordsNeed = theme::kGrid * 84;

QString text(std::string s) {
    return QString::fromStdString(s);
}

/// A filled circle in the state's colour; the word stands beside it.
class Dot : public QWidget {
public:
    Dot() { setFixedSize(10, 10); }
    RunState state = RunState::queued;

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme::stateColor(state));
        painter.drawEllipse(QRectF(rect()).adjusted(1, 1, -1, -1));
    }
};

/// The bar says when it paused; the update that was looked at is the one before.
QString withoutMoment(QString reason) {
    static const QRegularExpression moment(QStringLiteral("^breakpoint at update [\\d,]+:"));
    return reason.replace(moment, QStringLiteral("breakpoint:"));
}

} // namespace

QString progressText(const RunHeader::Facts& facts) {
    if (facts.preparing && facts.preparation.isEmpty()) return RunHeader::tr("reading the data…");
    if (facts.preparing)
        return RunHeader::tr("%1… %2%").arg(facts.preparation).arg(int(100 * facts.prepared));
    QStringList parts;
    const auto& p = facts.progress;
    const bool over = is_over(facts.state);
    const std::string passes = format_number(std::floor(p.epoch.passes * 100) / 100, 6);
    if (facts.epochs && !over)
        parts << RunHeader::tr("epoch %1/%2").arg(text(passes), text(format_count(*facts.epochs)));
    else if (over)
        parts << RunHeader::tr("%1 epochs").arg(text(passes));
    if (!facts.epochs || p.update.count != std::int64_t(p.epoch.passes)) {
        const QString done = text(format_count(p.update.count));
        parts << (over ? RunHeader::tr("%1 updates").arg(done)
                       : RunHeader::tr("update %1/%2").arg(done, text(format_count(p.planned.count))));
    }
    if (over)
        parts << text(format_duration(p.seconds));
    else if (facts.state == RunState::running && p.eta_seconds)
        parts << RunHeader::tr("ETA %1").arg(text(format_duration(*p.eta_seconds)));
    if (!facts.reason.isEmpty() && facts.state != RunState::paused)
        parts << facts.reason; // paused: a bar says it
    if (facts.waiting > 0) parts << RunHeader::tr("%1 more waiting").arg(facts.waiting);
    return parts.join(QStringLiteral(" · "));
}

RunHeader::RunHeader(QWidget* parent)
    : QWidget(parent)
    , name_(new ElidedLabel)
    , dot_(new Dot)
    , state_(new QLabel)
    , facts_(new ElidedLabel)
    , bar_(new QProgressBar)
    , axis_(new QComboBox)
    , log_x_(new QToolButton)
    , checkpoints_(new QToolButton) {
    setObjectName(QStringLiteral("runHeader"));
    name_->setObjectName(QStringLiteral("runName"));
    name_->setProperty("role", QStringLiteral("title"));
    name_->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    state_->setObjectName(QStringLiteral("runState"));
    facts_->setObjectName(QStringLiteral("runFacts"));
    facts_->setProperty("role", QStringLiteral("muted"));
    facts_->setFont(theme::numberFont());
    bar_->setObjectName(QStringLiteral("runProgress"));
    bar_->setAccessibleName(tr("Progress of the run"));
    bar_->setRange(0, 1000);
    bar_->setTextVisible(false);
    axis_->setObjectName(QStringLiteral("xAxis"));
    axis_->setAccessibleName(tr("Draw all charts against"));
    axis_->setToolTip(tr("What the charts are drawn against"));
    axis_->setProperty("role", QStringLiteral("flat"));
    axis_->addItems({tr("by update"), tr("by epoch"), tr("by second"), tr("by example"), tr("by share")});
    axis_->setCurrentIndex(1);
    pause_ = button("pauseButton", tr("Pause"), QStringLiteral("pause"), tr("Pause or continue (Space)"));
    step_ =
        button("stepButton", tr("Step"), QStringLiteral("step"), tr("While paused: exactly one update (.)"));
    stop_ = button("stopButton", tr("Stop"), QStringLiteral("stop"), tr("End the run; it can be resumed"));
    adjust_ = button("adjustButton", tr("Adjust…"), QStringLiteral("adjust"),
                     tr("Change step size, clip or batch, and set breakpoints, while it trains"));
    adjust_->setCheckable(true);
    resume_ = button("resumeButton", tr("Resume"), QStringLiteral("play"),
                     tr("Train on from where it was stopped"));

    auto* top = new QHBoxLayout;
    top->setSpacing(theme::kGrid);
    top->addWidget(name_);
    top->addSpacing(theme::kGrid / 2);
    top->addWidget(dot_);
    top->addWidget(state_);
    top->addSpacing(theme::kGrid / 2);
    top->addWidget(facts_, 1);
    for (auto* b : {adjust_, pause_, step_, stop_, resume_}) top->addWidget(b);
    halt_ = new QFrame;
    halt_->setObjectName(QStringLiteral("runHalt"));
    halt_->setProperty("role", QStringLiteral("bar"));
    halt_words_ = new QLabel;
    halt_words_->setObjectName(QStringLiteral("runHaltWords"));
    halt_words_->setWordWrap(true);
    auto* sign = new QLabel;
    sign->setPixmap(theme::icon(QStringLiteral("pause"), &theme::warning).pixmap(18, 18));
    auto* halt_row = new QHBoxLayout(halt_);
    halt_row->setContentsMargins(theme::kGrid + theme::kGrid / 2, theme::kGrid / 2, theme::kGrid,
                                 theme::kGrid / 2);
    halt_row->setSpacing(theme::kGrid);
    halt_row->addWidget(sign);
    halt_row->addWidget(halt_words_, 1);
    halt_->hide();
    auto* axes = new QHBoxLayout;
    axes->setSpacing(2);
    axes->addWidget(axis_);
    auto* lin_x = new QToolButton;
    lin_x->setObjectName(QStringLiteral("xLinear"));
    lin_x->setText(tr("lin"));
    lin_x->setToolTip(tr("Charts with a linear x axis"));
    log_x_->setObjectName(QStringLiteral("xLog"));
    log_x_->setText(tr("log"));
    log_x_->setToolTip(tr("Charts with a logarithmic x axis"));
    auto* scale = new QButtonGroup(this);
    for (auto* b : {lin_x, log_x_}) {
        b->setProperty("role", QStringLiteral("segment"));
        b->setAccessibleName(b->toolTip());
        b->setCheckable(true);
        scale->addButton(b);
        axes->addWidget(b);
    }
    lin_x->setChecked(true);
    checkpoints_->setObjectName(QStringLiteral("checkpointsButton"));
    checkpoints_->setProperty("role", QStringLiteral("menu"));
    checkpoints_->setText(tr("Checkpoints…"));
    checkpoints_->setAccessibleName(tr("Checkpoints of the run"));
    checkpoints_->setToolTip(tr("What the run can go on from (Ctrl+Shift+K)"));
    checkpoints_->setFocusPolicy(Qt::StrongFocus);
    auto* below = new QHBoxLayout;
    below->setSpacing(theme::kGrid * 2);
    below->addWidget(bar_, 1000);
    below->addStretch();
    below->addWidget(checkpoints_);
    below->addLayout(axes);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::kGrid / 2);
    column->addLayout(top);
    column->addLayout(below);
    column->addWidget(halt_);
    connect(pause_, &QPushButton::clicked, this, &RunHeader::pauseClicked);
    connect(step_, &QPushButton::clicked, this, &RunHeader::stepClicked);
    connect(stop_, &QPushButton::clicked, this, &RunHeader::stopClicked);
    connect(resume_, &QPushButton::clicked, this, &RunHeader::resumeClicked);
    connect(checkpoints_, &QToolButton::clicked, this, &RunHeader::checkpointsClicked);
    connect(adjust_, &QPushButton::clicked, this, &RunHeader::adjustToggled);
    connect(axis_, &QComboBox::currentIndexChanged, this, &RunHeader::axisChosen);
    connect(log_x_, &QToolButton::toggled, this, &RunHeader::logXChosen);
}

QPushButton* RunHeader::button(const char* name, const QString& label, const QString& icon,
                               const QString& tip) {
    auto* b = new QPushButton(label);
    b->setObjectName(QString::fromLatin1(name));
    b->setAccessibleName(label);
    b->setIcon(theme::icon(icon));
    b->setToolTip(tip);
    return b;
}

void RunHeader::show(const Facts& facts) {
    name_->setText(facts.name.isEmpty() ? tr("new run") : facts.name);
    name_->setMaximumWidth(std::max(96, name_->fontMetrics().horizontalAdvance(name_->text()) + 4));
    static_cast<Dot*>(dot_)->state = facts.preparing ? RunState::queued : facts.state;
    dot_->update();
    const auto word = to_string(facts.state);
    state_->setText(facts.preparing ? tr("preparing")
                    : facts.state == RunState::running
                        ? tr("training")
                        : QString::fromUtf8(word.data(), qsizetype(word.size())));
    facts_->setText(progressText(facts));
    const auto& p = facts.progress;
    const double share = facts.preparing       ? facts.prepared
                         : p.planned.count > 0 ? double(p.update.count) / double(p.planned.count)
                                               : 0;
    bar_->setValue(int(std::clamp(share, 0.0, 1.0) * 1000));
    bar_->setVisible(facts.state != RunState::finished || facts.preparing); // full says nothing more
    const bool going = facts.ours && !is_over(facts.state);
    const bool paused = facts.state == RunState::paused;
    pause_->setVisible(going || facts.preparing);
    pause_->setEnabled(going && !facts.preparing);
    const QString label = paused ? tr("Continue") : tr("Pause");
    if (pause_->text() != label) {
        pause_->setText(label);
        pause_->setAccessibleName(label);
        pause_->setIcon(theme::icon(paused ? QStringLiteral("play") : QStringLiteral("pause")));
    }
    adjust_->setVisible(going || facts.preparing);
    adjust_->setEnabled(going && !facts.preparing);
    const bool halted = paused && going && !facts.reason.isEmpty();
    if (halted)
        halt_words_->setText(tr("Paused at update %1: %2")
                                 .arg(text(format_count(p.update.count)), withoutMoment(facts.reason)));
    halt_->setVisible(halted);
    checkpoints_->setVisible(facts.stored);
    step_->setVisible(going || facts.preparing);
    step_->setEnabled(going && paused);
    stop_->setVisible(going || facts.preparing);
    resume_->setVisible(!going && !facts.preparing && facts.may_resume);
    const bool finished = facts.state == RunState::finished;
    const QString go = GoOnDialog::word(facts.state);
    resume_->setText(go);
    resume_->setAccessibleName(go);
    resume_->setToolTip(finished ? tr("Go on beyond the length that it was trained for")
                                 : tr("Train on from its last checkpoint"));
}

/// Where there is little room the name comes before the words on buttons.
void RunHeader::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    const bool compact = width() < kWordsNeed;
    for (auto* b : {adjust_, step_, stop_}) {
        const QString word = compact ? QString() : b->accessibleName();
        if (b->text() != word) b->setText(word);
    }
}

void RunHeader::focusPause() {
    pause_->setFocus(Qt::OtherFocusReason);
}
void RunHeader::setAdjusting(bool open) {
    adjust_->setChecked(open);
}
int RunHeader::axis() const {
    return axis_->currentIndex();
}

} // namespace descent::ui
