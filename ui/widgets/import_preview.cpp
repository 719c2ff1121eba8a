#include "ui/widgets/import_preview.h"

#include "core/base/format.h"
#include "ui/models/left_out_model.h"
#include "ui/theme.h"
#include "ui/widgets/data_table.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/text_import.h"

#include <QDir>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QPushButton>
#include <QStringList>
#include <QVBoxLayout>

#include <algorithm>

namespace descent::ui {

namespace {

constexpr std::size_t kClassesShown = 40;

QString count(std::int64_t n) {
    return QString::fromStdString(format_count(n));
}

QLabel* wrapped(const char* name, const char* role) {
    auto* label = new QLabel;
    label->setObjectName(QString::fromLatin1(name));
    label->setProperty("role", QString::fromLatin1(role));
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

} // namespace

ImportPreview::ImportPreview(QWidget* parent)
    : QFrame(parent)
    , title_(wrapped("importTitle", "title"))
    , folder_(new ElidedLabel)
    , understood_(wrapped("importUnderstood", "plain"))
    , classes_(wrapped("importClasses", "muted"))
    , remark_(wrapped("importRemark", "plain"))
    , dropped_title_(wrapped("importDroppedTitle", "heading"))
    , texts_(new TextImport)
    , dropped_(new LeftOutModel(this))
    , dropped_table_(
          new DataTable("importDropped", tr("What of the folder will not be used"), dropped_, false))
    , use_(new QPushButton(tr("Use this data")))
    , cancel_(new QPushButton(tr("Cancel"))) {
    setObjectName(QStringLiteral("importPreview"));
    setProperty("role", QStringLiteral("card"));
    folder_->setObjectName(QStringLiteral("importFolder"));
    folder_->setProperty("role", QStringLiteral("muted"));
    folder_->setMode(Qt::ElideMiddle);
    dropped_table_->horizontalHeader()->setSectionResizeMode(1, QHeaderView::Stretch);
    dropped_table_->setMinimumHeight(theme::kGrid * 10);
    use_->setObjectName(QStringLiteral("importUse"));
    use_->setProperty("role", QStringLiteral("primary"));
    use_->setAccessibleName(use_->text());
    use_->setAutoDefault(true);
    cancel_->setObjectName(QStringLiteral("importCancel"));
    cancel_->setAccessibleName(tr("Cancel: keep the data as they are"));

    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(theme::kGrid);
    buttons->addWidget(use_);
    buttons->addWidget(cancel_);
    buttons->addStretch();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme::kGrid * 3, theme::kGrid * 2, theme::kGrid * 3, theme::kGrid * 2);
    column->setSpacing(theme::kGrid);
    column->addWidget(title_);
    column->addWidget(folder_);
    column->addSpacing(theme::kGrid);
    column->addWidget(understood_);
    column->addWidget(classes_);
    column->addWidget(remark_);
    column->addWidget(texts_, 1000);
    column->addSpacing(theme::kGrid);
    column->addWidget(dropped_title_);
    column->addWidget(dropped_table_, 1000);
    column->addStretch(1); // where there is no table
    column->addSpacing(theme::kGrid);
    column->addLayout(buttons);
    connect(use_, &QPushButton::clicked, this, &ImportPreview::used);
    connect(texts_, &TextImport::looked, use_, &QPushButton::setEnabled);
    connect(cancel_, &QPushButton::clicked, this, &ImportPreview::cancelled);
}

void ImportPreview::show(const FoundData& found, const QString& task, const QString& remark,
                         const TextLayout& layout) {
    const bool texts = found.kind == FoundData::Kind::texts;
    title_->setText(found.title);
    const QString folder = QDir::toNativeSeparators(found.folder);
    folder_->setText(
        found.asked.isEmpty()
            ? folder
            : tr("%1, for its %2").arg(folder, QDir(found.folder).relativeFilePath(found.asked)));
    QStringList lines;
    for (const QString& line : found.understood) lines << line;
    lines << tr("Used for: %1").arg(task);
    understood_->setText(lines.join(QLatin1Char('\n')));
    QStringList classes;
    const std::size_t shown = std::min(found.classes.size(), kClassesShown);
    for (std::size_t i = 0; i < shown; ++i)
        // No break between a class and its count.
        classes << QString(found.classes[i].first).replace(QLatin1Char(' '), QChar(0xa0)) + QChar(0xa0) +
                       count(found.classes[i].second);
    QString text = classes.join(QStringLiteral(" · "));
    if (shown < found.classes.size())
        text += tr(" · and %1 more").arg(count(std::int64_t(found.classes.size() - shown)));
    classes_->setText(text);
    classes_->setVisible(!text.isEmpty());
    remark_->setText(remark);
    remark_->setVisible(!remark.isEmpty());
    dropped_title_->setText(found.dropped.empty() ? tr("Nothing is left out")
                                                  : tr("Left out: %1").arg(count(std::ssize(found.dropped))));
    dropped_->setRows(found.dropped);
    dropped_table_->fitFirstColumn();
    dropped_table_->setVisible(!found.dropped.empty());
    dropped_title_->setVisible(!texts); // which are not read before they are used
    texts_->setVisible(texts);
    use_->setEnabled(true);
    if (texts) texts_->look(found.texts.train, layout);
    setAccessibleName(title_->text() + QStringLiteral(". ") + understood_->text());
}

void ImportPreview::focusUse() {
    use_->setFocus(Qt::OtherFocusReason);
}

void ImportPreview::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape) {
        Q_EMIT cancelled();
        return;
    }
    QFrame::keyPressEvent(event);
}

} // namespace descent::ui
