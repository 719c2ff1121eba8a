#include "ui/plots/plot.h"

namespace descent::ui {

PlotDef plot_confusion() {
    return {
        .id = QStringLiteral("confusion"),
        .title = QStringLiteral("Confusion"),
        .matrix = "validation/confusion",
    };
}

} // namespace descent::ui
