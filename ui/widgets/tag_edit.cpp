#include "ui/widgets/tag_edit.h"

#include <QAbstractItemView>
#include <QCompleter>
#include <QKeyEvent>
#include <QStringListModel>

namespace descent::ui {

TagEdit::TagEdit(QWidget* parent)
    : QLineEdit(parent)
    , known_(new QStringListModel(this))
    , completer_(new QCompleter(known_, this)) {
    setPlaceholderText(tr("paper, baseline"));
    // Not QLineEdit::setCompleter: that would complete the whole line, not the tag at the cursor.
    completer_->setWidget(this);
    completer_->setCaseSensitivity(Qt::CaseInsensitive);
    completer_->setCompletionMode(QCompleter::PopupCompletion);
    connect(this, &QLineEdit::textEdited, this, &TagEdit::offerCompletion);
    connect(completer_, qOverload<const QString&>(&QCompleter::activated), this, &TagEdit::complete);
}

void TagEdit::setKnownTags(const QStringList& tags) {
    if (known_->stringList() != tags) known_->setStringList(tags);
}

void TagEdit::setTags(const QStringList& tags) {
    set_ = tags;
    const QString text = tags.join(QStringLiteral(", "));
    if (text != this->text()) setText(text);
}

QStringList TagEdit::tags() const {
    QStringList result;
    for (const QString& part : text().split(QLatin1Char(','))) {
        const QString tag = part.simplified();
        if (!tag.isEmpty() && !result.contains(tag)) result << tag;
    }
    return result;
}

void TagEdit::beginAnother() {
    if (!tags().isEmpty()) setText(tags().join(QStringLiteral(", ")) + QStringLiteral(", "));
    end(false);
}

void TagEdit::keyPressEvent(QKeyEvent* event) {
    const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (completer_->popup()->isVisible() && (enter || event->key() == Qt::Key_Tab)) {
        event->ignore(); // the completer takes it
        return;
    }
    if (event->key() == Qt::Key_Escape && tags() != set_) {
        setTags(set_);
        return;
    }
    QLineEdit::keyPressEvent(event);
    if (enter) commit();
}

void TagEdit::focusOutEvent(QFocusEvent* event) {
    QLineEdit::focusOutEvent(event);
    if (event->reason() != Qt::PopupFocusReason) commit();
}

void TagEdit::commit() {
    const QStringList wanted = tags();
    if (wanted == set_) return setTags(set_); // tidies the spacing
    setTags(wanted);
    Q_EMIT tagsEdited(wanted);
}

QString TagEdit::current() const {
    return text().left(cursorPosition()).section(QLatin1Char(','), -1).trimmed();
}

void TagEdit::offerCompletion() {
    const QString start = current();
    completer_->setCompletionPrefix(start);
    const bool done = completer_->completionCount() == 1 && completer_->currentCompletion() == start;
    if (start.isEmpty() || completer_->completionCount() == 0 || done)
        completer_->popup()->hide();
    else
        completer_->complete();
}

void TagEdit::complete(const QString& tag) {
    const QString before = text().left(cursorPosition());
    const QString after = text().mid(cursorPosition());
    const qsizetype comma = before.lastIndexOf(QLatin1Char(','));
    QString line = comma < 0 ? QString() : before.left(comma + 1) + QLatin1Char(' ');
    line += tag;
    const int cursor = int(line.size());
    setText(line + after);
    setCursorPosition(cursor);
}

} // namespace descent::ui
