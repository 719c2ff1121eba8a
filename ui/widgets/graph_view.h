#pragma once

#include "ui/plots/scalar_picture.h"

#include <QWidget>

#include <optional>

namespace descent::ui {

/// A scalar graph on screen: as large as it fits, and scrolled where that would be too small to read. Left
/// and right step, Home and End go to the ends, Space plays. Thread: GUI.
class GraphView : public QWidget {
    Q_OBJECT
public:
    explicit GraphView(QWidget* parent = nullptr);

    void setPicture(ScalarPicture picture);
    const std::optional<ScalarPicture>& picture() const { return picture_; }
    void setStep(std::size_t step);
    void setPicked(std::optional<int> node); ///< framed

    QPoint currentPlace() const; ///< of the node that the step is about

    QSize minimumSizeHint() const override;
    QSize sizeHint() const override;

Q_SIGNALS:
    void stepWanted(int by); ///< ±1; ±infinitely many
    void playWanted();
    void nodeClicked(int node);

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;
    bool event(QEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    void words();

    std::optional<ScalarPicture> picture_;
    std::optional<int> picked_;
    bool ring_ = false; ///< came by the keyboard
};

} // namespace descent::ui
