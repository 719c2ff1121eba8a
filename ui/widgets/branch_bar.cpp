#include "ui/widgets/branch_bar.h"

#include "core/base/format.h"
#include "ui/theme.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QToolButton>
#include <QVBoxLayout>

namespace descent::ui {

namespace {

QString pointText(const CheckpointInfo& point, bool last) {
    QString text = BranchBar::tr("update %1").arg(QString::fromStdString(format_count(point.update.count)));
    if (point.epoch)
        text += BranchBar::tr(", epoch %1").arg(QString::fromStdString(format_number(point.epoch->passes)));
    if (point.best) text += BranchBar::tr(" · best");
    if (last) text += BranchBar::tr(" · last");
    return text;
}

} // namespace

BranchBar::BranchBar(QWidget* parent) : QFrame(parent), words_(new QLabel), points_(new QComboBox) {
    setObjectName(QStringLiteral("branchBar"));
    setProperty("role", QStringLiteral("bar"));
    words_->setObjectName(QStringLiteral("branchWords"));
    words_->setWordWrap(true);
    words_->setTextFormat(Qt::PlainText);
    points_->setObjectName(QStringLiteral("branchPoint"));
    points_->setAccessibleName(tr("Where it branches off"));
    points_->setToolTip(tr("The checkpoint that the new run goes on from"));
    auto* drop = new QToolButton;
    drop->setObjectName(QStringLiteral("branchDrop"));
    drop->setIcon(theme::icon(QStringLiteral("close")));
    drop->setAccessibleName(tr("Train from the beginning instead"));
    drop->setToolTip(drop->accessibleName());
    drop->setFocusPolicy(Qt::StrongFocus);
    auto* top = new QHBoxLayout;
    top->setSpacing(theme::kGrid);
    top->addWidget(words_, 1);
    top->addWidget(drop, 0, Qt::AlignTop);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme::kGrid + theme::kGrid / 2, theme::kGrid / 2, theme::kGrid, theme::kGrid);
    column->setSpacing(theme::kGrid / 2);
    column->addLayout(top);
    column->addWidget(points_);
    connect(points_, &QComboBox::activated, this,
            [this](int index) { Q_EMIT pointChosen(points_->itemData(index).toLongLong()); });
    connect(drop, &QToolButton::clicked, this, &BranchBar::dropped);
}

void BranchBar::set(const BranchOffer& offer) {
    const QSignalBlocker quiet(points_);
    words_->setText(tr("Branch of %1").arg(QString::fromStdString(offer.parent.name)));
    words_->setToolTip(tr("The next run goes on from there with the settings below"));
    points_->clear();
    for (auto point = offer.points.rbegin(); point != offer.points.rend(); ++point) // the newest first
        points_->addItem(pointText(*point, point == offer.points.rbegin()), qint64(point->update.count));
    points_->setCurrentIndex(points_->findData(qint64(offer.at.count)));
}

} // namespace descent::ui
