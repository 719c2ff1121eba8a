#include "ui/widgets/lab_pane.h"

#include "core/analysis/scalar_gradient.h"
#include "core/analysis/scalar_presets.h"
#include "core/base/format.h"
#include "ui/theme.h"
#include "ui/widgets/expression_edit.h"

#include <QComboBox>
#include <QGridLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QScrollArea>
#include <QVBoxLayout>

#include <cmath>

namespace descent::ui {

namespace {

constexpr int kWidth = theme::kGrid * 35, kNarrow = theme::kGrid * 29;
constexpr double kFresh = 1; ///< the value of a variable that is new

QLabel* label(const QString& text, const char* role) {
    auto* made = new QLabel(text);
    made->setProperty("role", QString::fromLatin1(role));
    made->setWordWrap(true);
    return made;
}

QString plain(double v) {
    return QString::number(v, 'g', 12);
}

std::optional<double> numberIn(QString text) {
    bool whole = false;
    const double value = text.trimmed().replace(QChar(0x2212), QLatin1Char('-')).toDouble(&whole);
    return whole && std::isfinite(value) ? std::optional(value) : std::nullopt;
}

/// A number; up and down change it by a tenth, with Shift by one.
class ValueEdit : public QLineEdit {
protected:
    void keyPressEvent(QKeyEvent* event) override {
        const int way = event->key() == Qt::Key_Up ? 1 : event->key() == Qt::Key_Down ? -1 : 0;
        const auto value = numberIn(text());
        if (way == 0 || !value) return QLineEdit::keyPressEvent(event);
        const double by = event->modifiers().testFlag(Qt::ShiftModifier) ? 1 : 0.1;
        setText(plain(std::round((*value + way * by) * 1e9) / 1e9));
    }
};

} // namespace

LabPane::LabPane(QWidget* parent)
    : QFrame(parent)
    , preset_(new QComboBox)
    , expression_(new ExpressionEdit)
    , problem_(label({}, "error"))
    , no_values_(label(tr("The expression has no variables."), "muted"))
    , values_problem_(label({}, "error"))
    , grid_(new QGridLayout)
    , remarks_(label({}, "muted")) {
    setObjectName(QStringLiteral("labPane"));
    setProperty("role", QStringLiteral("side"));
    setFixedWidth(kWidth);
    build();
    connect(preset_, &QComboBox::activated, this, &LabPane::choosePreset);
    connect(expression_, &QPlainTextEdit::textChanged, this, &LabPane::parse);
}

void LabPane::build() {
    preset_->setObjectName(QStringLiteral("labPreset"));
    preset_->setAccessibleName(tr("Example"));
    preset_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    for (const auto& preset : scalar_presets()) preset_->addItem(QString::fromStdString(preset.title));
    expression_->setObjectName(QStringLiteral("labExpression"));
    expression_->setAccessibleName(tr("Expression"));
    QString functions;
    for (const auto& name : scalar_function_names())
        functions += (functions.isEmpty() ? QString() : QStringLiteral(", ")) + QString::fromStdString(name);
    expression_->setToolTip(
        tr("<p>An expression, or several with names, apart by ; or on lines of their own:<br>"
           "<code>z = x*m; o = (z - t)^2</code></p><p>Operators + - * / ^, parentheses, and "
           "%1.</p>")
            .arg(functions));
    problem_->setObjectName(QStringLiteral("labProblem"));
    problem_->hide();
    values_problem_->setObjectName(QStringLiteral("labValuesProblem"));
    values_problem_->hide();
    no_values_->hide();
    remarks_->setObjectName(QStringLiteral("labRemarks"));
    remarks_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    grid_->setHorizontalSpacing(theme::kGrid);
    grid_->setVerticalSpacing(theme::kGrid / 2);

    auto* inside = new QWidget;
    inside->setProperty("role", QStringLiteral("plain"));
    auto* column = new QVBoxLayout(inside);
    column->setContentsMargins(theme::kGrid * 2, theme::kGrid * 2, theme::kGrid * 2, theme::kGrid * 2);
    column->setSpacing(theme::kGrid / 2);
    column->addWidget(label(tr("EXAMPLE"), "caption"));
    column->addWidget(preset_);
    column->addSpacing(theme::kGrid);
    column->addWidget(label(tr("EXPRESSION"), "caption"));
    column->addWidget(expression_);
    column->addWidget(problem_);
    column->addSpacing(theme::kGrid);
    column->addWidget(label(tr("VALUES"), "caption"));
    column->addLayout(grid_);
    column->addWidget(no_values_);
    column->addWidget(values_problem_);
    column->addSpacing(theme::kGrid);
    column->addWidget(remarks_);
    column->addStretch();
    auto* scroll = new QScrollArea;
    scroll->setObjectName(QStringLiteral("labScroll"));
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setWidget(inside);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(scroll);
}

void LabPane::choosePreset(int index) {
    const auto& preset = scalar_presets().at(std::size_t(index));
    preset_->setCurrentIndex(index);
    QString remarks;
    for (const auto& remark : preset.remarks)
        remarks += QStringLiteral("<p>%1</p>").arg(QString::fromStdString(remark).toHtmlEscaped());
    by_name_ = preset.values;
    parsed_.reset(); // so that the fields are made anew with its values
    QString text = QString::fromStdString(preset.text);
    text.replace(QStringLiteral("; "), QStringLiteral("\n"));
    if (expression_->toPlainText() == text)
        parse();
    else
        expression_->setPlainText(text);
    remarks_->setText(remarks);
    remarks_->show();
}

void LabPane::setNarrow(bool narrow) {
    setFixedWidth(narrow ? kNarrow : kWidth);
}

QString LabPane::title() const {
    if (!remarks_->text().isEmpty() && preset_->currentIndex() >= 0) return preset_->currentText();
    return expression_->toPlainText().simplified();
}

void LabPane::parse() {
    auto graph = ScalarGraph::parse(expression_->bytes().toStdString());
    if (!graph) {
        expression_->markWrong(graph.error().begin, graph.error().end);
        problem_->setText(QString::fromStdString(graph.error().message));
        problem_->show();
        graph_.reset();
        Q_EMIT changed();
        return;
    }
    expression_->markRight();
    problem_->hide();
    const auto names = [](const ScalarGraph& g) {
        std::vector<std::pair<std::string, std::optional<double>>> all;
        for (const int leaf : g.leaves)
            all.emplace_back(g.nodes[std::size_t(leaf)].name, g.nodes[std::size_t(leaf)].given);
        return all;
    };
    const bool same = parsed_ && names(*parsed_) == names(*graph);
    parsed_ = std::move(*graph);
    if (!same) makeFields();
    // Remarks are on an example as it was chosen.
    QString chosen =
        QString::fromStdString(scalar_presets().at(std::size_t(std::max(0, preset_->currentIndex()))).text);
    if (chosen.replace(QStringLiteral("; "), QStringLiteral("\n")) != expression_->toPlainText()) {
        remarks_->clear();
        preset_->setCurrentIndex(-1);
    }
    read();
}

void LabPane::makeFields() {
    while (auto* item = grid_->takeAt(0)) {
        if (item->widget()) {
            item->widget()->hide();
            item->widget()->deleteLater();
        }
        delete item;
    }
    fields_.clear();
    int n = 0;
    QWidget* before = expression_;
    for (const int leaf : parsed_->leaves) {
        const auto& node = parsed_->nodes[std::size_t(leaf)];
        const QString name = QString::fromStdString(node.name);
        const auto known = by_name_.find(node.name);
        auto* field = new ValueEdit;
        field->setObjectName(QStringLiteral("labValue.") + name);
        field->setAccessibleName(tr("Value of %1").arg(name));
        field->setToolTip(
            node.given ? tr("%1 has its value in the expression").arg(name)
                       : tr("Value of %1; up and down change it by a tenth, with Shift by one").arg(name));
        field->setText(plain(node.given ? *node.given : known != by_name_.end() ? known->second : kFresh));
        field->setEnabled(!node.given);
        field->setMinimumWidth(theme::kGrid * 6);
        auto* word = new QLabel(name);
        word->setBuddy(field);
        word->setMaximumWidth(theme::kGrid * 9);
        word->setToolTip(name);
        grid_->addWidget(word, n / 2, n % 2 * 2, Qt::AlignRight);
        grid_->addWidget(field, n / 2, n % 2 * 2 + 1);
        setTabOrder(before, field);
        before = field;
        fields_.emplace_back(node.name, field);
        connect(field, &QLineEdit::textChanged, this, &LabPane::read);
        ++n;
    }
    grid_->setColumnStretch(1, 1);
    grid_->setColumnStretch(3, 1);
    no_values_->setVisible(n == 0);
}

void LabPane::read() {
    if (!parsed_ || problem_->isVisibleTo(this)) return;
    std::vector<double> values;
    QString wrong;
    for (const auto& [name, field] : fields_) {
        const auto value = numberIn(field->text());
        field->setProperty("invalid", !value);
        theme::repolish(field);
        if (value) {
            values.push_back(*value);
            by_name_[name] = *value;
        } else if (wrong.isEmpty()) {
            wrong = tr("%1: expected a number, such as −1.5 or 2e3").arg(QString::fromStdString(name));
        }
    }
    values_problem_->setText(wrong);
    values_problem_->setVisible(!wrong.isEmpty());
    graph_.reset();
    if (wrong.isEmpty()) {
        graph_ = parsed_;
        values_ = std::move(values);
    }
    Q_EMIT changed();
}

} // namespace descent::ui
