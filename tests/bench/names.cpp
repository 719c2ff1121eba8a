// Recurrent nets over the real surnames beside PyTorch, one thread each, in turns in the same run, from the
// same weights: full-batch descent on all of them, and one name an update.
//
//     bench_names [FOLDER [PEERS [CASE]]]
//
// FOLDER has a file of surnames for each language; PEERS names.py, run with $DESCENT_PYTHON (default
// /usr/bin/python3, which has Debian's python3-torch). CASE: only that line of the table, from 0. Exits 1
// below what is wanted.

#include "core/engine/experiment.h"
#include "core/engine/system.h"
#include "tests/bench/folder.h"
#include "tests/bench/peers.h"

#include <chrono>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <sstream>

using namespace descent;
using bench::Figures;

namespace {

constexpr int kRounds = 3;
constexpr double kSameLoss = 1e-4;

struct Case {
    const char *model, *peer;
    bool full; ///< batch; else one name an update
    std::int64_t updates;
    double wanted; ///< times as fast
};
constexpr Case kCases[] = {
    {"gru", "GRU", true, 3, 15},
    {"lstm", "LSTM", true, 3, 15},
    {"elman", "RNN", true, 3, 6},
    {"char-rnn-linear", "linear", true, 3, 10},
    {"char-rnn-linear", "linear", false, 3000, 4},
    {"gru", "GRU", false, 2000, 4},
};

RunSpec spec_of(const Case& c, const std::string& folder) {
    std::vector<std::pair<std::string, std::string>> settings{{"task.source", folder},
                                                              {"task.split", "legacy"}};
    if (c.full)
        settings.insert(settings.end(), {{"regime.batch_size", "0"},
                                         {"regime.clip_norm", "0.25"},
                                         {"optimizer.lr", "1"},
                                         {"optimizer.momentum", "0.9"}});
    else
        settings.insert(settings.end(), {{"regime.batch_size", "1"},
                                         {"regime.order", "fixed"},
                                         {"optimizer.lr", "0.005"},
                                         {"optimizer.momentum", "0"}});
    Request request;
    request.task = "names";
    request.model = c.model;
    for (const auto& [path, value] : settings) request.set(path, value);
    return unwrap(registry().catalog.resolve(request));
}

/// All names, those that the split holds out as well, in an order that is the same each time; a few of them
/// again to validate.
TaskData all_names(const std::string& folder) {
    const auto spec = spec_of(kCases[0], folder);
    auto data = registry().task("names").load(spec.task.params, {});
    const auto width = std::max(data.train.inputs.size(1), data.validation.inputs.size(1));
    const auto wide = [&](const Tensor& inputs) {
        return at::constant_pad_nd(inputs, {0, width - inputs.size(1)});
    };
    Examples all{.inputs = at::cat({wide(data.train.inputs), wide(data.validation.inputs)}),
                 .lengths = at::cat({data.train.lengths, data.validation.lengths}),
                 .labels = at::cat({data.train.labels, data.validation.labels})};
    auto order = at::empty({all.size()}, at::kLong);
    RandomStream random(0, "order");
    auto* at = order.data_ptr<std::int64_t>();
    for (std::int64_t i = 0; i < all.size(); ++i) {
        const auto j = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(i) + 1));
        at[i] = at[j];
        at[j] = i;
    }
    data.train = all.at(order);
    data.validation = data.train.slice(0, 10);
    return data;
}

/// What the peer reads.
void write(const BenchFolder& folder, const Experiment& experiment) {
    const auto& names = experiment.data().train;
    std::ofstream text(folder / "names.txt");
    for (std::int64_t i = 0; i < names.size(); ++i) {
        text << names.labels[i].item<std::int64_t>();
        for (std::int64_t k = 0; k < names.lengths[i].item<std::int64_t>(); ++k)
            text << ' ' << names.inputs[i][k].item<int>();
        text << '\n';
    }
    std::ofstream numbers(folder / "weights.f32", std::ios::binary);
    const auto flat = experiment.weights().flat().contiguous();
    numbers.write(static_cast<const char*>(flat.data_ptr()), static_cast<std::streamsize>(flat.nbytes()));
}

Figures ours(const Case& c, const RunSpec& spec, const TaskData& data) {
    Experiment experiment(spec, data);
    const auto update = [&] { experiment.step(experiment.accumulate()); };
    if (c.full) update();
    const auto start = std::chrono::steady_clock::now();
    for (std::int64_t i = 0; i < c.updates; ++i) update();
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const auto afterwards = evaluate(experiment.model(), experiment.weights(), experiment.loss(),
                                     experiment.train_chunks(), data.shape.classes);
    return {.microseconds = seconds / static_cast<double>(c.updates) * 1e6, .loss = afterwards.loss()};
}

bool told(const Case& c, const std::string& source, const TaskData& data, const std::string& peers) {
    const auto spec = spec_of(c, source);
    const BenchFolder folder;
    write(folder, Experiment(spec, data));
    std::ostringstream arguments;
    arguments << (folder / "") << ' ' << c.peer << (c.full ? " full " : " one ") << c.updates;
    std::vector<double> ratios;
    Figures best, theirs;
    for (int round = 0; round < kRounds; ++round) {
        const auto us = ours(c, spec, data), them = bench::figures_of(peers + "/names.py", arguments.str());
        if (us.microseconds < best.microseconds) best = us;
        if (them.microseconds < theirs.microseconds) theirs = them;
        ratios.push_back(them.microseconds / us.microseconds);
    }
    std::printf("%-16s %-10s %10.0f µs an update", c.model, c.full ? "full batch" : "one name",
                best.microseconds);
    if (!std::isfinite(theirs.microseconds)) {
        std::printf("; the peer does not run\n");
        return true;
    }
    const auto [least, most] = std::ranges::minmax(ratios);
    const double ratio = theirs.microseconds / best.microseconds;
    const bool same = std::abs(best.loss - theirs.loss) <= kSameLoss;
    std::printf(
        ", peer %10.0f: %5.1f times as fast (rounds: %.1f to %.1f; wanted: %g); loss %.6f, peer %.6f%s\n",
        theirs.microseconds, ratio, least, most, c.wanted, best.loss, theirs.loss,
        same ? "" : ": NOT the same");
    std::fflush(stdout);
    return same && ratio >= c.wanted;
}

} // namespace

int main(int argc, char** argv) {
    use_threads(1);
    const std::string folder = argc > 1 ? argv[1] : DESCENT_TEST_DATA "/names";
    const std::string peers = argc > 2 ? argv[2] : DESCENT_SOURCE_DIR "/tests/bench/peers";
    if (!std::filesystem::exists(folder)) {
        std::printf("skipped: the surnames are not here: %s\n", folder.c_str());
        return 0;
    }
    const auto data = all_names(folder);
    std::printf("%ld names\n", static_cast<long>(data.train.size()));
    bool enough = true;
    const std::size_t only = argc > 3 ? std::stoul(argv[3]) : std::size(kCases);
    for (const auto& c : kCases)
        if (only >= std::size(kCases) || &c == &kCases[only]) enough = told(c, folder, data, peers) && enough;
    return enough ? 0 : 1;
}
