#pragma once

#include "ui/models/sample_model.h"

#include <QWidget>

class QComboBox;
class QLabel;
class QLineEdit;
class QStackedWidget;
class QToolButton;

namespace descent::ui {

class ClipView;
class DataTable;
class EmptyState;
class NameView;
class TextView;

/// All examples of a task's data: filtered by text, class and side; the chosen one beside them, a name in
/// large letters, a text to read, or a recording to see and hear. Thread: GUI.
class SampleBrowser : public QWidget {
    Q_OBJECT
public:
    explicit SampleBrowser(QWidget* parent = nullptr);

    void show(const DataPtr& loaded); ///< the filter stays where it still makes sense
    using QWidget::show;
    void filterBy(int label); ///< this class alone
    void focusFilter();
    const SampleModel& model() const { return *model_; }
    ClipView& clip() { return *clip_; }

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QWidget* makeFilter();
    void filter();
    void clearFilter();
    void countShown();
    void showChosen();

    SampleModel* model_;
    QLineEdit* text_;
    QComboBox *class_, *side_;
    QLabel* count_;
    DataTable* table_;
    EmptyState* nothing_;
    QStackedWidget *list_, *detail_;
    QLabel* hint_;
    NameView* name_;
    TextView* words_;
    ClipView* clip_;
    DataPtr data_;
};

} // namespace descent::ui
