#include "app/cli/command.h"
#include "app/cli/interrupt.h"
#include "app/cli/output.h"
#include "app/cli/progress_line.h"
#include "core/base/format.h"
#include "core/store/recover.h"

#include <CLI/CLI.hpp>

#include <memory>

namespace descent::cli {

namespace {

struct Options {
    std::string damaged, to;
};

int recover(const Options& options) {
    const InterruptWatch watch;
    Output out;
    ProgressLine line(out, true);
    const auto found = unwrap(recover_store(options.damaged, options.to, [&](double share) {
        line.show(share, "reading");
        return !watch.requested();
    }));
    line.erase();
    out << counted(found.runs, "run") << ", " << counted(found.samples, "sample") << " and "
        << counted(found.checkpoints, "checkpoint") << " copied to " << options.to << "\n";
    for (const auto& loss : found.losses) out << "lost: " << loss << "\n";
    if (found.losses.empty()) out << "everything could be read\n";
    out << "See them with: descent runs --store " << shell_quoted(options.to) << "\n";
    out.flush();
    return Exit::ok;
}

} // namespace

void add_recover_command(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand("recover", "Copy what can still be read of a damaged store");
    auto options = std::make_shared<Options>();
    command->add_option("DAMAGED", options->damaged, "The store; it stays as it is")
        ->type_name("")
        ->required();
    command->add_option("NEW", options->to, "The file to make")->type_name("")->required();
    command->footer("Of a damaged page only what stood on it is lost, and what is lost is said. Checkpoints "
                    "come along where they "
                    "are whole.\n\n"
                    "Examples:\n  descent recover runs.sqlite recovered.sqlite\n"
                    "  descent merge recovered.sqlite --store all.sqlite");
    command->callback([options, &action] { action = [options] { return recover(*options); }; });
}

} // namespace descent::cli
