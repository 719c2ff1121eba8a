// faults_calls [store|fresh|stored|resumed …] [--kind KIND …] [--first N] [--every K]
// Started by the script `calls` beside this file.

#include "tests/faults/calls.h"

#include <CLI/CLI.hpp>

#include <cstdio>

int main(int argc, char** argv) {
    using namespace descent::faults;
    CLI::App app("Lets every call that changes a file go wrong in turn, and looks what becomes of the store",
                 "calls");
    std::vector<std::string> scenes{"store", "fresh", "stored", "resumed"}, chosen = kinds();
    std::int64_t first = 1, every = 1;
    app.add_option("SCENE", scenes,
                   "store (a training without a network), fresh, stored, resumed (the program)")
        ->check(CLI::IsMember({"store", "fresh", "stored", "resumed"}));
    app.add_option("--kind", chosen, "What goes wrong")->check(CLI::IsMember(kinds()));
    app.add_option("--first", first, "The first call");
    app.add_option("--every", every, "And every so many after it");
    CLI11_PARSE(app, argc, argv);
    std::size_t wrong = 0;
    for (const auto& scene : scenes) {
        for (const auto& kind : chosen) {
            const auto tried = scene == "store"    ? try_store_calls(kind, first, every)
                               : scene == "fresh"  ? try_program_calls(Scene::fresh, kind, first, every)
                               : scene == "stored" ? try_program_calls(Scene::stored, kind, first, every)
                                                   : try_program_calls(Scene::resumed, kind, first, every);
            std::printf("%-8s %-10s %4lld faults, %zu wrong\n", scene.c_str(), kind.c_str(),
                        static_cast<long long>(tried.faults), tried.wrong.size());
            for (const auto& line : tried.wrong) std::printf("  WRONG: %s\n", line.c_str());
            for (const auto& [line, times] : tried.said)
                std::printf("  said %d times: %s\n", times, line.c_str());
            std::fflush(stdout);
            wrong += tried.wrong.size();
        }
    }
    return wrong == 0 ? 0 : 1;
}
