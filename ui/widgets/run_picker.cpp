#include "ui/widgets/run_picker.h"

#include "core/base/format.h"
#include "ui/state/store_host.h"
#include "ui/theme.h"
#include "ui/widgets/filter_line.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QScreen>
#include <QStandardItemModel>
#include <QVBoxLayout>

#include <algorithm>

namespace descent::ui {

namespace {
constexpr std::int64_t kMost = 500; ///< listed; who wants another writes a filter
constexpr int kRun = Qt::UserRole;
} // namespace

RunPicker::RunPicker(StoreHost& store, QWidget* parent)
    : QFrame(parent, Qt::Popup)
    , store_(store)
    , filter_(new FilterLine)
    , count_(new QLabel)
    , list_(new QListView)
    , all_(new QPushButton)
    , model_(new QStandardItemModel(this)) {
    setObjectName(QStringLiteral("runPicker"));
    setAccessibleName(tr("Choose runs to compare"));
    setProperty("role", QStringLiteral("card"));
    filter_->setObjectName(QStringLiteral("pickerFilter"));
    filter_->findChild<QLineEdit*>()->setObjectName(QStringLiteral("pickerFilterLine"));
    count_->setObjectName(QStringLiteral("pickerCount"));
    count_->setProperty("role", QStringLiteral("muted"));
    list_->setObjectName(QStringLiteral("pickerList"));
    list_->setAccessibleName(tr("Runs"));
    list_->setModel(model_);
    list_->setUniformItemSizes(true);
    list_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    all_->setObjectName(QStringLiteral("pickerAll"));
    auto* foot = new QHBoxLayout;
    foot->addWidget(count_, 1);
    foot->addWidget(all_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme::kGrid, theme::kGrid, theme::kGrid, theme::kGrid);
    column->setSpacing(theme::kGrid);
    column->addWidget(filter_);
    column->addWidget(list_, 1);
    column->addLayout(foot);
    resize(theme::kGrid * 60, theme::kGrid * 44);
    connect(filter_, &FilterLine::filterChanged, this, &RunPicker::read);
    connect(model_, &QStandardItemModel::itemChanged, this, &RunPicker::toggled);
    connect(list_, &QListView::activated, this, [this](const QModelIndex& index) {
        auto* item = model_->itemFromIndex(index);
        item->setCheckState(item->checkState() == Qt::Checked ? Qt::Unchecked : Qt::Checked);
    });
    connect(all_, &QPushButton::clicked, this, [this] {
        std::vector<RunId> more;
        filling_ = true;
        for (int i = 0; i < model_->rowCount(); ++i) {
            const RunId run{model_->item(i)->data(kRun).toString().toStdString()};
            model_->item(i)->setCheckState(Qt::Checked);
            if (chosen_.insert(run).second) more.push_back(run);
        }
        filling_ = false;
        if (!more.empty()) Q_EMIT added(more);
        close();
    });
}

void RunPicker::popUpUnder(const QWidget& anchor, const std::vector<RunId>& chosen) {
    chosen_ = {chosen.begin(), chosen.end()};
    QPoint at = anchor.mapToGlobal(QPoint(0, anchor.height() + 2));
    const QRect room = anchor.screen()->availableGeometry();
    at.setX(std::clamp(at.x(), room.left(), std::max(room.left(), room.right() - width())));
    at.setY(std::clamp(at.y(), room.top(), std::max(room.top(), room.bottom() - height())));
    move(at);
    show();
    filter_->focus();
    read();
}

void RunPicker::read() {
    using Answer = Result<std::vector<RunRecord>>;
    store_.read<std::shared_ptr<Answer>>(
        this,
        [where = filter_->text().toStdString()](const StoreReader& reader) {
            return std::make_shared<Answer>(reader.runs({.where = where, .limit = kMost}));
        },
        [this, asked = ++generation_](std::shared_ptr<Answer> answer) {
            if (asked == generation_) take(std::move(*answer));
        });
}

void RunPicker::take(Result<std::vector<RunRecord>> runs) {
    if (!runs) return filter_->showError(QString::fromStdString(runs.error().message));
    filling_ = true;
    model_->clear();
    for (const auto& run : *runs) {
        const QString said =
            QStringLiteral("%1   %2 · %3 · %4 · %5")
                .arg(QString::fromStdString(run.name), QString::fromStdString(run.spec.task.id),
                     QString::fromStdString(run.spec.model.id), QString::fromStdString(run.spec.regime.id),
                     tr("seed %1").arg(run.spec.seed));
        auto* item = new QStandardItem(said);
        item->setData(QString::fromStdString(run.id.uuid), kRun);
        item->setSizeHint({0, theme::kGrid * 3});
        item->setCheckable(true);
        item->setCheckState(chosen_.contains(run.id) ? Qt::Checked : Qt::Unchecked);
        item->setToolTip(QString::fromStdString(format_time(run.created_ms)));
        model_->appendRow(item);
    }
    filling_ = false;
    const auto count = std::int64_t(runs->size());
    const QString number = QString::fromStdString(format_count(count));
    count_->setText(count == 0       ? tr("No run matches")
                    : count == kMost ? tr("The newest %1 that match").arg(number)
                                     : tr("%1 match").arg(number));
    all_->setText(count == kMost ? tr("Add these %1").arg(number) : tr("Add all %1").arg(number));
    all_->setAccessibleName(all_->text());
    all_->setEnabled(count > 0);
}

void RunPicker::toggled(const QStandardItem* item) {
    if (filling_) return;
    const RunId run{item->data(kRun).toString().toStdString()};
    if (item->checkState() == Qt::Checked) {
        if (chosen_.insert(run).second) Q_EMIT added({run});
    } else if (chosen_.erase(run) > 0) {
        Q_EMIT removed(run);
    }
}

} // namespace descent::ui
