#include "ui/widgets/param_fields.h"

#include "ui/theme.h"

#include <QGridLayout>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace descent::ui {

QGridLayout* makeFormGrid(QWidget* parent) {
    auto* grid = new QGridLayout(parent);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(0); // the dot stands in the margin
    grid->setVerticalSpacing(theme::kGrid / 2);
    grid->setColumnMinimumWidth(0, theme::kGrid * 12);
    grid->setColumnStretch(1, 1);
    return grid;
}

ParamFields::ParamFields(QString prefix, int visible, QWidget* parent)
    : QWidget(parent)
    , prefix_(std::move(prefix))
    , visible_(visible)
    , button_(new QToolButton(this)) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::kGrid / 2);
    column->addWidget(button_, 0, Qt::AlignLeft);
    button_->setObjectName(prefix_ + QStringLiteral(".more"));
    button_->setProperty("role", QStringLiteral("section"));
    button_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    button_->setIconSize({14, 14});
    button_->setFocusPolicy(Qt::StrongFocus);
    connect(button_, &QToolButton::clicked, this, [this] { open(!open_); });
}

void ParamFields::show(const ParamTable& table, const ParamSet& preset, const Request& request) {
    std::vector<std::string> names;
    for (const auto& spec : table) names.push_back(spec.name);
    if (names != names_ || fields_.empty()) {
        names_ = std::move(names);
        build(table);
    }
    for (std::size_t i = 0; i < table.size(); ++i) {
        const auto path = fields_[i]->path().toStdString();
        std::optional<QString> typed;
        for (const auto& [key, text] : request.settings)
            if (key == path) typed = QString::fromStdString(text);
        const auto value = preset.values.find(table[i].name);
        fields_[i]->show(value == preset.values.end() ? table[i].fallback : value->second, typed);
    }
    updateButton();
}

void ParamFields::build(const ParamTable& table) {
    fields_.clear();
    delete first_;
    delete more_;
    auto* column = static_cast<QVBoxLayout*>(layout());
    first_ = new QWidget(this);
    more_ = new QWidget(this);
    auto* open_grid = makeFormGrid(first_);
    auto* more_grid = makeFormGrid(more_);
    column->insertWidget(0, first_);
    column->addWidget(more_);
    first_->setVisible(visible_ > 0 && !table.empty());
    more_->setVisible(open_);
    for (int i = 0; i < int(table.size()); ++i) {
        const bool in_open = i < visible_;
        const QString path = prefix_ + QLatin1Char('.') + QString::fromStdString(table[std::size_t(i)].name);
        QWidget* home = in_open ? first_ : more_;
        auto* field =
            new ParamField(table[std::size_t(i)], path, in_open ? open_grid : more_grid, 2 * i, home);
        fields_.push_back(field);
        connect(field, &ParamField::edited, this, [this, field](const QString& text) {
            updateButton();
            Q_EMIT edited(field->path(), text);
        });
        connect(field, &ParamField::reset, this, [this, field] { Q_EMIT reset(field->path()); });
    }
    setVisible(!table.empty());
}

ParamField* ParamFields::find(const QString& path) const {
    const auto it = std::ranges::find_if(fields_, [&](const auto* f) { return f->path() == path; });
    return it == fields_.end() ? nullptr : *it;
}

ParamField* ParamFields::firstInvalid() const {
    const auto it = std::ranges::find_if(fields_, [](const auto* f) { return !f->valid(); });
    return it == fields_.end() ? nullptr : *it;
}

bool ParamFields::changed() const {
    return std::ranges::any_of(fields_, &ParamField::changed);
}

void ParamFields::open(bool more) {
    open_ = more;
    if (more_) more_->setVisible(more);
    updateButton();
}

bool ParamFields::reveal(ParamField* field) {
    const auto it = std::ranges::find(fields_, field);
    if (it == fields_.end()) return false;
    if (it - fields_.begin() >= visible_) open(true);
    field->focus();
    return true;
}

void ParamFields::updateButton() {
    const int hidden = int(fields_.size()) - visible_;
    button_->setVisible(hidden > 0);
    int changed = 0;
    for (std::size_t i = std::size_t(visible_); i < fields_.size(); ++i)
        changed += fields_[i]->changed() ? 1 : 0;
    QString text = visible_ > 0 ? tr("More") : tr("Options");
    if (changed > 0) text += tr(" · %1 changed").arg(changed);
    button_->setText(text);
    button_->setIcon(theme::icon(open_ ? QStringLiteral("chevron-down") : QStringLiteral("chevron-right"),
                                 &theme::mutedText));
    button_->setAccessibleName(tr("%1 options, %2").arg(prefix_, open_ ? tr("shown") : tr("hidden")));
}

} // namespace descent::ui
