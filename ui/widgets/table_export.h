#pragma once

#include "core/analysis/text_table.h"
#include "ui/widgets/table_text.h"

#include <QObject>
#include <QString>

#include <functional>

class QAction;
class QMenu;
class QTableView;

namespace descent::ui {

/// Gives a small table away: to the clipboard (Ctrl+C in it: for a spreadsheet), or into a file. Thread: GUI.
class TableExport : public QObject {
    Q_OBJECT
public:
    using Content = std::function<TextTable(bool in_full)>;
    /// Asks for a file to write, starting from a suggestion; "" = cancelled. Replaced in tests.
    using AskForFile = std::function<QString(QWidget* parent, const QString& suggestion)>;

    /// CSV has all digits, the other formats what is shown. `file_name`: suggested, without an ending.
    TableExport(QTableView& table, Content content, std::function<QString()> file_name);
    void fill(QMenu& menu) const;
    void setEnabled(bool on); ///< there is something to give
    void setAskForFile(AskForFile ask) { ask_for_file_ = std::move(ask); }

Q_SIGNALS:
    void said(const QString& message);
    void complained(const QString& message);

private:
    void copyAs(TextFormat format);
    void exportTable();

    QTableView& table_;
    Content content_;
    std::function<QString()> file_name_;
    AskForFile ask_for_file_;
    QAction *copy_, *export_;
    QMenu* copy_as_;
};

} // namespace descent::ui
