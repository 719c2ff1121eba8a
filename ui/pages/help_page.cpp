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
    Key{"Ctrl+1, 2, 3, 5", "Train, Runs, Compare, Data"},
    Key{"Ctrl+Enter", "Train with the settings of the form"},
    Key{"Space", "Pause or continue"},
    Key{".", "While paused: exactly one update"},
    Key{"Esc", "Close what may be adjusted while training"},
    Key{"← →", "In a chart: move the cursor"},
    Key{"Esc", "From an enlarged chart back to all"},
    Key{"Ctrl+F", "Filter the runs, or the examples of the data"},
    Key{"Delete", "Move runs to the trash"},
    Key{"Ctrl+Z, Ctrl+Shift+Z", "Undo and redo edits of runs"},
    Key{"Ctrl+E", "Export the run, or the table of the data, as CSV"},
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
           "paused, <i>Step</i> makes exactly one update.</p>"
           "<p><i>Adjust</i> changes step size, clip or batch while it trains; the change is marked on the "
           "charts and made again when the run is resumed or trained again. A breakpoint such as "
           "<code>sharpness &gt; 2/lr</code> pauses the run there. Instruments (at the end of the regime's "
           "parameters) measure sharpness, gradient noise and more, within a share of the training time.</p>"
           "<h3>Compare</h3>"
           "<p><i>Optimizer ladder</i> trains the regimes of the full-batch paper on the chosen task, each "
           "with "
           "several seeds, and compares them here: curves, means, and differences with their intervals.</p>"
           "<h3>Runs</h3>"
           "<p>Every run is kept; nothing asks to be saved. Filter with words and conditions such as "
           "<code>task=names and lr&gt;0.01 and (tag:paper or starred)</code>. A stopped or interrupted run "
           "can be resumed, "
           "bit for bit as if it had never ended. The trash hides runs and gives them back.</p>"
           "<h3>Data</h3>"
           "<p>Where a task's data come from, how many examples each class has on which side, what is left "
           "out and why, and every example to look at or to hear. Drop a folder on the page to bring other "
           "data: files <code>Language.txt</code> with a name a line, or recordings as "
           "<code>word/speaker_nohash_0.wav</code>. You see what was understood before anything "
           "changes.</p>"
           "<h3>Keys</h3><table>%1</table>"
           "<h3>About</h3><p>Version %2 · engine: %3<br>Store: %4</p>"
           "<p style='color:%5'>Free software under the GNU General Public License, version 3 or later. "
           "Drawn with Qt and Qt "
           "Charts.</p>")
            .arg(keys, QStringLiteral(DESCENT_VERSION), engine,
                 QString::fromStdString(store_.path().string()).toHtmlEscaped(), theme::mutedText().name()));
}

} // namespace descent::ui
