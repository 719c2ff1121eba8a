#pragma once

#include <QWidget>

#include <string>
#include <vector>

class QLabel;
class QLineEdit;
class QPushButton;
class QToolButton;
class QVBoxLayout;

namespace descent::ui {

class Training;

/// The conditions at which runs pause: listed, added with the presets at hand, taken away. They hold for the
/// run in progress at once and for those started after. Several may show the same Training. Thread: GUI.
class BreakpointEdit : public QWidget {
    Q_OBJECT
public:
    /// `prefix` begins the object names.
    BreakpointEdit(Training& training, const QString& prefix, QWidget* parent = nullptr);

private:
    void check(const QString& text); ///< as typed
    void add();
    void set(std::vector<std::string> conditions);
    void list();

    Training& training_;
    const QString prefix_;
    QVBoxLayout* rows_;
    QLineEdit* line_;
    QPushButton* add_;
    QToolButton* presets_;
    QLabel* error_;
};

} // namespace descent::ui
