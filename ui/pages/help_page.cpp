#include "ui/pages/help_page.h"

#include "ui/state/engine_host.h"
#include "ui/state/store_host.h"
#include "ui/theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QTextBrowser>

#include <array>

namespace descent::ui {

namespace {

struct Key {
    const char *keys, *what;
};
constexpr std::array kKeys{
    Key{"Ctrl+1 … 6", "Train, Runs, Compare, Sweeps, Data, Lab"},
    Key{"Ctrl+N", "On the Sweeps page: a new sweep"},
    Key{"Ctrl+Enter", "Train with the settings of the form, or start the sweep that is being built"},
    Key{"Space", "Pause or continue"},
    Key{".", "While paused: exactly one update"},
    Key{"Esc", "Close what may be adjusted while training"},
    Key{"← →", "In a chart: move the cursor"},
    Key{"Wheel, + −",
        "In a chart: zoom in x around the pointer or the cursor; with Shift, the wheel zooms in y"},
    Key{"Drag", "In a chart: zoom to a box; a flat one leaves y as it is"},
    Key{"Shift+drag, Shift+← →", "In a zoomed chart: pan; the middle button drags too"},
    Key{"Double click, Home, 0", "In a chart: show all again"},
    Key{"Esc", "From an enlarged chart back to all"},
    Key{"Ctrl+F", "Filter the runs, or the examples of the data; add runs to a comparison"},
    Key{"Ctrl+S, Alt+↓", "In the filter line: keep the filter under a name; choose one"},
    Key{"Ctrl+Shift+C", "Compare the chosen runs"},
    Key{"Ctrl+Shift+K",
        "Checkpoints of the run: in their table F5 verifies, Ctrl+Enter evaluates, Ctrl+E exports "
        "weights, Ctrl+Shift+B branches off"},
    Key{"Ctrl+G", "Fold replicates into one row; ← → fold and open it, Ctrl+− and Ctrl++ all"},
    Key{"Ctrl+Shift+A", "Add a metric or parameter as a column"},
    Key{"Ctrl+Shift+← →, Ctrl+Shift+S", "Move the current column of the runs; sort by it"},
    Key{"F2, Ctrl+D, Ctrl+L", "Rename a run; star runs; choose their colour"},
    Key{"Ctrl+T, Ctrl+Shift+T, Ctrl+M", "Tags of the chosen runs; take one away; their note"},
    Key{"Delete", "Move runs to the trash; take them out of a comparison"},
    Key{"Ctrl+Z, Ctrl+Shift+Z", "Undo and redo edits of runs"},
    Key{"Ctrl+E", "Export the chart in focus as a figure; else the run, or the table in use, as CSV"},
    Key{"Arrows, Enter", "In a sweep's grid: move among the cells; open the runs of one"},
    Key{"Ctrl+← →", "Among parallel axes: move the one in focus"},
    Key{"Shift+↑ ↓, Ctrl+↑ ↓", "Lower and upper end of what is kept of it; Backspace keeps all"},
    Key{"Ctrl+C, Ctrl+Shift+E", "Copy the chosen rows; export the table of runs as it is shown"},
    Key{"F1", "This page"},
};

} // namespace

HelpPage::HelpPage(EngineHost& engine, StoreHost& store, QWidget* parent)
    : QWidget(parent)
    , engine_(engine)
    , store_(store)
    , text_(new QTextBrowser) {
    setObjectName(QStringLiteral("helpPage"));
    text_->setObjectName(QStringLiteral("helpText"));
    text_->setAccessibleName(tr("Help"));
    text_->setFrameShape(QFrame::NoFrame);
    text_->setOpenExternalLinks(true);
    text_->setMaximumWidth(theme::kGrid * 96);
    text_->setStyleSheet(QStringLiteral("background: transparent; border: none"));
    text_->document()->setDocumentMargin(theme::kGrid);
    setFocusProxy(text_);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(theme::kGrid * 3, theme::kGrid * 3, theme::kGrid * 3, 0);
    row->addWidget(text_, 1);
    row->addStretch();
    connect(&engine_, &EngineHost::ready, this, &HelpPage::write);
}

void HelpPage::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    write();
}

void HelpPage::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && isVisible()) write();
}

