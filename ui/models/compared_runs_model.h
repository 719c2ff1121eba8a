#pragma once

#include "ui/state/compare_curves.h"

#include <QAbstractListModel>
#include <QStyledItemDelegate>

namespace descent::ui {

/// The runs of a comparison: shown or not, the look of their curve, and in what they differ. Thread: GUI.
class ComparedRunsModel : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role { details_role = Qt::UserRole, id_role, run_role, colour_role, dash_role, picked_role };
    struct Row {
        RunId run;
        QString id; ///< of its curve
        QString name, details;
        int colour = 0, dash = 0;
        bool shown = true;
        bool operator==(const Row&) const = default;
    };
    using QAbstractListModel::QAbstractListModel;
    void setRows(std::vector<Row> rows);
    const std::vector<Row>& rows() const { return rows_; }
    void setPicked(const QString& id); ///< rows of the curve that is pointed at

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

Q_SIGNALS:
    void shownChanged(); ///< by the person

private:
    std::vector<Row> rows_;
    QString picked_;
};

/// What the rows say beside the name: the first fields in which the runs differ. Thread: any.
std::vector<QString> differencesOf(const std::vector<RunRecord>& runs, const ParentNames& parents = {});

/// Check, line in the curve's colour, name, and the differences muted beneath it.
class ComparedRunDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

} // namespace descent::ui
