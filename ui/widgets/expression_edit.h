#pragma once

#include <QPlainTextEdit>

namespace descent::ui {

/// Some lines of an expression, with the place underlined where it cannot be understood. Thread: GUI.
class ExpressionEdit : public QPlainTextEdit {
    Q_OBJECT
public:
    explicit ExpressionEdit(QWidget* parent = nullptr);

    QByteArray bytes() const { return toPlainText().toUtf8(); }
    /// Bytes [begin, end) of the text; where there are none, the letter before.
    void markWrong(std::size_t begin, std::size_t end);
    void markRight();
    QString marked() const; ///< what is underlined
};

} // namespace descent::ui