void HelpPage::write() {
    QString keys;
    for (const auto& key : kKeys)
        keys +=
            QStringLiteral(
                "<tr><td style='padding:3px 24px 3px 0'><b>%1</b></td><td style='padding:3px 0'>%2</td></tr>")
                .arg(QString::fromUtf8(key.keys), QString::fromUtf8(key.what));
    const QString engine = engine_.engine() ? tr("LibTorch %1, %2")
                                                  .arg(QString::fromStdString(engine_.info().torch_version),
                                                       QString::fromStdString(engine_.info().blas))
                           : engine_.error().isEmpty() ? tr("loading")
                                                       : engine_.error().toHtmlEscaped();
    text_->setHtml(
        tr("<h2>Descent Studio</h2>"
           "<p>What does stochastic training buy, and what does full-batch gradient descent need to match "
           "it?</p>"
           "<h3>Train</h3>"
           "<p>Choose a task, a model, a regime and an optimizer; the fields show the preset. A dot marks "
           "what you changed: press it, "
           "or right-click the field, to go back. The line above the button says what the run will cost. "
           "While a run is "
           "paused, <i>Step</i> makes exactly one update. <i>Presets</i> begins with a run as a report "
           "describes it, and draws the reported figures as lines.</p>"
           "<p><i>Adjust</i> changes step size, clip or batch while it trains; the change is marked on the "
           "charts and made again when the run is resumed or trained again. A breakpoint such as "
           "<code>sharpness &gt; 2/lr</code> pauses the run there. Instruments (at the end of the regime's "
           "parameters) measure sharpness, gradient noise and more, within a share of the training time.</p>"
           "<h3>Compare</h3>"
           "<p>Check the runs to be shown, add others by a filter (Ctrl+F). <i>Each run</i> in the bar "
           "chooses "
           "what they are grouped by; a group is drawn as its mean or median with a band. Zoom and cursor go "
           "for all charts; a curve you point at is marked in list and tables. The table says how far each "
           "lies from a reference and whether the seeds suffice to tell: its menu makes another row the "
           "reference. <i>Layouts</i> keeps all that is set under a name.</p>"
           "<p><i>Optimizer ladder</i> trains the regimes of the full-batch paper on the chosen task, each "
           "with "
           "several seeds, and compares them here: curves, means, and differences with their intervals.</p>"
           "<h3>Sweeps</h3>"
           "<p>A sweep trains every combination of the values of up to two parameters, under several seeds. "
           "Choose what is "
           "varied and how its values are spaced; the line above <i>Start</i> says how many runs that makes. "
           "Runs that "
           "are trained already are not trained again, so a sweep can be stopped, resumed, and extended by "
           "levels and seeds. It is trained by processes of its own (<code>descent sweep</code>), which may "
           "go on when the window is closed. The grid fills cell by cell; a click on a cell opens its runs. "
           "<i>Spec</i> shows the same sweep as a file or a command line. Over "
           "<code>regime.prune_level</code> "
           "a sweep is a lottery: <i>Lottery</i> draws it over the weights that are left, <i>Masks</i> shows "
           "which these are.</p>"
           "<h3>Runs</h3>"
           "<p>Every run is kept; nothing asks to be saved. Filter with words and conditions such as "
           "<code>task=names and lr&gt;0.01 and (tag:paper or starred)</code>; <i>?</i> beside the line "
           "lists all it knows. "
           "<i>Columns</i> adds any metric, as last, best or at an update, and any parameter. <i>Group</i> "
           "folds replicates, or "
           "runs alike in a field, into one row with mean ± SD; what is done to it is done to its runs. A "
           "stopped, interrupted or failed run "
           "can be resumed, "
           "bit for bit as if it had never ended, and a finished one trained longer. <i>Branch here…</i> "
           "trains a new run from a checkpoint of another one on, with other settings; its curves begin with "
           "its parent's. <i>Checkpoints…</i> lists what a run can go on from: to verify, evaluate, export "
           "or branch off. The trash hides runs and gives them back.</p>"
           "<h3>Figures, and runs from elsewhere</h3>"
           "<p><i>Export…</i> in a chart's menu writes it as SVG, PDF or PNG at any size, light and with its "
           "fonts, "
           "and its numbers as CSV. The file names its runs: drop it on this window, and they open. Bundles, "
           "TensorBoard event files, tables and other stores are imported where they are dropped, or from "
           "the "
           "File menu.</p>"
           "<h3>Data</h3>"
           "<p>Where a task's data come from, how many examples each class has on which side, what is left "
           "out and why, and every example to look at or to hear. Drop a folder on the page to bring other "
           "data: files <code>Language.txt</code> with a name a line, recordings as "
           "<code>word/speaker_nohash_0.wav</code>, or labelled texts: a table, a folder for each class, "
           "<code>LABEL text</code> lines. Of texts it also shows lengths and words. You see what was "
           "understood before anything "
           "changes.</p>"
           "<h3>Lab</h3>"
           "<p>The gradient lab draws an expression such as <code>(relu(x*m + b) - t)^2</code> as a graph, "
           "and shows how values go forward and gradients come back, step by step: the local gradient on "
           "each edge, what flows back along it, and what adds up in each node. Every variable's gradient "
           "is compared with a finite difference. On the graph, left and right step and Space plays.</p>"
           "<h3>Keys</h3><table>%1</table>"
           "<h3>About</h3><p>Version %2 · engine: %3<br>Store: %4</p>"
           "<p style='color:%5'>Free software under the GNU General Public License, version 3 or later. "
           "Drawn with Qt and Qt "
           "Charts.</p>")
            .arg(keys, QStringLiteral(DESCENT_VERSION), engine,
                 QString::fromStdString(store_.path().string()).toHtmlEscaped(), theme::mutedText().name()));
}

} // namespace descent::ui
