#pragma once

#include <QWidget>

class QLabel;
class QPushButton;

namespace descent::ui {

/// What an empty page says: what is missing, why, and a button that does something about it. Thread: GUI.
class EmptyState : public QWidget {
    Q_OBJECT
public:
    explicit EmptyState(QWidget* parent = nullptr);
    /// No `action`, no button; `other` is a second, quieter one.
    void set(const QString& title, const QString& text, const QString& action = {},
             const QString& other = {});
    QString title() const;

Q_SIGNALS:
    void acted();
    void actedOtherwise(); ///< the second button

private:
    QLabel* title_;
    QLabel* text_;
    QPushButton* button_;
    QPushButton* other_;
};

} // namespace descent::ui
