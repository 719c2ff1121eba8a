#include "ui/widgets/sample_browser.h"

#include "core/base/format.h"
#include "ui/models/class_model.h"
#include "ui/theme.h"
#include "ui/widgets/clip_view.h"
#include "ui/widgets/data_table.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/name_view.h"
#include "ui/widgets/text_panes.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QSignalBlocker>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace descent::ui {

namespace {
QString count(std::int64_t n) {
    return QString::fromStdString(format_count(n));
}
} // namespace

SampleBrowser::SampleBrowser(QWidget* parent)
    : QWidget(parent)
    , model_(new SampleModel(this))
    , text_(new QLineEdit)
    , class_(new QComboBox)
    , side_(new QComboBox)
    , count_(new QLabel)
    , table_(new DataTable("sampleTable", tr("Examples of the data"), model_, true))
    , nothing_(new EmptyState)
    , list_(new QStackedWidget)
    , detail_(new QStackedWidget)
    , hint_(new QLabel(tr("Choose an example to look at it")))
    , name_(new NameView)
    , words_(new TextView)
    , clip_(new ClipView) {
    setObjectName(QStringLiteral("sampleBrowser"));
    table_->horizontalHeader()->setSectionResizeMode(int(SampleColumn::text), QHeaderView::Stretch);
    table_->setColumnWidth(int(SampleColumn::label), theme::kGrid * 10);
    table_->setColumnWidth(int(SampleColumn::side), theme::kGrid * 11);
    table_->installEventFilter(this);
    nothing_->setObjectName(QStringLiteral("sampleNone"));
    nothing_->set(tr("No example fits the filter"), {}, tr("Clear filter"));
    list_->addWidget(table_);
    list_->addWidget(nothing_);
    hint_->setProperty("role", QStringLiteral("muted"));
    hint_->setAlignment(Qt::AlignCenter);
    hint_->setWordWrap(true);
    clip_->setObjectName(QStringLiteral("sampleClip"));
    detail_->setObjectName(QStringLiteral("sampleDetail"));
    for (QWidget* page : {static_cast<QWidget*>(hint_), static_cast<QWidget*>(name_),
                          static_cast<QWidget*>(words_), static_cast<QWidget*>(clip_)})
        detail_->addWidget(page);
    detail_->setMinimumWidth(theme::kGrid * 26);
    auto* beside = new QWidget;
    auto* margins = new QHBoxLayout(beside);
    margins->setContentsMargins(theme::kGrid, 0, 0, theme::kGrid);
    margins->addWidget(detail_);
    auto* split = new QSplitter;
    split->setObjectName(QStringLiteral("sampleSplit"));
    split->setHandleWidth(theme::kGrid);
    split->setChildrenCollapsible(false);
    split->addWidget(list_);
    split->addWidget(beside);
    split->setStretchFactor(0, 3);
    split->setStretchFactor(1, 2);
    list_->setMinimumWidth(theme::kGrid * 34);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, theme::kGrid, 0, 0);
    column->setSpacing(theme::kGrid / 2);
    column->addWidget(makeFilter());
    column->addWidget(split, 1);
    connect(table_, &DataTable::currentMoved, this, &SampleBrowser::showChosen);
    connect(table_, &DataTable::opened, this, [this] { clip_->togglePlay(); });
    connect(nothing_, &EmptyState::acted, this, &SampleBrowser::clearFilter);
}

QWidget* SampleBrowser::makeFilter() {
    auto* bar = new QWidget;
    text_->setObjectName(QStringLiteral("sampleFilter"));
    text_->setAccessibleName(tr("Filter the examples by text"));
    text_->setPlaceholderText(tr("Filter (Ctrl+F)"));
    text_->setClearButtonEnabled(true);
    text_->setAcceptDrops(false); // what is dropped is the page's
    text_->addAction(theme::icon(QStringLiteral("search"), &theme::mutedText), QLineEdit::LeadingPosition);
    text_->installEventFilter(this);
    class_->setObjectName(QStringLiteral("sampleClass"));
    class_->setAccessibleName(tr("Class of the examples"));
    class_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    class_->setMinimumContentsLength(10);
    side_->setObjectName(QStringLiteral("sampleSide"));
    side_->setAccessibleName(tr("Side of the examples"));
    side_->addItem(tr("All sides"), -1);
    for (int side = 0; side < 3; ++side) side_->addItem(sideName(side), side);
    count_->setObjectName(QStringLiteral("sampleCount"));
    count_->setProperty("role", QStringLiteral("muted"));
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(theme::kGrid, 0, theme::kGrid, 0);
    row->setSpacing(theme::kGrid);
    row->addWidget(text_, 1);
    row->addWidget(class_);
    row->addWidget(side_);
    row->addWidget(count_);
    connect(text_, &QLineEdit::textChanged, this, &SampleBrowser::filter);
    connect(class_, &QComboBox::currentIndexChanged, this, &SampleBrowser::filter);
    connect(side_, &QComboBox::currentIndexChanged, this, &SampleBrowser::filter);
    return bar;
}

