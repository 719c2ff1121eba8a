// What the window does when its store fails under it: it says so and goes on working.

#include "tests/ui/studio_fixture.h"

#include <QSignalSpy>

#include <filesystem>
#include <fstream>

#include <sqlite3.h>

using namespace descent;
using namespace descent::test;
using namespace descent::ui;

namespace {

namespace fs = std::filesystem;

/// Some words of a visible label of the window.
bool says(const Studio& s, const QString& words) {
    for (const auto* label : s.window->findChildren<QLabel*>())
        if (label->isVisible() && label->text().contains(words)) return true;
    return false;
}

/// Overwrites the pages that hold a table's rows, as a bad disk would.
void spoilLeavesOf(const fs::path& store, const std::string& table) {
    sqlite3* db = nullptr;
    sqlite3_open(store.c_str(), &db);
    std::vector<int> pages;
    const auto query = "SELECT pageno FROM dbstat WHERE pagetype = 'leaf' AND name = '" + table + "'";
    sqlite3_exec(
        db, query.c_str(),
        [](void* found, int, char** fields, char**) {
            static_cast<std::vector<int>*>(found)->push_back(std::stoi(fields[0]));
            return 0;
        },
        &pages, nullptr);
    sqlite3_close(db);
    QVERIFY(!pages.empty());
    std::fstream file(store, std::ios::binary | std::ios::in | std::ios::out);
    for (const int page : pages) {
        file.seekp((page - 1) * 4096L);
        for (int i = 0; i < 4096; ++i) file.put(static_cast<char>(i * 31));
    }
}

} // namespace

class TestStoreFaults : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aStoreThatVanishesWhileTrainingEndsTheRunAndNotTheWindow() {
        Studio s;
        s.fake.plan.per_update = std::chrono::milliseconds(50);
        s.open();
        s.click("trainButton");
        QTRY_VERIFY(s.training->busy() && !s.training->preparing());
        const fs::path store = s.place.path(), away = store.string() + ".away";
        fs::rename(store, away);
        QTRY_VERIFY_WITH_TIMEOUT(!s.training->busy(), 20'000);
        QTRY_VERIFY(says(s, QStringLiteral("was moved, deleted or replaced")));
        // Pages change, fields take input, and another run is refused with the reason.
        s.click("navRuns");
        QTRY_VERIFY(s.window->findChild<QWidget*>(QStringLiteral("runsPage"))->isVisible());
        s.click("navTrain");
        s.type("optimizer.lr", "0.2");
        QCOMPARE(s.find<QLineEdit>("optimizer.lr")->text(), QStringLiteral("0.2"));
        fs::rename(away, store);
        s.window->close();
    }

    void twoStudiosOnOneStoreSeeEachOther() {
        Studio a;
        const auto other = a.place.open(); // another window's
        QSignalSpy changed(other.get(), &StoreHost::changed);
        a.fake.plan.per_update = std::chrono::milliseconds(20); // it trains while it is asked for
        a.open();
        a.click("trainButton");
        QTRY_VERIFY(a.training->busy());
        QTRY_VERIFY(!changed.isEmpty());
        std::optional<RunRecord> seen;
        other->read<std::vector<RunRecord>>(
            this, [](const StoreReader& reader) { return must(reader.runs()); },
            [&](std::vector<RunRecord> runs) {
                if (!runs.empty()) seen = runs.front();
            });
        QTRY_VERIFY(seen.has_value());
        // The run is the first one's: the other can star it, and not take it up.
        other->edit(QStringLiteral("Star"), {SetStar{seen->id, true}});
        QTRY_VERIFY(a.place.stored(seen->id).starred);
        const auto taken = other->writer().reopen(seen->id, Update{0}, 10);
        QVERIFY(!taken);
        QTRY_VERIFY_WITH_TIMEOUT(!a.training->busy(), 20'000);
        QTRY_COMPARE(a.place.stored(seen->id).state, RunState::finished);
        QVERIFY(a.place.stored(seen->id).starred);
    }

    void damagedSamplesAreSaidAndTheListStays() {
        Place place;
        RunId run;
        {
            const auto writer = must(StoreWriter::open(place.path()));
            run = addRun(*writer, {.updates = 3000, .planned = 3000});
        }
        spoilLeavesOf(place.path(), "sample");
        const auto host = place.open();
        QSignalSpy failed(host.get(), &StoreHost::failed);
        host->read<std::size_t>(
            this, [&](const StoreReader& reader) { return reader.series(run, "train/loss").size(); },
            [](std::size_t) {});
        QTRY_COMPARE(failed.size(), 1);
        const auto said = failed.first().first().toString();
        QVERIFY2(said.contains(QStringLiteral("it is damaged")) &&
                     said.contains(QStringLiteral("descent recover")),
                 qPrintable(said));
        std::size_t listed = 0;
        host->read<std::size_t>(
            this, [](const StoreReader& reader) { return must(reader.runs()).size(); },
            [&](std::size_t runs) { listed = runs; });
        QTRY_COMPARE(listed, std::size_t(1));
        QCOMPARE(failed.size(), 1);
    }
};

QTEST_MAIN(TestStoreFaults)
#include "test_store_faults.moc"
