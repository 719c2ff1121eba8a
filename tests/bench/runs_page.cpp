// The Runs page over a large store: how long until the first and all rows are there, and the longest time for
// which the window answers nothing while a person sorts, groups, filters, scrolls and chooses.
//
//     runs_page [RUNS [STORE]]        a store that is not there yet is made

#include "tests/ui/many_runs.h"

#include "ui/models/runs_loader.h"
#include "ui/models/runs_model.h"
#include "ui/pages/runs_bar.h"
#include "ui/pages/runs_page.h"
#include "ui/state/engine_host.h"
#include "ui/state/training.h"
#include "ui/theme.h"
#include "ui/widgets/runs_table.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QFileInfo>
#include <QLabel>
#include <QLineEdit>
#include <QScrollBar>
#include <QTimer>

#include <cstdio>
#include <ctime>
#include <functional>
#include <utility>

using namespace descent;
using namespace descent::test;

namespace {

double cpuMs() {
    timespec used{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return 1e3 * double(used.tv_sec) + 1e-6 * double(used.tv_nsec);
}

/// The longest gap between two beats of the event loop, and the most that this thread worked between two: on
/// a busy machine the gaps are also others' doing.
class Pulse : public QObject {
public:
    Pulse() {
        connect(&beat_, &QTimer::timeout, this, [this] { look(); });
        beat_.start(0);
        since_.start();
    }
    struct Longest {
        double gap = 0, work = 0;
    };
    Longest take() {
        look();
        return std::exchange(longest_, {});
    }

private:
    void look() {
        longest_.gap = std::max(longest_.gap, double(since_.nsecsElapsed()) / 1e6);
        longest_.work = std::max(longest_.work, cpuMs() - worked_);
        since_.restart();
        worked_ = cpuMs();
    }
    QTimer beat_;
    QElapsedTimer since_;
    double worked_ = cpuMs();
    Longest longest_;
};

double msUntil(const std::function<bool()>& done) {
    QElapsedTimer time;
    time.start();
    while (!done() && time.elapsed() < 60'000) QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    return double(time.nsecsElapsed()) / 1e6;
}

int measure(int runs, const std::filesystem::path& file) {
    {
        const auto reader = must(StoreReader::open(file));
        double before = cpuMs();
        const auto part = [&](const char* what) {
            std::printf("%-46s %8.0f ms of work\n", what, cpuMs() - std::exchange(before, cpuMs()));
        };
        auto records = must(reader->runs());
        part("StoreReader::runs, all");
        auto rows = ui::makeRows(records);
        part("rows of them");
        auto shared = ui::shareRows(std::move(rows));
        part("shared");
        shared = ui::arranged(std::move(shared), {}, {});
        part("in order");
        must(group_runs(records, "replicates"));
        part("replicates");
        records = {};
        part("records given up");
        must(reader->runs({.limit = 200}));
        part("StoreReader::runs, 200");
        must(reader->count());
        part("StoreReader::count");
        reader->tags();
        part("StoreReader::tags");
        reader->values_at("validation/loss", {10});
        part("StoreReader::values_at");
    }
    const auto store = must(ui::StoreHost::open(file));
    CatalogEngine fake;
    ui::EngineHost engine([&]() -> Result<Engine*> { return &fake; });
    ui::Training training(engine, *store);
    Pulse pulse;
    QElapsedTimer time;
    time.start();
    ui::RunsPage page(*store, engine, training);
    auto* table = page.findChild<ui::RunsTable*>(QStringLiteral("runsTable"));
    auto* model = static_cast<ui::RunsModel*>(table->model());
    auto* count = page.findChild<QLabel*>(QStringLiteral("runsCount"));
    page.resize(1200, 800);
    page.show();
    const auto tell = [&](const char* what, double ms) {
        const auto longest = pulse.take();
        std::printf("%-46s %8.0f ms   longest pause %6.1f ms, of work %6.1f ms\n", what, ms, longest.gap,
                    longest.work);
        std::fflush(stdout);
    };
    const auto settled = [&] { return !count->text().contains(QStringLiteral("reading")); };
    pulse.take();
    msUntil([&] { return model->rowCount() > 0; });
    page.grab();
    tell("open: the first rows drawn", double(time.nsecsElapsed()) / 1e6);
    msUntil([&] { return model->rowCount() >= runs && settled(); });
    tell("open: all rows", double(time.nsecsElapsed()) / 1e6);
    for (int section = 0; section < model->columnCount(); ++section) {
        int arrived = 0;
        QObject watch;
        QObject::connect(model, &QAbstractItemModel::modelReset, &watch, [&] { ++arrived; });
        QObject::connect(model, &QAbstractItemModel::layoutChanged, &watch, [&] { ++arrived; });
        QElapsedTimer patience;
        patience.start();
        table->sortByColumn(section, section % 2 ? Qt::AscendingOrder : Qt::DescendingOrder);
        const double ms = msUntil([&] { return arrived > 0 || patience.elapsed() > 3000; });
        const QString title =
            QStringLiteral("sort by ") + model->headerData(section, Qt::Horizontal).toString();
        tell(qPrintable(title), ms);
    }
    table->sortByColumn(int(ui::RunColumn::created), Qt::DescendingOrder);
    msUntil([&] { return model->rowCount() > 0 && model->row(0).created_ms > model->row(1).created_ms; });
    pulse.take();
    double worst = 0;
    for (int i = 0; i < 100; ++i) {
        const double before = cpuMs();
        table->verticalScrollBar()->setValue(table->verticalScrollBar()->maximum() * i / 100);
        QCoreApplication::processEvents();
        worst = std::max(worst, cpuMs() - before);
    }
    tell("scroll through, the slowest of 100 places", worst);
    table->selectAll();
    msUntil([&] {
        return page.findChild<QLabel*>(QStringLiteral("previewName"))
            ->text()
            .contains(QStringLiteral("chosen"));
    });
    tell("choose all", 0);
    table->clearSelection();
    table->selectRow(5);
    msUntil([i = 0]() mutable { return ++i > 20; });
    tell("choose one", 0);
    auto* line = page.findChild<QLineEdit*>(QStringLiteral("runsFilter"));
    const auto filter = [&](const char* text) {
        line->setText(QString::fromLatin1(text));
        Q_EMIT line->returnPressed();
        const QString before = count->text();
        const double ms = msUntil([&] { return count->text() != before && settled(); });
        tell(qPrintable(QStringLiteral("filter ") + line->text()), ms);
    };
    filter("model=elman and lr>0.01");
    filter("tag:paper and best:validation/accuracy>0.7");
    filter("copied-otter-77");
    filter("");
    const auto group = [&](const char* by) {
        Q_EMIT page.findChild<ui::RunsBar*>()->groupWanted(by);
        const int before = model->rowCount();
        const double ms = msUntil([&] { return model->rowCount() != before && settled(); });
        tell(qPrintable(QStringLiteral("group by ") + QString::fromLatin1(by)), ms);
    };
    group("replicates");
    table->foldAll(false);
    msUntil([&] { return true; });
    tell("open all groups", 0);
    group("none");
    // Somebody commits: the list is read again and nothing has changed but one run.
    const RunId first = model->row(0).id;
    const bool starred = !model->row(0).starred;
    must(store->writer().apply({SetStar{first, starred}}));
    const double ms = msUntil([&] { return model->row(0).starred == starred; });
    tell("one run changes", ms);
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    const int runs = argc > 1 ? std::max(10, std::atoi(argv[1])) : 100'000;
    const Place settings; // and a store's place
    const std::filesystem::path file = argc > 2 ? std::filesystem::path(argv[2]) : settings.path();
    ui::theme::apply(app, ui::theme::Mode::light);
    if (argc < 3 || !QFileInfo::exists(QString::fromLocal8Bit(argv[2]))) {
        must(prepare_store(file));
        addManyRuns(file, runs);
    }
    return measure(runs, file);
}