void SampleBrowser::show(const DataPtr& loaded) {
    data_ = loaded;
    {
        const QSignalBlocker quiet(class_);
        const QString before = class_->currentIndex() > 0 ? class_->currentText() : QString();
        class_->clear();
        class_->addItem(tr("All classes"), -1);
        const auto& classes = loaded->found.provenance.classes;
        for (std::size_t i = 0; i < classes.size(); ++i)
            class_->addItem(QString::fromStdString(classes[i]), int(i));
        class_->setVisible(!classes.empty()); // a regression has none
        table_->setColumnHidden(int(SampleColumn::label), classes.empty());
        class_->setCurrentIndex(before.isEmpty() ? 0 : std::max(0, class_->findText(before)));
    }
    model_->setData(loaded);
    filter();
}

void SampleBrowser::filter() {
    model_->setFilter({.text = text_->text().trimmed(),
                       .label = class_->currentData().toInt(),
                       .side = side_->currentData().toInt()});
    countShown();
    const bool any = model_->rowCount() > 0;
    list_->setCurrentWidget(any || model_->all() == 0 ? static_cast<QWidget*>(table_) : nothing_);
    if (any) table_->setCurrentIndex(model_->index(0, 0));
    showChosen();
}

void SampleBrowser::filterBy(int label) {
    text_->clear();
    side_->setCurrentIndex(0);
    class_->setCurrentIndex(class_->findData(label));
    table_->setFocus(Qt::OtherFocusReason);
}

void SampleBrowser::clearFilter() {
    text_->clear();
    class_->setCurrentIndex(0);
    side_->setCurrentIndex(0);
    focusFilter();
}

void SampleBrowser::focusFilter() {
    text_->setFocus(Qt::ShortcutFocusReason);
    text_->selectAll();
}

void SampleBrowser::countShown() {
    const std::int64_t shown = model_->rowCount(), all = model_->all();
    const auto& p = data_->found.provenance;
    const auto there = p.train_examples + p.validation_examples + p.test_examples;
    const bool some = data_->summary && there > all; // of very many texts only some are kept to be read
    count_->setText(shown == all ? (some ? tr("%1 of the %2").arg(count(all), count(there)) : count(all))
                                 : tr("%1 of %2").arg(count(shown), count(all)));
    count_->setToolTip(some ? tr("Of the %1 texts every so many'th is here to be read, %2 in all")
                                  .arg(count(there), count(all))
                            : QString());
}

void SampleBrowser::showChosen() {
    const int row = table_->currentIndex().row();
    if (row < 0 || row >= model_->rowCount()) {
        clip_->clear();
        detail_->setCurrentWidget(hint_);
        return;
    }
    const DataSample& sample = model_->sample(row);
    const QString about = tr("%1 · %2").arg(model_->className(sample.label), sideName(sample.side));
    if (data_->summary) {
        clip_->clear();
        words_->show(model_->text(row), about);
        detail_->setCurrentWidget(words_);
    } else if (sample.file.empty()) {
        clip_->clear();
        name_->show(model_->text(row), about);
        detail_->setCurrentWidget(name_);
    } else {
        clip_->show(QString::fromStdString(sample.file), about);
        detail_->setCurrentWidget(clip_);
    }
}

bool SampleBrowser::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() != QEvent::KeyPress) return QWidget::eventFilter(watched, event);
    const auto* key = static_cast<QKeyEvent*>(event);
    if (watched == table_ && key->key() == Qt::Key_Space && detail_->currentWidget() == clip_) {
        clip_->togglePlay();
        return true;
    }
    if (watched == text_ && key->key() == Qt::Key_Down && model_->rowCount() > 0) {
        table_->setFocus(Qt::OtherFocusReason);
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace descent::ui
