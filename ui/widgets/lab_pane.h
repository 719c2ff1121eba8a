#pragma once

#include "core/analysis/scalar_graph.h"

#include <QFrame>

#include <map>
#include <optional>
#include <vector>

class QComboBox;
class QGridLayout;
class QLabel;
class QLineEdit;

namespace descent::ui {

class ExpressionEdit;

/// What the gradient lab computes: an expression, checked while it is typed, a value for each of its
/// variables, examples with what there is to see in them. Values outlive a change of the expression.
/// Thread: GUI.
class LabPane : public QFrame {
    Q_OBJECT
public:
    explicit LabPane(QWidget* parent = nullptr);

    void choosePreset(int index);
    /// What is understood now; absent while something is wrong.
    const std::optional<ScalarGraph>& graph() const { return graph_; }
    const std::vector<double>& values() const { return values_; }
    void setNarrow(bool narrow);
    QString title() const; ///< of the example, else the expression

Q_SIGNALS:
    void changed(); ///< graph() and values()

private:
    void build();
    void parse();
    void makeFields();
    void read(); ///< the fields

    QComboBox* preset_;
    ExpressionEdit* expression_;
    QLabel* problem_;
    QLabel* no_values_;
    QLabel* values_problem_;
    QGridLayout* grid_;
    QLabel* remarks_;
    std::vector<std::pair<std::string, QLineEdit*>> fields_;
    std::map<std::string, double> by_name_;
    std::optional<ScalarGraph> graph_, parsed_;
    std::vector<double> values_;
};

} // namespace descent::ui
