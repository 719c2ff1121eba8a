#pragma once

#include "ui/models/run_row.h"

#include <QTableView>

#include <vector>

class QMenu;

namespace descent::ui {

class RunsModel;

/// The table of runs: columns to choose, add, reorder and sort, kept in settings; folds that open; a
/// selection of runs that outlives re-reading. Thread: GUI.
class RunsTable : public QTableView {
    Q_OBJECT
public:
    explicit RunsTable(RunsModel& model, QWidget* parent = nullptr);
    void keepLayout(); ///< in settings; changes made in menus are kept at once

    std::vector<int> chosenRows() const;     ///< ascending
    std::vector<RowPtr> chosenLines() const; ///< as shown, folds as such
    std::vector<RowPtr> chosenRuns() const;  ///< of chosen folds all their runs; none twice
    std::vector<RunId> chosen() const;       ///< the same
    void choose(const std::vector<RunId>& runs);
    void rename(); ///< edits the name of the current run in place
    /// The sections shown, from left to right.
    std::vector<int> shownSections() const;
    void fillColumnMenu(QMenu& menu);
    void addField(const FieldColumn& field); ///< beside the measured ones, and scrolls to it
    void moveColumn(int by);                 ///< the current one, by so many shown ones to the right
    void sortByCurrent();                    ///< and the other way round when asked again
    bool turnFold();                         ///< opens or folds the current row; false where it is no fold
    void foldAll(bool folded);
    /// Makes room for what folds are called and for "mean ± SD", or gives it back.
    void setGrouped(bool grouped);
    /// Makes the row of a run current and chosen, or that of the fold it is in.
    void reveal(std::uint32_t number);

Q_SIGNALS:
    void chosenChanged();
    void opened(); ///< double click, not on the name
    void starClicked(const RunId& run);
    void fieldWanted(); ///< a column that is not there yet

protected:
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void build();
    void restoreFields();
    void restoreLayout();
    void defaultLayout();
    void placeFields(int first);
    void removeField(int section);
    void chooseNumbers(const std::vector<std::uint32_t>& numbers);
    void setOpen(int row, bool open);
    bool foldByKey(int key);

    RunsModel& model_;
    std::vector<std::uint32_t> kept_; ///< chosen before a reset of the model
    std::uint32_t kept_current_ = 0;
    bool kept_any_current_ = false;
    int kept_scroll_ = 0;
    std::vector<std::pair<int, int>> narrow_; ///< sections and their widths while runs are not grouped
};

} // namespace descent::ui
