#include "ui/widgets/data_summary.h"

#include "core/base/format.h"
#include "ui/models/class_model.h"
#include "ui/theme.h"
#include "ui/widgets/elided_label.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QStringList>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <numeric>

namespace descent::ui {

namespace {

constexpr int kHashShown = 12;

QString count(std::int64_t n) {
    return QString::fromStdString(format_count(n));
}
QString counted(std::int64_t n, const QString& one, const QString& many) {
    return n == 1 ? one : many.arg(count(n));
}

} // namespace

DataSummary::DataSummary(QWidget* parent)
    : QFrame(parent)
    , source_(new ElidedLabel)
    , hash_label_(new QLabel)
    , copy_(new QToolButton)
    , warning_(new QWidget)
    , warning_text_(new QLabel)
    , why_(new QPushButton(tr("Show why")))
    , notes_(new QLabel) {
    setObjectName(QStringLiteral("dataSummary"));
    setProperty("role", QStringLiteral("card"));
    source_->setObjectName(QStringLiteral("dataSource"));
    source_->setProperty("role", QStringLiteral("heading"));
    source_->setMode(Qt::ElideMiddle);
    hash_label_->setObjectName(QStringLiteral("dataHash"));
    hash_label_->setProperty("role", QStringLiteral("muted"));
    hash_label_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    copy_->setObjectName(QStringLiteral("dataHashCopy"));
    copy_->setIcon(theme::icon(QStringLiteral("copy"), &theme::mutedText));
    copy_->setToolTip(tr("Copy the whole hash of the data and its split"));
    copy_->setAccessibleName(tr("Copy the hash of the data"));
    copy_->setFocusPolicy(Qt::TabFocus);
    auto* head = new QHBoxLayout;
    head->setSpacing(theme::kGrid / 2);
    head->addWidget(source_, 1);
    head->addSpacing(theme::kGrid);
    head->addWidget(hash_label_);
    head->addWidget(copy_);

    auto* row = new QHBoxLayout;
    row->setSpacing(theme::kGrid * 2);
    figures_[0] = makeFigure("dataExamples", tr("examples"), *row);
    figures_[1] = makeFigure("dataClasses", tr("classes"), *row);
    figures_[2] = makeFigure("dataTrain", sideName(0), *row);
    figures_[3] = makeFigure("dataValidation", sideName(1), *row);
    figures_[4] = makeFigure("dataTest", sideName(2), *row);

    auto* sign = new QLabel;
    sign->setPixmap(theme::icon(QStringLiteral("warning"), &theme::warning).pixmap(16, 16));
    warning_text_->setObjectName(QStringLiteral("dataWarning"));
    warning_text_->setWordWrap(true);
    why_->setObjectName(QStringLiteral("dataWarningWhy"));
    why_->setProperty("role", QStringLiteral("link"));
    why_->setAccessibleName(tr("Show what is left out, and why"));
    auto* line = new QHBoxLayout(warning_);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(theme::kGrid);
    line->addWidget(sign);
    line->addWidget(warning_text_);
    line->addWidget(why_);
    line->addStretch(1);
    notes_->setObjectName(QStringLiteral("dataNotes"));
    notes_->setProperty("role", QStringLiteral("muted"));
    notes_->setWordWrap(true);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme::kGrid * 2, theme::kGrid, theme::kGrid, theme::kGrid + theme::kGrid / 2);
    column->setSpacing(theme::kGrid);
    column->addLayout(head);
    column->addLayout(row);
    column->addWidget(warning_);
    column->addWidget(notes_);
    connect(why_, &QPushButton::clicked, this, &DataSummary::leftOutClicked);
    connect(copy_, &QToolButton::clicked, this, [this] {
        QApplication::clipboard()->setText(hash_);
        Q_EMIT copied(hash_);
    });
}

