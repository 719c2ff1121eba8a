#include "ui/widgets/wrong_answers_pane.h"

#include "core/base/format.h"
#include "ui/models/wrong_answers_model.h"
#include "ui/state/engine_host.h"
#include "ui/state/watched_run.h"
#include "ui/theme.h"
#include "ui/widgets/answer_table.h"
#include "ui/widgets/elided_label.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QPlainTextEdit>
#include <QSignalBlocker>
#include <QSplitter>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>
#include <limits>

namespace descent::ui {

namespace {

QString count(std::int64_t n) {
    return QString::fromStdString(format_count(n));
}

enum Set { validation, test };

QComboBox* choiceBox(const char* name, const QString& accessible) {
    auto* box = new QComboBox;
    box->setObjectName(QString::fromLatin1(name));
    box->setAccessibleName(accessible);
    box->setProperty("role", QStringLiteral("flat"));
    box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    return box;
}

} // namespace

WrongAnswersPane::WrongAnswersPane(const WatchedRun& run, QWidget* parent)
    : QWidget(parent)
    , run_(run)
    , model_(new WrongAnswersModel(this))
    , set_(choiceBox("wrongSet", tr("Which set")))
    , class_(choiceBox("wrongClass", tr("Examples of which class")))
    , note_(new ElidedLabel)
    , table_(new QTableView)
    , text_(new QPlainTextEdit) {
    setObjectName(QStringLiteral("wrongAnswersPane"));
    set_->addItems({tr("validation"), tr("test")});
    note_->setObjectName(QStringLiteral("wrongNote"));
    note_->setProperty("role", QStringLiteral("muted"));
    table_->setObjectName(QStringLiteral("wrongTable"));
    table_->setAccessibleName(tr("Examples answered wrongly"));
    table_->setModel(model_);
    setUpAnswerTable(*table_);
    for (const auto& [column, widest] : {std::pair(WrongAnswersModel::truth, QStringLiteral("Vietnamese")),
                                         {WrongAnswersModel::answer, QStringLiteral("Vietnamese")},
                                         {WrongAnswersModel::confidence, QStringLiteral("confidence")},
                                         {WrongAnswersModel::loss, QStringLiteral("12.34")}})
        table_->setColumnWidth(column, table_->fontMetrics().horizontalAdvance(widest) + theme::kGrid * 3);
    text_->setObjectName(QStringLiteral("wrongText"));
    text_->setAccessibleName(tr("The chosen example"));
    text_->setPlaceholderText(tr("Choose an error to read it in full"));
    text_->setReadOnly(true);
    text_->setTabChangesFocus(true);

    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(0, theme::kGrid / 2, 0, 0);
    bar->setSpacing(theme::kGrid);
    bar->addWidget(set_);
    bar->addWidget(class_);
    bar->addWidget(note_, 1);
    auto* split = new QSplitter(Qt::Horizontal);
    split->setHandleWidth(theme::kGrid * 2);
    split->setChildrenCollapsible(false);
    split->addWidget(table_);
    split->addWidget(text_);
    split->setStretchFactor(0, 2);
    split->setStretchFactor(1, 1);
    split->setSizes({2000, 1000});
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::kGrid / 2);
    column->addLayout(bar);
    column->addWidget(split, 1);

    connect(set_, &QComboBox::currentIndexChanged, this, &WrongAnswersPane::sync);
    connect(class_, &QComboBox::currentIndexChanged, this,
            [this](int index) { model_->setOnly(index <= 0 ? -1 : class_->itemData(index).toLongLong()); });
    connect(table_->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            &WrongAnswersPane::showChosen);
    connect(model_, &QAbstractItemModel::modelReset, this, &WrongAnswersPane::showChosen);
}

bool WrongAnswersPane::has(const WatchedRun& run) {
    return run.matrix("validation/scores") && !run.find("validation/auroc");
}

