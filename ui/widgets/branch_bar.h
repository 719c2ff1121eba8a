#pragma once

#include "core/base/catalog.h"
#include "core/base/events.h"
#include "core/base/run_record.h"

#include <QFrame>

#include <optional>
#include <vector>

class QComboBox;
class QLabel;

namespace descent::ui {

/// A run to branch off, with the checkpoints that it has; `at` is one of theirs.
struct BranchOffer {
    RunRecord parent;
    std::vector<CheckpointInfo> points; ///< in order; not empty
    Update at{};
    std::optional<Request> request{}; ///< what to fill the form with; none: the parent's settings there
};

/// Above the form: what the next run is a branch of, at which of its checkpoints, and a way to drop that.
/// Thread: GUI.
class BranchBar : public QFrame {
    Q_OBJECT
public:
    explicit BranchBar(QWidget* parent = nullptr);
    void set(const BranchOffer& offer);

Q_SIGNALS:
    void pointChosen(qint64 update);
    void dropped();

private:
    QLabel* words_;
    QComboBox* points_;
};

} // namespace descent::ui
