#include "ui/models/runs_delegate.h"

#include "ui/models/runs_model.h"
#include "ui/theme.h"

#include <QApplication>
#include <QLineEdit>
#include <QPainter>
#include <QStyle>

namespace descent::ui {

namespace {
constexpr int kMark = 12;
constexpr int kStar = 16;
constexpr int kStarColour = 4; // of theme::series: orange
constexpr int kIndent = theme::kGrid * 2;

RunColumn columnOf(const QModelIndex& index) {
    return static_cast<RunColumn>(index.column());
}
} // namespace

RunsDelegate::RunsDelegate(RunsModel& model, QObject* parent) : QStyledItemDelegate(parent), model_(model) {}

QIcon RunsDelegate::mark(Mark mark, const QColor& colour) const {
    const quint64 key = quint64(mark) << 32 | colour.rgba();
    QIcon& icon = marks_[key];
    if (!icon.isNull()) return icon;
    for (const int scale : {1, 2, 3}) {
        QPixmap image(QSize(kMark, kMark) * scale);
        image.setDevicePixelRatio(scale);
        image.fill(Qt::transparent);
        QPainter painter(&image);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(mark == Mark::ring ? QPen(colour, 1.5) : QPen(Qt::NoPen));
        painter.setBrush(mark == Mark::ring ? QBrush(Qt::NoBrush) : QBrush(colour));
        if (mark == Mark::square)
            painter.drawRoundedRect(QRectF(1, 1, kMark - 2, kMark - 2), 2.5, 2.5);
        else
            painter.drawEllipse(QRectF(2, 2, kMark - 4, kMark - 4));
        painter.end();
        for (const auto mode : {QIcon::Normal, QIcon::Selected}) icon.addPixmap(image, mode);
    }
    return icon;
}

void RunsDelegate::initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const {
    QStyledItemDelegate::initStyleOption(option, index);
    const RunRow& run = model_.row(index.row());
    const auto decorate = [&](const QIcon& icon) {
        option->features |= QStyleOptionViewItem::HasDecoration;
        option->icon = icon;
        option->decorationSize = {kMark, kMark};
    };
    if (columnOf(index) == RunColumn::name && run.fold) {
        const QString chevron =
            model_.isOpen(index.row()) ? QStringLiteral("chevron-down") : QStringLiteral("chevron-right");
        QIcon& icon = chevrons_[chevron];
        if (icon.isNull()) icon = theme::icon(chevron, &theme::mutedText);
        decorate(icon);
        option->font = theme::titleFont();
    } else if (columnOf(index) == RunColumn::name) {
        decorate(mark(Mark::square, theme::runColor(run.id, run.colour)));
        if (model_.isNested(index.row())) option->rect.adjust(kIndent, 0, 0, 0);
    }
    if (columnOf(index) == RunColumn::state && !run.fold) {
        const bool hollow = run.state == RunState::queued || run.state == RunState::stopped ||
                            run.state == RunState::interrupted || run.state == RunState::paused;
        decorate(mark(hollow ? Mark::ring : Mark::disc, theme::stateColor(run.state)));
    }
}

void RunsDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                         const QModelIndex& index) const {
    if (!index.isValid() || index.row() >= model_.rowCount()) return;
    if (columnOf(index) == RunColumn::star) return paintStar(painter, option, index);
    QStyledItemDelegate::paint(painter, option, index);
    const RunRow& run = model_.row(index.row());
    if (columnOf(index) != RunColumn::state || run.fold || !run.live()) return;
    const QRectF rail(option.rect.left() + 8, option.rect.bottom() - 4, option.rect.width() - 16, 2);
    painter->fillRect(rail, theme::border());
    painter->fillRect(QRectF(rail.topLeft(), QSizeF(rail.width() * run.progress(), 2)),
                      theme::stateColor(run.state));
}

void RunsDelegate::paintStar(QPainter* painter, const QStyleOptionViewItem& option,
                             const QModelIndex& index) const {
    QStyleOptionViewItem cell = option;
    QStyledItemDelegate::initStyleOption(&cell, index);
    const QWidget* widget = option.widget;
    QStyle* style = widget ? widget->style() : QApplication::style();
    style->drawControl(QStyle::CE_ItemViewItem, &cell, painter, widget); // background and focus
    const bool starred = model_.row(index.row()).starred;
    if (!starred && !(option.state & (QStyle::State_MouseOver | QStyle::State_Selected))) return;
    const QColor colour = starred ? theme::series(kStarColour) : theme::mutedText();
    QIcon& icon = marks_[quint64(starred ? 8 : 9) << 32 | colour.rgba()];
    if (icon.isNull())
        icon = starred ? theme::icon(QStringLiteral("star-filled"), [] { return theme::series(kStarColour); })
                       : theme::icon(QStringLiteral("star"), &theme::mutedText);
    QRect place(0, 0, kStar, kStar);
    place.moveCenter(option.rect.center());
    icon.paint(painter, place);
}

QWidget* RunsDelegate::createEditor(QWidget* parent, const QStyleOptionViewItem& option,
                                    const QModelIndex& index) const {
    QWidget* editor = QStyledItemDelegate::createEditor(parent, option, index);
    if (auto* line = qobject_cast<QLineEdit*>(editor)) {
        line->setObjectName(QStringLiteral("runNameEditor"));
        line->setAccessibleName(tr("New name of the run"));
        line->setMaxLength(120);
    }
    return editor;
}

void RunsDelegate::updateEditorGeometry(QWidget* editor, const QStyleOptionViewItem& option,
                                        const QModelIndex&) const {
    editor->setGeometry(option.rect.adjusted(2, 1, -2, -1));
}

} // namespace descent::ui
