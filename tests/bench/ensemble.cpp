// Ensembles of small networks beside eager PyTorch loops over them, which have one thread, in turns in the
// same run: 1,000 seeds of the mirror-symmetry network, and a sweep of widths. What is compared is all that
// the engine does for a sweep: networks drawn, runs created, trained, measured, evaluated and stored, as the
// presets symmetry-paper and width-sweep ask for; without the start of a program. Gradient and step alone are
// timed too, since the arithmetic's floor is said of them.
//
//     bench_ensemble [--benchmark_…] [PEERS]
//
// PEERS: the folder of symmetry_loop.py and width_sweep.py, run with $DESCENT_PYTHON (default
// /usr/bin/python3, which has Debian's python3-torch). Exits 1 below what is wanted.

#include "core/engine/ensemble.h"
#include "core/engine/labels.h"
#include "core/engine/lanes_ensemble.h"
#include "core/engine/member_layout.h"
#include "core/engine/registry.h"
#include "tests/bench/ensemble_engine.h"
#include "tests/bench/folder.h"
#include "tests/bench/peak.h"
#include "tests/bench/peers.h"
#include "tests/bench/report.h"

#include <ATen/Parallel.h>
#include <benchmark/benchmark.h>

#include <atomic>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>

using namespace descent;
using bench::Figures;

namespace {

constexpr double kSymmetryLimit = 300, kSweepLimit = 20; // times as fast as the scripts
constexpr int kRounds = 3;
constexpr std::int64_t kSeeds = 1000, kUpdates = 1425, kPeerSeeds = 10;
constexpr std::int64_t kDimension = 20, kTrain = 200, kTest = 1000, kSweepUpdates = 500;
constexpr std::size_t kSweepSeeds = 5;

using Clock = std::chrono::steady_clock;
double since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

struct NoObjective : Objective {
    double evaluate() override { throw std::logic_error("SGD asks once"); }
};

RunSpec spec_of(const std::string& task, std::vector<std::pair<std::string, std::string>> settings,
                std::uint64_t seed) {
    settings.insert(settings.end(),
                    {{"regime.mse_form", "full"}, {"model.init", "torch"}, {"optimizer.momentum", "0.9"}});
    Request request;
    request.task = task;
    request.seed = seed;
    for (const auto& [path, value] : settings) request.set(path, value);
    return unwrap(registry().catalog.resolve(request));
}

/// Networks that are descended together.
class Ensemble {
public:
    Ensemble(const std::vector<RunSpec>& specs, const TaskData& data) {
        std::vector<std::unique_ptr<Model>> models;
        std::vector<const Model*> all;
        for (const auto& spec : specs) {
            models.push_back(registry().model("mlp").make(spec.model.params, data.shape, spec.seed));
            all.push_back(models.back().get());
        }
        const std::vector<Tensor> unweighted(specs.size());
        std::vector<Tensor> labels;
        for (const auto& spec : specs) labels.push_back(noisy_labels(data, spec));
        EnsembleProblem problem{{}, data, labels, unweighted, layout_of(all)};
        for (const auto& spec : specs) problem.specs.push_back(&spec);
        lanes_ = make_lane_ensemble(problem);
        weights_ = lanes_->buffer();
        gradient_ = lanes_->buffer();
        for (std::size_t k = 0; k < all.size(); ++k) {
            RandomStream init(specs[k].seed, "init");
            const Weights drawn(all[k]->weights(), init, at::kFloat);
            const auto own = own_places(problem.layout, static_cast<std::int64_t>(k));
            auto row = weights_[static_cast<std::int64_t>(k)];
            own.defined() ? row.index_copy_(0, own, drawn.flat()) : row.copy_(drawn.flat());
        }
        const auto& optimizer = specs.front().optimizer;
        std::vector<std::vector<std::int64_t>> shapes;
        for (const auto& weight : problem.layout.weights) shapes.push_back(weight.shape);
        lr_ = optimizer.params.real("lr");
        optimizer_ = registry().optimizer("sgd").make(optimizer.params, {weights_, shapes});
    }

