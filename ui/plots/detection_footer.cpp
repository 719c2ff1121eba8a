#include "ui/plots/detection_footer.h"

#include "core/base/format.h"
#include "ui/state/detection.h"
#include "ui/state/watched_run.h"
#include "ui/theme.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QSlider>

namespace descent::ui {

DetectionFooter::DetectionFooter(Detection& detection, QWidget* parent)
    : QWidget(parent)
    , detection_(detection)
    , which_(new QComboBox)
    , slider_(new QSlider(Qt::Horizontal))
    , when_(new QLabel) {
    which_->setObjectName(QStringLiteral("detector"));
    which_->setAccessibleName(tr("Keyword"));
    which_->setProperty("role", QStringLiteral("flat"));
    which_->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    slider_->setObjectName(QStringLiteral("evaluation"));
    slider_->setAccessibleName(tr("Evaluation shown"));
    slider_->setToolTip(tr("Back to earlier evaluations; the right end follows the run"));
    slider_->setMinimumWidth(theme::kGrid * 6);
    when_->setObjectName(QStringLiteral("evaluationWhen"));
    when_->setProperty("role", QStringLiteral("muted"));
    when_->setFont(theme::numberFont());
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(theme::kGrid);
    row->addWidget(which_);
    row->addWidget(slider_, 1);
    row->addWidget(when_);
    connect(which_, &QComboBox::currentIndexChanged, &detection_, &Detection::setDetector);
    connect(slider_, &QSlider::valueChanged, &detection_,
            [this](int value) { detection_.scrub(std::size_t(value)); });
    connect(&detection_, &Detection::curvesChanged, this, &DetectionFooter::refresh);
    connect(&detection_.run(), &WatchedRun::progressChanged, this, [this] {
        if (isVisible()) refresh(); // "live" ends with the run
    });
    refresh();
}

void DetectionFooter::refresh() {
    QStringList labels;
    for (const auto& detector : detection_.detectors()) labels << detector.label;
    QStringList there;
    for (int i = 0; i < which_->count(); ++i) there << which_->itemText(i);
    if (labels != there) {
        const QSignalBlocker quiet(which_);
        which_->clear();
        which_->addItems(labels);
    }
    if (which_->currentIndex() != detection_.detector()) {
        const QSignalBlocker quiet(which_);
        which_->setCurrentIndex(detection_.detector());
    }
    which_->setVisible(labels.size() > 1);

    const auto all = detection_.evaluations();
    {
        const QSignalBlocker quiet(slider_);
        slider_->setRange(0, all > 0 ? int(all) - 1 : 0);
        slider_->setPageStep(std::max(1, int(all) / 10));
        slider_->setValue(int(detection_.shown()));
    }
    slider_->setEnabled(all > 1);
    const auto epoch = [&](std::size_t i) {
        return QString::fromStdString(format_number(detection_.epoch(i).passes, 4));
    };
    const bool going = !is_over(detection_.run().state());
    QString text;
    if (all == 0)
        text.clear();
    else if (!detection_.following())
        text = tr("%1 of %2").arg(epoch(detection_.shown()), epoch(all - 1));
    else
        text = going ? tr("live") : tr("last");
    if (when_->text() != text) when_->setText(text);
    when_->setToolTip(detection_.following() ? QString() : tr("epoch %1").arg(text));
    slider_->setAccessibleDescription(detection_.following() ? text : tr("epoch %1").arg(text));
    // Room for the longest word, so that the slider keeps its length while it is moved.
    if (all > 0) {
        const int room = when_->fontMetrics().horizontalAdvance(tr("%1 of %1").arg(epoch(all - 1)));
        when_->setMinimumWidth(std::max(when_->minimumWidth(), room + 2));
    }
}

} // namespace descent::ui
