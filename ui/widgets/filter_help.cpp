#include "ui/widgets/filter_help.h"

#include "ui/theme.h"

#include <QApplication>
#include <QGridLayout>
#include <QLabel>
#include <QPushButton>
#include <QScreen>
#include <QVBoxLayout>

#include <array>

namespace descent::ui {

namespace {

struct Row {
    const char* what;
    const char* meaning;
};

constexpr std::array kExamples{
    Row{"otter", "a word in name, task, model, regime, note or tags"},
    Row{"task=names and model=gru", "both hold; also: or, not, ( )"},
    Row{"lr > 0.01", "a parameter; with =  !=  <  <=  >  >="},
    Row{"optimizer.lr <= 0.4", "the same, with its group named"},
    Row{"validation/accuracy > 0.6", "the last value of a metric"},
    Row{"best:validation/loss < 1.2", "its best value"},
    Row{"validation/accuracy@500 > 0.5", "its value at update 500"},
    Row{"created >= 2026-11-01", "when it was made; also 2026-11, today, yesterday"},
    Row{"note ~ \"label noise\"", "contains, whatever the case"},
    Row{"state=diverged or failed", "how the run ended; the word alone does too"},
    Row{"tag:paper and not starred", "tags and stars"},
};

} // namespace

FilterHelp::FilterHelp(QWidget* parent) : QFrame(parent, Qt::Popup) {
    setAttribute(Qt::WA_DeleteOnClose);
    setObjectName(QStringLiteral("runsFilterHelpPopover"));
    setProperty("role", QStringLiteral("card"));
    setAccessibleName(tr("How to write a filter"));
    auto* title = new QLabel(tr("How to write a filter"));
    title->setProperty("role", QStringLiteral("heading"));
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(theme::kGrid * 2);
    grid->setVerticalSpacing(theme::kGrid / 4);
    int line = 0;
    for (const Row& row : kExamples) {
        const QString example = QString::fromUtf8(row.what);
        auto* button = new QPushButton(example);
        button->setObjectName(QStringLiteral("filterExample%1").arg(line));
        button->setAccessibleName(tr("Use the example %1").arg(example));
        button->setProperty("role", QStringLiteral("link"));
        button->setCursor(Qt::PointingHandCursor);
        connect(button, &QPushButton::clicked, this, [this, example] {
            Q_EMIT chosen(example);
            close();
        });
        auto* meaning = new QLabel(tr(row.meaning));
        meaning->setProperty("role", QStringLiteral("muted"));
        grid->addWidget(button, line, 0, Qt::AlignLeft);
        grid->addWidget(meaning, line++, 1);
    }
    auto* fields = new QLabel(
        tr("Fields: name, state, task, model, optimizer, regime, seed, epochs, updates, planned, seconds, "
           "note, key, threads, host, parameters (trainable weights), created, started, ended, any "
           "parameter, any metric. Values with spaces stand in \"quotes\"."));
    fields->setProperty("role", QStringLiteral("muted"));
    fields->setWordWrap(true);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme::kGrid * 2, theme::kGrid * 2, theme::kGrid * 2, theme::kGrid * 2);
    column->setSpacing(theme::kGrid);
    column->addWidget(title);
    column->addLayout(grid);
    column->addWidget(fields);
}

void FilterHelp::popUpUnder(const QWidget& anchor) {
    adjustSize();
    QPoint place = anchor.mapToGlobal(QPoint(0, anchor.height() + theme::kGrid / 2));
    if (const QScreen* screen = anchor.screen()) {
        const QRect room = screen->availableGeometry();
        place.setX(std::max(room.left(), std::min(place.x(), room.right() - width())));
    }
    move(place);
    show();
    if (auto* first = findChild<QPushButton*>()) first->setFocus();
}

} // namespace descent::ui
