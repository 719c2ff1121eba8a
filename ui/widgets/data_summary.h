#pragma once

#include "ui/state/data_loader.h"

#include <QFrame>

#include <array>

class QLabel;
class QPushButton;
class QToolButton;

namespace descent::ui {

class ElidedLabel;

/// A task's data at a glance: where from, its hash, how many examples on which side and by how many people,
/// what is left out, the engine's notes. Thread: GUI.
class DataSummary : public QFrame {
    Q_OBJECT
public:
    explicit DataSummary(QWidget* parent = nullptr);
    void show(const LoadedData& loaded);
    using QFrame::show;

Q_SIGNALS:
    void leftOutClicked();
    void copied(const QString& hash);

private:
    struct Figure {
        QLabel *number, *caption, *people;
    };
    Figure makeFigure(const char* name, const QString& caption, class QHBoxLayout& row);

    ElidedLabel* source_;
    QLabel* hash_label_;
    QToolButton* copy_;
    QString hash_;
    std::array<Figure, 5> figures_{}; ///< examples, classes, train, validation, test
    QWidget* warning_;
    QLabel* warning_text_;
    QPushButton* why_;
    QLabel* notes_;
};

} // namespace descent::ui
