#pragma once

#include <QAbstractTableModel>
#include <QList>
#include <QStringList>

#include <vector>

namespace descent::ui {

/// Rows of text beneath headings, the first column with a colour before it. Thread: GUI.
class CellsModel : public QAbstractTableModel {
    Q_OBJECT
public:
    struct Row {
        QStringList cells;
        int colour = 0; ///< into theme::series; below 0: none
        QString tool_tip{};
        bool bad = false; ///< what it tells is wrong
        bool operator==(const Row&) const = default;
    };
    using QAbstractTableModel::QAbstractTableModel;
    /// `words`: columns of text rather than numbers, set to the left.
    void set(QStringList headings, std::vector<Row> rows, QList<int> words = {0});

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QStringList headings_;
    std::vector<Row> rows_;
    QList<int> words_;
};

} // namespace descent::ui
