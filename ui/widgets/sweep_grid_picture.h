#pragma once

#include "ui/plots/figure.h"
#include "ui/state/sweep_grid_data.h"

#include <QPixmap>
#include <QWidget>

#include <memory>
#include <optional>

namespace descent::ui {

using SweepGridPtr = std::shared_ptr<const SweepGrid>;

/// The grid of a sweep as a picture: a cell a rectangle, coloured by its value or by what has become of it,
/// which a sign says too. Arrows move among the cells, Enter opens one. 10,000 cells are drawn once and kept.
/// Thread: GUI.
class SweepGridPicture : public QWidget {
    Q_OBJECT
public:
    explicit SweepGridPicture(QWidget* parent = nullptr);

    void setGrid(SweepGridPtr grid);
    void setByState(bool by_state);
    bool byState() const { return by_state_; }
    /// The cell with the cursor, or the one pointed at: {row, column}.
    std::optional<std::pair<int, int>> current() const { return current_; }
    QRectF cellRect(int row, int column) const; ///< within the widget; empty before it was painted
    FigureSource figure(const QString& title) const;

    QSize sizeHint() const override { return {480, 320}; }

Q_SIGNALS:
    void opened(int row, int column);
    void currentChanged();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    using Cell = std::pair<int, int>;
    std::optional<Cell> cellAt(QPointF at) const;
    void point(std::optional<Cell> cell);

    SweepGridPtr grid_;
    bool by_state_ = false;
    std::optional<Cell> current_;
    QRectF area_; ///< of the cells, as last painted
    QPixmap kept_;
};

} // namespace descent::ui
