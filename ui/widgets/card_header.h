#pragma once

#include <QWidget>

class QMenu;
class QToolButton;

namespace descent::ui {

class ElidedLabel;

/// The line above a chart: title, note, what the chart brings itself, lin | log, enlarge, more. Its parts are
/// called "<name>-note", "<name>-log", … Thread: GUI.
class CardHeader : public QWidget {
    Q_OBJECT
public:
    CardHeader(const QString& name, const QString& title, bool log_choice, QWidget* controls, QMenu* menu,
               QWidget* parent = nullptr);

    QString note() const;
    void setNote(const QString& note); ///< gives way where there is little room
    void setLog(bool log);             ///< tells nobody
    void setEnlarged(bool enlarged);

Q_SIGNALS:
    void logChosen(bool log);
    void enlargeClicked();

private:
    QToolButton* addButton(const char* part, const QString& accessible);

    const QString name_, title_;
    ElidedLabel* note_;
    QToolButton* linear_ = nullptr;
    QToolButton* log_ = nullptr;
    QToolButton* enlarge_;
};

} // namespace descent::ui
