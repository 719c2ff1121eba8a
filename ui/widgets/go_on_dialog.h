#pragma once

#include "core/base/catalog.h"
#include "core/base/run_record.h"

#include <QDialog>

#include <functional>
#include <vector>

class QLabel;
class QLineEdit;
class QPushButton;

namespace descent::ui {

/// How a run goes on that cannot do so as it is: a finished one longer, a diverged one with another step
/// size. Thread: GUI.
class GoOnDialog : public QDialog {
    Q_OBJECT
public:
    GoOnDialog(const RunRecord& run, const Catalog& catalog, QWidget* parent);
    /// What was chosen; empty for the run as it is.
    std::vector<Change> changes() const;

    /// Goes on at once where nothing need be asked, else asks first; `go` gets what was chosen.
    static void ask(QWidget* parent, const RunRecord& run, const Catalog& catalog,
                    std::function<void(std::vector<Change>)> go);

private:
    void check();

    const RunRecord run_;
    const Catalog& catalog_;
    std::string length_path_, lr_now_;
    double done_ = 0; ///< epochs or updates
    QLineEdit* length_;
    QLineEdit* lr_ = nullptr;
    QLabel* problem_;
    QPushButton* go_ = nullptr;
};

} // namespace descent::ui
