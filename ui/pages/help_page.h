#pragma once

#include <QWidget>

class QTextBrowser;

namespace descent::ui {

class EngineHost;
class StoreHost;

/// How to use the studio, its keys, and what it runs on. Thread: GUI.
class HelpPage : public QWidget {
    Q_OBJECT
public:
    HelpPage(EngineHost& engine, StoreHost& store, QWidget* parent = nullptr);

protected:
    void changeEvent(QEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    void write();

    EngineHost& engine_;
    StoreHost& store_;
    QTextBrowser* text_;
};

} // namespace descent::ui
