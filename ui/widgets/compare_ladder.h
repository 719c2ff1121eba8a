#pragma once

#include "core/analysis/ladder.h"
#include "ui/widgets/compare_pane.h"

class QLabel;
class QTableView;

namespace descent::ui {

class CellsModel;
class EngineHost;

/// The table of an optimizer ladder: a rung a row, with spreads and the differences from the first. Thread:
/// GUI.
class CompareLadder : public ComparePane {
    Q_OBJECT
public:
    CompareLadder(EngineHost& engine, QWidget* parent = nullptr);
    void setExpected(int runs) { expected_ = runs; } ///< that are going to be made; 0: those there are
    TextTable table() const override { return shown_; }
    std::string csv() const override { return to_csv(ladder_); }
    std::string markdown() const override { return to_markdown(ladder_); }
    QString fileName() const override;

protected:
    void refresh() override;

private:
    EngineHost& engine_;
    int expected_ = 0;
    LadderTable ladder_;
    TextTable shown_;
    QLabel* facts_;
    CellsModel* cells_;
    QTableView* table_;
    QLabel* reading_;
};

} // namespace descent::ui
