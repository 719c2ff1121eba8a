#include "ui/widgets/param_field.h"

#include "ui/theme.h"
#include "ui/widgets/path_edit.h"

#include <QCheckBox>
#include <QComboBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QIcon>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPainter>
#include <QPixmap>
#include <QSignalBlocker>
#include <QToolButton>

namespace descent::ui {

namespace {

QString words(const ParamSpec& spec) {
    return QString::fromStdString(spec.name).replace(QLatin1Char('_'), QLatin1Char(' '));
}

QString toolTip(const ParamSpec& spec, const QString& path) {
    QString text = QStringLiteral("<p style='white-space:pre-wrap'>%1.</p><p>")
                       .arg(QString::fromStdString(spec.help).toHtmlEscaped());
    QStringList facts{QString::fromUtf8(to_string(spec.type).data(), qsizetype(to_string(spec.type).size()))};
    if (const auto range = range_text(spec); !range.empty())
        facts << QString::fromStdString(range).toHtmlEscaped();
    if (!spec.unit.empty()) facts << QString::fromStdString(spec.unit);
    const auto fallback = QString::fromStdString(to_string(spec.fallback));
    facts << QStringLiteral("default %1")
                 .arg(fallback.isEmpty() ? QStringLiteral("empty") : fallback.toHtmlEscaped());
    return text + facts.join(QStringLiteral(" · ")) + QStringLiteral("<br><code>%1</code></p>").arg(path);
}

/// The message without the place, which is where it stands: "Expected a number ≥ 0".
QString reason(const std::string& message, const QString& after = QStringLiteral(": expected")) {
    QString text = QString::fromStdString(message);
    if (const auto at = text.indexOf(after); at >= 0) text = text.mid(at + 2);
    if (!text.isEmpty()) text[0] = text[0].toUpper();
    return text;
}

/// The dot that says "not as the preset has it"; a button, so that it also resets.
class Dot : public QToolButton {
public:
    using QToolButton::QToolButton;

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(hasFocus() ? QPen(theme::text(), 1) : QPen(Qt::NoPen));
        painter.setBrush(theme::accent());
        painter.drawEllipse(QRectF(rect()).center(), underMouse() ? 4 : 3, underMouse() ? 4 : 3);
    }
};

} // namespace

ParamField::ParamField(const ParamSpec& spec, QString path, QGridLayout* grid, int row, QWidget* parent,
                       QWidget* suffix)
    : QObject(parent)
    , spec_(spec)
    , path_(std::move(path))
    , preset_(spec.fallback) {
    const QString tip = toolTip(spec_, path_);
    label_ = new QLabel(spec_.type == ParamType::boolean ? QString() : words(spec_), parent);
    label_->setToolTip(tip);
    label_->setContentsMargins(0, 0, theme::kGrid, 0);
    row_ = new QWidget(parent);
    auto* line = new QHBoxLayout(row_);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(theme::kGrid);
    editor_ = makeEditor(row_);
    editor_->setObjectName(path_);
    editor_->setAccessibleName(
        words(spec_) +
        (spec_.unit.empty() ? QString() : QStringLiteral(", ") + QString::fromStdString(spec_.unit)));
    editor_->setAccessibleDescription(QString::fromStdString(spec_.help));
    editor_->setToolTip(tip);
    label_->setBuddy(editor_);
    line->addWidget(editor_, 1);
    if (suffix) {
        line->addWidget(suffix);
    } else if (!spec_.unit.empty()) {
        auto* unit = new QLabel(QString::fromStdString(spec_.unit), row_);
        unit->setProperty("role", QStringLiteral("muted"));
        unit->setToolTip(tip);
        line->addWidget(unit);
    }
    dot_ = new Dot(parent);
    dot_->setObjectName(path_ + QStringLiteral("-dot"));
    dot_->setAccessibleName(tr("Reset %1 to the preset").arg(words(spec_)));
    dot_->setFixedSize(kDotWidth, 24);
    dot_->setFocusPolicy(Qt::TabFocus);
    auto policy = dot_->sizePolicy();
    policy.setRetainSizeWhenHidden(true);
    dot_->setSizePolicy(policy);
    error_ = new QLabel(parent);
    error_->setObjectName(path_ + QStringLiteral("-error"));
    error_->setProperty("role", QStringLiteral("error"));
    error_->setWordWrap(true);
    grid->addWidget(label_, row, 0);
    grid->addWidget(row_, row, 1);
    grid->addWidget(dot_, row, 2);
    grid->addWidget(error_, row + 1, 1, 1, 2);
    hint_ = new QLabel(parent);
    hint_->setObjectName(path_ + QStringLiteral("-hint"));
    hint_->setProperty("role", QStringLiteral("hint"));
    hint_->setWordWrap(true);
    grid->addWidget(hint_, row + 1, 1, 1, 2); // where the error would be: never both
    placed_ = {label_, row_, dot_, error_, hint_};
    dot_->hide();
    error_->hide();
    hint_->hide();
    connect(dot_, &QToolButton::clicked, this, &ParamField::reset);
    for (QWidget* widget : {static_cast<QWidget*>(label_), editor_}) {
        widget->setContextMenuPolicy(Qt::CustomContextMenu);
        connect(widget, &QWidget::customContextMenuRequested, this,
                [this, widget](QPoint at) { showMenu(widget->mapToGlobal(at)); });
    }
}