    void take() { lanes_->take(weights_, gradient_, sums_); }
    void step() { optimizer_->step({weights_, gradient_, lr_, 0, objective_}); }
    void update() {
        take();
        step();
    }
    /// Share of right answers of each member.
    std::vector<double> accuracy(EnsembleGradient::Side side) {
        lanes_->evaluate(weights_, side, sums_);
        std::vector<double> all;
        for (std::size_t k = 0; k < sums_.confusion.size(); k += 4) {
            const auto* c = &sums_.confusion[k];
            all.push_back(static_cast<double>(c[0] + c[3]) / static_cast<double>(c[0] + c[1] + c[2] + c[3]));
        }
        return all;
    }

private:
    std::unique_ptr<EnsembleGradient> lanes_;
    Tensor weights_, gradient_;
    std::unique_ptr<Optimizer> optimizer_;
    double lr_ = 0;
    NoObjective objective_;
    MemberSums sums_;
};

// Mirror symmetry

TaskData symmetry_data() {
    const auto& task = registry().task("symmetry");
    return task.load(spec_of("symmetry", {}, 0).task.params, {});
}

std::vector<RunSpec> symmetry_specs() {
    std::vector<RunSpec> specs{spec_of("symmetry",
                                       {{"optimizer.lr", "0.1"},
                                        {"regime.record_every", "200"},
                                        {"regime.evaluate_every", "200"},
                                        {"regime.probe_weights", "true"}},
                                       0)};
    specs.front().budget = {.updates = kUpdates};
    for (std::int64_t seed = 1; seed < kSeeds; ++seed) {
        specs.push_back(specs.front());
        specs.back().seed = static_cast<std::uint64_t>(seed);
    }
    return specs;
}

Ensemble symmetry(const TaskData& data) {
    return {symmetry_specs(), data};
}

constexpr auto kMembers = static_cast<double>(kSeeds);

/// Gradients and steps alone, of all seeds at once.
Figures bare_symmetry(const TaskData& data) {
    const auto start = Clock::now();
    auto ensemble = symmetry(data);
    for (std::int64_t i = 0; i < kUpdates; ++i) ensemble.update();
    Figures figures;
    for (const double accuracy : ensemble.accuracy(EnsembleGradient::Side::train))
        figures.solved += accuracy == 1 ? 1 / kMembers : 0;
    figures.microseconds = since(start) / static_cast<double>(kSeeds * kUpdates) * 1e6;
    return figures;
}

Figures stored_symmetry(int threads) {
    const auto trained = bench::train_stored(symmetry_specs(), threads);
    Figures figures;
    for (const auto& run : trained.runs)
        figures.solved += bench::last_of(run, "train/accuracy") == 1 ? 1 / kMembers : 0;
    figures.microseconds = trained.seconds / static_cast<double>(kSeeds * kUpdates) * 1e6;
    figures.processor = trained.processor / static_cast<double>(kSeeds * kUpdates) * 1e6;
    return figures;
}

// A sweep of widths: a teacher, each seed with wrong labels of its own, outputs −1 and 1

RunSpec sweep_spec() {
    auto spec = spec_of("teacher",
                        {{"task.kind", "classification"},
                         {"task.dimension", std::to_string(kDimension)},
                         {"task.train", std::to_string(kTrain)},
                         {"task.test", std::to_string(kTest)},
                         {"task.validation", std::to_string(kTrain)},
                         {"model.activation", "relu"},
                         {"optimizer.lr", "0.05"},
                         {"regime.label_noise", "0.15"},
                         {"regime.evaluate_every", std::to_string(kSweepUpdates)}},
                        0);
    spec.budget = {.updates = kSweepUpdates};
    return spec;
}

TaskData sweep_data() {
    return registry().task("teacher").load(sweep_spec().task.params, {});
}

/// Twenty from 1 to 200, evenly on a log axis.
std::vector<std::int64_t> sweep_widths() {
    std::vector<std::int64_t> widths;
    for (int i = 0; i < 20; ++i) {
        const auto width = std::lround(std::pow(10, i * 2.3 / 19));
        if (widths.empty() || widths.back() != width) widths.push_back(width);
    }
    return widths;
}

/// Width by width, its seeds.
std::vector<RunSpec> sweep_specs() {
    std::vector<RunSpec> specs;
    const auto first = sweep_spec();
    for (const auto width : sweep_widths())
        for (std::size_t seed = 0; seed < kSweepSeeds; ++seed) {
            specs.push_back(first);
            specs.back().model.params.values["hidden"] = width;
            specs.back().seed = seed;
        }
    return specs;
}

/// In groups of like width, as the engine makes them. The members' places are those of their specs.
class Sweep {
public:
    explicit Sweep(const TaskData& data) {
        const auto specs = sweep_specs();
        groups_ = ensemble_groups(specs, specs.size());
        for (const auto& group : groups_) {
            std::vector<RunSpec> members;
            for (const auto i : group) members.push_back(specs[i]);
            ensembles_.emplace_back(std::move(members), data);
        }
    }

