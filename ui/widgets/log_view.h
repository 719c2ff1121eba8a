#pragma once

#include "core/base/events.h"

#include <QPlainTextEdit>

#include <vector>

namespace descent::ui {

/// A run's log, newest last; follows the end while one is looking at it. Thread: GUI.
class LogView : public QPlainTextEdit {
    Q_OBJECT
public:
    explicit LogView(QWidget* parent = nullptr);
    void reset();
    void sync(const std::vector<LogLine>& log); ///< appends what is new

protected:
    void changeEvent(QEvent* event) override;

private:
    std::size_t shown_ = 0;
    std::vector<LogLine> lines_; ///< kept to be written anew in the other theme's colours
};

} // namespace descent::ui
