#pragma once

#include <QHash>
#include <QPixmap>
#include <QStyledItemDelegate>

namespace descent::ui {

class RunsModel;

/// Draws the star, the run's colour beside its name, how folds open, and the dot and progress of a state.
/// Thread: GUI.
class RunsDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    explicit RunsDelegate(RunsModel& model, QObject* parent = nullptr);

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    QWidget* createEditor(QWidget* parent, const QStyleOptionViewItem& option,
                          const QModelIndex& index) const override;
    void updateEditorGeometry(QWidget* editor, const QStyleOptionViewItem& option,
                              const QModelIndex& index) const override;

protected:
    void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override;

private:
    enum class Mark { square, disc, ring };
    QIcon mark(Mark mark, const QColor& colour) const;
    void paintStar(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const;

    RunsModel& model_;
    mutable QHash<QString, QIcon> chevrons_;
    mutable QHash<quint64, QIcon> marks_; // by shape and colour: made once, drawn thousands of times
};

} // namespace descent::ui
