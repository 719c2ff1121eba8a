#pragma once

#include "ui/state/data_import.h"

#include <QFrame>

class QLabel;
class QPushButton;

namespace descent::ui {

class DataTable;
class ElidedLabel;
class LeftOutModel;
class TextImport;

/// What a dropped file or folder was understood to be, and what of it would not be used, before anything
/// changes; of texts the first rows, and the choices by which they are read.
/// Thread: GUI.
class ImportPreview : public QFrame {
    Q_OBJECT
public:
    explicit ImportPreview(QWidget* parent = nullptr);
    /// `task` is what it would be used for; `remark` what else would be set, "" for nothing.
    void show(const FoundData& found, const QString& task, const QString& remark,
              const TextLayout& layout = {});
    const TextImport& texts() const { return *texts_; }
    using QFrame::show;
    void focusUse();

Q_SIGNALS:
    void used();
    void cancelled();

protected:
    void keyPressEvent(QKeyEvent* event) override; ///< Esc cancels

private:
    QLabel* title_;
    ElidedLabel* folder_;
    QLabel *understood_, *classes_, *remark_, *dropped_title_;
    TextImport* texts_;
    LeftOutModel* dropped_;
    DataTable* dropped_table_;
    QPushButton *use_, *cancel_;
};

} // namespace descent::ui
