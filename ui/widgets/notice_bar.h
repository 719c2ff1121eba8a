#pragma once

#include <QFrame>

#include <functional>

class QProgressBar;
class QPushButton;

namespace descent::ui {

class ElidedLabel;

/// One line at the foot of a page: how something goes, or how it ended. Never a dialog. Thread: GUI.
class NoticeBar : public QFrame {
    Q_OBJECT
public:
    explicit NoticeBar(QWidget* parent = nullptr);

    void say(const QString& message);      ///< goes by itself after a while
    void complain(const QString& message); ///< stays until dismissed
    /// Shows a bar with a Cancel button; setProgress moves it. Ended by say(), complain() or end().
    void begin(const QString& message, std::function<void()> cancel);
    void end(); ///< there is nothing to tell
    void setProgress(double fraction);
    bool working() const { return static_cast<bool>(cancel_); }
    QString message() const;

private:
    void show(const QString& message, const char* role);

    ElidedLabel* label_;
    QProgressBar* progress_;
    QPushButton* button_;
    std::function<void()> cancel_;
    int shown_ = 0; ///< counts messages, so that an old timer does not hide a new one
};

} // namespace descent::ui
