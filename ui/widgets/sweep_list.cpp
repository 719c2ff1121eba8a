#include "ui/widgets/sweep_list.h"

#include "core/base/format.h"
#include "ui/theme.h"

#include <QAction>
#include <QApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QPainter>
#include <QPushButton>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

namespace descent::ui {

namespace {

using State = SweepListModel::State;
constexpr int kRow = theme::kGrid * 6 + 4;
constexpr int kPad = theme::kGrid;

QColor stateColour(State state) {
    switch (state) {
    case State::training:
    case State::elsewhere:
        return theme::stateColor(RunState::running);
    case State::complete:
        return theme::stateColor(RunState::finished);
    case State::failed:
        return theme::stateColor(RunState::failed);
    case State::to_come:
    case State::partial:
        break;
    }
    return theme::mutedText();
}

/// Name over state and progress, with a rail beneath that fills.
class SweepDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override { return {120, kRow}; }

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override {
        QStyleOptionViewItem cell = option;
        initStyleOption(&cell, index);
        cell.text.clear();
        const QWidget* widget = option.widget;
        (widget ? widget->style() : QApplication::style())
            ->drawControl(QStyle::CE_ItemViewItem, &cell, painter, widget);
        const QRect inside = option.rect.adjusted(kPad, kPad / 2 + 1, -kPad, -kPad / 2);
        painter->save();
        const QFontMetrics name_metrics(theme::titleFont());
        painter->setFont(theme::titleFont());
        painter->setPen(theme::text());
        const QRect first(inside.left(), inside.top(), inside.width(), name_metrics.height());
        painter->drawText(first, Qt::AlignLeft | Qt::AlignVCenter,
                          name_metrics.elidedText(index.data().toString(), Qt::ElideRight, first.width()));
        const auto state = State(index.data(SweepListModel::state).toInt());
        const QFontMetrics metrics(option.font);
        const QRect second(inside.left(), first.bottom() + 3, inside.width(), metrics.height());
        painter->setFont(theme::numberFont());
        painter->setRenderHint(QPainter::Antialiasing);
        const QRectF dot(second.left() + 1, second.center().y() - 3, 8, 8);
        const bool hollow = state == State::to_come || state == State::partial;
        painter->setPen(hollow ? QPen(stateColour(state), 1.5) : QPen(Qt::NoPen));
        painter->setBrush(hollow ? QBrush(Qt::NoBrush) : QBrush(stateColour(state)));
        painter->drawEllipse(dot);
        painter->setPen(theme::mutedText());
        const QString words = index.data(SweepListModel::progress).toString() + QStringLiteral(" · ") +
                              SweepListModel::stateWord(state);
        const QRect rest = second.adjusted(15, 0, 0, 0);
        painter->drawText(rest, Qt::AlignLeft | Qt::AlignVCenter,
                          metrics.elidedText(words, Qt::ElideRight, rest.width()));
        const QRectF rail(inside.left(), option.rect.bottom() - 4, inside.width(), 2);
        painter->fillRect(rail, theme::border());
        const double share = index.data(SweepListModel::share).toDouble();
        painter->fillRect(QRectF(rail.topLeft(), QSizeF(rail.width() * share, 2)), stateColour(state));
        painter->restore();
    }

    QWidget* createEditor(QWidget* parent, const QStyleOptionViewItem& option,
                          const QModelIndex& index) const override {
        QWidget* editor = QStyledItemDelegate::createEditor(parent, option, index);
        if (auto* line = qobject_cast<QLineEdit*>(editor)) {
            line->setObjectName(QStringLiteral("sweepNameEditor"));
            line->setAccessibleName(SweepList::tr("New name of the sweep"));
            line->setMaxLength(120);
        }
        return editor;
    }
    /// A refreshed row leaves what is being typed alone.
    void setEditorData(QWidget* editor, const QModelIndex& index) const override {
        const auto* line = qobject_cast<QLineEdit*>(editor);
        if (!line || !line->isModified()) QStyledItemDelegate::setEditorData(editor, index);
    }
    void updateEditorGeometry(QWidget* editor, const QStyleOptionViewItem& option,
                              const QModelIndex&) const override {
        editor->setGeometry(option.rect.adjusted(2, 2, -2, -option.rect.height() / 2 + 6));
    }
};

} // namespace

