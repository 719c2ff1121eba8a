#include "ui/widgets/part_section.h"

#include "ui/theme.h"
#include "ui/widgets/formula_view.h"
#include "ui/widgets/param_fields.h"

#include <QComboBox>
#include <QLabel>
#include <QPushButton>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include <algorithm>

namespace descent::ui {

PartSection::PartSection(Group group, int visible_fields, QWidget* parent)
    : QWidget(parent)
    , group_(group)
    , combo_(new QComboBox)
    , detail_(new QLabel)
    , refusal_(new QLabel)
    , head_(new QVBoxLayout)
    , custom_(new QPushButton)
    , formula_(new FormulaView)
    , fields_(new ParamFields(QString::fromUtf8(to_string(group).data(), qsizetype(to_string(group).size())),
                              visible_fields)) {
    const QString word = QString::fromUtf8(to_string(group).data(), qsizetype(to_string(group).size()));
    auto* caption = new QLabel(word.toUpper());
    caption->setProperty("role", QStringLiteral("caption"));
    caption->setBuddy(combo_);
    combo_->setObjectName(word);
    combo_->setAccessibleName(word);
    combo_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    combo_->setMinimumContentsLength(8);
    detail_->setObjectName(word + QStringLiteral("-detail"));
    detail_->setProperty("role", QStringLiteral("muted"));
    refusal_->setObjectName(word + QStringLiteral("-refusal"));
    refusal_->setProperty("role", QStringLiteral("error"));
    refusal_->hide();
    for (auto* line : {detail_, refusal_}) {
        line->setWordWrap(true);
        line->setTextInteractionFlags(Qt::TextSelectableByMouse);
    }
    custom_->setObjectName(word + QStringLiteral("-custom"));
    custom_->setProperty("role", QStringLiteral("link"));
    custom_->setToolTip(tr("Back to the preset"));
    custom_->setAccessibleName(tr("Back to the preset"));
    custom_->hide();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::kGrid / 2);
    auto* head = head_; // the fields reach further, with their dots
    head->setContentsMargins(0, 0, kDotWidth, 0);
    head->setSpacing(theme::kGrid / 2);
    head->addWidget(caption);
    head->addWidget(combo_);
    head->addWidget(custom_, 0, Qt::AlignLeft);
    head->addWidget(detail_);
    head->addWidget(refusal_);
    formula_->setObjectName(word + QStringLiteral("-formula"));
    head->addWidget(formula_);
    column->addLayout(head);
    column->addWidget(fields_);
    connect(combo_, &QComboBox::activated, this,
            [this](int i) { Q_EMIT chosen(combo_->itemData(i).toString()); });
    connect(custom_, &QPushButton::clicked, this, &PartSection::resetAll);
    connect(fields_, &ParamFields::edited, this, &PartSection::edited);
    connect(fields_, &ParamFields::reset, this, &PartSection::reset);
}

void PartSection::show(const Catalog& catalog, const Part& preset, const Request& request,
                       const std::string& task) {
    const QSignalBlocker quiet(combo_);
    combo_->clear();
    for (const auto& entry : catalog.entries(group_)) {
        if (!entry.tasks.empty() && std::ranges::count(entry.tasks, task) == 0) continue;
        combo_->addItem(QString::fromStdString(entry.title), QString::fromStdString(entry.id));
        combo_->setItemData(combo_->count() - 1, QString::fromStdString(entry.summary), Qt::ToolTipRole);
    }
    combo_->setCurrentIndex(combo_->findData(QString::fromStdString(preset.id)));
    if (const Entry* entry = catalog.find(group_, preset.id)) {
        combo_->setToolTip(QString::fromStdString(entry->summary));
        if (group_ == Group::regime || group_ == Group::optimizer)
            setDetail(QString::fromStdString(entry->summary));
        formula_->setFormula(QString::fromStdString(entry->formula));
        formula_->setToolTip(QString::fromStdString(entry->title + ": " + entry->summary));
    }
    fields_->show(catalog.params(group_, preset.id), preset.params, request);
}

void PartSection::addBelow(QWidget* widget) {
    head_->addWidget(widget);
}

void PartSection::setDetail(const QString& text) {
    detail_->setText(text);
    detail_->setVisible(!text.isEmpty());
}

void PartSection::setRefusal(const QString& reason) {
    refusal_->setText(reason);
    refusal_->setVisible(!reason.isEmpty());
}

void PartSection::setCustom(const QString& from) {
    custom_->setVisible(!from.isEmpty());
    custom_->setText(tr("Custom, from %1").arg(from));
    custom_->setAccessibleName(tr("Custom, from %1: back to the preset").arg(from));
}

} // namespace descent::ui
