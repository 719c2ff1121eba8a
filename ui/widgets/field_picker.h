#pragma once

#include "ui/models/run_row.h"

#include <QFrame>

#include <vector>

class QComboBox;
class QLabel;
class QLineEdit;
class QListWidget;
class QPushButton;
class QSpinBox;

namespace descent::ui {

class StoreHost;

/// A popover that offers the metrics and parameters of the newest runs: to add as columns, or a field to
/// group by. Search, arrows, Enter. Reads the store off the GUI thread. Deletes itself when closed. Thread:
/// GUI.
class FieldPicker : public QFrame {
    Q_OBJECT
public:
    enum class For { column, group };
    FieldPicker(StoreHost& store, For purpose, QWidget* parent);
    void popUpUnder(const QWidget& anchor);

Q_SIGNALS:
    void picked(const descent::ui::FieldColumn& column);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void build();
    void offer(const FieldColumns& found);
    void narrow();
    void choiceChanged();
    void take();
    const FieldColumn* current() const;

    StoreHost& store_;
    const For purpose_;
    FieldColumns found_; ///< metrics as their last value
    QLineEdit* search_;
    QListWidget* list_;
    QLabel* about_;
    QComboBox* which_;
    QSpinBox* step_;
    QPushButton* add_;
};

} // namespace descent::ui
