#pragma once

#include <QLineEdit>
#include <QStringList>

class QCompleter;
class QStringListModel;

namespace descent::ui {

/// A line of comma-separated tags that completes the one being typed. Thread: GUI.
class TagEdit : public QLineEdit {
    Q_OBJECT
public:
    explicit TagEdit(QWidget* parent = nullptr);

    void setKnownTags(const QStringList& tags);
    void setTags(const QStringList& tags);
    /// Trimmed, without empty ones and repetitions, in the order typed.
    QStringList tags() const;
    void beginAnother(); ///< the cursor behind a comma, ready for one more
    /// Tells of what was typed, if it differs from what was set.
    void commit();

Q_SIGNALS:
    void
    tagsEdited(const QStringList& tags); ///< Enter, or the field was left, and they differ from what was set

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    void offerCompletion();
    void complete(const QString& tag);
    QString current() const; ///< the tag before the cursor, as far as it is typed

    QStringListModel* known_;
    QCompleter* completer_;
    QStringList set_;
};

} // namespace descent::ui
