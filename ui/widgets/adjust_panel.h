#pragma once

#include "core/base/catalog.h"

#include <QFrame>

#include <string>
#include <vector>

class QLabel;
class QLineEdit;
class QPushButton;

namespace descent::ui {

class Fold;
class Training;
class WatchedRun;

/// What may be changed while the watched run trains: step size, clips, batch size, each with its value now,
/// and the breakpoints. Thread: GUI.
class AdjustPanel : public QFrame {
    Q_OBJECT
public:
    AdjustPanel(const WatchedRun& run, Training& training, QWidget* parent = nullptr);
    void setCatalog(const Catalog* catalog);
    void sync(); ///< the run, or what has been changed of it, is another
    void focusFirst();

Q_SIGNALS:
    void closed();

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    struct Field {
        std::string path;
        QLineEdit* line;
        QPushButton* apply;
        QLabel* error;
        std::string now; ///< in force, as text
    };
    void build();
    void check(Field& field);
    void apply(std::size_t index);
    std::string valueNow(const std::string& path) const;

    const WatchedRun& run_;
    Training& training_;
    const Catalog* catalog_ = nullptr;
    std::vector<Field> fields_;
    std::vector<std::string> shown_; ///< paths that there are fields for
    QWidget* box_ = nullptr;
    Fold* more_ = nullptr; ///< what is seldom changed
    QLabel* said_;
};

} // namespace descent::ui
