#pragma once

#include <QToolButton>

namespace descent::ui {

/// A word with an arrow after it that opens a menu beneath its left edge. Thread: GUI.
class MenuButton : public QToolButton {
    Q_OBJECT

public:
    MenuButton(const char* name, const QString& accessible, QWidget* parent = nullptr);
};

} // namespace descent::ui
