// faults_kill [run|sweep|writers] [--kills N] [--minutes M] [--seed S] [--scale X] [--longest SECONDS]
// Started by the script `kill` beside this file.

#include "tests/faults/kills.h"

#include <CLI/CLI.hpp>

#include <cstdio>

int main(int argc, char** argv) {
    using namespace descent::faults;
    CLI::App app("Kills trainings at random moments and compares what becomes of them with unbroken ones",
                 "kill");
    KillPlan plan{.kills = 500, .verbose = true};
    std::string what = "run";
    double minutes = 10;
    app.add_option("WHAT", what,
                   "run, sweep (children killed one by one, or all) or writers (two on one store)")
        ->check(CLI::IsMember({"run", "sweep", "writers"}));
    app.add_option("--kills", plan.kills, "run: how many");
    app.add_option("--minutes", minutes, "sweep, writers: for how long");
    app.add_option("--seed", plan.seed, "Of the moments; the figures below name it");
    app.add_option("--scale", plan.scale, "Length of the runs");
    app.add_option("--longest", plan.longest, "Seconds until a kill, at most");
    CLI11_PARSE(app, argc, argv);
    const auto all = what == "run"     ? kill_runs(plan)
                     : what == "sweep" ? kill_sweeps(plan, 60 * minutes)
                                       : kill_writers(plan, 60 * minutes);
    std::printf(
        "seed %llu: %d kills over %d runs (%d times also asked to stop, %d resumed without a checkpoint), "
        "after %.2f s on average;\n"
        "of what was printed at most the last %.3f s was lost, more than 0.25 s by %d kills; %zu wrong\n",
        static_cast<unsigned long long>(plan.seed), all.kills, all.runs, all.terminated, all.begun_anew,
        all.kills > 0 ? all.seconds / all.kills : 0, all.worst_loss, all.beyond, all.wrong.size());
    for (const auto& line : all.wrong) std::printf("WRONG: %s\n", line.c_str());
    return all.wrong.empty() ? 0 : 1;
}
