#pragma once

#include "core/analysis/sweep.h"
#include "tests/ui/fakes.h"
#include "tests/ui/runs_fixture.h"

#include <QFile>
#include <QString>

namespace descent::test {

/// model.hidden 1, 2, 4 under seeds 0 and 1, of the fake engine's names task.
inline SweepPlan widthPlan() {
    SweepPlan plan;
    plan.title = "Width of the names";
    plan.base.task = "names";
    SweepAxis axis{.name = "model.hidden", .log = true, .levels = {}};
    for (const char* width : {"1", "2", "4"}) axis.levels.push_back({width, {{"model.hidden", width}}});
    plan.axes = {axis};
    plan.seeds = {0, 1};
    return plan;
}

/// Stored, with the keys of its cells.
inline SweepRecord addSweep(StoreWriter& writer, const Catalog& catalog, const SweepPlan& plan,
                            const std::string& name = {}) {
    SweepRecord sweep;
    sweep.name = name;
    sweep.plan = plan;
    for (const auto& cell : must(sweep_cells(catalog, plan))) sweep.keys.push_back(cell.key);
    return must(writer.save_sweep(sweep));
}

/// The run of one cell, over.
inline RunId addCellRun(StoreWriter& writer, const Catalog& catalog, const SweepPlan& plan, std::size_t cell,
                        double accuracy, RunState state = RunState::finished) {
    const auto cells = must(sweep_cells(catalog, plan));
    RunPlan of;
    of.state = state;
    of.accuracy = accuracy;
    RunRecord run = recordOf(of);
    run.spec = cells[cell].spec;
    run.key = cells[cell].key;
    run = must(writer.create(run));
    writer.push(std::make_shared<const MetricBatch>(metricsOf(run, of)));
    must(writer.flush());
    return run.id;
}

/// A program in place of `descent`: its help knows sweeps, and of a sweep it does what `body` says in sh.
/// Its arguments go to FILE.args.
inline QString fakeProgram(const Place& place, const QString& name, const QString& body,
                           const QString& help = QStringLiteral("--resume --progress")) {
    const QString path = place.file(name);
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly)) qFatal("no fake program");
    file.write(QStringLiteral("#!/bin/sh\n"
                              "if [ \"$2\" = --help ]; then echo '%1'; exit 0; fi\n"
                              "echo \"$@\" > '%2.args'\n%3\n")
                   .arg(help, path, body)
                   .toUtf8());
    file.close();
    file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    return path;
}

} // namespace descent::test
