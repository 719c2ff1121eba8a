#pragma once

#include <QString>
#include <QWidget>

#include <optional>
#include <vector>

namespace descent::ui {

/// The values of all curves at the cursor, the highest first, laid over a chart. Where there is no room for
/// all, the last ones are counted. Thread: GUI.
class ValueReadout : public QWidget {
    Q_OBJECT
public:
    struct Item {
        QString label, text;
        double value = 0;
        int colour = 0, dash = 0;
        bool picked = false;
    };
    explicit ValueReadout(QWidget* parent);
    /// Over `room` of the parent, at its right side or its left; hides where there is nothing to say.
    void show(const QString& title, std::vector<Item> items, const QRect& room, bool right);
    const std::vector<Item>& items() const { return items_; } ///< in their order
    QString title() const { return title_; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString title_;
    std::vector<Item> items_;
    std::size_t fit_ = 0; ///< rows that are painted
};

} // namespace descent::ui
