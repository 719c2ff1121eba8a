#pragma once

#include <QObject>

namespace descent::ui {

/// The wheel turned over a field that has not the focus scrolls what the field lies in, and does not change
/// it: who scrolls a form changes nothing unseen. An event filter of the application. Thread: the window's.
class WheelGuard : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
};

} // namespace descent::ui
