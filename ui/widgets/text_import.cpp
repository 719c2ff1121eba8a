#include "ui/widgets/text_import.h"

#include "ui/models/cells_model.h"
#include "ui/theme.h"
#include "ui/widgets/data_table.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include <algorithm>

namespace descent::ui {

namespace {

constexpr std::size_t kRows = 20;
constexpr int kLongest = 200; // characters of a cell

QString shown(const std::string& field) {
    QString text = QString::fromStdString(field).simplified();
    return text.size() > kLongest ? text.left(kLongest) + QStringLiteral("…") : text;
}

QLabel* line(const char* name, const char* role) {
    auto* label = new QLabel;
    label->setObjectName(QString::fromLatin1(name));
    label->setProperty("role", QString::fromLatin1(role));
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

/// How a column is asked for: by its name, where that is enough, else by its number.
QString wordFor(const std::vector<std::string>& columns, std::size_t i) {
    const std::string& name = columns[i];
    const bool plain =
        !name.empty() && name.find(',') == std::string::npos && std::ranges::count(columns, name) == 1;
    return plain ? QString::fromStdString(name) : QString::number(i + 1);
}

void choose(QComboBox* box, const QVariant& data) {
    box->setCurrentIndex(std::max(0, box->findData(data)));
}

} // namespace

TextImport::TextImport(QWidget* parent)
    : QWidget(parent)
    , table_choices_(new QWidget)
    , words_(line("textImportWords", "plain"))
    , problem_(line("textImportProblem", "error"))
    , model_(new CellsModel(this))
    , table_(new DataTable("textImportTable", tr("The first rows"), model_, false)) {
    setObjectName(QStringLiteral("textImport"));
    table_->setMinimumHeight(theme::kGrid * 12);
    table_->horizontalHeader()->setStretchLastSection(true);
    auto* first = new QHBoxLayout;
    first->setSpacing(theme::kGrid);
    encoding_ = addChoice("textEncoding", tr("Encoding"), *first);
    encoding_->addItem(QStringLiteral("UTF-8"), false);
    encoding_->addItem(QStringLiteral("ISO 8859-1 (Latin-1)"), true);
    auto* columns = new QHBoxLayout(table_choices_);
    columns->setContentsMargins(0, 0, 0, 0);
    columns->setSpacing(theme::kGrid);
    delimiter_ = addChoice("textDelimiter", tr("Between fields"), *first);
    for (const auto& [word, character] : {std::pair(tr("comma"), QStringLiteral(",")),
                                          {tr("semicolon"), QStringLiteral(";")},
                                          {tr("tab"), QStringLiteral("\t")},
                                          {tr("bar"), QStringLiteral("|")}})
        delimiter_->addItem(word, character);
    header_ = addChoice("textHeader", tr("First row"), *first);
    header_->addItem(tr("names of columns"), int(TextLayout::Header::yes));
    header_->addItem(tr("a text"), int(TextLayout::Header::no));
    first->addStretch();
    label_ = addChoice("textLabel", tr("Label"), *columns);
    text_ = addChoice("textColumns", tr("Text"), *columns);
    text_->setEditable(true);
    text_->setInsertPolicy(QComboBox::NoInsert);
    text_->lineEdit()->setObjectName(QStringLiteral("textColumnsLine"));
    text_->lineEdit()->setAcceptDrops(false); // what is dropped is the page's
    text_->setToolTip(tr("One column, or several by commas: they are joined in this order"));
    columns->addStretch();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::kGrid);
    column->addWidget(words_);
    column->addLayout(first);
    column->addWidget(table_choices_);
    column->addWidget(problem_);
    column->addWidget(table_, 1);
    for (auto* box : {encoding_, delimiter_, header_, label_, text_})
        connect(box, &QComboBox::activated, this, &TextImport::changed);
    connect(text_->lineEdit(), &QLineEdit::editingFinished, this, &TextImport::changed);
}

QComboBox* TextImport::addChoice(const char* name, const QString& word, QHBoxLayout& row) {
    auto* label = new QLabel(word);
    label->setObjectName(QString::fromLatin1(name) + QStringLiteral("Word"));
    label->setProperty("role", QStringLiteral("muted"));
    auto* box = new QComboBox;
    box->setObjectName(QString::fromLatin1(name));
    box->setAccessibleName(word);
    box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    label->setBuddy(box);
    row.addWidget(label);
    row.addWidget(box);
    return box;
}

void TextImport::look(const std::filesystem::path& place, const TextLayout& layout) {
    place_ = place;
    asked_ = layout;
    model_->set({}, {});
    words_->setText(tr("Reading the first rows…"));
    problem_->hide();
    read();
}

void TextImport::read() {
    Q_EMIT looked(false); // until it has been
    if (!hand_.begin()) return;
    inBackground(
        this,
        [place = place_, layout = asked_] {
            return guarded([&] { return preview_texts(place, layout, kRows); });
        },
        [this](const Result<TextPreview>& read) {
            if (hand_.end()) return this->read();
            take(read);
        });
}

void TextImport::take(const Result<TextPreview>& read) {
    problem_->setVisible(!read);
    if (read) {
        words_->setText(tr("Read as %1").arg(QString::fromStdString(in_words(read->layout))));
        fillChoices(*read);
    } else {
        problem_->setText(QString::fromStdString(read.error().message));
        words_->setText(tr("These choices do not fit"));
        const QSignalBlocker quiet(encoding_);
        choose(encoding_, asked_.latin1);
    }
    Q_EMIT looked(read.has_value());
}

void TextImport::fillChoices(const TextPreview& preview) {
    found_ = preview.layout;
    const TextLayout& found = found_;
    const bool table = found.kind == TextLayout::Kind::table;
    for (QWidget* part : {static_cast<QWidget*>(delimiter_), static_cast<QWidget*>(header_), table_choices_})
        part->setVisible(table);
    for (const char* word : {"textDelimiterWord", "textHeaderWord"})
        findChild<QLabel*>(QString::fromLatin1(word))->setVisible(table);
    for (auto* box : {encoding_, delimiter_, header_, label_, text_}) box->blockSignals(true);
    choose(encoding_, found.latin1);
    const QString delimiter = QString::fromStdString(found.delimiter);
    if (table && delimiter_->findData(delimiter) < 0) delimiter_->addItem(delimiter, delimiter);
    choose(delimiter_, delimiter);
    choose(header_, int(found.header));
    label_->clear();
    text_->clear();
    for (std::size_t i = 0; i < preview.columns.size(); ++i)
        for (auto* box : {label_, text_}) box->addItem(wordFor(preview.columns, i));
    label_->setCurrentText(QString::fromStdString(found.label_column));
    text_->setCurrentText(QString::fromStdString(found.text_columns));
    for (auto* box : {encoding_, delimiter_, header_, label_, text_}) box->blockSignals(false);

    std::vector<CellsModel::Row> rows;
    QStringList headings;
    QList<int> words;
    if (table) {
        const QStringList texts = text_->currentText().split(QLatin1Char(','));
        for (int i = 0; i < label_->count(); ++i) {
            const QString name = label_->itemText(i);
            const bool is_text =
                std::ranges::any_of(texts, [&](const QString& t) { return t.trimmed() == name; });
            headings << (name == label_->currentText() ? tr("%1 (label)").arg(name)
                         : is_text                     ? tr("%1 (text)").arg(name)
                                                       : name);
            words << i;
        }
        for (const auto& row : preview.rows) {
            QStringList cells;
            for (const auto& field : row) cells << shown(field);
            rows.push_back({cells, -1});
        }
    } else {
        headings = {tr("label"), tr("text")};
        words = {0, 1};
        for (const auto& text : preview.texts)
            rows.push_back({{QString::fromStdString(text.label), shown(text.text)}, -1});
    }
    model_->set(headings, std::move(rows), words);
    for (int i = 0; i + 1 < headings.size(); ++i)
        table_->setColumnWidth(
            i, std::clamp(std::max(static_cast<const QAbstractItemView*>(table_)->sizeHintForColumn(i),
                                   table_->horizontalHeader()->sectionSizeHint(i)) +
                              theme::kGrid * 2,
                          theme::kGrid * 8, theme::kGrid * 34));
}

void TextImport::changed() {
    TextLayout wanted = asked_;
    wanted.latin1 = encoding_->currentData().toBool();
    const QObject* by = sender();
    if (by == delimiter_) {
        wanted.delimiter = delimiter_->currentData().toString().toStdString();
        wanted.label_column.clear(); // of other columns
        wanted.text_columns.clear();
    }
    if (by == header_) {
        wanted.header = TextLayout::Header(header_->currentData().toInt());
        wanted.label_column.clear();
        wanted.text_columns.clear();
    }
    // Both together, so that the one found before is not found to be the other.
    if (by == label_ || by == text_ || by == text_->lineEdit()) {
        const std::string label = label_->currentText().toStdString(),
                          text = text_->currentText().toStdString();
        if (label == found_.label_column && text == found_.text_columns) return;
        wanted.label_column = label;
        wanted.text_columns = text;
    }
    if (wanted.latin1 == asked_.latin1 && wanted.delimiter == asked_.delimiter &&
        wanted.header == asked_.header && wanted.label_column == asked_.label_column &&
        wanted.text_columns == asked_.text_columns)
        return;
    asked_ = wanted;
    read();
}

} // namespace descent::ui
