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
    /// No `action`, no button.
    void set(const QString& title, const QString& text, const QString& action = {});
    QString title() const;

Q_SIGNALS:
    void acted();

private:
    QLabel* title_;
    QLabel* text_;
    QPushButton* button_;
};

} // namespace descent::ui
