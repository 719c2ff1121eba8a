#pragma once

#include <QString>

#include <functional>
#include <string>
#include <vector>

namespace descent::ui {

class WatchedRun;

/// A horizontal line with a word: the clip level.
struct ReferenceLine {
    double y = 0;
    QString label;
};

/// One metric drawn as one curve. Colour and dash are indices into theme::series and theme::dash.
struct CurveDef {
    std::string metric;
    QString label;
    int colour = 0;
    int dash = 0;
    bool faint = false; ///< behind the others, and not what the y axis is fitted to
};

/// A plot is a declaration: what to draw, not how. One per file in ui/plots, listed by descent_register(plot
/// …).
struct PlotDef {
    QString id;    ///< lower-case; names the card: "plot-loss"
    QString title; ///< "Loss"
    std::vector<CurveDef> curves{};
    std::string matrix{};    ///< draws this matrix as a heat map instead of curves
    bool log_choice = false; ///< offers lin | log
    bool share = false;      ///< y is a share of 1
    std::function<std::vector<ReferenceLine>(const WatchedRun&)> lines{};
    std::function<QString(const WatchedRun&)>
        note{}; ///< beside the title: "clip 0.25 (active in 97% of updates)"
};

/// All registered plots, in the order of the list in ui/CMakeLists.txt.
std::vector<PlotDef> plots();

/// "Loss: train 1.16, validation 1.2 at epoch 34; lowest validation 1.18 at epoch 30": what a screen reader
/// says.
QString summary(const PlotDef& plot, const WatchedRun& run);

} // namespace descent::ui
