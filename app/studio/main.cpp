// The composition root of the window: builds the services, gives them to the pages, and ends them in order.

#include "app/studio/export_figure.h"
#include "app/studio/export_options.h"
#include "core/engine/engine.h"
#include "core/store/store.h"
#include "ui/main_window.h"
#include "ui/state/engine_host.h"
#include "ui/state/store_host.h"
#include "ui/state/training.h"
#include "ui/theme.h"

#include <QApplication>
#include <QMessageBox>
#include <QSettings>
#include <QTimer>

#include <cstdio>
#include <string_view>

namespace {

constexpr int kBadInput = 2;

int complain(const std::string& message) {
    std::fprintf(stderr, "descent-studio: %s\n", message.c_str());
    QMessageBox::critical(nullptr, QStringLiteral("Descent Studio"), QString::fromStdString(message));
    return kBadInput;
}

} // namespace

int main(int argc, char** argv) {
    using namespace descent;
    const std::string_view option = argc > 1 ? argv[1] : "";
    if (option == "--version") {
        std::puts("descent-studio " DESCENT_VERSION);
        return 0;
    }
    if (option == "--help" || option == "-h") {
        std::puts("Usage: descent-studio [--help | --version]\n"
                  "Opens the studio on the store that DESCENT_STORE names, or else on the default one.\n"
                  "The same work without a window: descent --help\n");
        std::puts(studio::kExportHelp);
        return 0;
    }
    if (studio::wants_export(argc, argv)) return studio::export_figure(argc, argv);
    QApplication app(argc, argv);
    QApplication::setOrganizationName(QStringLiteral("descent-studio"));
    QApplication::setApplicationName(QStringLiteral("descent-studio"));
    QApplication::setApplicationDisplayName(QStringLiteral("Descent Studio"));
    QApplication::setApplicationVersion(QStringLiteral(DESCENT_VERSION));
    QApplication::setDesktopFileName(QStringLiteral("descent-studio"));
    QSettings settings;
    ui::theme::apply(app, ui::theme::Mode(settings.value(QStringLiteral("theme"), 0).toInt()));

    const auto path = default_store_path();
    if (const auto prepared = prepare_store(path); !prepared) return complain(prepared.error().message);
    auto store = ui::StoreHost::open(path);
    if (!store) return complain(store.error().message);

    // Destroyed in the opposite order: the window, then the run (stopped so that it can be resumed), then the
    // writer.
    ui::EngineHost engine(load_engine);
    ui::Training training(engine, **store);
    ui::MainWindow window(engine, **store, training, settings);
    QObject::connect(&window, &ui::MainWindow::finishedInBackground, &app, &QCoreApplication::quit);
    window.show();
    QTimer::singleShot(0, &engine,
                       [&engine] { engine.load(); }); // the window stands before libtorch is there
    return QApplication::exec();
}