SweepList::SweepList(QWidget* parent)
    : QFrame(parent)
    , model_(new SweepListModel(this))
    , title_(new QLabel(tr("Sweeps")))
    , new_(new QPushButton(tr("New sweep")))
    , view_(new QListView)
    , trash_button_(new QPushButton)
    , nothing_(new QLabel) {
    setObjectName(QStringLiteral("sweepSide"));
    setProperty("role", QStringLiteral("card"));
    title_->setObjectName(QStringLiteral("sweepListTitle"));
    title_->setProperty("role", QStringLiteral("heading"));
    new_->setObjectName(QStringLiteral("sweepNew"));
    new_->setAccessibleName(tr("New sweep"));
    new_->setToolTip(tr("Vary parameters of what the Train page holds (Ctrl+N)"));
    new_->setProperty("role", QStringLiteral("small"));
    view_->setObjectName(QStringLiteral("sweepList"));
    view_->setAccessibleName(tr("Stored sweeps"));
    view_->setModel(model_);
    view_->setItemDelegate(new SweepDelegate(view_));
    view_->setUniformItemSizes(true);
    view_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    view_->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    view_->setContextMenuPolicy(Qt::CustomContextMenu);
    view_->setEditTriggers(QAbstractItemView::EditKeyPressed);
    trash_button_->setObjectName(QStringLiteral("sweepTrashView"));
    trash_button_->setProperty("role", QStringLiteral("link"));
    nothing_->setObjectName(QStringLiteral("sweepListEmpty"));
    nothing_->setProperty("role", QStringLiteral("hint"));
    nothing_->setWordWrap(true);
    nothing_->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    nothing_->setContentsMargins(theme::kGrid, theme::kGrid, theme::kGrid, 0);
    auto* head = new QHBoxLayout;
    head->setContentsMargins(theme::kGrid, theme::kGrid / 2, theme::kGrid / 2, 0);
    head->addWidget(title_, 1);
    head->addWidget(new_);
    auto* foot = new QHBoxLayout;
    foot->setContentsMargins(theme::kGrid, 0, theme::kGrid, theme::kGrid / 2);
    foot->addWidget(trash_button_);
    foot->addStretch();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(1, theme::kGrid / 2, 1, 1);
    column->setSpacing(theme::kGrid / 2);
    column->addLayout(head);
    column->addWidget(nothing_);
    column->addWidget(view_, 1);
    column->addLayout(foot);
    trash_button_->hide();
    buildActions();
    connect(new_, &QPushButton::clicked, this, &SweepList::newWanted);
    connect(model_, &SweepListModel::renameWanted, this, &SweepList::renameWanted);
    connect(view_, &QListView::customContextMenuRequested, this, &SweepList::contextMenu);
    connect(view_->selectionModel(), &QItemSelectionModel::currentChanged, this, [this] {
        updateActions();
        if (filling_) return;
        wanted_ = currentId();
        if (!wanted_.isEmpty()) Q_EMIT chosen(wanted_);
    });
    // A click on the current one brings it back from the builder.
    connect(view_, &QListView::clicked, this, [this] { Q_EMIT chosen(currentId()); });
    connect(view_, &QListView::activated, this, [this] { Q_EMIT chosen(currentId()); });
    connect(trash_button_, &QPushButton::clicked, this, [this] { setTrash(!trash_); });
}

void SweepList::buildActions() {
    const auto add = [this](const char* name, const QString& text, const QKeySequence& key, auto what) {
        auto* action = new QAction(text, this);
        action->setObjectName(QString::fromLatin1(name));
        action->setShortcut(key);
        action->setShortcutContext(Qt::WidgetShortcut);
        connect(action, &QAction::triggered, this, what);
        view_->addAction(action);
        return action;
    };
    rename_ = add("sweepRename", tr("Rename"), QKeySequence(Qt::Key_F2), [this] { rename(); });
    extend_ = add("sweepExtendAction", tr("Extend…"), {}, [this] { Q_EMIT extendWanted(currentId()); });
    put_away_ = add("sweepTrash", tr("Move to trash"), QKeySequence(Qt::Key_Delete), [this] {
        if (current() && !trash_) Q_EMIT trashWanted(currentId(), true);
    });
    restore_ = add("sweepRestore", tr("Restore"), {}, [this] {
        if (current() && trash_) Q_EMIT trashWanted(currentId(), false);
    });
    updateActions();
}

void SweepList::updateActions() {
    const bool any = current() != nullptr;
    rename_->setEnabled(any);
    put_away_->setEnabled(any && !trash_);
    extend_->setEnabled(any && !trash_);
    restore_->setEnabled(any && trash_);
}

void SweepList::contextMenu(QPoint at) {
    if (!view_->indexAt(at).isValid()) return;
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addActions(trash_ ? QList<QAction*>{restore_} : QList<QAction*>{rename_, extend_, put_away_});
    menu->popup(view_->viewport()->mapToGlobal(at));
}

void SweepList::setListing(SweepListingPtr listing) {
    filling_ = true;
    const QString keep = wanted_.isEmpty() ? currentId() : wanted_;
    const auto trashed = listing->trashed;
    const bool other_side = listing->of_trash != trash_;
    model_->set(std::move(listing));
    filling_ = false;
    if (!other_side) setCurrent(keep);
    title_->setText(trash_ ? tr("Trash") : tr("Sweeps"));
    trash_button_->setText(trash_ ? tr("Back to the sweeps")
                                  : tr("Trash · %1").arg(QString::fromStdString(format_count(trashed))));
    trash_button_->setVisible(trash_ || trashed > 0);
    const bool none = model_->rowCount() == 0;
    nothing_->setText(trash_ ? tr("The trash is empty.")
                             : tr("None yet. What is started stays here, with all its runs."));
    nothing_->setVisible(none);
    view_->setVisible(!none);
    static_cast<QVBoxLayout*>(layout())->setStretchFactor(nothing_, none ? 1 : 0);
    updateActions();
}

void SweepList::setTrash(bool trash) {
    trash_ = trash;
    wanted_.clear();
    Q_EMIT trashViewWanted(trash);
}

void SweepList::setCurrent(const QString& id) {
    wanted_ = id;
    const int row = model_->rowOf(id);
    filling_ = true;
    view_->setCurrentIndex(row >= 0 ? model_->index(row) : QModelIndex());
    if (row < 0) view_->clearSelection();
    filling_ = false;
    updateActions();
}

const SweepItem* SweepList::current() const {
    return model_->item(view_->currentIndex().row());
}

QString SweepList::currentId() const {
    const auto* item = current();
    return item ? QString::fromStdString(item->record.id) : QString();
}

void SweepList::rename() {
    if (current()) view_->edit(view_->currentIndex());
}

void SweepList::focusList() {
    view_->setFocus(Qt::OtherFocusReason);
}

} // namespace descent::ui
