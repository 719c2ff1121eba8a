#include "ui/widgets/export_panel.h"

#include "ui/state/background.h"
#include "ui/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QDoubleSpinBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLocale>
#include <QPainter>
#include <QPushButton>
#include <QRegularExpression>
#include <QSettings>
#include <QSpinBox>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <array>
#include <cmath>

namespace descent::ui {

namespace {

constexpr int kSettleMs = 60;

struct Kind {
    FigureFormat::Kind kind;
    const char *ending, *word;
};
constexpr std::array kKinds{Kind{FigureFormat::Kind::svg, "svg", "SVG drawing"},
                            Kind{FigureFormat::Kind::pdf, "pdf", "PDF page"},
                            Kind{FigureFormat::Kind::png, "png", "PNG picture"}};
const Kind& kindOf(FigureFormat::Kind kind) {
    return *std::ranges::find(kKinds, kind, &Kind::kind);
}

QString key(const char* name) {
    return QStringLiteral("figure/") + QString::fromLatin1(name);
}

/// "Loss · brave-otter-12" → "loss-brave-otter-12"
QString fileName(const QString& title) {
    static const QRegularExpression other(QStringLiteral("[^\\p{L}\\p{N}.]+"));
    QString name = title.toLower().replace(other, QStringLiteral("-")).left(80);
    while (name.startsWith(QLatin1Char('-')) || name.startsWith(QLatin1Char('.'))) name.remove(0, 1);
    while (name.endsWith(QLatin1Char('-'))) name.chop(1);
    return name.isEmpty() ? QStringLiteral("figure") : name;
}

QString millimetres(double mm) {
    return QLocale::c().toString(mm, 'f', std::abs(mm - std::round(mm)) < 0.05 ? 0 : 1);
}

} // namespace

/// The page as it will be, painted anew once the controls have come to rest.
class FigurePreview : public QWidget {
public:
    FigurePreview(const FigureSource& source, const FigureFormat& format) : source_(source), format_(format) {
        setObjectName(QStringLiteral("figurePreview"));
        setAccessibleName(ExportPanel::tr("Preview of the figure"));
        setMinimumSize(theme::kGrid * 32, theme::kGrid * 24);
    }
    void refresh() {
        picture_ = {};
        update();
    }

protected:
    void paintEvent(QPaintEvent*) override {
        if (picture_.isNull()) render();
        QPainter painter(this);
        painter.drawImage(0, 0, picture_);
    }
    void resizeEvent(QResizeEvent*) override { picture_ = {}; }

private:
    void render() {
        picture_ = QImage(size() * devicePixelRatioF(), QImage::Format_ARGB32_Premultiplied);
        picture_.setDevicePixelRatio(devicePixelRatioF());
        picture_.fill(Qt::transparent);
        QPainter painter(&picture_);
        const QRectF room = QRectF(rect()).adjusted(1, 1, -1, -1);
        const QSizeF page = format_.size_mm.scaled(room.size(), Qt::KeepAspectRatio);
        QRectF sheet(QPointF(), page);
        sheet.moveCenter(room.center());
        paintFigure(source_, format_, painter, sheet);
        painter.setRenderHint(QPainter::Antialiasing, false);
        painter.setPen(QPen(theme::border(), 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(sheet);
    }

    const FigureSource& source_;
    const FigureFormat& format_;
    QImage picture_;
};

ExportPanel* ExportPanel::open(FigureSource source, QWidget* at) {
    QWidget* over = at;
    while (over->parentWidget() && !over->isWindow() &&
           over->property("role").toString() != QStringLiteral("page"))
        over = over->parentWidget();
    for (auto* old : over->findChildren<ExportPanel*>(QString(), Qt::FindDirectChildrenOnly))
        old->closeDown();
    auto* panel = new ExportPanel(std::move(source), over);
    panel->show();
    panel->raise();
    panel->kind_->setFocus(Qt::OtherFocusReason);
    return panel;
}

ExportPanel::ExportPanel(FigureSource source, QWidget* over)
    : QFrame(over)
    , source_(std::move(source))
    , chooser_([](QWidget* parent, const QString& suggested, const QString& filter) {
        return QFileDialog::getSaveFileName(parent, tr("Export figure"), suggested, filter);
    })
    , before_(over->window()->focusWidget())
    , preview_(new FigurePreview(source_, format_)) {
    setObjectName(QStringLiteral("exportPanel"));
    setAccessibleName(tr("Export figure"));
    setFocusPolicy(Qt::NoFocus);
    auto* heading = new QLabel(tr("Export figure"));
    heading->setProperty("role", QStringLiteral("title"));
    auto* close = new QToolButton;
    close->setObjectName(QStringLiteral("figureClose"));
    close->setIcon(theme::icon(QStringLiteral("close")));
    close->setAccessibleName(tr("Close without exporting"));
    close->setToolTip(tr("Close (Esc)"));
    connect(close, &QToolButton::clicked, this, &ExportPanel::closeDown);
    auto* head = new QHBoxLayout;
    head->addWidget(heading, 1);
    head->addWidget(close);
    auto* body = new QHBoxLayout;
    body->setSpacing(theme::kGrid * 3);
    body->addWidget(preview_, 1);
    body->addWidget(makeForm());
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme::kGrid * 3, theme::kGrid * 2, theme::kGrid * 3, theme::kGrid * 3);
    column->setSpacing(theme::kGrid * 2);
    column->addLayout(head);
    column->addLayout(body, 1);
    settle_.setSingleShot(true);
    settle_.setInterval(kSettleMs);
    connect(&settle_, &QTimer::timeout, preview_, &FigurePreview::refresh);
    recall();
    take();
    over->installEventFilter(this);
    setGeometry(over->rect());
}

QWidget* ExportPanel::makeForm() {
    auto* form = new QWidget;
    form->setFixedWidth(theme::kGrid * 36);
    auto* rows = new QFormLayout;
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(theme::kGrid);
    rows->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    const auto add = [&](const QString& label, auto* field, const char* name, const QString& tip) {
        field->setObjectName(QString::fromLatin1(name));
        field->setAccessibleName(label);
        field->setToolTip(tip);
        rows->addRow(label, field);
        return field;
    };
    const auto number = [this](double low, double high, const QString& unit, int digits) {
        auto* box = new QDoubleSpinBox;
        box->setRange(low, high);
        box->setDecimals(digits);
        box->setSuffix(QLatin1Char(' ') + unit);
        connect(box, &QDoubleSpinBox::valueChanged, this, &ExportPanel::take);
        return box;
    };
    kind_ = add(tr("Kind"), new QComboBox, "figureKind", tr("SVG and PDF stay sharp at any size"));
    for (const auto& kind : kKinds) kind_->addItem(tr(kind.word), QString::fromLatin1(kind.ending));
    journal_ = add(tr("For"), new QComboBox, "figureJournal", tr("The width of a column or a page"));
    journal_->addItem(tr("Any width"), 0.0);
    for (const auto& [name, mm] : figureWidths())
        journal_->addItem(QStringLiteral("%1 (%2 mm)").arg(name, millimetres(mm)), mm);
    width_ = add(tr("Width"), number(20, 500, tr("mm"), 1), "figureWidth", tr("20 to 500 mm"));
    height_ = add(tr("Height"), number(20, 500, tr("mm"), 1), "figureHeight", tr("20 to 500 mm"));
    letters_ = add(tr("Letters"), number(4, 24, tr("pt"), 1), "figureLetters",
                   tr("Of numbers and key; the title is one point larger"));
    dpi_ =
        add(tr("Resolution"), new QSpinBox, "figureDpi", tr("Of a PNG: 300 for photographs, 600 for lines"));
    dpi_->setRange(72, 1200);
    dpi_->setSuffix(tr(" dpi"));
    const auto check = [&](const QString& text, const char* name) {
        auto* box = new QCheckBox(text);
        box->setObjectName(QString::fromLatin1(name));
        connect(box, &QCheckBox::toggled, this, &ExportPanel::take);
        rows->addRow(box);
        return box;
    };
    title_ = check(tr("With its title"), "figureTitle");
    light_ = check(tr("Light, also from a dark window"), "figureLight");
    plotted_ = check(tr("Also the numbers as drawn, as CSV"), "figurePlotted");
    full_ = check(tr("Also every sample, as CSV"), "figureFull");
    plotted_->setEnabled(bool(source_.plotted_csv));
    full_->setEnabled(bool(source_.full_csv));
    connect(kind_, &QComboBox::currentIndexChanged, this, &ExportPanel::take);
    connect(dpi_, &QSpinBox::valueChanged, this, &ExportPanel::take);
    connect(journal_, &QComboBox::activated, this, [this] {
        if (const double mm = journal_->currentData().toDouble(); mm > 0) width_->setValue(mm);
    });
    connect(width_, &QDoubleSpinBox::valueChanged, this, [this](double mm) {
        for (int i = 1; i < journal_->count(); ++i)
            if (std::abs(journal_->itemData(i).toDouble() - mm) < 0.051) return journal_->setCurrentIndex(i);
        journal_->setCurrentIndex(0);
    });
    facts_ = new QLabel;
    facts_->setObjectName(QStringLiteral("figureFacts"));
    facts_->setProperty("role", QStringLiteral("muted"));
    facts_->setWordWrap(true);
    save_ = new QPushButton(tr("Save…"));
    save_->setObjectName(QStringLiteral("figureSave"));
    save_->setProperty("role", QStringLiteral("primary"));
    connect(save_, &QPushButton::clicked, this, &ExportPanel::save);
    auto* column = new QVBoxLayout(form);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::kGrid * 2);
    column->addLayout(rows);
    column->addWidget(facts_);
    column->addStretch();
    column->addWidget(save_);
    return form;
}

void ExportPanel::recall() {
    const QSettings settings;
    const FigureFormat usual;
    const auto read = [&](const char* name, double other) {
        bool good = false;
        const double v = settings.value(key(name)).toDouble(&good);
        return good ? v : other;
    };
    kind_->setCurrentIndex(std::max(0, kind_->findData(settings.value(key("kind"), QStringLiteral("svg")))));
    width_->setValue(read("width", usual.size_mm.width()));
    height_->setValue(read("height", usual.size_mm.height()));
    letters_->setValue(read("letters", usual.font_pt));
    dpi_->setValue(int(read("dpi", usual.dpi)));
    title_->setChecked(settings.value(key("title"), true).toBool());
    light_->setChecked(settings.value(key("light"), true).toBool());
    plotted_->setChecked(plotted_->isEnabled() && settings.value(key("plotted"), false).toBool());
    full_->setChecked(full_->isEnabled() && settings.value(key("full"), false).toBool());
}

void ExportPanel::take() {
    format_.kind = kKinds[std::size_t(std::max(0, kind_->currentIndex()))].kind;
    format_.size_mm = {width_->value(), height_->value()};
    format_.dpi = dpi_->value();
    format_.font_pt = letters_->value();
    format_.title = title_->isChecked();
    format_.light = light_->isChecked();
    dpi_->setEnabled(format_.kind == FigureFormat::Kind::png);
    QString facts = tr("%1 × %2 mm").arg(millimetres(width_->value()), millimetres(height_->value()));
    if (format_.kind == FigureFormat::Kind::png) {
        const QSize pixels = (format_.size_mm * (format_.dpi / 25.4)).toSize();
        facts += tr(", %1 × %2 pixels").arg(pixels.width()).arg(pixels.height());
    }
    facts_->setText(facts + tr(". The file names its runs: dropped on this window, it opens them."));
    preview_->setAccessibleDescription(facts);
    settle_.start();
}

void ExportPanel::save() {
    const Kind& kind = kindOf(format_.kind);
    const QString ending = QLatin1Char('.') + QString::fromLatin1(kind.ending);
    QSettings settings;
    const QString folder = settings.value(key("folder"), QDir::homePath()).toString();
    QString file = chooser_(this, QDir(folder).filePath(fileName(source_.title) + ending),
                            QStringLiteral("%1 (*%2)").arg(tr(kind.word), ending));
    if (file.isEmpty()) return;
    if (QFileInfo(file).suffix().isEmpty()) file += ending;
    if (const auto named = figureKind(file); named && *named != format_.kind)
        kind_->setCurrentIndex(kind_->findData(QString::fromLatin1(kindOf(*named).ending)));
    settings.setValue(key("kind"), kind_->currentData());
    settings.setValue(key("width"), width_->value());
    settings.setValue(key("height"), height_->value());
    settings.setValue(key("letters"), letters_->value());
    settings.setValue(key("dpi"), dpi_->value());
    settings.setValue(key("title"), title_->isChecked());
    settings.setValue(key("light"), light_->isChecked());
    if (plotted_->isEnabled()) settings.setValue(key("plotted"), plotted_->isChecked());
    if (full_->isEnabled()) settings.setValue(key("full"), full_->isChecked());
    settings.setValue(key("folder"), QFileInfo(file).absolutePath());
    write(file);
}

void ExportPanel::write(const QString& file) {
    const auto complain = [this](const Error& error) {
        facts_->setText(QString::fromStdString(error.message)); // here it can be done otherwise
        facts_->setProperty("role", QStringLiteral("error"));
        theme::repolish(facts_);
    };
    if (const auto done = writeFigure(source_.paint, source_.title, source_.runs, format_, file); !done)
        return complain(done.error());
    QStringList written{QDir::toNativeSeparators(file)};
    if (plotted_->isChecked()) {
        const QFileInfo at(file);
        const QString csv = at.dir().filePath(at.completeBaseName() + QStringLiteral(".plotted.csv"));
        if (const auto done = source_.plotted_csv(csv); !done) return complain(done.error());
        written << QFileInfo(csv).fileName();
    }
    writeNumbers(file, written);
}

void ExportPanel::writeNumbers(const QString& figure, QStringList written) {
    if (!full_->isChecked()) {
        Q_EMIT said(tr("Exported to %1").arg(written.join(QStringLiteral(", "))));
        return closeDown();
    }
    const QFileInfo at(figure);
    const QString csv = at.dir().filePath(at.completeBaseName() + QStringLiteral(".full.csv"));
    written << QFileInfo(csv).fileName();
    writing_ = true; // the panel stays, unseen, until that is told
    inBackground(
        this, [write = source_.full_csv, csv] { return write(csv); },
        [this, written](const Result<void>& done) {
            if (done)
                Q_EMIT said(tr("Exported to %1").arg(written.join(QStringLiteral(", "))));
            else
                Q_EMIT complained(QString::fromStdString(done.error().message));
            deleteLater();
        });
    closeDown();
}

void ExportPanel::closeDown() {
    hide();
    parentWidget()->removeEventFilter(this);
    setParent(nullptr);
    if (before_) before_->setFocus(Qt::OtherFocusReason);
    if (!writing_) deleteLater();
}

bool ExportPanel::eventFilter(QObject* watched, QEvent* event) {
    if (watched == parentWidget() && event->type() == QEvent::Resize) setGeometry(parentWidget()->rect());
    return QFrame::eventFilter(watched, event);
}

void ExportPanel::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape) closeDown();
    event->accept(); // the page beneath is not meant
}

bool ExportPanel::focusNextPrevChild(bool next) {
    QWidget* from = focusWidget();
    if (!from || !isAncestorOf(from)) from = kind_;
    QWidget* at = from;
    do {
        at = next ? at->nextInFocusChain() : at->previousInFocusChain();
        if (isAncestorOf(at) && (at->focusPolicy() & Qt::TabFocus) && at->isEnabled() && at->isVisible() &&
            !at->focusProxy()) {
            at->setFocus(next ? Qt::TabFocusReason : Qt::BacktabFocusReason);
            return true;
        }
    } while (at != from);
    return false;
}

void ExportPanel::paintEvent(QPaintEvent*) {
    QPainter(this).fillRect(rect(), theme::window());
}

} // namespace descent::ui
