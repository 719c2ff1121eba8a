#include "ui/widgets/errors_pane.h"

#include "core/base/format.h"
#include "ui/models/errors_model.h"
#include "ui/state/detection.h"
#include "ui/state/detection_scores.h"
#include "ui/theme.h"
#include "ui/widgets/answer_table.h"
#include "ui/widgets/clip_view.h"
#include "ui/widgets/elided_label.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QSplitter>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

namespace descent::ui {

namespace {
QString count(std::size_t n) {
    return QString::fromStdString(format_count(std::int64_t(n)));
}
} // namespace

ErrorsPane::ErrorsPane(Detection& detection, DetectionScores& scores, QWidget* parent)
    : QWidget(parent)
    , detection_(detection)
    , scores_(scores)
    , model_(new ErrorsModel(scores, this))
    , show_(new QButtonGroup(this))
    , all_(choice("errorsAll"))
    , alarms_(choice("errorsAlarms"))
    , rejects_(choice("errorsRejects"))
    , note_(new ElidedLabel)
    , table_(new QTableView)
    , clip_(new ClipView) {
    setObjectName(QStringLiteral("errorsPane"));
    all_->setChecked(true);
    note_->setObjectName(QStringLiteral("errorsNote"));
    note_->setProperty("role", QStringLiteral("muted"));
    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(0, theme::kGrid / 2, 0, 0);
    bar->setSpacing(2);
    for (auto* button : {all_, alarms_, rejects_}) bar->addWidget(button);
    bar->addSpacing(theme::kGrid);
    bar->addWidget(note_, 1);

    table_->setObjectName(QStringLiteral("errorsTable"));
    table_->setAccessibleName(tr("Errors at the threshold"));
    table_->setModel(model_);
    setUpAnswerTable(*table_);
    table_->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    const auto fit = [this](int column, const QString& text) {
        wanted_[std::size_t(column)] = table_->fontMetrics().horizontalAdvance(text) + theme::kGrid * 3;
        table_->setColumnWidth(column, wanted_[std::size_t(column)]);
    };
    fit(ErrorsModel::kind, tr("false reject"));
    fit(ErrorsModel::word, QStringLiteral("backward"));
    fit(ErrorsModel::speaker, QStringLiteral("004ae714"));
    fit(ErrorsModel::score, QStringLiteral("0.9999"));
    table_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff); // columns give way instead
    table_->installEventFilter(this);
    clip_->setHint(tr("Choose an error to see and hear it"));
    clip_->setObjectName(QStringLiteral("errorClip"));

    auto* left = new QWidget;
    auto* column = new QVBoxLayout(left);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::kGrid / 2);
    column->addLayout(bar);
    column->addWidget(table_, 1);
    auto* split = new QSplitter(Qt::Horizontal);
    split->setHandleWidth(theme::kGrid * 2);
    split->setChildrenCollapsible(false);
    split->addWidget(left);
    split->addWidget(clip_);
    split->setStretchFactor(0, 1);
    split->setStretchFactor(1, 1);
    split->setSizes({1000, 1000});
    auto* whole = new QVBoxLayout(this);
    whole->setContentsMargins(0, 0, 0, 0);
    whole->addWidget(split);

    connect(show_, &QButtonGroup::buttonClicked, this, [this](QAbstractButton* button) {
        model_->setShow(button == alarms_    ? ErrorsModel::Show::false_alarms
                        : button == rejects_ ? ErrorsModel::Show::false_rejects
                                             : ErrorsModel::Show::all);
        showChosen();
    });
    connect(&scores_, &DetectionScores::changed, this, &ErrorsPane::takeExamples);
    connect(&detection_, &Detection::pointChanged, this, &ErrorsPane::followThreshold);
    connect(table_->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &ErrorsPane::showChosen);
    connect(table_, &QTableView::doubleClicked, clip_, &ClipView::play);
    takeExamples();
}

QToolButton* ErrorsPane::choice(const char* name) {
    auto* button = new QToolButton;
    button->setObjectName(QString::fromLatin1(name));
    button->setProperty("role", QStringLiteral("segment"));
    button->setCheckable(true);
    button->setFocusPolicy(Qt::TabFocus);
    show_->addButton(button);
    return button;
}

/// Another evaluation or keyword: the same recording stays chosen where it is still an error.
void ErrorsPane::takeExamples() {
    const QString chosen = clip_->file();
    model_->reset();
    for (int row = 0; !chosen.isEmpty() && row < model_->rowCount(); ++row)
        if (scores_.path(model_->example(row).row) == chosen) {
            table_->setCurrentIndex(model_->index(row, 0));
            break;
        }
    showChosen();
    updateWords();
}

void ErrorsPane::followThreshold() {
    if (!isVisible()) return;
    model_->follow();
    updateWords();
}

void ErrorsPane::updateWords() {
    const auto alarms = model_->falseAlarms(), rejects = model_->falseRejects();
    all_->setText(tr("All %1").arg(count(alarms + rejects)));
    alarms_->setText(tr("Alarms %1").arg(count(alarms)));
    rejects_->setText(tr("Rejects %1").arg(count(rejects)));
    all_->setToolTip(tr("%1 errors").arg(count(alarms + rejects)));
    alarms_->setToolTip(tr("%1 false alarms").arg(count(alarms)));
    rejects_->setToolTip(tr("%1 false rejects").arg(count(rejects)));
    for (auto* button : {all_, alarms_, rejects_}) button->setAccessibleName(button->toolTip());
    QString note = scores_.note();
    if (note.isEmpty() && !scores_.loading() && detection_.present() && alarms + rejects == 0)
        note = tr("No errors at this threshold");
    note_->setText(note);
}

void ErrorsPane::showChosen() {
    const QModelIndex at = table_->currentIndex();
    if (!at.isValid() || at.row() >= model_->rowCount()) {
        clip_->clear();
        return;
    }
    const auto& example = model_->example(at.row());
    const auto cell = [&](int column) { return model_->index(at.row(), column).data().toString(); };
    clip_->show(scores_.path(example.row),
                tr("%1, score %2").arg(cell(ErrorsModel::word), cell(ErrorsModel::score)));
}

void ErrorsPane::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    followThreshold(); // it may have moved meanwhile
}

/// What the tool tip and the title say too goes first.
void ErrorsPane::fitColumns() {
    int width = table_->viewport()->width();
    for (const int column : {ErrorsModel::kind, ErrorsModel::word, ErrorsModel::score})
        width -= wanted_[std::size_t(column)];
    const int speaker = wanted_[ErrorsModel::speaker];
    table_->setColumnHidden(ErrorsModel::speaker, width < speaker);
    table_->setColumnHidden(ErrorsModel::file, width - speaker < theme::kGrid * 8);
}

bool ErrorsPane::eventFilter(QObject* watched, QEvent* event) {
    if (watched == table_ && event->type() == QEvent::Resize) fitColumns();
    if (watched == table_ && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if ((key == Qt::Key_Space || key == Qt::Key_Return || key == Qt::Key_Enter) &&
            static_cast<QKeyEvent*>(event)->modifiers() == Qt::NoModifier) {
            clip_->togglePlay();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace descent::ui
