#pragma once

#include <QFrame>

class QGridLayout;
class QLabel;

namespace descent::ui {

/// An update rule set as mathematics: one assignment a line, aligned at the arrow, variables in italics.
/// Thread: GUI.
class FormulaView : public QFrame {
    Q_OBJECT
public:
    explicit FormulaView(QWidget* parent = nullptr);
    void setFormula(const QString& formula); ///< "m ← β·m + g;  x ← x − lr·m"; "" hides it
    const QString& formula() const { return formula_; }

private:
    QString formula_;
    QGridLayout* grid_;
};

/// One line of a formula as rich text: letters in italics, words and operators upright, x_t and x^2 lowered
/// and raised.
QString formulaHtml(const QString& formula);
/// The lines of a formula, as its declaration separates them.
QStringList formulaLines(const QString& formula);

} // namespace descent::ui
