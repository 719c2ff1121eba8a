#include "ui/plots/sweep_panel.h"

#include "ui/models/plot_table_model.h"
#include "ui/plots/key_view.h"
#include "ui/theme.h"
#include "ui/widgets/export_panel.h"
#include "ui/widgets/notice_bar.h"

#include <QAction>
#include <QApplication>
#include <QButtonGroup>
#include <QClipboard>
#include <QComboBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QImage>
#include <QLabel>
#include <QMenu>
#include <QPainter>
#include <QStackedLayout>
#include <QStandardPaths>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

namespace descent::ui {

namespace {

constexpr int kSentences = 3; ///< beneath the picture; the others are in the tooltip and the summary

} // namespace

SweepPanel::SweepPanel(const char* name, QWidget* parent)
    : SweepView(parent)
    , name_(QString::fromLatin1(name))
    , choices_(new QHBoxLayout)
    , key_(new KeyView)
    , stack_(new QStackedLayout)
    , column_(new QVBoxLayout(this))
    , table_(new QTableView)
    , model_(new PlotTableModel(this))
    , table_button_(new QToolButton)
    , words_(new QLabel)
    , notice_(new NoticeBar)
    , export_(new QAction(tr("Export figure…"), this))
    , chooser_([](QWidget* over, const QString& suggested, const QString& filter) {
        return QFileDialog::getSaveFileName(over, tr("Export"), suggested, filter);
    }) {
    setObjectName(name_);
    column_->setContentsMargins(theme::kGrid, theme::kGrid / 2, theme::kGrid, theme::kGrid);
    column_->setSpacing(theme::kGrid / 2);
    choices_->setSpacing(theme::kGrid / 2);
    auto* bar = new QHBoxLayout;
    bar->setSpacing(theme::kGrid / 2);
    bar->addLayout(choices_);
    bar->addStretch();
    table_button_->setObjectName(name_ + QStringLiteral("TableButton"));
    table_button_->setText(tr("Table"));
    table_button_->setCheckable(true);
    table_button_->setProperty("role", QStringLiteral("segment"));
    table_button_->setFocusPolicy(Qt::StrongFocus);
    table_button_->setAccessibleName(tr("Show the numbers as a table"));
    table_button_->setToolTip(table_button_->accessibleName());
    connect(table_button_, &QToolButton::toggled, this, &SweepPanel::showTable);
    bar->addWidget(table_button_);

    auto* menu = new QMenu(this);
    export_->setObjectName(name_ + QStringLiteral("Figure"));
    connect(export_, &QAction::triggered, this, [this] { exportFigure(figure()); });
    menu->addAction(export_);
    menu->addAction(tr("Export what is drawn as CSV…"), this, [this] { exportCsv(figure()); })
        ->setObjectName(name_ + QStringLiteral("Csv"));
    menu->addAction(tr("Copy image"), this, &SweepPanel::copyImage)
        ->setObjectName(name_ + QStringLiteral("Copy"));
    auto* more = new QToolButton;
    more->setObjectName(name_ + QStringLiteral("Export"));
    more->setIcon(theme::icon(QStringLiteral("export"), &theme::mutedText));
    more->setAccessibleName(tr("Export this chart"));
    more->setToolTip(tr("Export this chart (Ctrl+E)"));
    more->setPopupMode(QToolButton::InstantPopup);
    more->setFocusPolicy(Qt::StrongFocus);
    more->setMenu(menu);
    bar->addWidget(more);

    table_->setObjectName(name_ + QStringLiteral("Table"));
    table_->setAccessibleName(tr("What the chart draws, in numbers"));
    table_->setModel(model_);
    table_->verticalHeader()->hide();
    table_->setShowGrid(false);
    table_->setFrameShape(QFrame::NoFrame);
    table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->horizontalHeader()->setHighlightSections(false);
    words_->setObjectName(name_ + QStringLiteral("Words"));
    words_->setProperty("role", QStringLiteral("muted"));
    words_->setWordWrap(true);
    words_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    words_->hide();
    notice_->setObjectName(name_ + QStringLiteral("Notice"));
    notice_->hide();
    column_->addLayout(bar);
    column_->addWidget(key_);
    column_->addLayout(stack_, 1);
    column_->addWidget(words_);
    column_->addWidget(notice_);
}

void SweepPanel::setPicture(QWidget* picture) {
    stack_->addWidget(picture);
    stack_->addWidget(table_);
    stack_->setCurrentIndex(0);
}

void SweepPanel::addChoice(QWidget* choice) {
    choices_->addWidget(choice);
}

void SweepPanel::addBeneath(QWidget* widget) {
    column_->insertWidget(column_->indexOf(words_), widget);
}

QComboBox* SweepPanel::makeChoice(const char* name, const QString& accessible, int letters) {
    auto* box = new QComboBox;
    box->setObjectName(name_ + QLatin1String(name));
    box->setAccessibleName(accessible);
    box->setToolTip(accessible);
    box->setProperty("role", QStringLiteral("flat"));
    box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    box->setMinimumContentsLength(letters);
    addChoice(box);
    return box;
}

QWidget* SweepPanel::makeScale(const char* name, const QString& accessible, bool log,
                               std::function<void(bool)> chosen) {
    auto* both = new QWidget;
    auto* row = new QHBoxLayout(both);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(2);
    auto* group = new QButtonGroup(both);
    for (const bool is_log : {false, true}) {
        auto* button =
            makeToggle(QLatin1String(name) + (is_log ? QStringLiteral("Log") : QStringLiteral("Linear")),
                       is_log ? tr("log") : tr("lin"),
                       QStringLiteral("%1: %2").arg(accessible, is_log ? tr("logarithmic") : tr("linear")),
                       is_log == log);
        group->addButton(button);
        row->addWidget(button);
        connect(button, &QToolButton::clicked, this, [chosen, is_log] { chosen(is_log); });
    }
    return both;
}

QToolButton* SweepPanel::makeToggle(const QString& name, const QString& text, const QString& accessible,
                                    bool on) {
    auto* button = new QToolButton;
    button->setObjectName(name_ + name);
    button->setText(text);
    button->setAccessibleName(accessible);
    button->setToolTip(accessible);
    button->setCheckable(true);
    button->setChecked(on);
    button->setFocusPolicy(Qt::StrongFocus);
    button->setProperty("role", QStringLiteral("segment"));
    return button;
}

QToolButton* SweepPanel::addToggle(const char* name, const QString& text, const QString& accessible,
                                   bool on) {
    auto* button = makeToggle(QLatin1String(name), text, accessible, on);
    addChoice(button);
    return button;
}

QToolButton* SweepPanel::addLogUpdates() {
    return addToggle("LogX", tr("log x"), tr("Updates on a logarithmic axis"), true);
}

bool SweepPanel::tableShown() const {
    return stack_->currentWidget() == table_;
}

void SweepPanel::showTable(bool shown) {
    table_button_->setChecked(shown);
    stack_->setCurrentIndex(shown ? 1 : 0);
    updateTable();
}

void SweepPanel::updateTable() {
    if (!tableShown()) return; // it is made when it is looked at
    model_->setTable(table());
    table_->resizeColumnsToContents();
}

void SweepPanel::pictureChanged(std::vector<LegendStrip::Item> key, QStringList sentences) {
    if (key != key_->items()) key_->setItems(std::move(key));
    sentences_ = std::move(sentences);
    QStringList shown = sentences_.mid(0, kSentences);
    if (sentences_.size() > kSentences)
        shown.back() += tr(" And %1 more.").arg(sentences_.size() - kSentences);
    words_->setText(shown.join(QLatin1Char('\n')));
    words_->setToolTip(sentences_.size() > kSentences ? sentences_.join(QLatin1Char('\n')) : QString());
    words_->setVisible(!shown.isEmpty());
    updateTable();
}

void SweepPanel::openChosen(const QString& ids) {
    std::vector<RunId> runs;
    for (const auto& id : ids.split(QLatin1Char(' '), Qt::SkipEmptyParts)) runs.push_back({id.toStdString()});
    if (!runs.empty()) Q_EMIT openRuns(runs);
}

void SweepPanel::exportFigure(FigureSource source) {
    auto* panel = ExportPanel::open(std::move(source), this);
    panel->setFileChooser(chooser_);
    connect(panel, &ExportPanel::said, notice_, &NoticeBar::say);
    connect(panel, &ExportPanel::complained, notice_, &NoticeBar::complain);
}

void SweepPanel::exportCsv(const FigureSource& source) {
    const QDir folder(QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation));
    QString name = source.title;
    name.replace(QLatin1Char('/'), QLatin1Char('-'));
    QString file = chooser_(this, folder.filePath(name + QStringLiteral(".csv")), tr("CSV (*.csv)"));
    if (file.isEmpty()) return;
    if (QFileInfo(file).suffix().isEmpty()) file += QStringLiteral(".csv");
    if (const auto written = source.plotted_csv(file))
        notice_->say(tr("Exported to %1").arg(file));
    else
        notice_->complain(QString::fromStdString(written.error().message));
}

void SweepPanel::copyImage() {
    constexpr qreal kScale = 2;
    const QSize size = this->size().expandedTo({320, 200});
    FigureFormat format;
    format.size_mm = QSizeF(size) * (25.4 / logicalDpiX());
    format.light = false; // as it is seen
    QImage image(size * kScale, QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(kScale);
    {
        QPainter painter(&image);
        paintFigure(figure(), format, painter, QRectF(QPointF(0, 0), image.deviceIndependentSize()));
    }
    QApplication::clipboard()->setImage(image);
    notice_->say(tr("Copied"));
}

} // namespace descent::ui
