#include "ui/widgets/text_panes.h"

#include "core/base/format.h"
#include "ui/models/cells_model.h"
#include "ui/models/class_model.h"
#include "ui/models/csv_text.h"
#include "ui/plots/length_chart.h"
#include "ui/theme.h"
#include "ui/widgets/data_table.h"

#include <QHeaderView>
#include <QLabel>
#include <QPlainTextEdit>
#include <QSplitter>
#include <QVBoxLayout>

namespace descent::ui {

namespace {

QString count(std::int64_t n) {
    return QString::fromStdString(format_count(n));
}
QString percent(double share) {
    return QString::fromStdString(format_percent(share));
}

QLabel* muted(const char* name) {
    auto* label = new QLabel;
    label->setObjectName(QString::fromLatin1(name));
    label->setProperty("role", QStringLiteral("muted"));
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

QSplitter* beside(QWidget* left, QWidget* right, int left_share, int right_share) {
    auto* split = new QSplitter;
    split->setHandleWidth(theme::kGrid);
    split->setChildrenCollapsible(false);
    split->addWidget(left);
    split->addWidget(right);
    split->setStretchFactor(0, left_share);
    split->setStretchFactor(1, right_share);
    split->setSizes({1000 * left_share, 1000 * right_share});
    return split;
}

void fill(QWidget* pane, QWidget* above, QWidget* below) {
    auto* column = new QVBoxLayout(pane);
    column->setContentsMargins(theme::kGrid, theme::kGrid, theme::kGrid / 2, theme::kGrid / 2);
    column->setSpacing(theme::kGrid);
    column->addWidget(above);
    column->addWidget(below, 1);
}

std::int64_t total(const TextSummary::Sides& sides) {
    return sides[0] + sides[1] + sides[2];
}

} // namespace

LengthPane::LengthPane(QWidget* parent)
    : QWidget(parent)
    , words_(muted("lengthWords"))
    , chart_(new LengthChart)
    , model_(new CellsModel(this))
    , table_(new DataTable("lengthTable", tr("Texts by their length and side"), model_, false)) {
    setObjectName(QStringLiteral("lengthPane"));
    table_->setMinimumWidth(theme::kGrid * 26);
    table_->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    fill(this, words_, beside(chart_, table_, 1, 1));
}

void LengthPane::show(const TextSummary& texts) {
    texts_ = texts;
    chart_->show(texts);
    QString words = chart_->summary() + QStringLiteral(". ");
    words += texts.cut_texts == 0
                 ? tr("None is longer than the %1 that texts are cut to.").arg(count(texts.cut_at))
                 : tr("%1 are cut to %2.").arg(count(texts.cut_texts), count(texts.cut_at));
    if (texts.empty > 0) words += QLatin1Char(' ') + tr("%1 are empty.").arg(count(texts.empty));
    words_->setText(words);
    std::vector<CellsModel::Row> rows;
    for (std::size_t i = 0; i < texts.lengths.size(); ++i) {
        const auto& sides = texts.lengths[i];
        rows.push_back(
            {{lengthRange(texts, i), count(sides[0]), count(sides[1]), count(sides[2]), count(total(sides))},
             -1});
    }
    model_->set({tr("tokens"), sideName(0), sideName(1), sideName(2), tr("total")}, std::move(rows));
}

QByteArray LengthPane::csv() const {
    QByteArray text = "from,to,train,validation,test,total\r\n";
    for (std::size_t i = 0; i < texts_.lengths.size(); ++i) {
        const auto [first, last] = texts_.range(i);
        const auto& sides = texts_.lengths[i];
        text +=
            csvLine({QString::number(first), QString::number(last), QString::number(sides[0]),
                     QString::number(sides[1]), QString::number(sides[2]), QString::number(total(sides))});
    }
    return text;
}

WordPane::WordPane(QWidget* parent)
    : QWidget(parent)
    , words_(muted("wordWords"))
    , sides_(new CellsModel(this))
    , model_(new CellsModel(this))
    , side_table_(new DataTable("wordSides", tr("Tokens that the vocabulary knows, by side"), sides_, false))
    , table_(new DataTable("wordTable", tr("The commonest words of the training texts"), model_, false)) {
    setObjectName(QStringLiteral("wordPane"));
    for (auto* table : {side_table_, table_}) {
        table->setMinimumWidth(theme::kGrid * 24);
        table->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    }
    fill(this, words_, beside(side_table_, table_, 1, 1));
}

void WordPane::show(const TextSummary& texts) {
    texts_ = texts;
    words_->setText(
        tr("The vocabulary holds %1 of the %2 different words of the training texts. Any other word is "
           "the unknown one to models of words; those that hash words tell them apart.")
            .arg(count(texts.vocabulary), count(texts.words)));
    std::vector<CellsModel::Row> rows;
    for (int side = 0; side < 3; ++side) {
        const auto i = std::size_t(side);
        if (texts.tokens[i] == 0) continue;
        rows.push_back({{sideName(side), count(texts.tokens[i]), count(texts.tokens[i] - texts.known[i]),
                         percent(1 - texts.known_share(i))},
                        side});
    }
    sides_->set({tr("side"), tr("tokens"), tr("unknown"), tr("share")}, std::move(rows));
    side_table_->horizontalHeader()->setSectionResizeMode(0, QHeaderView::ResizeToContents);
    rows.clear();
    for (std::size_t i = 0; i < texts.commonest.size(); ++i)
        rows.push_back({{QString::fromStdString(texts.commonest[i].first), count(std::int64_t(i) + 1),
                         count(texts.commonest[i].second)},
                        -1});
    model_->set({tr("word"), tr("rank"), tr("times")}, std::move(rows));
}

QByteArray WordPane::csv() const {
    QByteArray text = "rank,word,times\r\n";
    for (std::size_t i = 0; i < texts_.commonest.size(); ++i)
        text += csvLine({QString::number(i + 1), QString::fromStdString(texts_.commonest[i].first),
                         QString::number(texts_.commonest[i].second)});
    return text;
}

TextView::TextView(QWidget* parent)
    : QWidget(parent)
    , about_(muted("sampleTextAbout"))
    , text_(new QPlainTextEdit) {
    setObjectName(QStringLiteral("sampleText"));
    text_->setObjectName(QStringLiteral("sampleTextWords"));
    text_->setReadOnly(true);
    text_->setTabChangesFocus(true);
    text_->setAcceptDrops(false); // what is dropped is the page's
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, theme::kGrid / 2, 0, 0);
    column->setSpacing(theme::kGrid / 2);
    column->addWidget(about_);
    column->addWidget(text_, 1);
}

void TextView::show(const QString& text, const QString& about) {
    about_->setText(about);
    text_->setPlainText(text);
    text_->setAccessibleName(tr("The chosen example, %1").arg(about));
}

} // namespace descent::ui
