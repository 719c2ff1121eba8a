#include "ui/models/sample_model.h"

#include "ui/models/class_model.h"
#include "ui/models/csv_text.h"
#include "ui/theme.h"

#include <algorithm>

namespace descent::ui {

namespace {

QString classOf(const LoadedData& data, int label) {
    const auto& classes = data.found.provenance.classes;
    return label >= 0 && label < int(classes.size()) ? QString::fromStdString(classes[std::size_t(label)])
                                                     : QString();
}

QString title(SampleColumn column) {
    return column == SampleColumn::text    ? SampleModel::tr("example")
           : column == SampleColumn::label ? SampleModel::tr("class")
                                           : SampleModel::tr("side");
}

} // namespace

void SampleModel::setData(DataPtr data) {
    data_ = std::move(data);
    refill();
}

void SampleModel::setFilter(const Filter& filter) {
    if (filter == filter_) return;
    filter_ = filter;
    refill();
}

void SampleModel::refill() {
    beginResetModel();
    rows_.clear();
    if (data_) {
        const auto& samples = data_->found.samples;
        const QString wanted = filter_.text.toCaseFolded();
        for (std::size_t i = 0; i < samples.size(); ++i) {
            if (filter_.label >= 0 && samples[i].label != filter_.label) continue;
            if (filter_.side >= 0 && samples[i].side != filter_.side) continue;
            if (!wanted.isEmpty() && !data_->folded[qsizetype(i)].contains(wanted)) continue;
            rows_.push_back(int(i));
        }
    }
    order();
    endResetModel();
}

void SampleModel::order() {
    if (!data_ || sort_column_ < 0) return;
    const auto& samples = data_->found.samples;
    const auto less = [&](int a, int b) {
        switch (SampleColumn(sort_column_)) {
        case SampleColumn::text:
            return data_->folded[a] < data_->folded[b];
        case SampleColumn::label:
            return samples[std::size_t(a)].label < samples[std::size_t(b)].label;
        default:
            return samples[std::size_t(a)].side < samples[std::size_t(b)].side;
        }
    };
    std::ranges::stable_sort(
        rows_, [&](int a, int b) { return sort_order_ == Qt::AscendingOrder ? less(a, b) : less(b, a); });
}

void SampleModel::sort(int column, Qt::SortOrder sort_order) {
    sort_column_ = column;
    sort_order_ = sort_order;
    refill();
    Q_EMIT headerDataChanged(Qt::Horizontal, 0, kSampleColumns - 1);
}

const DataSample& SampleModel::sample(int row) const {
    return data_->found.samples[std::size_t(at(row))];
}
QString SampleModel::text(int row) const {
    return data_->texts[at(row)];
}
QString SampleModel::className(int label) const {
    return data_ ? classOf(*data_, label) : QString();
}
std::int64_t SampleModel::all() const {
    return data_ ? std::ssize(data_->found.samples) : 0;
}

std::function<QByteArray()> SampleModel::csv() const {
    return [data = data_, rows = rows_] {
        QByteArray text = "side,class,example,file\r\n";
        for (const int i : rows) {
            const DataSample& sample = data->found.samples[std::size_t(i)];
            text += csvLine({sideName(sample.side), classOf(*data, sample.label), data->texts[i],
                             QString::fromStdString(sample.file)});
        }
        return text;
    };
}

int SampleModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(rows_.size());
}
int SampleModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : kSampleColumns;
}

QVariant SampleModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const auto column = SampleColumn(index.column());
    if (role == Qt::ToolTipRole && column == SampleColumn::text && !sample(index.row()).file.empty())
        return QString::fromStdString(sample(index.row()).file);
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole) return {};
    switch (column) {
    case SampleColumn::text:
        return text(index.row());
    case SampleColumn::label:
        return className(sample(index.row()).label);
    default:
        return sideName(sample(index.row()).side);
    }
}

QVariant SampleModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= kSampleColumns) return {};
    const QString word = title(SampleColumn(section));
    switch (role) {
    case Qt::DisplayRole:
        if (section != sort_column_) return word;
        return word + (sort_order_ == Qt::AscendingOrder ? QStringLiteral(" ▴") : QStringLiteral(" ▾"));
    case Qt::AccessibleTextRole:
        return word;
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::AlignVCenter | Qt::AlignLeft);
    default:
        return {};
    }
}

} // namespace descent::ui