DataSummary::Figure DataSummary::makeFigure(const char* name, const QString& caption, QHBoxLayout& row) {
    auto* cell = new QWidget;
    cell->setObjectName(QString::fromLatin1(name) + QStringLiteral("Figure"));
    Figure figure{new QLabel, new QLabel(caption), new QLabel};
    figure.number->setObjectName(QString::fromLatin1(name) + QStringLiteral("Count"));
    figure.number->setProperty("role", QStringLiteral("title"));
    figure.caption->setProperty("role", QStringLiteral("muted"));
    figure.people->setObjectName(QString::fromLatin1(name) + QStringLiteral("Speakers"));
    figure.people->setProperty("role", QStringLiteral("muted"));
    auto* column = new QVBoxLayout(cell);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    for (auto* part : {figure.number, figure.caption, figure.people}) column->addWidget(part);
    column->addStretch();
    row.addWidget(cell, 1);
    return figure;
}

void DataSummary::show(const LoadedData& loaded) {
    const Inspection& found = loaded.found;
    const auto& p = found.provenance;
    source_->setText(p.data_source == "built-in" ? tr("Built-in data")
                     : p.data_source == "built-in, synthetic"
                         ? tr("Built-in data, synthetic: made by a small grammar")
                         : QString::fromStdString(p.data_source));
    source_->setToolTip(QString::fromStdString(p.data_source));
    hash_ = QString::fromStdString(p.data_hash);
    hash_label_->setText(tr("hash %1").arg(hash_.left(kHashShown)));
    hash_label_->setToolTip(tr("Of the examples and the side each is on:\n%1").arg(hash_));
    hash_label_->setVisible(!hash_.isEmpty());
    copy_->setVisible(!hash_.isEmpty());

    const std::array<std::int64_t, 5> numbers{p.train_examples + p.validation_examples + p.test_examples,
                                              std::int64_t(p.classes.size()), p.train_examples,
                                              p.validation_examples, p.test_examples};
    const bool people = std::ranges::any_of(found.speakers, [](auto n) { return n > 0; });
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        figures_[i].number->setText(count(numbers[i]));
        if (i == 1) figures_[i].number->parentWidget()->setVisible(numbers[i] > 0); // a regression has none
        const std::int64_t speakers =
            i >= 2 ? found.speakers[i - 2]
                   : (i == 0 ? std::accumulate(found.speakers.begin(), found.speakers.end(), std::int64_t{0})
                             : 0);
        figures_[i].people->setText(speakers > 0 ? counted(speakers, tr("1 speaker"), tr("%1 speakers"))
                                                 : QString());
        figures_[i].people->setVisible(people);
    }

    QStringList lost;
    const auto lose = [&lost](std::int64_t n, const QString& one, const QString& many) {
        if (n > 0) lost << counted(n, one, many);
    };
    lose(found.duplicates, tr("1 duplicate"), tr("%1 duplicates"));
    lose(found.dropped_lines, tr("1 line dropped"), tr("%1 lines dropped"));
    lose(std::accumulate(found.dropped_characters.begin(), found.dropped_characters.end(), std::int64_t{0},
                         [](std::int64_t sum, const auto& c) { return sum + c.second; }),
         tr("1 character dropped"), tr("%1 characters dropped"));
    lose(std::ssize(found.left_out), tr("1 file left out"), tr("%1 files left out"));
    warning_text_->setText(lost.join(QStringLiteral(" · ")));
    warning_->setVisible(!lost.isEmpty());
    QStringList notes;
    for (const auto& note : found.notes) // step sizes are the Train page's, words and lengths have tabs
        if (!note.starts_with("lr ") && !note.starts_with("clip ") &&
            !(loaded.summary && (note.starts_with("vocabulary:") || note.starts_with("lengths:"))))
            notes << QString::fromStdString(note);
    notes_->setText(notes.join(QLatin1Char('\n')));
    notes_->setVisible(!notes.isEmpty());
}

} // namespace descent::ui
