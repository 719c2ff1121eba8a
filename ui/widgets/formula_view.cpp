#include "ui/widgets/formula_view.h"

#include "ui/theme.h"

#include <QFontDatabase>
#include <QGridLayout>
#include <QLabel>
#include <QRegularExpression>

namespace descent::ui {

namespace {

constexpr qsizetype kLeftSide = 6; ///< characters before the arrow

QFont mathFont() {
    QFont font;
    for (const char* family : {"STIX Two Text", "STIX", "Latin Modern Roman", "Libertinus Serif",
                               "TeX Gyre Termes", "Noto Serif", "DejaVu Serif"})
        if (QFontDatabase::hasFamily(QString::fromLatin1(family))) {
            font.setFamily(QString::fromLatin1(family));
            break;
        }
    font.setStyleHint(QFont::Serif);
    return font;
}

bool combining(QChar c) {
    return c.category() == QChar::Mark_NonSpacing;
}
bool raised(QChar c) { // ² ₁ ᵀ ⱼ stand as they are, by the letter before
    return c.category() == QChar::Number_Other || c.category() == QChar::Letter_Modifier;
}
bool sign(const QString& letters) { // Σ Π Δ are signs rather than variables
    return letters.size() == 1 && letters[0].unicode() >= 0x391 && letters[0].unicode() <= 0x3A9;
}

} // namespace

QStringList formulaLines(const QString& formula) {
    QStringList lines;
    for (const auto& line : formula.split(QRegularExpression(QStringLiteral(";\\s+|\\n|\\s{3,}"))))
        if (!line.trimmed().isEmpty()) lines << line.trimmed();
    return lines;
}

QString formulaHtml(const QString& formula) {
    QString html;
    for (qsizetype i = 0; i < formula.size();) {
        const QChar c = formula[i];
        if (c.isLetter() && !raised(c)) { // a name of several letters is upright: lr, wd, max
            QString letters;
            qsizetype n = 0; // letters without their accents
            while (i < formula.size() && (formula[i].isLetter() || combining(formula[i])) &&
                   !raised(formula[i])) {
                n += combining(formula[i]) ? 0 : 1;
                letters += formula[i++];
            }
            html += n == 1 && !sign(letters) ? QStringLiteral("<i>%1</i>").arg(letters.toHtmlEscaped())
                                             : letters.toHtmlEscaped();
        } else if ((c == QLatin1Char('_') || c == QLatin1Char('^')) && i + 1 < formula.size()) {
            static const QRegularExpression part(QStringLiteral("\\G(\\{[^}]*\\}|\\([^)]*\\)|[\\w−-]+)"));
            const auto found = part.match(formula, i + 1);
            if (!found.hasMatch()) {
                html += QString(formula[i++]).toHtmlEscaped();
                continue;
            }
            QString inner = found.captured(1);
            if (inner.startsWith(QLatin1Char('{'))) inner = inner.mid(1, inner.size() - 2);
            const QString tag = c == QLatin1Char('_') ? QStringLiteral("sub") : QStringLiteral("sup");
            html += QStringLiteral("<%1>%2</%1>").arg(tag, formulaHtml(inner));
            i = found.capturedEnd();
        } else {
            html += QString(formula[i++]).toHtmlEscaped();
        }
    }
    return html;
}

FormulaView::FormulaView(QWidget* parent) : QFrame(parent), grid_(new QGridLayout(this)) {
    setProperty("role", QStringLiteral("formula"));
    grid_->setContentsMargins(theme::kGrid, theme::kGrid / 2, theme::kGrid, theme::kGrid / 2);
    grid_->setHorizontalSpacing(theme::kGrid / 2 + 2);
    grid_->setVerticalSpacing(1);
    grid_->setColumnStretch(2, 1);
    hide();
}

void FormulaView::setFormula(const QString& formula) {
    if (formula == formula_) return;
    formula_ = formula;
    qDeleteAll(findChildren<QLabel*>(QString(), Qt::FindDirectChildrenOnly));
    const auto add = [this](const QString& html, int row, int column, int span, Qt::Alignment align) {
        auto* label = new QLabel(html);
        label->setTextFormat(Qt::RichText);
        QFont font = mathFont();
        font.setPointSizeF(label->font().pointSizeF() + 0.5);
        label->setFont(font);
        label->setTextInteractionFlags(Qt::NoTextInteraction);
        label->setWordWrap(column == 2 || span > 1);
        grid_->addWidget(label, row, column, 1, span, align);
    };
    int row = 0;
    for (const auto& line : formulaLines(formula)) {
        static const QRegularExpression gets(QStringLiteral("[←=]"));
        const auto arrow = line.indexOf(gets);
        // What has words or a remark before it is a sentence.
        const bool assignment =
            arrow > 0 && arrow <= kLeftSide && !line.left(arrow).contains(QLatin1Char('('));
        if (assignment) {
            add(formulaHtml(line.left(arrow).trimmed()), row, 0, 1, Qt::AlignRight | Qt::AlignTop);
            add(QString(line[arrow]), row, 1, 1, Qt::AlignTop);
            add(formulaHtml(line.mid(arrow + 1).trimmed()), row, 2, 1, Qt::AlignTop);
        } else {
            add(formulaHtml(line), row, 0, 3, Qt::AlignTop);
        }
        ++row;
    }
    setAccessibleName(tr("Update rule: %1").arg(formulaLines(formula).join(QStringLiteral("; "))));
    setVisible(!formula.isEmpty());
}

} // namespace descent::ui
