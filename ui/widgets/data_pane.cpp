#include "ui/widgets/data_pane.h"

#include "ui/theme.h"
#include "ui/widgets/param_fields.h"
#include "ui/widgets/part_section.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

#include <utility>

namespace descent::ui {

namespace {

constexpr int kWidth = theme::kGrid * 39; // as the Train page's form
constexpr int kOpen = 6;                  // parameters in the open

QLabel* label(const QString& text, const char* role) {
    auto* made = new QLabel(text);
    made->setProperty("role", QString::fromLatin1(role));
    made->setWordWrap(true);
    return made;
}

} // namespace

DataPane::DataPane(QWidget* parent)
    : QFrame(parent)
    , section_(new PartSection(Group::task, kOpen))
    , browse_(new QPushButton(tr("Folder…")))
    , browse_file_(new QPushButton(tr("File…")))
    , columns_(new QPushButton(tr("Look at its rows and columns…")))
    , train_(new QPushButton(tr("Train on this data"))) {
    setObjectName(QStringLiteral("dataPane"));
    setProperty("role", QStringLiteral("side"));
    setFixedWidth(kWidth);
    auto* inside = new QWidget;
    inside->setProperty("role", QStringLiteral("plain"));
    auto* column = new QVBoxLayout(inside);
    column->setContentsMargins(theme::kGrid * 2, theme::kGrid * 2, theme::kGrid * 2 - kDotWidth,
                               theme::kGrid * 2);
    column->setSpacing(theme::kGrid / 2);
    column->addWidget(section_);
    column->addSpacing(theme::kGrid * 2);
    auto* other = new QVBoxLayout; // the fields alone reach further, with their dots
    other->setContentsMargins(0, 0, kDotWidth, 0);
    other->setSpacing(theme::kGrid / 2);
    column->addLayout(other);
    other->addWidget(label(tr("OTHER DATA"), "caption"));
    other->addWidget(label(
        tr("Drop a file or folder on this page: labelled texts, lists of names, or recordings of spoken "
           "words. You see what was understood before anything changes."),
        "muted"));
    other->addSpacing(theme::kGrid / 2);
    browse_->setObjectName(QStringLiteral("dataBrowse"));
    browse_->setAccessibleName(tr("Browse for a folder of data"));
    browse_->setIcon(theme::icon(QStringLiteral("folder")));
    browse_file_->setObjectName(QStringLiteral("dataBrowseFile"));
    browse_file_->setAccessibleName(tr("Browse for a file of labelled texts"));
    columns_->setObjectName(QStringLiteral("dataColumns"));
    columns_->setAccessibleName(columns_->text());
    columns_->setProperty("role", QStringLiteral("link"));
    columns_->hide();
    auto* browse = new QHBoxLayout;
    browse->setSpacing(theme::kGrid);
    browse->addWidget(browse_);
    browse->addWidget(browse_file_);
    browse->addStretch();
    other->addLayout(browse);
    other->addWidget(columns_, 0, Qt::AlignLeft);
    column->addStretch();
    auto* scroll = new QScrollArea;
    scroll->setObjectName(QStringLiteral("dataScroll"));
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setWidget(inside);
    train_->setObjectName(QStringLiteral("dataTrain"));
    train_->setAccessibleName(train_->text());
    train_->setToolTip(tr("Takes this task and its data to the Train page"));
    train_->setProperty("role", QStringLiteral("primary"));
    auto* foot = new QVBoxLayout;
    foot->setContentsMargins(theme::kGrid * 2, theme::kGrid, theme::kGrid * 2, theme::kGrid * 2);
    foot->addWidget(train_);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addWidget(scroll, 1);
    all->addLayout(foot);
    connect(section_, &PartSection::chosen, this, &DataPane::choose);
    connect(section_, &PartSection::edited, this, [this](const QString& path, const QString& text) {
        request_.set(path.toStdString(), text.toStdString());
        if (auto* field = section_->fields().find(path); field && !field->changed())
            request_.unset(path.toStdString()); // what is as the preset has it is not a setting
        resolve(true);
    });
    connect(section_, &PartSection::reset, this, [this](const QString& path) {
        request_.unset(path.toStdString());
        refresh(false);
    });
    connect(browse_, &QPushButton::clicked, this, [this] { Q_EMIT browseClicked(true); });
    connect(browse_file_, &QPushButton::clicked, this, [this] { Q_EMIT browseClicked(false); });
    connect(columns_, &QPushButton::clicked, this, &DataPane::columnsClicked);
    connect(train_, &QPushButton::clicked, this, &DataPane::trainClicked);
}

void DataPane::setCatalog(const Catalog& catalog) {
    catalog_ = &catalog;
    refresh(false);
}

void DataPane::setRequest(const Request& request) {
    request_ = {};
    request_.task = request.task;
    for (const auto& [path, text] : request.settings)
        if (path.starts_with("task.")) request_.set(path, text);
    refresh(false);
}

const Entry* DataPane::task() const {
    return catalog_ ? catalog_->find(Group::task, request_.task) : nullptr;
}

QString DataPane::value(const std::string& parameter) const {
    if (!catalog_) return {};
    for (const auto& [path, text] : request_.settings)
        if (path == "task." + parameter) return QString::fromStdString(text);
    const ParamSpec* spec = catalog_->find_param(Group::task, request_.task, parameter);
    return spec ? QString::fromStdString(to_string(spec->fallback)) : QString();
}

void DataPane::setTrainable(bool may) {
    train_->setEnabled(may);
}

void DataPane::focusParameter(const QString& path) {
    if (auto* field = section_->fields().find(path)) section_->fields().reveal(field);
}

void DataPane::choose(const QString& id) {
    request_ = {};
    request_.task = id.toStdString();
    refresh(false);
}

void DataPane::refresh(bool typed) {
    if (!catalog_) return;
    Request bare;
    bare.task = request_.task;
    auto preset = catalog_->preset(bare);
    if (!preset) { // a task that is gone
        request_ = bare = {};
        preset = catalog_->preset(bare);
        if (!preset) return;
    }
    request_.task = preset->task.id;
    section_->show(*catalog_, preset->task, request_, preset->task.id);
    if (const Entry* entry = task()) section_->setDetail(QString::fromStdString(entry->summary));
    // What is dropped is the page's to look at first, not a line's to take over.
    for (auto* line : section_->findChildren<QLineEdit*>()) line->setAcceptDrops(false);
    // The Train page's form has the same fields; names are unique in the window.
    for (auto* part : section_->findChildren<QWidget*>())
        if (const QString name = part->objectName(); !name.isEmpty() &&
                                                     !name.startsWith(QStringLiteral("data-")) &&
                                                     !name.startsWith(QStringLiteral("qt_")))
            part->setObjectName(QStringLiteral("data-") + name);
    resolve(typed);
}

void DataPane::resolve(bool typed) {
    if (!catalog_) return;
    const auto resolved = catalog_->resolve(request_);
    spec_ = resolved ? std::optional(*resolved) : std::nullopt;
    const bool texts = catalog_->find_param(Group::task, request_.task, "text_columns") != nullptr;
    columns_->setVisible(texts && !value("source").isEmpty());
    problem_ = resolved ? QString() : QString::fromStdString(resolved.error().message);
    Q_EMIT changed(typed);
}

} // namespace descent::ui
