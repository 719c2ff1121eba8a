#include "ui/widgets/sweep_axis_edit.h"

#include "core/base/format.h"
#include "ui/theme.h"
#include "ui/widgets/elided_label.h"

#include <QAbstractItemView>
#include <QComboBox>
#include <QCompleter>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSignalBlocker>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <array>
#include <cmath>

namespace descent::ui {

namespace {

constexpr int kTypingMs = 120;
constexpr std::size_t kShownLevels = 24; // in the preview; of more, the first and the last

QString words(const std::string& s) {
    return QString::fromStdString(s);
}

bool isNumeric(const ParamSpec& spec) {
    return spec.type == ParamType::integer || spec.type == ParamType::real;
}

double number(const Value& value) {
    if (const auto* whole = std::get_if<std::int64_t>(&value)) return double(*whole);
    const auto* real = std::get_if<double>(&value);
    return real ? *real : 0;
}

/// Few digits, as a person would type it.
QString typed(double v) {
    return QString::number(v, 'g', 6);
}

QString levelsText(const SweepAxis& axis) {
    QStringList shown;
    const auto& levels = axis.levels;
    const std::size_t first = levels.size() <= kShownLevels ? levels.size() : kShownLevels - 2;
    for (std::size_t i = 0; i < first; ++i) shown << words(levels[i].label);
    if (first < levels.size()) shown << QStringLiteral("…") << words(levels.back().label);
    const QString count =
        levels.size() == 1
            ? SweepAxisEdit::tr("1 level")
            : SweepAxisEdit::tr("%1 levels").arg(words(format_count(std::int64_t(levels.size()))));
    return count + QStringLiteral(": ") + shown.join(QStringLiteral(", "));
}

/// "model.hidden: expected …" stands beneath its field, so it need not name it again.
QString reasonOf(const Error& error, const std::string& path) {
    QString reason = words(error.message);
    if (const auto quoted = reason.indexOf(QStringLiteral("': ")); // names what stands above it
        reason.startsWith(QStringLiteral("axis '")) && quoted > 0)
        reason = reason.mid(quoted + 3);
    for (const QString& start : {QStringLiteral("--over "), words(path) + QStringLiteral(": ")})
        if (reason.startsWith(start)) reason = reason.mid(start.size());
    if (!reason.isEmpty()) reason[0] = reason[0].toUpper();
    return reason;
}

} // namespace

SweepAxisEdit::SweepAxisEdit(int number, QWidget* parent)
    : QFrame(parent)
    , name_(QStringLiteral("sweepAxis%1").arg(number))
    , caption_(new QLabel)
    , path_(new QComboBox)
    , remove_(new QToolButton)
    , about_(new QLabel)
    , levels_(makeLevels())
    , preview_(new QLabel)
    , problem_(new QLabel) {
    setObjectName(name_);
    setProperty("role", QStringLiteral("card"));
    caption_->setProperty("role", QStringLiteral("caption"));
    path_->setObjectName(name_ + QStringLiteral("Path"));
    path_->setAccessibleName(tr("What is varied"));
    path_->setToolTip(tr("The parameter to vary: type a part of its name"));
    path_->setEditable(true);
    path_->setInsertPolicy(QComboBox::NoInsert);
    path_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    path_->setMinimumContentsLength(20);
    path_->lineEdit()->setObjectName(name_ + QStringLiteral("PathText"));
    path_->lineEdit()->setAccessibleName(tr("What is varied"));
    path_->lineEdit()->setPlaceholderText(tr("parameter"));
    path_->completer()->setFilterMode(Qt::MatchContains);
    path_->completer()->setCompletionMode(QCompleter::PopupCompletion);
    remove_->setObjectName(name_ + QStringLiteral("Remove"));
    remove_->setAccessibleName(tr("Do not vary this"));
    remove_->setToolTip(tr("Do not vary this"));
    remove_->setIcon(theme::icon(QStringLiteral("close"), &theme::mutedText));
    remove_->setFocusPolicy(Qt::StrongFocus);
    about_->setObjectName(name_ + QStringLiteral("About"));
    about_->setProperty("role", QStringLiteral("hint"));
    about_->setWordWrap(true);
    preview_->setObjectName(name_ + QStringLiteral("Preview"));
    preview_->setProperty("role", QStringLiteral("muted"));
    preview_->setFont(theme::numberFont());
    preview_->setWordWrap(true);
    problem_->setObjectName(name_ + QStringLiteral("Problem"));
    problem_->setProperty("role", QStringLiteral("error"));
    problem_->setWordWrap(true);

    auto* head = new QHBoxLayout;
    head->setSpacing(theme::kGrid);
    head->addWidget(caption_, 1);
    head->addWidget(remove_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme::kGrid + theme::kGrid / 2, theme::kGrid, theme::kGrid + theme::kGrid / 2,
                               theme::kGrid + theme::kGrid / 2);
    column->setSpacing(theme::kGrid / 2);
    column->addLayout(head);
    column->addWidget(path_);
    column->addWidget(about_);
    column->addWidget(levels_);
    column->addWidget(preview_);
    column->addWidget(problem_);
    problem_->hide();

    settle_.setSingleShot(true);
    settle_.setInterval(kTypingMs);
    connect(&settle_, &QTimer::timeout, this, &SweepAxisEdit::resolve);
    connect(remove_, &QToolButton::clicked, this, &SweepAxisEdit::removeWanted);
    connect(path_, &QComboBox::activated, this, [this] { suggest(); });
    connect(path_->lineEdit(), &QLineEdit::editingFinished, this, [this] {
        const int at = path_->findText(path_->currentText().trimmed(), Qt::MatchFixedString);
        if (at >= 0 && at != path_->currentIndex()) {
            path_->setCurrentIndex(at);
            suggest();
        } else {
            resolve();
        }
    });
    connect(path_->lineEdit(), &QLineEdit::textEdited, this, [this] {
        if (choice())
            suggest(); // the name is whole
        else
            fieldsChanged();
    });
    connect(how_, &QComboBox::activated, this, [this] {
        placeFields();
        fieldsChanged();
    });
    for (auto* line : {from_, to_, steps_, list_})
        connect(line, &QLineEdit::textEdited, this, &SweepAxisEdit::fieldsChanged);
    placeFields();
}

QWidget* SweepAxisEdit::makeLevels() {
    auto* box = new QWidget;
    auto* row = new QHBoxLayout(box);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(theme::kGrid);
    how_ = new QComboBox;
    how_->setObjectName(name_ + QStringLiteral("How"));
    how_->setAccessibleName(tr("How its values are spaced"));
    how_->addItems({tr("evenly"), tr("log steps"), tr("doubling"), tr("list")});
    row->addWidget(how_);
    const auto line = [&](const char* name, const QString& accessible, int width) {
        auto* edit = new QLineEdit;
        edit->setObjectName(name_ + QString::fromLatin1(name));
        edit->setAccessibleName(accessible);
        edit->setFont(theme::numberFont());
        if (width > 0) {
            edit->setMinimumWidth(theme::kGrid * 5);
            edit->setMaximumWidth(width);
        }
        return edit;
    };
    const auto word = [](const QString& what, QWidget* buddy) {
        auto* label = new QLabel(what);
        label->setBuddy(buddy);
        label->setProperty("role", QStringLiteral("muted"));
        return label;
    };
    constexpr int kNumber = theme::kGrid * 9;
    from_ = line("From", tr("From"), kNumber);
    to_ = line("To", tr("To"), kNumber);
    steps_ = line("Steps", tr("Number of values"), theme::kGrid * 7);
    list_ = line("List", tr("Values, separated by commas"), 0);
    list_->setPlaceholderText(tr("values, separated by commas"));
    to_word_ = word(tr("to"), to_);
    steps_word_ = word(tr("in"), steps_);
    row->addWidget(from_, 2);
    row->addWidget(to_word_);
    row->addWidget(to_, 2);
    row->addWidget(steps_word_);
    row->addWidget(steps_, 1);
    row->addWidget(list_, 8);
    row->addStretch();
    return box;
}

void SweepAxisEdit::setCaption(const QString& caption) {
    caption_->setText(caption);
    setAccessibleName(caption);
}

void SweepAxisEdit::setCatalog(const Catalog& catalog) {
    catalog_ = &catalog;
    listChoices();
    resolve();
}

void SweepAxisEdit::setBase(const Request& base) {
    if (base == base_ && !choices_.empty()) return;
    base_ = base;
    listChoices();
    resolve();
}

/// Everything that the base has, each under its path.
void SweepAxisEdit::listChoices() {
    if (!catalog_) return;
    const auto spec = catalog_->preset(base_);
    if (!spec) return; // while the form cannot be, what there was stays
    std::vector<Choice> choices;
    const std::array<const Part*, 4> parts{&spec->task, &spec->model, &spec->optimizer, &spec->regime};
    for (const Group group : {Group::model, Group::task, Group::optimizer, Group::regime})
        for (const auto& param : catalog_->params(group, parts[std::size_t(group)]->id))
            if (!param.observes) // decides what is looked at: the same run
                choices.push_back({std::string(to_string(group)) + "." + param.name, &param, {}});
    for (const Group group : kGroups)
        if (catalog_->entries(group).size() > 1)
            choices.push_back(
                {std::string(to_string(group)), nullptr,
                 tr("Which %1: a list of their ids").arg(words(std::string(to_string(group))))});
    choices.push_back({"epochs", nullptr, tr("How long to train, in passes over the training set")});
    choices.push_back({"updates", nullptr, tr("How long to train, in optimizer steps")});
    const bool same = std::ranges::equal(choices, choices_, {}, &Choice::path, &Choice::path);
    choices_ = std::move(choices);
    if (same) return showAbout();
    const QSignalBlocker quiet(path_);
    const QString now = path_->currentText();
    path_->clear();
    for (const auto& each : choices_) path_->addItem(words(each.path));
    path_->setCurrentIndex(path_->findText(now));
    path_->setEditText(now);
    showAbout();
}

const SweepAxisEdit::Choice* SweepAxisEdit::choice() const {
    const auto it = std::ranges::find(choices_, path_->currentText().trimmed().toStdString(), &Choice::path);
    return it == choices_.end() ? nullptr : &*it;
}

void SweepAxisEdit::setPath(const QString& path) {
    path_->setCurrentIndex(path_->findText(path));
    path_->setEditText(path);
    suggest();
}

/// Levels to begin with: around what the parameter is now, in the spacing it is declared with.
void SweepAxisEdit::suggest() {
    given_.reset();
    variants_ = false;
    const Choice* chosen = choice();
    if (!chosen || !catalog_) return fieldsChanged();
    const ParamSpec* spec = chosen->spec;
    double now = spec ? number(spec->fallback) : 10;
    if (spec)
        if (const auto resolved = catalog_->resolve(base_)) {
            const std::array<const Part*, 4> parts{&resolved->task, &resolved->model, &resolved->optimizer,
                                                   &resolved->regime};
            for (const Group group : kGroups)
                if (chosen->path.starts_with(std::string(to_string(group)) + "."))
                    if (const auto it = parts[std::size_t(group)]->params.values.find(spec->name);
                        it != parts[std::size_t(group)]->params.values.end())
                        now = number(it->second);
        }
    if (spec && !isNumeric(*spec)) {
        setHow(How::list);
        QStringList all;
        for (const auto& word : spec->choices) all << words(word);
        if (spec->type == ParamType::boolean) all = {QStringLiteral("false"), QStringLiteral("true")};
        list_->setText(all.join(QStringLiteral(", ")));
    } else if (!spec && !chosen->path.starts_with("epochs") && !chosen->path.starts_with("updates")) {
        setHow(How::list);
        QStringList all;
        const auto group = group_named(chosen->path);
        const auto preset = catalog_->preset(base_);
        if (group)
            for (const auto& entry : catalog_->entries(*group))
                if (entry.tasks.empty() || (preset && std::ranges::count(entry.tasks, preset->task.id) > 0))
                    all << words(entry.id);
        list_->setText(all.join(QStringLiteral(", ")));
    } else {
        const bool whole = !spec || spec->type == ParamType::integer;
        const double least = spec && spec->min ? *spec->min : whole ? 1 : 0;
        const bool log = (!spec || spec->scale == Scale::log) && now > 0;
        double from = log ? now / 8 : least, to = log ? now * 8 : spec && spec->max ? *spec->max : 2 * now;
        if (whole) from = std::ceil(from), to = std::floor(to);
        if (from < least) from = least;
        if (spec && spec->max && (to > *spec->max || (to == *spec->max && spec->max_open)))
            to = 0.9 * *spec->max;
        if (to <= from) to = from + (whole ? 10 : 1);
        setHow(log ? How::log : How::even);
        from_->setText(typed(from));
        to_->setText(typed(to));
        steps_->setText(log ? QStringLiteral("7") : QStringLiteral("5"));
    }
    placeFields();
    showAbout();
    resolve();
}

void SweepAxisEdit::setAxis(const SweepAxis& axis) {
    const QSignalBlocker quiet(path_);
    path_->setCurrentIndex(path_->findText(words(axis.name)));
    path_->setEditText(words(axis.name));
    variants_ = std::ranges::any_of(axis.levels, [&](const SweepLevel& level) {
        return level.settings.size() != 1 || level.settings.front().first != axis.name ||
               level.settings.front().second != level.label;
    });
    QStringList labels;
    for (const auto& level : axis.levels) labels << words(level.label);
    setHow(How::list);
    list_->setText(labels.join(QStringLiteral(", ")));
    list_->setCursorPosition(0);
    given_ = axis;
    placeFields();
    showAbout();
    resolve();
}

SweepAxisEdit::How SweepAxisEdit::how() const {
    return How(how_->currentIndex());
}
void SweepAxisEdit::setHow(How how) {
    how_->setCurrentIndex(int(how));
}

void SweepAxisEdit::placeFields() {
    const bool list = how() == How::list;
    for (QWidget* part : std::array<QWidget*, 5>{from_, to_word_, to_, steps_word_, steps_})
        part->setVisible(!list);
    const bool doubling = how() == How::doubling;
    steps_word_->setVisible(!list);
    steps_word_->setText(doubling ? tr("times") : tr("in"));
    steps_->setAccessibleName(doubling ? tr("Factor from one value to the next") : tr("Number of values"));
    if (doubling && steps_->text().toDouble() != 2) steps_->setText(QStringLiteral("2"));
    list_->setVisible(list);
    levels_->setVisible(!variants_);
    path_->setEnabled(!variants_);
}

void SweepAxisEdit::fieldsChanged() {
    given_.reset();
    showAbout();
    settle_.start();
}

void SweepAxisEdit::showAbout() {
    const Choice* chosen = choice();
    QStringList facts;
    if (variants_) {
        facts << tr("Variants with names, each of which sets several parameters");
    } else if (chosen && chosen->spec) {
        facts << words(chosen->spec->help);
        if (!chosen->spec->unit.empty()) facts << words(chosen->spec->unit);
        if (const auto range = range_text(*chosen->spec); !range.empty()) facts << words(range);
    } else if (chosen) {
        facts << chosen->help;
    }
    about_->setText(facts.join(QStringLiteral(" · ")));
    about_->setVisible(!facts.isEmpty());
}

QString SweepAxisEdit::text() const {
    if (variants_) return {};
    const QString path = path_->currentText().trimmed();
    const auto field = [](const QLineEdit* line) { return line->text().trimmed(); };
    QString values;
    if (how() == How::list) {
        QStringList each;
        for (const QString& one : list_->text().split(QLatin1Char(','), Qt::SkipEmptyParts))
            each << one.trimmed();
        values = each.join(QLatin1Char(','));
    } else {
        const QString step = how() == How::log        ? QStringLiteral("log") + field(steps_)
                             : how() == How::doubling ? QStringLiteral("x") + field(steps_)
                                                      : field(steps_);
        values = QStringList{field(from_), field(to_), step}.join(QLatin1Char(':'));
    }
    return path + QLatin1Char('=') + values;
}

void SweepAxisEdit::resolve() {
    settle_.stop();
    if (!catalog_) return;
    QString problem;
    axis_ = given_;
    if (!given_) {
        const std::string path = path_->currentText().trimmed().toStdString();
        if (path.empty()) {
            problem = tr("Choose what to vary");
        } else if (const auto made = sweep_axis(*catalog_, base_, text().toStdString())) {
            axis_ = *made;
        } else {
            problem = reasonOf(made.error(), path);
        }
    }
    preview_->setText(axis_ ? levelsText(*axis_) : QString());
    preview_->setVisible(axis_.has_value());
    problem_->setText(problem);
    problem_->setVisible(!problem.isEmpty());
    for (auto* line : {from_, to_, steps_, list_, path_->lineEdit()}) {
        const bool bad = !problem.isEmpty() && line->isVisibleTo(this) &&
                         (line == path_->lineEdit()) == (choice() == nullptr);
        if (line->property("invalid").toBool() == bad) continue;
        line->setProperty("invalid", bad);
        theme::repolish(line);
    }
    Q_EMIT changed();
}

QString SweepAxisEdit::problem() const {
    return problem_->text();
}

void SweepAxisEdit::focusFirst() {
    path_->setFocus(Qt::OtherFocusReason);
}

} // namespace descent::ui