    void take() {
        for (auto& ensemble : ensembles_) ensemble.take();
    }
    void step() {
        for (auto& ensemble : ensembles_) ensemble.step();
    }
    /// Groups are shared out, the widest first.
    void train(std::int64_t updates, unsigned threads) {
        std::atomic<std::size_t> left = ensembles_.size();
        const auto work = [&] {
            const at::NoGradGuard no_grad;
            for (std::size_t i = left--; i - 1 < ensembles_.size(); i = left--)
                for (std::int64_t n = 0; n < updates; ++n) ensembles_[i - 1].update();
        };
        std::vector<std::jthread> others;
        for (unsigned i = 1; i < threads; ++i) others.emplace_back(work);
        work();
    }

private:
    std::vector<std::vector<std::size_t>> groups_;
    std::vector<Ensemble> ensembles_;
};

double sweep_member_updates() {
    return static_cast<double>(kSweepUpdates * std::ssize(sweep_widths()) *
                               static_cast<std::int64_t>(kSweepSeeds));
}

/// Gradients and steps alone.
double bare_sweep(const TaskData& data, unsigned threads) {
    const auto start = Clock::now();
    Sweep sweep(data);
    sweep.train(kSweepUpdates, threads);
    return since(start) / sweep_member_updates() * 1e6;
}

Figures stored_sweep(int threads) {
    const auto trained = bench::train_stored(sweep_specs(), threads);
    Figures figures{.microseconds = trained.seconds / sweep_member_updates() * 1e6,
                    .processor = trained.processor / sweep_member_updates() * 1e6};
    for (std::size_t i = 0; i < trained.runs.size(); ++i) {
        if (i % kSweepSeeds == 0) figures.errors.emplace_back();
        figures.errors.back().push_back(1 - bench::last_of(trained.runs[i], "test/accuracy"));
    }
    return figures;
}

// The scripts

Figures their_symmetry(const std::string& peers) {
    return bench::figures_of(peers + "/symmetry_loop.py",
                             std::to_string(kPeerSeeds) + " " + std::to_string(kUpdates));
}

Figures their_sweep(const std::string& peers, const TaskData& data) {
    const BenchFolder folder;
    const auto file = (folder / "data").string();
    std::ofstream out(file, std::ios::binary);
    const auto write = [&](const Tensor& numbers) {
        const auto whole = numbers.to(at::kFloat).contiguous();
        out.write(static_cast<const char*>(whole.data_ptr()), static_cast<std::streamsize>(whole.nbytes()));
    };
    write(data.train.inputs);
    write(data.test.inputs);
    write(data.test.labels * 2 - 1);
    auto spec = sweep_spec();
    for (spec.seed = 0; spec.seed < kSweepSeeds; ++spec.seed) write(noisy_labels(data, spec) * 2 - 1);
    out.close();
    std::string arguments = std::string("'") + file + "'";
    for (const auto number :
         {kTrain, kTest, kDimension, static_cast<std::int64_t>(kSweepSeeds), kSweepUpdates})
        arguments += std::string(" ") + std::to_string(number);
    for (const auto width : sweep_widths()) arguments += std::string(" ") + std::to_string(width);
    return bench::figures_of(peers + "/width_sweep.py", arguments);
}

/// Rounds of ours and theirs in turns; the best of each. Nothing of theirs where the script does not run.
template<class Ours, class Theirs>
std::pair<Figures, Figures> in_turns(const Ours& ours, const Theirs& theirs) {
    std::pair<Figures, Figures> best;
    const auto keep = [](Figures& kept, Figures fresh) {
        if (fresh.microseconds < kept.microseconds) kept = std::move(fresh);
    };
    for (int round = 0; round < kRounds; ++round) {
        keep(best.first, ours());
        keep(best.second, theirs());
    }
    return best;
}

/// The least of so many tries.
template<class F>
double least(const F& time) {
    double best = std::numeric_limits<double>::infinity();
    for (int round = 0; round < kRounds; ++round) best = std::min(best, time());
    return best;
}

bool enough(const std::string& what, const Figures& ours, const Figures& theirs, double limit) {
    char remark[80];
    std::snprintf(remark, sizeof remark, "best of %d rounds, %.4f of processor time", kRounds,
                  ours.processor);
    return bench::tell({.what = what,
                        .unit = "µs a member and update",
                        .ours = ours.microseconds,
                        .theirs = theirs.microseconds,
                        .wanted = limit,
                        .remark = remark});
}

} // namespace

