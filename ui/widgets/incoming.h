#pragma once

#include "core/base/units.h"

#include <QList>
#include <QObject>
#include <QStringList>

#include <functional>
#include <vector>

class QAction;
class QMimeData;

namespace descent::ui {

class DropHint;
class StoreHost;

/// What comes into the window from outside, dropped on it or chosen in the File menu: a figure, whose runs
/// are shown, or anything that runs can be imported from. What a page takes itself is left to it. Thread:
/// GUI; files are looked at on a pool thread.
class Incoming : public QObject {
    Q_OBJECT
public:
    Incoming(StoreHost& store, QWidget& window);

    /// For the File menu: "Open figure…", "Import…", "Merge store…".
    QList<QAction*> actions() const { return actions_; }
    void take(const QStringList& files);
    /// By its name: what a page that takes files of its own should leave to the window.
    static bool knows(const QString& file);

    /// Asks for files to read: (parent, title, filter) → files. Replaced by tests.
    using Chooser = std::function<QStringList(QWidget*, const QString&, const QString&)>;
    void setFileChooser(Chooser chooser) { chooser_ = std::move(chooser); }

Q_SIGNALS:
    void runsWanted(const std::vector<descent::RunId>& runs); ///< of figures, those that are in the store
    void importWanted(const QStringList& files);
    void mergeWanted(const QString& store);
    void complained(const QString& message);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void show(const QStringList& run_ids);
    static QStringList dragged(const QMimeData& data);

    StoreHost& store_;
    QWidget& window_;
    DropHint* hint_;
    Chooser chooser_;
    QList<QAction*> actions_;
};

} // namespace descent::ui
