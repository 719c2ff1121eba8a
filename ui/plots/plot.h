#pragma once

#include <QString>
#include <QStringList>

#include <functional>
#include <string>
#include <vector>

class QWidget;

namespace descent::ui {

class Detection;
class OwnPlot;
class WatchedRun;

/// A horizontal line with a word: the clip level.
struct ReferenceLine {
    double y = 0;
    QString label;
};

/// One metric drawn as one curve. Colour and dash are indices into theme::series and theme::dash.
struct CurveDef {
    /// One that ends in "/" stands for all metrics of the run that begin so and that no other curve names.
    std::string metric;
    QString label;
    int colour = 0;
    int dash = 0;
    bool faint = false; ///< behind the others, and not what the y axis is fitted to
    bool steps = false; ///< holds from one point to the next
};

/// What a plot with axes of its own draws, in numbers: its table twin and its CSV file. A row's name says
/// which curve it belongs to.
struct PlotTable {
    QStringList columns; ///< "curve" first, as in the CSV's header
    struct Row {
        QString curve;
        std::vector<double> values;   ///< the rest
        std::vector<QString> words{}; ///< columns of text, after the first and before the values
    };
    std::vector<Row> rows;
};

/// A plot is a declaration: what to draw, not how. One per file in ui/plots, listed by descent_register(plot
/// …).
struct PlotDef {
    QString id;    ///< lower-case; names the card: "plot-loss"
    QString title; ///< "Loss"
    std::vector<CurveDef> curves{};
    std::string matrix{};    ///< draws this matrix as a heat map instead of curves
    bool log_choice = false; ///< offers lin | log
    bool log_first = false;  ///< begins with log
    bool share = false;      ///< y is a share of 1
    std::function<std::vector<ReferenceLine>(const WatchedRun&)> lines{};
    std::function<QString(const WatchedRun&)>
        note{}; ///< beside the title: "clip 0.25 (active in 97% of updates)"
    /// Whether the run has what it draws; always, where not given. A plot that is not shown takes no room.
    std::function<bool(const WatchedRun&)> shown{};
    bool tall = false; ///< takes two rows of the grid
    /// Draws something else than lines over time or a matrix, with axes of its own.
    std::function<OwnPlot*(const WatchedRun&, Detection&, QWidget* parent)> own{};
    std::function<PlotTable(const WatchedRun&, const Detection&)> table{}; ///< where `own`
    /// Metrics that a curve ending in "/" leaves out.
    std::vector<std::string> without{};
    /// Another name for a curve than the declaration's, where it depends on the run; "" keeps that.
    std::function<QString(const WatchedRun&, const std::string& metric)> name_of{};
};

/// All registered plots, in the order of the list in ui/CMakeLists.txt.
std::vector<PlotDef> plots();

/// Whether the run measures anything whose name begins so.
bool hasSeries(const WatchedRun& run, std::string_view prefix);

/// Whether the run's task has classes to be told apart, as far as is known: a regression's has none.
bool answersClasses(const WatchedRun& run);

/// The curves of a plot with the placeholders resolved for this run, each in a colour of its own.
std::vector<CurveDef> curvesOf(const PlotDef& plot, const WatchedRun& run);

/// "Loss: train 1.16, validation 1.2 at epoch 34; lowest validation 1.18 at epoch 30": what a screen reader
/// says.
QString summary(const PlotDef& plot, const WatchedRun& run);

} // namespace descent::ui
