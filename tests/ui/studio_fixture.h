#pragma once

#include "tests/ui/fakes.h"
#include "tests/ui/runs_fixture.h"
#include "ui/main_window.h"
#include "ui/plots/charts_grid.h"
#include "ui/state/engine_host.h"
#include "ui/state/store_host.h"
#include "ui/state/training.h"
#include "ui/theme.h"

#include <QAbstractButton>
#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QSettings>
#include <QTest>

#include <memory>

namespace descent::test {

/// The whole window over a fake engine and a store of its own.
struct Studio {
    Place place;
    FakeEngine fake;
    std::unique_ptr<ui::StoreHost> store = place.open();
    std::unique_ptr<ui::EngineHost> engine =
        std::make_unique<ui::EngineHost>([this]() -> Result<Engine*> { return &fake; });
    std::unique_ptr<ui::Training> training = std::make_unique<ui::Training>(*engine, *store);
    QSettings settings{place.file(QStringLiteral("settings.ini")), QSettings::IniFormat};
    std::unique_ptr<ui::MainWindow> window;

    /// Shows the window and, unless told otherwise, waits for the form.
    void open(bool load = true) {
        window = std::make_unique<ui::MainWindow>(*engine, *store, *training, settings);
        window->show();
        QVERIFY(QTest::qWaitForWindowExposed(window.get()));
        QApplication::setActiveWindow(window.get());
        if (!load) return;
        engine->load();
        QTRY_VERIFY(engine->engine() && button("trainButton")->isVisible());
    }

    template<class T = QWidget>
    T* find(const char* name) const {
        // The Data page has a task's fields too; what is meant here are those of Train.
        const auto* train = window->findChild<QWidget*>(QStringLiteral("trainPage"));
        T* found = train ? train->findChild<T*>(QString::fromLatin1(name)) : nullptr;
        if (!found) found = window->findChild<T*>(QString::fromLatin1(name));
        if (!found) qFatal("no %s in the window", name);
        return found;
    }
    QAbstractButton* button(const char* name) const { return find<QAbstractButton>(name); }
    void click(const char* name) const {
        auto* widget = find<QWidget>(name);
        QTRY_VERIFY(widget->height() > 0); // laid out, so that there is something to hit
        QTest::mouseClick(widget, Qt::LeftButton);
    }
    QString text(const char* name) const { return find<QLabel>(name)->text(); }
    void type(const char* name, const char* what) const {
        auto* line = find<QLineEdit>(name);
        line->setFocus();
        line->selectAll();
        QTest::keyClicks(line, QString::fromUtf8(what));
    }
    void choose(const char* combo, const char* word) const {
        auto* box = find<QComboBox>(combo);
        box->setFocus();
        const int index = box->findText(QString::fromUtf8(word));
        QVERIFY2(index >= 0, word);
        box->setCurrentIndex(index);
        Q_EMIT box->activated(index); // as by a click in its list
    }
    void key(int key, Qt::KeyboardModifiers modifiers = Qt::NoModifier) const {
        QWidget* at = QApplication::focusWidget();
        QTest::keyClick(at ? at : window.get(), Qt::Key(key), modifiers);
    }
};

inline ui::PlotCard& card(const Studio& s, const char* id) {
    return *s.find<ui::ChartsGrid>("charts")->card(QString::fromLatin1(id));
}

} // namespace descent::test
