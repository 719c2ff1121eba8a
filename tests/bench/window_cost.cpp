// What the open window costs a training run: the same spec through `descent run` and in the real window, in
// turns, so that a busy or warming machine hits both alike. Compared is the training time that each run
// stored.
//
//     window_cost [PAIRS [SPEC.toml]]

#include "core/base/catalog.h"
#include "core/engine/engine.h"
#include "core/store/reader.h"
#include "core/store/store.h"
#include "ui/main_window.h"
#include "ui/state/engine_host.h"
#include "ui/state/store_host.h"
#include "ui/state/training.h"
#include "ui/theme.h"

#include <QApplication>
#include <QFile>
#include <QProcess>
#include <QSettings>
#include <QTemporaryDir>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

using namespace descent;

namespace {

constexpr double kLimit = 1.03;
// Ten or so updates a second on one core: a window that has plenty to draw and a trainer that would notice.
constexpr const char* kSpec =
    "epochs = 60\n[task]\nid = \"names\"\n[model]\nid = \"gru\"\n[regime]\nid = \"full-batch-clipped\"\n";

/// Trains in the real window; returns when the run is over.
int train_in_window(int argc, char** argv, const std::string& spec, const std::string& file) {
    QApplication app(argc, argv);
    QSettings settings(QString::fromStdString(file + ".ini"), QSettings::IniFormat);
    ui::theme::apply(app, ui::theme::Mode::light);
    const auto request = unwrap(request_from_toml(spec));
    unwrap(prepare_store(file));
    const auto store = unwrap(ui::StoreHost::open(file));
    ui::EngineHost engine(load_engine);
    ui::Training training(engine, *store);
    ui::MainWindow window(engine, *store, training, settings);
    window.resize(1440, 900);
    window.show();
    const auto give_up = [](const QString& reason) {
        std::fprintf(stderr, "window_cost: %s\n", qPrintable(reason));
        QApplication::exit(1);
    };
    QObject::connect(&engine, &ui::EngineHost::failed, &app, give_up);
    QObject::connect(&training, &ui::Training::failed, &app, give_up);
    QObject::connect(&engine, &ui::EngineHost::ready, &app, [&] {
        if (const auto started = training.start(request); !started)
            give_up(QString::fromStdString(started.error().message));
    });
    QObject::connect(&training, &ui::Training::ended, &app, [](const RunId&, RunState state) {
        QApplication::exit(state == RunState::finished ? 0 : 1);
    });
    engine.load();
    return QApplication::exec();
}

/// Seconds of training that the newest run of the store says it took, after `program` has made it.
double measured(const QString& program, const QStringList& arguments, const std::string& file) {
    QProcess process;
    process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    process.start(program, arguments);
    if (!process.waitForFinished(-1) || process.exitStatus() != QProcess::NormalExit ||
        process.exitCode() != 0)
        throw std::runtime_error(program.toStdString() + " failed");
    const auto runs = unwrap(unwrap(StoreReader::open(file))->runs());
    if (runs.size() != 1) throw std::runtime_error("expected one run in " + file);
    return runs.front().seconds;
}

int compare(int argc, char** argv) {
    QCoreApplication app(argc, argv);
    const int pairs = argc > 1 ? std::max(1, std::atoi(argv[1])) : 7;
    QTemporaryDir folder;
    QString spec = folder.filePath(QStringLiteral("spec.toml"));
    if (argc > 2) {
        spec = QString::fromLocal8Bit(argv[2]);
    } else {
        QFile out(spec);
        if (!out.open(QFile::WriteOnly) || out.write(kSpec) < 0)
            throw std::runtime_error("cannot write " + spec.toStdString());
    }
    const QString cli = QCoreApplication::applicationDirPath() + QStringLiteral("/descent");
    const QString self = QCoreApplication::applicationFilePath();

    std::printf("%4s  %10s  %10s  %7s\n", "pair", "descent, s", "window, s", "ratio");
    std::vector<double> ratios;
    for (int i = 0; i < pairs; ++i) {
        const auto one = [&](bool window) {
            const QString store = folder.filePath(QStringLiteral("%1-%2.sqlite").arg(i).arg(window));
            return window ? measured(self, {QStringLiteral("--window"), spec, store}, store.toStdString())
                          : measured(cli,
                                     {QStringLiteral("run"), QStringLiteral("--spec"), spec,
                                      QStringLiteral("--store"), store, QStringLiteral("--quiet")},
                                     store.toStdString());
        };
        // Which goes first alternates too.
        double with = i % 2 == 1 ? one(true) : 0;
        const double without = one(false);
        if (i % 2 == 0) with = one(true);
        ratios.push_back(with / without);
        std::printf("%4d  %10.3f  %10.3f  %7.4f\n", i + 1, without, with, ratios.back());
        std::fflush(stdout);
    }
    std::ranges::sort(ratios);
    const double median = (ratios[(ratios.size() - 1) / 2] + ratios[ratios.size() / 2]) / 2;
    std::printf("median ratio %.4f, lowest %.4f, highest %.4f; the limit is %.2f: %s\n", median,
                ratios.front(), ratios.back(), kLimit, median <= kLimit ? "kept" : "EXCEEDED");
    return median <= kLimit ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
    try {
        if (argc == 4 && std::strcmp(argv[1], "--window") == 0)
            return train_in_window(argc, argv, argv[2], argv[3]);
        return compare(argc, argv);
    } catch (const std::exception& e) {
        std::fprintf(stderr, "window_cost: %s\n", e.what());
        return 1;
    }
}