int main(int argc, char** argv) {
    at::set_num_threads(1);
    const at::NoGradGuard no_grad;
    benchmark::Initialize(&argc, argv);
    const std::string peers = argc > 1 ? argv[1] : DESCENT_SOURCE_DIR "/tests/bench/peers";
    const auto patterns = symmetry_data(), points = sweep_data();

    const auto unit = benchmark::kMicrosecond;
    const auto measure = [&](const char* name, const auto& make, auto what) {
        benchmark::RegisterBenchmark(name, [make, what](benchmark::State& state) {
            auto networks = make();
            for (auto _ : state) (networks.*what)();
        })->Unit(unit);
    };
    const auto symmetric = [&] { return symmetry(patterns); };
    const auto widths = [&] { return Sweep(points); };
    measure("SymmetryGradient", symmetric, &Ensemble::take);
    measure("SymmetryStep", symmetric, &Ensemble::step);
    measure("WidthsGradient", widths, &Sweep::take);
    measure("WidthsStep", widths, &Sweep::step);
    benchmark::RunSpecifiedBenchmarks();

    // One thread trains, and the store's own writes meanwhile.
    const auto [symmetric_ours, symmetric_theirs] =
        in_turns([] { return stored_symmetry(1); }, [&] { return their_symmetry(peers); });
    bool fast = enough("mirror symmetry, 1,000 seeds × 1,425 updates, one thread", symmetric_ours,
                       symmetric_theirs, kSymmetryLimit);
    std::printf("  solved: %.3f of ours, %.1f of the script's %lld seeds\n", symmetric_ours.solved,
                symmetric_theirs.solved, static_cast<long long>(kPeerSeeds));
    const double bare = least([&] { return bare_symmetry(patterns).microseconds; });
    std::printf("  of these, gradient and step alone: %.4f µs, %.0f times as fast\n", bare,
                symmetric_theirs.microseconds / bare);
    if (const double rate = bench::multiply_adds_a_second(); rate > 0) {
        // A pattern: 17 multiply-adds forward, 17 for the weights' gradient, 2 back; three sigmoids, each an
        // exponential of 13 such operations, a sum, a division and a slope.
        const double floor = 64 * (36 + 3 * 16) / rate * 1e6;
        std::printf("  floor: %.4f µs (64 × 84 operations at %.1f·10⁹ a second, as measured): %.0f%% of "
                    "gradient and step, %.0f%% of all\n",
                    floor, rate / 1e9, 100 * floor / bare, 100 * floor / symmetric_ours.microseconds);
    }

    // As a sweep of the program trains them (descent sweep --jobs): on all threads. The script has one.
    const int threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    const auto [sweep_ours, sweep_theirs] =
        in_turns([&] { return stored_sweep(threads); }, [&] { return their_sweep(peers, points); });
    fast &= enough("widths 1 to 200 × 5 seeds × 500 updates, " + std::to_string(threads) + " threads",
                   sweep_ours, sweep_theirs, kSweepLimit);
    if (!sweep_theirs.errors.empty()) {
        const double difference = bench::apart(sweep_ours.errors, sweep_theirs.errors, kTest);
        std::printf("  test errors differ by %.2f standard errors (below 2 wanted)\n", difference);
        fast &= difference < 2;
    }
    const double one = least([] { return stored_sweep(1).microseconds; });
    std::printf("  one thread: %.4f µs, %.0f times as fast\n", one, sweep_theirs.microseconds / one);
    const double bare_widths = least([&] { return bare_sweep(points, 1); });
    std::printf("  gradient and step alone, one thread: %.4f µs, %.0f times as fast\n", bare_widths,
                sweep_theirs.microseconds / bare_widths);
    return fast ? 0 : 1;
}
