#include "ui/models/compared_runs_model.h"

#include "ui/theme.h"

#include <QApplication>
#include <QPainter>

#include <array>
#include <utility>

namespace descent::ui {

namespace {
constexpr int kFields = 4; ///< that fit beneath a name
constexpr int kSwatch = 20;

/// "lr 0.1", "seed 3", "full-batch": a part's own name says what it is.
QString said(const std::string& field, const std::string& value) {
    const QString text = QString::fromStdString(value);
    for (const char* word : {"task", "model", "optimizer", "regime"})
        if (field == word) return text;
    const auto dot = field.rfind('.');
    return QString::fromStdString(dot == std::string::npos ? field : field.substr(dot + 1)) +
           QLatin1Char(' ') + text;
}
} // namespace

std::vector<QString> differencesOf(const std::vector<RunRecord>& runs, const ParentNames& parents) {
    const auto fields = differing_fields(runs);
    std::vector<QString> all;
    for (const auto& run : runs) {
        QStringList words;
        for (const auto& field : fields) {
            if (words.size() == kFields) break;
            if (const auto value = field_of(run, field, parents)) words << said(field, value->text);
        }
        all.push_back(words.join(QStringLiteral(" · ")));
    }
    return all;
}

void ComparedRunsModel::setRows(std::vector<Row> rows) {
    if (rows == rows_) return;
    const bool same = rows.size() == rows_.size() && !rows.empty();
    if (!same) beginResetModel();
    rows_ = std::move(rows);
    if (!same) return endResetModel();
    Q_EMIT dataChanged(index(0), index(rowCount() - 1));
}

void ComparedRunsModel::setPicked(const QString& id) {
    if (id == picked_) return;
    picked_ = id;
    if (!rows_.empty()) Q_EMIT dataChanged(index(0), index(rowCount() - 1), {Role::picked_role});
}

int ComparedRunsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(rows_.size());
}

QVariant ComparedRunsModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const Row& row = rows_[std::size_t(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        return row.name;
    case Qt::AccessibleTextRole:
    case Qt::ToolTipRole:
        return row.details.isEmpty() ? row.name : row.name + QLatin1Char('\n') + row.details;
    case Qt::CheckStateRole:
        return row.shown ? Qt::Checked : Qt::Unchecked;
    case Role::details_role:
        return row.details;
    case Role::id_role:
        return row.id;
    case Role::run_role:
        return QString::fromStdString(row.run.uuid);
    case Role::colour_role:
        return row.colour;
    case Role::dash_role:
        return row.dash;
    case Role::picked_role:
        return !picked_.isEmpty() && row.id == picked_;
    default:
        return {};
    }
}

bool ComparedRunsModel::setData(const QModelIndex& index, const QVariant& value, int role) {
    if (!index.isValid() || role != Qt::CheckStateRole) return false;
    const bool shown = value.toInt() == Qt::Checked;
    Row& row = rows_[std::size_t(index.row())];
    if (row.shown == shown) return false;
    row.shown = shown;
    Q_EMIT dataChanged(index, index, {role});
    Q_EMIT shownChanged();
    return true;
}

Qt::ItemFlags ComparedRunsModel::flags(const QModelIndex& index) const {
    return index.isValid()
               ? Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable | Qt::ItemNeverHasChildren
               : Qt::NoItemFlags;
}

void ComparedRunDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                                const QModelIndex& index) const {
    QStyleOptionViewItem box = option;
    initStyleOption(&box, index);
    const QString name = std::exchange(box.text, {});
    QStyle* style = box.widget ? box.widget->style() : QApplication::style();
    painter->save();
    if (index.data(ComparedRunsModel::picked_role).toBool()) painter->fillRect(box.rect, theme::hover());
    style->drawControl(QStyle::CE_ItemViewItem, &box, painter, box.widget);
    const bool shown = box.checkState == Qt::Checked;
    const QRect check = style->subElementRect(QStyle::SE_ItemViewItemCheckIndicator, &box, box.widget);
    const int left = check.right() + theme::kGrid;
    if (shown) {
        QPen pen(theme::series(index.data(ComparedRunsModel::colour_role).toInt()), 2.5);
        // As in the key of a chart: a dash is to be seen in so short a line.
        static const std::array<QList<qreal>, 4> patterns{{{}, {3, 1.6}, {3, 1.2, 0.8, 1.2}, {0.9, 1.2}}};
        pen.setCapStyle(Qt::FlatCap);
        const int dash = index.data(ComparedRunsModel::dash_role).toInt();
        if (const auto& pattern = patterns[std::size_t(dash) % patterns.size()]; !pattern.isEmpty())
            pen.setDashPattern(pattern);
        painter->setPen(pen);
        painter->drawLine(left, box.rect.center().y(), left + kSwatch, box.rect.center().y());
    }
    const QString details = index.data(ComparedRunsModel::details_role).toString();
    QRect text = box.rect.adjusted(left + kSwatch + theme::kGrid - box.rect.left(), 4, -theme::kGrid / 2, -4);
    const QFontMetrics metrics(box.font);
    painter->setFont(box.font);
    painter->setPen(shown ? theme::text() : theme::mutedText());
    painter->drawText(text, int((details.isEmpty() ? Qt::AlignVCenter : Qt::AlignTop) | Qt::AlignLeft),
                      metrics.elidedText(name, Qt::ElideRight, text.width()));
    if (!details.isEmpty()) {
        QFont small = box.font;
        small.setPointSizeF(std::max(7.5, small.pointSizeF() - 1));
        painter->setFont(small);
        painter->setPen(theme::mutedText());
        painter->drawText(text, int(Qt::AlignBottom | Qt::AlignLeft),
                          QFontMetrics(small).elidedText(details, Qt::ElideRight, text.width()));
    }
    painter->restore();
}

QSize ComparedRunDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const {
    return {theme::kGrid * 16, QFontMetrics(option.font).height() * 2 + theme::kGrid};
}

} // namespace descent::ui
