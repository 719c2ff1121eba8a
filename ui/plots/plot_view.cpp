#include "ui/plots/plot_view.h"

namespace descent::ui {

QString unitWord(XAxis axis) {
    switch (axis) {
    case XAxis::update:
        return QStringLiteral("updates");
    case XAxis::epoch:
        return QStringLiteral("epochs");
    case XAxis::seconds:
        return QStringLiteral("s");
    case XAxis::examples:
        return QStringLiteral("examples");
    case XAxis::share:
        return QStringLiteral("of the run");
    }
    return {};
}

} // namespace descent::ui
