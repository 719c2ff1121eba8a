#include "ui/widgets/field_picker.h"

#include "ui/models/run_columns.h"
#include "ui/state/store_host.h"
#include "ui/theme.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QScreen>
#include <QSpinBox>
#include <QVBoxLayout>

#include <algorithm>
#include <limits>
#include <set>

namespace descent::ui {

namespace {

constexpr std::int64_t kLooked = 2000; // runs whose metrics and parameters are offered

/// Metrics by name, then parameters by part and name.
FieldColumns fieldsIn(const StoreReader& reader, bool metrics) {
    const std::vector<RunRecord> runs = unwrap(reader.runs({.limit = kLooked}));
    FieldColumns fields;
    std::set<std::string> seen;
    std::vector<MetricInfo> found;
    for (const RunRecord& run : runs) {
        const bool news = metrics && std::ranges::any_of(run.summary, [&](const auto& summary) {
                              return !seen.contains(summary.first);
                          });
        if (!news) continue;
        for (MetricInfo& metric : reader.metrics(run.id)) // it knows which way each is better
            if (seen.insert(metric.name).second) found.push_back(std::move(metric));
    }
    std::ranges::sort(found, {}, &MetricInfo::name);
    for (const MetricInfo& metric : found) {
        FieldColumn column;
        column.metric = MetricPick{metric.name, MetricPick::At::last, {}};
        column.direction = metric.direction;
        column.unit = metric.unit;
        fields.push_back(std::move(column));
    }
    for (std::string& name : fields_of(runs)) {
        if (!metrics && name == "name") continue; // each run a group of its own
        FieldColumn column;
        column.field = std::move(name);
        fields.push_back(std::move(column));
    }
    return fields;
}

QString nameOf(const FieldColumn& column) {
    return QString::fromStdString(column.metric ? column.metric->metric : column.field);
}

} // namespace

FieldPicker::FieldPicker(StoreHost& store, For purpose, QWidget* parent)
    : QFrame(parent, Qt::Popup)
    , store_(store)
    , purpose_(purpose)
    , search_(new QLineEdit)
    , list_(new QListWidget)
    , about_(new QLabel)
    , which_(new QComboBox)
    , step_(new QSpinBox)
    , add_(new QPushButton) {
    setAttribute(Qt::WA_DeleteOnClose);
    setProperty("role", QStringLiteral("card"));
    setObjectName(QStringLiteral("fieldPicker"));
    build();
    using Answer = Result<FieldColumns>;
    store_.read<Answer>(
        this,
        [metrics = purpose_ == For::column](const StoreReader& reader) {
            return guarded([&] { return fieldsIn(reader, metrics); });
        },
        [this](const Answer& found) {
            if (found)
                offer(*found);
            else
                about_->setText(QString::fromStdString(found.error().message));
        });
}

void FieldPicker::build() {
    const bool column = purpose_ == For::column;
    const QString title = column ? tr("Add a column") : tr("Group by a field");
    setAccessibleName(title);
    auto* heading = new QLabel(title);
    heading->setProperty("role", QStringLiteral("heading"));
    search_->setObjectName(QStringLiteral("fieldSearch"));
    search_->setAccessibleName(tr("Search metrics and parameters"));
    search_->setPlaceholderText(column ? tr("Search metrics and parameters") : tr("Search fields"));
    search_->setClearButtonEnabled(true);
    search_->addAction(theme::icon(QStringLiteral("search"), &theme::mutedText), QLineEdit::LeadingPosition);
    search_->installEventFilter(this);
    list_->setObjectName(QStringLiteral("fieldList"));
    list_->setAccessibleName(column ? tr("Metrics and parameters") : tr("Fields"));
    list_->setUniformItemSizes(true);
    list_->setMinimumSize(theme::kGrid * 40, theme::kGrid * 26);
    about_->setObjectName(QStringLiteral("fieldAbout"));
    about_->setProperty("role", QStringLiteral("muted"));
    about_->setText(tr("Reading…"));
    which_->setObjectName(QStringLiteral("fieldWhich"));
    which_->setAccessibleName(tr("Which of its values"));
    which_->addItem(tr("best"), int(MetricPick::At::best));
    which_->addItem(tr("last"), int(MetricPick::At::last));
    which_->addItem(tr("at update"), int(MetricPick::At::update));
    step_->setObjectName(QStringLiteral("fieldStep"));
    step_->setAccessibleName(tr("Update at which the value is taken"));
    step_->setRange(0, std::numeric_limits<int>::max());
    step_->setValue(100);
    step_->setGroupSeparatorShown(true);
    add_->setObjectName(QStringLiteral("fieldAdd"));
    add_->setText(column ? tr("Add") : tr("Group"));
    add_->setAccessibleName(column ? tr("Add the column") : tr("Group by the field"));
    add_->setProperty("role", QStringLiteral("primary"));

    auto* row = new QHBoxLayout;
    row->setSpacing(theme::kGrid);
    row->addWidget(which_);
    row->addWidget(step_);
    row->addStretch(1);
    row->addWidget(add_);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(theme::kGrid * 2, theme::kGrid * 2, theme::kGrid * 2, theme::kGrid * 2);
    layout->setSpacing(theme::kGrid);
    layout->addWidget(heading);
    layout->addWidget(search_);
    layout->addWidget(list_, 1);
    layout->addWidget(about_);
    layout->addLayout(row);

    connect(search_, &QLineEdit::textChanged, this, &FieldPicker::narrow);
    connect(list_, &QListWidget::currentRowChanged, this, &FieldPicker::choiceChanged);
    connect(list_, &QListWidget::itemActivated, this, &FieldPicker::take);
    connect(which_, &QComboBox::currentIndexChanged, this, &FieldPicker::choiceChanged);
    connect(add_, &QPushButton::clicked, this, &FieldPicker::take);
    choiceChanged();
}

void FieldPicker::offer(const FieldColumns& found) {
    found_ = found;
    about_->setText(found.empty() ? tr("There are no runs yet.") : QString());
    list_->clear();
    for (const FieldColumn& column : found_) {
        list_->addItem(nameOf(column));
        list_->item(list_->count() - 1)->setSizeHint(QSize(0, theme::kGrid * 3));
    }
    narrow();
}

/// Every word of the search must occur.
void FieldPicker::narrow() {
    const QStringList words = search_->text().split(QLatin1Char(' '), Qt::SkipEmptyParts);
    int first = -1;
    for (int i = 0; i < list_->count(); ++i) {
        const bool in = std::ranges::all_of(words, [&](const QString& word) {
            return list_->item(i)->text().contains(word, Qt::CaseInsensitive);
        });
        list_->item(i)->setHidden(!in);
        if (in && first < 0) first = i;
    }
    if (!list_->currentItem() || list_->currentItem()->isHidden()) list_->setCurrentRow(first);
    choiceChanged();
}

const FieldColumn* FieldPicker::current() const {
    const int row = list_->currentRow();
    return row < 0 || row >= int(found_.size()) || list_->item(row)->isHidden() ? nullptr
                                                                                : &found_[std::size_t(row)];
}

void FieldPicker::choiceChanged() {
    const FieldColumn* column = current();
    const bool metric = column && column->metric;
    which_->setVisible(metric);
    step_->setVisible(metric && which_->currentData().toInt() == int(MetricPick::At::update));
    add_->setEnabled(column != nullptr);
    if (!column) {
        if (!found_.empty()) about_->setText(tr("None is called so."));
        return;
    }
    const QString unit = column->unit.empty() ? QString() : QString::fromStdString(" in " + column->unit);
    about_->setText(!metric                                  ? tr("A setting or fact of the run")
                    : column->direction == Direction::higher ? tr("A metric%1: ↑ higher is better").arg(unit)
                    : column->direction == Direction::lower  ? tr("A metric%1: ↓ lower is better").arg(unit)
                                                            : tr("A metric%1, neither way better").arg(unit));
}

void FieldPicker::take() {
    const FieldColumn* column = current();
    if (!column) return;
    FieldColumn wanted = *column;
    if (wanted.metric) {
        wanted.metric->at = MetricPick::At(which_->currentData().toInt());
        if (wanted.metric->at == MetricPick::At::update) wanted.metric->update = {step_->value()};
    }
    Q_EMIT picked(wanted);
    close();
}

bool FieldPicker::eventFilter(QObject* watched, QEvent* event) {
    if (watched != search_ || event->type() != QEvent::KeyPress) return QFrame::eventFilter(watched, event);
    auto* key = static_cast<QKeyEvent*>(event);
    switch (key->key()) {
    case Qt::Key_Return:
    case Qt::Key_Enter:
        take();
        return true;
    case Qt::Key_Up:
    case Qt::Key_Down:
    case Qt::Key_PageUp:
    case Qt::Key_PageDown: {
        // The list moves, the search keeps the focus.
        QKeyEvent copy(key->type(), key->key(), key->modifiers());
        QCoreApplication::sendEvent(list_, &copy);
        return true;
    }
    default:
        return QFrame::eventFilter(watched, event);
    }
}

void FieldPicker::popUpUnder(const QWidget& anchor) {
    adjustSize();
    QPoint place = anchor.mapToGlobal(QPoint(0, anchor.height() + theme::kGrid / 2));
    if (anchor.screen()) {
        const QWidget* window = anchor.window(); // it stays over it, where there is room
        const QRect room = QRect(window->mapToGlobal(QPoint()), window->size())
                               .adjusted(theme::kGrid, 0, -2 * theme::kGrid, -theme::kGrid)
                               .intersected(anchor.screen()->availableGeometry());
        place.setX(std::max(room.left(), std::min(place.x(), room.right() - width())));
        place.setY(std::max(room.top(), std::min(place.y(), room.bottom() - height())));
    }
    move(place);
    show();
    search_->setFocus();
}

} // namespace descent::ui
