#pragma once

#include <QWidget>

namespace descent::ui {

/// Laid over a page while something is dragged above it: says that it may be let go. Thread: GUI.
class DropHint : public QWidget {
    Q_OBJECT
public:
    DropHint(const QString& text, QWidget* page);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    const QString text_;
};

} // namespace descent::ui
