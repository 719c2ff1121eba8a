#pragma once

#include "core/base/run_record.h"

#include <QFrame>

#include <set>
#include <vector>

class QLabel;
class QListView;
class QPushButton;
class QStandardItem;
class QStandardItemModel;

namespace descent::ui {

class FilterLine;
class StoreHost;

/// A panel to choose runs for a comparison: a filter line and the newest runs that match it, checked where
/// they are compared. Reads the store off the GUI thread. Thread: GUI.
class RunPicker : public QFrame {
    Q_OBJECT
public:
    explicit RunPicker(StoreHost& store, QWidget* parent);
    /// Opens beneath `anchor`; `chosen` are compared now.
    void popUpUnder(const QWidget& anchor, const std::vector<RunId>& chosen);

Q_SIGNALS:
    void added(const std::vector<descent::RunId>& runs);
    void removed(const descent::RunId& run);

private:
    void read();
    void take(Result<std::vector<RunRecord>> runs);
    void toggled(const QStandardItem* item);

    StoreHost& store_;
    FilterLine* filter_;
    QLabel* count_;
    QListView* list_;
    QPushButton* all_;
    QStandardItemModel* model_;
    std::set<RunId> chosen_;
    int generation_ = 0;
    bool filling_ = false;
};

} // namespace descent::ui
