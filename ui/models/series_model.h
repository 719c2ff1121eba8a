#pragma once

#include "core/base/units.h"
#include "core/store/reader.h"

#include <QAbstractTableModel>

#include <string>
#include <vector>

namespace descent::ui {

class WatchedRun;

/// Series of the watched run side by side, full resolution: one row per update at which any of them was
/// measured. Rows only grow; a live row may still fill up. Thread: GUI.
class SeriesModel : public QAbstractTableModel {
    Q_OBJECT
public:
    struct Column {
        std::string metric;
        QString title;
    };
    explicit SeriesModel(const WatchedRun& run, QObject* parent = nullptr);
    void setColumns(std::vector<Column> columns);
    void reset(); ///< the run was read anew
    void sync();  ///< the run has got on

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Row {
        Update update{};
        Epoch epoch{};
        double seconds = 0;
    };
    const SeriesPoint* at(std::size_t column, Update update) const;
    std::vector<Row> rowsAfter(Update last) const;

    const WatchedRun& run_;
    std::vector<Column> columns_;
    std::vector<Row> rows_;
};

} // namespace descent::ui
