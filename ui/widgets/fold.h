#pragma once

#include <QWidget>

class QToolButton;
class QVBoxLayout;

namespace descent::ui {

/// A heading that folds away what is beneath it: "▸ Schedule · 2 changed". Thread: GUI.
class Fold : public QWidget {
    Q_OBJECT
public:
    /// `name` is the button's object name, `accessible` what it opens.
    Fold(const QString& name, const QString& title, const QString& accessible, QWidget* parent = nullptr);
    QWidget* body() { return body_; }
    void setChanged(int count);        ///< of what is within
    void setWord(const QString& word); ///< after the title instead: "2"
    bool isOpen() const { return open_; }
    void setOpen(bool open);
    /// Beneath the heading and above the body, seen whether open or not.
    void setPreview(QWidget* widget);
    QWidget* takePreview();

Q_SIGNALS:
    void toggled(bool open);

private:
    void say(const QString& after);

    const QString title_, accessible_;
    QVBoxLayout* column_;
    QToolButton* button_;
    QWidget* preview_ = nullptr;
    QWidget* body_;
    bool open_ = false;
};

} // namespace descent::ui
