#pragma once

#include "ui/state/sweep_loader.h"

#include <QAbstractListModel>

#include <set>

namespace descent::ui {

/// The stored sweeps, one a row; renamed in place. Thread: GUI.
class SweepListModel : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role {
        summary = Qt::UserRole + 1, ///< "model.hidden × 20, 5 seeds: 100 runs"
        progress,                   ///< "34 of 100"
        state,                      ///< State, as int
        share,                      ///< over of all, 0 … 1
    };
    enum class State { to_come, training, elsewhere, partial, complete, failed };

    using QAbstractListModel::QAbstractListModel;
    void set(SweepListingPtr listing);
    /// Those that this window trains.
    void setTrained(std::set<std::string> ids);

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

    const SweepItem* item(int row) const;
    int rowOf(const QString& id) const; ///< −1 where it is not listed
    State stateOf(const SweepItem& item) const;
    static QString stateWord(State state);

Q_SIGNALS:
    void renameWanted(const QString& id, const QString& name);

private:
    SweepListingPtr listing_;
    std::set<std::string> trained_;
};

} // namespace descent::ui
