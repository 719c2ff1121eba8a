#include "ui/widgets/preset_picker.h"

#include "ui/theme.h"
#include "ui/widgets/menu_button.h"

#include <QLabel>
#include <QMenu>
#include <QVBoxLayout>

namespace descent::ui {

PresetPicker::PresetPicker(QWidget* parent)
    : QWidget(parent)
    , button_(new MenuButton("presetButton", tr("Begin with a run that others have reported")))
    , words_(new QLabel) {
    setObjectName(QStringLiteral("presetPicker"));
    button_->setText(tr("Presets"));
    button_->setToolTip(button_->accessibleName());
    auto* menu = button_->menu();
    std::string task;
    for (const auto& preset : report_presets()) {
        const QString title = QString::fromStdString(preset.title), id = QString::fromStdString(preset.id);
        if (!task.empty() && task != preset.request.task) menu->addSeparator();
        task = preset.request.task;
        auto* action = menu->addAction(title, this, [this, id] { Q_EMIT chosen(id); });
        action->setObjectName(QStringLiteral("preset-") + id);
        action->setToolTip(QString::fromStdString(report_sentence(preset, false)));
    }
    words_->setObjectName(QStringLiteral("presetWords"));
    words_->setProperty("role", QStringLiteral("muted"));
    words_->setWordWrap(true);
    words_->hide();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::kGrid / 2);
    column->addWidget(button_, 0, Qt::AlignLeft | Qt::AlignAbsolute); // which runs from right to left
    column->addWidget(words_);
}

void PresetPicker::show(const ReportPreset* preset, bool other_data) {
    button_->setText(preset ? QString::fromStdString(preset->title) : tr("Presets"));
    QString text;
    if (preset) {
        text = QString::fromStdString(report_sentence(*preset, other_data));
        text = text.mid(qsizetype(preset->title.size())); // the button says it
        text = text.section(QStringLiteral(", "), 1);
        if (!text.isEmpty()) text[0] = text[0].toUpper();
        text += QLatin1Char('.');
        if (!preset->note.empty())
            text += QLatin1Char(' ') + QString::fromStdString(preset->note) + QLatin1Char('.');
    }
    words_->setText(text);
    words_->setVisible(preset != nullptr);
}

} // namespace descent::ui
