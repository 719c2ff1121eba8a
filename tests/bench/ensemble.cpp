// Ensembles of small networks beside eager PyTorch loops over them, which have one thread, in turns in the
// same run: 1,000 seeds of the mirror-symmetry network on one thread, and a sweep of widths on all. Both with
// answers and the catalog's SGD.
//
//     bench_ensemble [--benchmark_…] [PEERS]
//
// PEERS: the folder of symmetry_loop.py and width_sweep.py, run with $DESCENT_PYTHON (default
// /usr/bin/python3, which has Debian's python3-torch). Exits 1 below what is wanted.

#include "core/engine/ensemble.h"
#include "core/engine/lanes_ensemble.h"
#include "core/engine/member_layout.h"
#include "core/engine/registry.h"
#include "tests/bench/folder.h"
#include "tests/bench/peak.h"

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
    Ensemble(std::vector<RunSpec> specs, const TaskData& data) {
        std::vector<std::unique_ptr<Model>> models;
        std::vector<const Model*> all;
        for (const auto& spec : specs) {
            models.push_back(registry().model("mlp").make(spec.model.params, data.shape, spec.seed));
            all.push_back(models.back().get());
        }
        const std::vector<Tensor> labels(specs.size(), data.train.labels), unweighted(specs.size());
        const EnsembleProblem problem{std::move(specs), data, labels, unweighted, layout_of(all)};
        lanes_ = make_lane_ensemble(problem);
        weights_ = lanes_->buffer();
        gradient_ = lanes_->buffer();
        for (std::size_t k = 0; k < all.size(); ++k) {
            RandomStream init(problem.specs[k].seed, "init");
            const Weights drawn(all[k]->weights(), init, at::kFloat);
            const auto own = own_places(problem.layout, static_cast<std::int64_t>(k));
            auto row = weights_[static_cast<std::int64_t>(k)];
            own.defined() ? row.index_copy_(0, own, drawn.flat()) : row.copy_(drawn.flat());
        }
        const auto& optimizer = problem.specs.front().optimizer;
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

Ensemble symmetry(const TaskData& data) {
    std::vector<RunSpec> specs{spec_of("symmetry", {{"optimizer.lr", "0.1"}}, 0)};
    for (std::int64_t seed = 1; seed < kSeeds; ++seed) {
        specs.push_back(specs.front());
        specs.back().seed = static_cast<std::uint64_t>(seed);
    }
    return {std::move(specs), data};
}

struct Figures {
    double microseconds = std::numeric_limits<double>::infinity(); ///< a member and update
    double solved = 0;                                             ///< share
    std::vector<std::vector<double>> errors;                       ///< of each width, its seeds'
};

Figures our_symmetry(const TaskData& data) {
    const auto start = Clock::now();
    auto ensemble = symmetry(data);
    for (std::int64_t i = 0; i < kUpdates; ++i) ensemble.update();
    Figures figures;
    for (const double accuracy : ensemble.accuracy(EnsembleGradient::Side::train))
        figures.solved += accuracy == 1 ? 1.0 / static_cast<double>(kSeeds) : 0;
    figures.microseconds = since(start) / static_cast<double>(kSeeds * kUpdates) * 1e6;
    return figures;
}

// A sweep of widths: a noisy teacher, outputs −1 and 1

TaskData sweep_data() {
    const auto spec = spec_of("teacher",
                              {{"task.kind", "classification"},
                               {"task.dimension", std::to_string(kDimension)},
                               {"task.train", std::to_string(kTrain)},
                               {"task.test", std::to_string(kTest)}},
                              0);
    auto data = registry().task("teacher").load(spec.task.params, {});
    RandomStream random(0, "flips");
    data.train.labels = data.train.labels.clone();
    for (std::int64_t i = 0; i < kTrain; ++i)
        if (random.uniform() < 0.15) data.train.labels[i] = 1 - data.train.labels[i].item<std::int64_t>();
    return data;
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

/// In groups of like width, as the engine makes them. The members' places are those of their specs.
class Sweep {
public:
    explicit Sweep(const TaskData& data) {
        std::vector<RunSpec> specs;
        const auto first = spec_of(
            "teacher",
            {{"task.kind", "classification"}, {"model.activation", "relu"}, {"optimizer.lr", "0.05"}}, 0);
        for (const auto width : sweep_widths())
            for (std::size_t seed = 0; seed < kSweepSeeds; ++seed) {
                specs.push_back(first);
                specs.back().model.params.values["hidden"] = width;
                specs.back().seed = seed;
            }
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
    /// Of each width, its seeds'.
    std::vector<std::vector<double>> test_errors() {
        std::vector<std::vector<double>> errors(sweep_widths().size(), std::vector<double>(kSweepSeeds));
        for (std::size_t g = 0; g < groups_.size(); ++g) {
            const auto accuracy = ensembles_[g].accuracy(EnsembleGradient::Side::test);
            for (std::size_t k = 0; k < accuracy.size(); ++k)
                errors[groups_[g][k] / kSweepSeeds][groups_[g][k] % kSweepSeeds] = 1 - accuracy[k];
        }
        return errors;
    }

private:
    std::vector<std::vector<std::size_t>> groups_;
    std::vector<Ensemble> ensembles_;
};

Figures our_sweep(const TaskData& data, unsigned threads) {
    const auto start = Clock::now();
    Sweep sweep(data);
    sweep.train(kSweepUpdates, threads);
    Figures figures{.errors = sweep.test_errors()};
    figures.microseconds = since(start) /
                           static_cast<double>(kSweepUpdates * std::ssize(figures.errors) *
                                               static_cast<std::int64_t>(kSweepSeeds)) *
                           1e6;
    return figures;
}

// The scripts

std::string output_of(const std::string& script, const std::string& arguments) {
    const char* python = std::getenv("DESCENT_PYTHON");
    const std::string command = std::string(python != nullptr ? python : "/usr/bin/python3") + " '" + script +
                                "' " + arguments + " 2>/dev/null";
    std::string text;
    std::FILE* out = ::popen(command.c_str(), "r");
    if (out == nullptr) return text;
    std::array<char, 256> part{};
    while (std::fgets(part.data(), part.size(), out) != nullptr) text += part.data();
    ::pclose(out);
    return text;
}

/// Lines of words with numbers after them: share S, us T, errors E….
Figures read(const std::string& text) {
    Figures figures;
    std::istringstream words(text);
    for (std::string word; words >> word;) {
        if (word == "share") {
            words >> figures.solved;
        } else if (word == "us") {
            words >> figures.microseconds;
        } else if (word == "errors") {
            figures.errors.emplace_back();
        } else {
            if (figures.errors.empty()) return {};
            figures.errors.back().push_back(std::strtod(word.c_str(), nullptr));
        }
    }
    return figures;
}

Figures their_symmetry(const std::string& peers) {
    return read(
        output_of(peers + "/symmetry_loop.py", std::to_string(kPeerSeeds) + " " + std::to_string(kUpdates)));
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
    write(data.train.labels * 2 - 1);
    write(data.test.labels * 2 - 1);
    out.close();
    std::string arguments = std::string("'") + file + "'";
    for (const auto number :
         {kTrain, kTest, kDimension, static_cast<std::int64_t>(kSweepSeeds), kSweepUpdates})
        arguments += std::string(" ") + std::to_string(number);
    for (const auto width : sweep_widths()) arguments += std::string(" ") + std::to_string(width);
    return read(output_of(peers + "/width_sweep.py", arguments));
}

/// How far two sets of errors are apart: root mean square over the widths of the difference of means in units
/// of its standard error; about 1 where only chance makes it.
double apart(const std::vector<std::vector<double>>& a, const std::vector<std::vector<double>>& b) {
    const auto moments = [](const std::vector<double>& values) {
        double mean = 0, square = 0;
        const auto n = static_cast<double>(values.size());
        for (const double v : values) mean += v / n;
        for (const double v : values) square += (v - mean) * (v - mean) / (n - 1) / n;
        return std::pair{mean, square};
    };
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const auto [mean_a, square_a] = moments(a[i]);
        const auto [mean_b, square_b] = moments(b.at(i));
        const double one_example = std::pow(1.0 / kTest, 2);
        sum += (mean_a - mean_b) * (mean_a - mean_b) / (square_a + square_b + one_example);
    }
    return std::sqrt(sum / static_cast<double>(a.size()));
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

bool enough(const char* what, const Figures& ours, const Figures& theirs, double limit) {
    if (!std::isfinite(theirs.microseconds)) {
        std::printf(
            "%s: %.4f µs a member and update; no comparison: the script does not run (python3-torch?)\n",
            what, ours.microseconds);
        return true;
    }
    const double ratio = theirs.microseconds / ours.microseconds;
    std::printf("%s, best of %d rounds: %.4f µs a member and update, PyTorch's loop %.1f: %.0f "
                "times as fast "
                "(at least %.0f wanted)\n",
                what, kRounds, ours.microseconds, theirs.microseconds, ratio, limit);
    return ratio >= limit;
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

    const auto [symmetric_ours, symmetric_theirs] =
        in_turns([&] { return our_symmetry(patterns); }, [&] { return their_symmetry(peers); });
    bool fast = enough("mirror symmetry, 1,000 seeds × 1,425 updates, one thread", symmetric_ours,
                       symmetric_theirs, kSymmetryLimit);
    std::printf("  solved: %.3f of ours, %.1f of the script's %lld seeds\n", symmetric_ours.solved,
                symmetric_theirs.solved, static_cast<long long>(kPeerSeeds));
    if (const double rate = bench::multiply_adds_a_second(); rate > 0) {
        // A pattern: 17 multiply-adds forward, 17 for the weights' gradient, 2 back; three sigmoids, each an
        // exponential of 13 such operations, a sum, a division and a slope.
        const double floor = 64 * (36 + 3 * 16) / rate * 1e6;
        std::printf("  floor: %.4f µs (64 × 84 operations at %.1f·10⁹ a second, as measured): %.0f%% of what "
                    "is used\n",
                    floor, rate / 1e9, 100 * floor / symmetric_ours.microseconds);
    }

    // A sweep takes the machine; what one thread does of it is said too.
    const auto cores = std::max(1U, std::thread::hardware_concurrency());
    const auto [sweep_ours, sweep_theirs] =
        in_turns([&] { return our_sweep(points, cores); }, [&] { return their_sweep(peers, points); });
    const std::string sweep_name =
        std::string("widths 1 to 200 × 5 seeds × 500 updates, ") + std::to_string(cores) + " threads";
    fast &= enough(sweep_name.c_str(), sweep_ours, sweep_theirs, kSweepLimit);
    double alone = std::numeric_limits<double>::infinity();
    for (int round = 0; round < kRounds; ++round) alone = std::min(alone, our_sweep(points, 1).microseconds);
    std::printf("  on one thread: %.4f µs, %.0f times as fast\n", alone, sweep_theirs.microseconds / alone);
    if (!sweep_theirs.errors.empty()) {
        const double difference = apart(sweep_ours.errors, sweep_theirs.errors);
        std::printf("  test errors differ by %.2f standard errors (below 2 wanted)\n", difference);
        fast &= difference < 2;
    }
    return fast ? 0 : 1;
}
