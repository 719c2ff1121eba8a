#pragma once

#include "tests/ui/runs_fixture.h"
#include "ui/state/sweep_data.h"

#include <cmath>
#include <memory>
#include <string>
#include <vector>

namespace descent::test {

/// A made-up sweep over widths (and noise levels) that looks like a real one: the training error falls to 0
/// at width `threshold`, the test error peaks there and falls again; over time the peak comes late.
struct MadeSweep {
    std::vector<double> widths{2, 4, 8, 16, 32, 64, 128, 256};
    std::vector<double> noises{};
    int seeds = 3;
    double threshold = 32;
    int updates = 400; ///< 0: nothing over time
    std::string task = "gaussian-mixture";
    std::size_t missing = 0; ///< of the last cells no run has been made

    SweepPlan plan() const {
        SweepPlan plan;
        plan.base.task = task;
        plan.base.model = "mlp";
        SweepAxis width{"model.hidden", true, {}};
        for (const double w : widths) {
            const std::string label = std::to_string(int(w));
            width.levels.push_back({label, {{"model.hidden", label}}});
        }
        plan.axes.push_back(width);
        SweepAxis noise{"regime.label_noise", false, {}};
        for (const double p : noises) {
            const std::string label = to_string(Value(p));
            noise.levels.push_back({label, {{"regime.label_noise", label}}});
        }
        if (!noises.empty()) plan.axes.push_back(noise);
        plan.seeds.clear();
        for (int seed = 0; seed < seeds; ++seed) plan.seeds.push_back(std::uint64_t(seed));
        return plan;
    }

    /// At share t of the course.
    double trainError(double width, double t, int seed) const {
        const double reach = 0.8 * std::max(0.0, 1 - width / threshold) + 0.001 * seed;
        return reach + (0.9 - reach) * std::exp(-12 * t);
    }
    double testError(double width, double noise, double t, int seed) const {
        const double away = std::log2(width / threshold);
        const double peak = (0.3 + noise) * std::exp(-away * away) * t;
        return 0.15 + 0.25 / (1 + width / 8) + peak + 0.004 * seed + 0.4 * std::exp(-12 * t);
    }

    /// Its runs in the store of `writer`.
    std::shared_ptr<const ui::SweepData> make(StoreWriter& writer) const {
        auto data = std::make_shared<ui::SweepData>();
        data->record.id = RunId::random().uuid;
        data->record.name = "made-up-1";
        data->record.plan = plan();
        data->grid = sweep_grid(data->record.plan);
        for (std::size_t cell = 0; cell + missing < data->grid.size(); ++cell)
            data->runs.push_back({cell, run(writer, data->grid[cell])});
        return data;
    }

private:
    RunRecord run(StoreWriter& writer, const SweepCell& cell) const {
        const double width = widths[cell.levels[0]];
        const double noise = noises.empty() ? 0 : noises[cell.levels[1]];
        const int seed = int(cell.seed);
        RunRecord record = recordOf({.model = "mlp", .planned = std::max(1, updates)});
        record.spec.task = {task, {}};
        record.spec.model = {"mlp", {{{"hidden", std::int64_t(width)}}}};
        record.spec.seed = cell.seed;
        record.key = task + "-" + std::to_string(seed);
        for (const auto level : cell.levels) record.key += "-" + std::to_string(level);
        record.provenance.parameters = std::int64_t(width) * 10;
        record.provenance.train_examples = 40;
        record.provenance.classes = {"a", "b", "c", "d", "e", "f", "g", "h"};
        record = must(writer.create(record));
        MetricBatch batch;
        batch.run = record.id;
        batch.metrics = {{0, "train/accuracy", "", Direction::higher},
                         {1, "validation/accuracy", "", Direction::higher},
                         {2, "test/accuracy", "", Direction::higher},
                         {3, "train/loss", "nats", Direction::lower}};
        const int last = std::max(1, updates);
        for (int u = 1; u <= last; ++u) {
            const double t = double(u) / last;
            const auto add = [&](std::uint32_t metric, double value) {
                batch.samples.push_back({metric, {u}, {double(u)}, 0.01 * u, value});
                const char* name = batch.metrics[metric].name.c_str();
                record.summary[name] = {value, value, {u}};
            };
            add(0, 1 - trainError(width, t, seed));
            add(1, 1 - testError(width, noise, t, seed) - 0.01);
            if (u == last) add(2, 1 - testError(width, noise, t, seed)); // looked at only at the end
            add(3, trainError(width, t, seed) * 2);
        }
        record.state = RunState::finished;
        record.updates = record.planned = {last};
        batch.state = StateChange{RunState::finished, ""};
        batch.progress = {{last}, {last}, {double(last)}, 0.01 * last, 1.0};
        writer.push(std::make_shared<const MetricBatch>(std::move(batch)));
        must(writer.flush());
        return record;
    }
};

} // namespace descent::test
