#include "app/cli/command.h"
#include "app/cli/output.h"
#include "core/engine/engine.h"

namespace descent::cli {

int print_version() {
    Output out;
    out << "descent " DESCENT_VERSION " (";
    const auto engine = load_engine();
    if (!engine) {
        // Lists and exports work without the engine, so this is something to tell, not an error.
        out << one_line(engine.error().message) << ")\n";
        out.flush();
        return Exit::ok;
    }
    const EngineInfo info = (*engine)->info();
    out << "torch " << info.torch_version << ", BLAS: " << info.blas << ", " << std::to_string(info.cores)
        << (info.cores == 1 ? " core" : " cores") << ")\n";
    out.flush();
    if (info.slow_blas)
        complain("warning: this BLAS is slow and training will take many times longer: apt install "
                 "libopenblas0-pthread");
    return Exit::ok;
}

} // namespace descent::cli
