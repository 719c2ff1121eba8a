#include "ui/widgets/wheel_guard.h"

#include <QAbstractScrollArea>
#include <QAbstractSpinBox>
#include <QComboBox>
#include <QCoreApplication>
#include <QEvent>
#include <QSlider>

namespace descent::ui {

namespace {

QWidget* field(QObject* watched) {
    const bool is = qobject_cast<QComboBox*>(watched) || qobject_cast<QAbstractSpinBox*>(watched) ||
                    qobject_cast<QSlider*>(watched);
    return is ? static_cast<QWidget*>(watched) : nullptr;
}

} // namespace

bool WheelGuard::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::Show) {
        // Else the wheel gives the focus before it is turned.
        if (auto* widget = field(watched); widget && widget->focusPolicy() == Qt::WheelFocus)
            widget->setFocusPolicy(Qt::StrongFocus);
    } else if (event->type() == QEvent::Wheel) {
        if (const auto* widget = field(watched); widget && !widget->hasFocus()) {
            event->ignore();
            for (auto* above = widget->parentWidget(); above; above = above->parentWidget())
                if (auto* area = qobject_cast<QAbstractScrollArea*>(above)) {
                    QCoreApplication::sendEvent(area->viewport(), event);
                    break;
                }
            return true;
        }
    }
    return QObject::eventFilter(watched, event);
}

} // namespace descent::ui
