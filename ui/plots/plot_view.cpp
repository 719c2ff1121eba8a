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

QString axisName(XAxis axis) {
    switch (axis) {
    case XAxis::update:
        return QStringLiteral("update");
    case XAxis::epoch:
        return QStringLiteral("epoch");
    case XAxis::seconds:
        return QStringLiteral("seconds");
    case XAxis::examples:
        return QStringLiteral("examples");
    case XAxis::share:
        return QStringLiteral("share");
    }
    return {};
}

void limitY(PlotScene& scene, const std::string& metric) {
    if (metric.ends_with("accuracy") || metric.ends_with("auroc")) scene.share = true;
    if (metric.ends_with("loss") || metric.ends_with("norm")) scene.positive = true;
}

} // namespace descent::ui
