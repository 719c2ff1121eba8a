#pragma once

#include <QWidget>

class QLabel;
class QProgressBar;
class QPushButton;

namespace descent::ui {

class ElidedLabel;

/// In place of a page's content while it is being made: what is being done, how far it is, and Cancel.
/// Thread: GUI.
class BusyCard : public QWidget {
    Q_OBJECT
public:
    explicit BusyCard(QWidget* parent = nullptr);
    void begin(const QString& title, bool may_cancel = true);
    /// A share of 1, or less than 0 where it is not known; `doing` says what.
    void setProgress(double share, const QString& doing);
    void focusCancel();

Q_SIGNALS:
    void cancelled();

private:
    QLabel* title_;
    QProgressBar* bar_;
    ElidedLabel* doing_;
    QPushButton* cancel_;
};

} // namespace descent::ui