void WrongAnswersPane::setEngine(EngineHost& engine) {
    engine_ = &engine;
    loader_ = new DataLoader(engine, this);
    connect(loader_, &DataLoader::loaded, this, &WrongAnswersPane::takeTexts);
    connect(loader_, &DataLoader::failed, this, [this](const QString& reason) { say(reason); });
    connect(&engine, &EngineHost::ready, this, &WrongAnswersPane::sync);
}

void WrongAnswersPane::setWanted(bool wanted) {
    wanted_ = wanted;
    sync();
}

void WrongAnswersPane::sync() {
    const Matrix* scores = run_.matrix("validation/scores");
    if (!wanted_ || !run_.id() || !scores) return;
    const std::pair now(*run_.id(),
                        QStringLiteral("%1 %2").arg(set_->currentIndex()).arg(scores->update.count));
    if (seen_ != now) {
        seen_ = now;
        model_->setAnswers({}, {});
        model_->setTexts({});
        if (set_->currentIndex() == Set::validation)
            take(*scores);
        else
            readTest();
    }
    loadTexts();
}

void WrongAnswersPane::readTest() {
    say(tr("reading …"));
    run_.loadMatrix(this, "test/scores", Update{std::numeric_limits<std::int64_t>::max()},
                    [this, asked = seen_](const std::optional<Matrix>& found) {
                        if (seen_ != asked) return;
                        if (found)
                            take(*found);
                        else
                            say(tr("the task has no test set"));
                        loadTexts();
                    });
}

void WrongAnswersPane::take(const Matrix& scores) {
    const auto of = ClassScores::from_matrix(scores.rows, scores.columns, scores.values);
    examples_ = of.size();
    QStringList names;
    for (const auto& name : run_.classes()) names << QString::fromStdString(name);
    model_->setAnswers(wrong_answers(of), names);
    offerClasses();
    say({});
    if (data_ && texts_of_ == run_.id()) takeTexts(data_);
}

void WrongAnswersPane::offerClasses() {
    const QString chosen = class_->currentText();
    {
        const QSignalBlocker quiet(class_);
        class_->clear();
        class_->addItem(tr("all classes"));
        std::int64_t number = 0;
        for (const auto& name : run_.classes())
            class_->addItem(QString::fromStdString(name), qlonglong(number++));
        class_->setCurrentIndex(std::max(0, class_->findText(chosen)));
    }
    const int index = class_->currentIndex();
    model_->setOnly(index <= 0 ? -1 : class_->itemData(index).toLongLong());
}

void WrongAnswersPane::loadTexts() {
    if (!wanted_ || !engine_ || !engine_->engine() || !run_.record() || texts_of_ == run_.id()) return;
    texts_of_ = run_.id();
    data_.reset();
    loader_->load(run_.record()->spec);
}

void WrongAnswersPane::takeTexts(const DataPtr& read) {
    if (texts_of_ != run_.id() || !run_.record()) return;
    data_ = read;
    if (read->found.provenance.data_hash != run_.record()->provenance.data_hash)
        return say(tr("the task's data are no longer those of the run: examples cannot be shown"));
    QStringList texts;
    for (std::size_t i = 0; i < read->found.samples.size(); ++i)
        if (read->found.samples[i].side == (set_->currentIndex() == Set::validation ? 1 : 2))
            texts << read->texts[qsizetype(i)];
    if (texts.size() == examples_) model_->setTexts(std::move(texts));
    showChosen();
}

void WrongAnswersPane::showChosen() {
    const auto index = table_->currentIndex();
    text_->setPlainText(index.isValid() && index.row() < model_->rowCount() ? model_->textAt(index.row())
                                                                            : QString());
}

void WrongAnswersPane::say(const QString& problem) {
    const QString all =
        tr("%1 of %2 answered wrongly").arg(count(std::int64_t(model_->all())), count(examples_));
    note_->setText(problem.isEmpty()   ? all
                   : model_->all() > 0 ? all + QStringLiteral("; ") + problem
                                       : problem);
}

} // namespace descent::ui
