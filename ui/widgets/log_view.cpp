#include "ui/widgets/log_view.h"

#include "ui/theme.h"

#include <QDateTime>
#include <QEvent>
#include <QScrollBar>
#include <QTextCursor>

#include <utility>

namespace descent::ui {

namespace {
constexpr int kKept = 5000;
} // namespace

LogView::LogView(QWidget* parent) : QPlainTextEdit(parent) {
    setObjectName(QStringLiteral("logView"));
    setAccessibleName(tr("Log of the run"));
    setReadOnly(true);
    setMaximumBlockCount(kKept);
    setFrameShape(QFrame::NoFrame);
    setFont(theme::numberFont());
    setPlaceholderText(tr("Nothing logged yet"));
    setTabChangesFocus(true);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
}

void LogView::reset() {
    clear();
    shown_ = 0;
    lines_.clear();
}

void LogView::sync(const std::vector<LogLine>& log) {
    if (log.size() <= shown_) return;
    const bool at_end = verticalScrollBar()->value() >= verticalScrollBar()->maximum() - 4;
    QTextCursor cursor(document());
    cursor.beginEditBlock();
    cursor.movePosition(QTextCursor::End);
    // A long log is not written line by line only to be forgotten.
    shown_ = std::max(shown_, log.size() > kKept ? log.size() - kKept : 0);
    for (; shown_ < log.size(); ++shown_) {
        const LogLine& line = log[shown_];
        lines_.push_back(line);
        if (!document()->isEmpty()) cursor.insertBlock();
        QTextCharFormat format;
        format.setForeground(theme::mutedText());
        cursor.insertText(QDateTime::fromMSecsSinceEpoch(line.time_ms).toString(QStringLiteral("HH:mm:ss  ")),
                          format);
        format.setForeground(line.level == LogLine::Level::error     ? theme::error()
                             : line.level == LogLine::Level::warning ? theme::warning()
                                                                     : theme::text());
        const QString mark = line.level == LogLine::Level::info ? QString() : QStringLiteral("⚠ ");
        cursor.insertText(mark + QString::fromStdString(line.text), format);
    }
    cursor.endEditBlock();
    if (at_end) verticalScrollBar()->setValue(verticalScrollBar()->maximum());
}

void LogView::changeEvent(QEvent* event) {
    QPlainTextEdit::changeEvent(event);
    if (event->type() != QEvent::PaletteChange || lines_.empty()) return;
    const auto lines = std::exchange(lines_, {});
    const auto shown = std::exchange(shown_, 0);
    clear();
    sync(lines);
    shown_ = shown;
}

} // namespace descent::ui
