#pragma once

#include <QWidget>

#include <functional>

class QLineEdit;

namespace descent::ui {

/// A line for a folder, with a button to browse; takes a folder dropped on it. Thread: GUI.
class PathEdit : public QWidget {
    Q_OBJECT
public:
    explicit PathEdit(QWidget* parent = nullptr);
    QLineEdit* line() const { return line_; }
    using Chooser = std::function<QString(QWidget* parent, const QString& from)>;
    void setChooser(Chooser chooser) {
        chooser_ = std::move(chooser);
    } ///< instead of the file dialog: for tests

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void take(const QString& folder);
    QLineEdit* line_;
    Chooser chooser_;
};

} // namespace descent::ui
