#include "ui/widgets/expression_edit.h"

#include "ui/theme.h"

#include <QFontDatabase>

#include <algorithm>

namespace descent::ui {

namespace {
constexpr int kLines = 4;
} // namespace

ExpressionEdit::ExpressionEdit(QWidget* parent) : QPlainTextEdit(parent) {
    setTabChangesFocus(true);
    setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    setFixedHeight(kLines * fontMetrics().lineSpacing() + theme::kGrid * 2);
}

void ExpressionEdit::markWrong(std::size_t begin, std::size_t end) {
    const QByteArray text = bytes();
    const auto letters = [&](std::size_t at) {
        return int(QString::fromUtf8(text.left(qsizetype(at))).size());
    };
    int from = letters(begin), to = letters(end);
    if (from == to) from = std::max(0, from - 1);
    QTextEdit::ExtraSelection wrong;
    wrong.cursor = textCursor();
    wrong.cursor.setPosition(from);
    wrong.cursor.setPosition(to, QTextCursor::KeepAnchor);
    wrong.format.setUnderlineStyle(QTextCharFormat::WaveUnderline);
    wrong.format.setUnderlineColor(theme::error());
    QColor behind = theme::error();
    behind.setAlphaF(0.15F);
    wrong.format.setBackground(behind);
    setExtraSelections({wrong});
}

void ExpressionEdit::markRight() {
    setExtraSelections({});
}

QString ExpressionEdit::marked() const {
    const auto all = extraSelections();
    return all.isEmpty() ? QString() : all.front().cursor.selectedText();
}

} // namespace descent::ui
