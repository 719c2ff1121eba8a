#pragma once

#include "ui/state/data_loader.h"

#include <QByteArray>
#include <QWidget>

#include <functional>

class QAction;
class QTabWidget;
class QToolButton;

namespace descent::ui {

class ClassModel;
class DataSummary;
class DataTable;
class LeftOutModel;
class LengthPane;
class SampleBrowser;
class WordPane;

/// One task's data once read: a summary, and tables of its classes, its examples and what is left out; of
/// texts also how long they are and what the vocabulary knows.
/// Thread: GUI.
class DataView : public QWidget {
    Q_OBJECT
public:
    explicit DataView(QAction* export_action, QWidget* parent = nullptr);

    void show(const DataPtr& loaded);
    using QWidget::show;
    void focusFilter(); ///< of the examples
    void focusTable();
    QString tableName() const;               ///< of the table in front: "classes", "examples", "lengths", …
    std::function<QByteArray()> csv() const; ///< it, as shown; may be called on another thread

Q_SIGNALS:
    void said(const QString& what);

private:
    DataSummary* summary_;
    ClassModel* classes_;
    LeftOutModel* left_out_;
    DataTable *class_table_, *left_out_table_;
    SampleBrowser* samples_;
    LengthPane* lengths_;
    WordPane* words_;
    QTabWidget* tabs_;
};

} // namespace descent::ui
