#include "ui/widgets/param_fields.h"

#include "ui/theme.h"
#include "ui/widgets/fold.h"

#include <QGridLayout>
#include <QVBoxLayout>

#include <algorithm>
#include <set>

namespace descent::ui {

namespace {

/// "Gradient penalty" → "gradient-penalty".
QString slug(const QString& title) {
    return title.toLower().replace(QLatin1Char(' '), QLatin1Char('-'));
}

} // namespace

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
    , visible_(visible) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::kGrid / 2);
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
    updateFolds();
}

ParamFields::Section& ParamFields::sectionOf(const QString& title) {
    const auto it = std::ranges::find(sections_, title, &Section::title);
    if (it != sections_.end()) return *it;
    Section section;
    section.title = title;
    const QString heading = !title.isEmpty() ? title : visible_ > 0 ? tr("More") : tr("Options");
    section.fold = title.isEmpty() ? new Fold(prefix_ + QStringLiteral(".more"), heading,
                                              tr("%1 options").arg(prefix_), this)
                                   : new Fold(prefix_ + QStringLiteral(".section-") + slug(title), heading,
                                              tr("%1: %2").arg(prefix_, title), this);
    section.grid = makeFormGrid(section.fold->body());
    layout()->addWidget(section.fold);
    connect(section.fold, &Fold::toggled, this, &ParamFields::folded);
    if (title == preview_of_ && preview_) section.fold->setPreview(preview_);
    sections_.push_back(std::move(section));
    return sections_.back();
}

void ParamFields::build(const ParamTable& table) {
    std::set<QString> open; // another model's options stay open where they were
    for (auto& section : sections_) {
        if (section.fold->isOpen()) open.insert(section.title);
        if (auto* kept = section.fold->takePreview()) kept->setParent(this);
        delete section.fold;
    }
    sections_.clear();
    fields_.clear();
    delete first_;
    first_ = new QWidget(this);
    auto* first_grid = makeFormGrid(first_);
    static_cast<QVBoxLayout*>(layout())->insertWidget(0, first_);
    first_->setVisible(visible_ > 0 && !table.empty());
    // What belongs to no section comes before them, wherever it is declared.
    for (int i = visible_; i < int(table.size()); ++i)
        if (table[std::size_t(i)].section.empty()) {
            sectionOf({});
            break;
        }
    for (int i = 0; i < int(table.size()); ++i) {
        const ParamSpec& spec = table[std::size_t(i)];
        const QString path = prefix_ + QLatin1Char('.') + QString::fromStdString(spec.name);
        ParamField* field = nullptr;
        if (i < visible_) {
            field = new ParamField(spec, path, first_grid, ParamField::kRows * i, first_);
        } else {
            Section& section = sectionOf(QString::fromStdString(spec.section));
            field = new ParamField(spec, path, section.grid, ParamField::kRows * section.rows++,
                                   section.fold->body());
            section.fields.push_back(field);
        }
        fields_.push_back(field);
        connect(field, &ParamField::edited, this, [this, field](const QString& text) {
            updateFolds();
            Q_EMIT edited(field->path(), text);
        });
        connect(field, &ParamField::reset, this, [this, field] { Q_EMIT reset(field->path()); });
    }
    for (auto& section : sections_) section.fold->setOpen(open.contains(section.title));
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

void ParamFields::setRefusal(const std::string& message) {
    for (auto* field : fields_) { // "regime.precision = bfloat16: …", "model.kernels: …"
        const std::string path = field->path().toStdString();
        const bool named = message.starts_with(path + " = ") || message.starts_with(path + ":");
        field->setRefusal(named ? message : std::string());
    }
}

bool ParamFields::changed() const {
    return std::ranges::any_of(fields_, &ParamField::changed);
}

void ParamFields::setPreview(const QString& section, QWidget* widget) {
    preview_of_ = section;
    preview_ = widget;
    widget->setParent(this);
    for (auto& each : sections_)
        if (each.title == section) each.fold->setPreview(widget);
}

bool ParamFields::sectionOpen(const QString& section) const {
    const auto it = std::ranges::find(sections_, section, &Section::title);
    return it != sections_.end() && it->fold->isOpen();
}

bool ParamFields::reveal(ParamField* field) {
    if (std::ranges::find(fields_, field) == fields_.end()) return false;
    for (auto& section : sections_)
        if (std::ranges::find(section.fields, field) != section.fields.end()) section.fold->setOpen(true);
    field->focus();
    return true;
}

void ParamFields::updateFolds() {
    for (auto& section : sections_)
        section.fold->setChanged(int(std::ranges::count_if(section.fields, &ParamField::changed)));
}

} // namespace descent::ui
