#include "ui/models/left_out_model.h"

#include "core/base/format.h"
#include "ui/models/csv_text.h"

#include <string_view>

namespace descent::ui {

namespace {
QString count(std::int64_t n) {
    return QString::fromStdString(format_count(n));
}
QString lines(std::int64_t n) {
    return n == 1 ? LeftOutModel::tr("1 line") : LeftOutModel::tr("%1 lines").arg(count(n));
}
} // namespace

std::vector<LeftOutModel::Row> leftOut(const Inspection& found) {
    std::vector<LeftOutModel::Row> rows;
    if (found.duplicates > 0)
        rows.emplace_back(lines(found.duplicates), LeftOutModel::tr("repeats an example of the same class"));
    if (found.dropped_lines > 0)
        rows.emplace_back(lines(found.dropped_lines), LeftOutModel::tr("nothing was left of it"));
    for (const auto& [character, n] : found.dropped_characters)
        rows.emplace_back(QStringLiteral("“%1” × %2").arg(QString::fromStdString(character), count(n)),
                          LeftOutModel::tr("a character the task does not know"));
    for (const LeftOut& left : found.left_out) {
        const std::string_view reason = left.reason; // a message may say the file once more
        const bool twice = reason.starts_with(left.file) && reason.substr(left.file.size()).starts_with(": ");
        rows.emplace_back(
            QString::fromStdString(left.file),
            QString::fromStdString(std::string(twice ? reason.substr(left.file.size() + 2) : reason)));
    }
    return rows;
}

void LeftOutModel::setRows(std::vector<Row> rows) {
    beginResetModel();
    rows_ = std::move(rows);
    endResetModel();
}

int LeftOutModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(rows_.size());
}
int LeftOutModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : 2;
}

QVariant LeftOutModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || (role != Qt::DisplayRole && role != Qt::ToolTipRole)) return {};
    const Row& row = rows_[std::size_t(index.row())];
    return index.column() == 0 ? row.first : row.second;
}

QVariant LeftOutModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole) return QVariant::fromValue(Qt::AlignVCenter | Qt::AlignLeft);
    if (role != Qt::DisplayRole) return {};
    return section == 0 ? tr("left out") : tr("why");
}

QByteArray LeftOutModel::csv() const {
    QByteArray text = "left out,why\r\n";
    for (const auto& [what, why] : rows_) text += csvLine({what, why});
    return text;
}

} // namespace descent::ui
