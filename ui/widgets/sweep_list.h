#pragma once

#include "ui/models/sweep_list_model.h"

#include <QFrame>

class QAction;
class QLabel;
class QListView;
class QPushButton;

namespace descent::ui {

/// The stored sweeps at the side of their page: what is varied, how far each is; new, renamed in place, put
/// into the trash and given back. Thread: GUI.
class SweepList : public QFrame {
    Q_OBJECT
public:
    explicit SweepList(QWidget* parent = nullptr);

    void setListing(SweepListingPtr listing);
    void setTrained(std::set<std::string> ids) { model_->setTrained(std::move(ids)); }
    void setCurrent(const QString& id); ///< also one that is not listed yet; "" for none
    const SweepItem* current() const;
    QString currentId() const;
    bool inTrash() const { return trash_; }
    const SweepListModel& model() const { return *model_; }
    void rename(); ///< the current one, in place
    void focusList();

Q_SIGNALS:
    void chosen(const QString& id); ///< by the person
    void newWanted();
    void renameWanted(const QString& id, const QString& name);
    void trashWanted(const QString& id, bool trashed);
    void extendWanted(const QString& id);
    void trashViewWanted(bool trash);

private:
    void buildActions();
    void setTrash(bool trash);
    void updateActions();
    void contextMenu(QPoint at);

    SweepListModel* model_;
    QString wanted_; ///< to be current as soon as it is listed
    bool trash_ = false, filling_ = false;
    QLabel* title_;
    QPushButton* new_;
    QListView* view_;
    QPushButton* trash_button_;
    QLabel* nothing_;
    QAction *rename_, *put_away_, *restore_, *extend_;
};

} // namespace descent::ui