ParamField::~ParamField() {
    for (const auto& widget : placed_) delete widget.data();
}

QWidget* ParamField::makeEditor(QWidget* parent) {
    switch (spec_.type) {
    case ParamType::boolean:
        check_ = new QCheckBox(words(spec_), parent);
        connect(check_, &QCheckBox::toggled, this, [this] {
            check(text());
            Q_EMIT edited(text());
        });
        return check_;
    case ParamType::choice:
        combo_ = new QComboBox(parent);
        for (const auto& word : spec_.choices) combo_->addItem(QString::fromStdString(word));
        combo_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        combo_->setMinimumContentsLength(6);
        connect(combo_, &QComboBox::currentIndexChanged, this, [this] {
            check(text());
            Q_EMIT edited(text());
        });
        return combo_;
    case ParamType::path: {
        auto* edit = new PathEdit(parent);
        line_ = edit->line();
        line_->setObjectName(path_ + QStringLiteral("-line"));
        line_->setAccessibleName(words(spec_));
        edit->setFocusProxy(line_);
        break;
    }
    default:
        line_ = new QLineEdit(parent);
        break;
    }
    if (spec_.type != ParamType::path && spec_.type != ParamType::text) line_->setFont(theme::numberFont());
    connect(line_, &QLineEdit::textEdited, this, [this](const QString& typed) {
        check(typed);
        Q_EMIT edited(typed);
    });
    return spec_.type == ParamType::path ? line_->parentWidget() : line_;
}

QString ParamField::text() const {
    if (check_) return check_->isChecked() ? QStringLiteral("true") : QStringLiteral("false");
    return combo_ ? combo_->currentText() : line_->text();
}

void ParamField::setText(const QString& text) {
    if (this->text() == text) return; // leaves the cursor where it is
    if (check_) {
        const QSignalBlocker quiet(check_);
        check_->setChecked(text == QStringLiteral("true"));
    } else if (combo_) {
        const QSignalBlocker quiet(combo_);
        combo_->setCurrentText(text);
    } else {
        line_->setText(text);
    }
}

void ParamField::show(const Value& preset, const std::optional<QString>& typed) {
    preset_ = preset;
    setText(typed.value_or(QString::fromStdString(to_string(preset))));
    check(text());
}

void ParamField::check(const QString& text) {
    const auto value = parse_value(spec_, text.toStdString(), path_.toStdString());
    valid_ = value.has_value();
    changed_ = !valid_ || *value != preset_;
    dot_->setVisible(changed_);
    dot_->setToolTip(
        tr("Preset: %1. Click to reset.")
            .arg(to_string(preset_).empty() ? tr("empty") : QString::fromStdString(to_string(preset_))));
    showReason(valid_ ? QString() : reason(value.error().message));
}

void ParamField::showReason(const QString& why) {
    const bool bad = !why.isEmpty();
    error_->setText(why);
    error_->setVisible(bad);
    hint_->setVisible(!bad && !hint_->text().isEmpty());
    if (line_ && line_->property("invalid").toBool() != bad) {
        line_->setProperty("invalid", bad);
        theme::repolish(line_);
    }
    editor_->setAccessibleDescription(bad ? why : QString::fromStdString(spec_.help));
}

void ParamField::setRefusal(const std::string& message) {
    if (valid_) showReason(reason(message, QStringLiteral(": ")));
}

void ParamField::setHint(const QString& hint) {
    hint_->setText(hint);
    hint_->setVisible(error_->text().isEmpty() && !hint.isEmpty());
}

void ParamField::focus() {
    editor_->setFocus(Qt::OtherFocusReason);
    if (line_) line_->selectAll();
}

void ParamField::showMenu(const QPoint& at) {
    QMenu* menu = line_ ? line_->createStandardContextMenu() : new QMenu(editor_);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    if (!menu->isEmpty()) menu->insertSeparator(menu->actions().first());
    auto* action = new QAction(tr("Reset to %1").arg(QString::fromStdString(to_string(preset_))), menu);
    action->setObjectName(path_ + QStringLiteral("-reset"));
    action->setEnabled(changed_);
    connect(action, &QAction::triggered, this, &ParamField::reset);
    menu->insertAction(menu->actions().isEmpty() ? nullptr : menu->actions().first(), action);
    menu->popup(at);
}

} // namespace descent::ui
