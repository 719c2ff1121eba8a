// Recurrent nets over the real surnames beside PyTorch, one thread each, in turns in the same run, from the
// same weights: full-batch descent on all of them, and one name an update.
//
//     bench_names [FOLDER [PEERS [CASE]]]
//
// FOLDER has a file of surnames for each language; PEERS names.py, run with $DESCENT_PYTHON (default
// /usr/bin/python3, which has Debian's python3-torch). CASE: only that line of the table, from 0. Exits 1
// below what is wanted.

#include "core/engine/bfloat16.h"
#include "core/engine/system.h"
#include "tests/bench/report.h"
#include "tests/bench/surnames.h"

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <limits>

using namespace descent;

namespace {

constexpr int kRounds = 3;
constexpr double kSameLoss = 1e-4;

struct Case {
    bench::NameNet net;
    double wanted; ///< times as fast
};
constexpr Case kCases[] = {
    {{"gru", "GRU"}, 15},
    {{"lstm", "LSTM"}, 15},
    {{"elman", "RNN"}, 6},
    {{"char-rnn-linear", "linear"}, 10},
    {{"char-rnn-linear", "linear", false, 3000}, 4},
    {{"gru", "GRU", false, 2000}, 4},
};

/// The same with products of bfloat16 factors, where there are such; `peer`: microseconds of its update.
void tell_bfloat16(const Case& c, RunSpec spec, const TaskData& data, double peer) {
    if (!has_bfloat16() || !c.net.full || spec.model.id == "char-rnn-linear") return;
    double best = std::numeric_limits<double>::infinity(), loss = 0;
    spec.regime.params.values["precision"] = std::string("bfloat16");
    for (int round = 0; round < kRounds; ++round) {
        const auto us = bench::ours(c.net, spec, data);
        best = std::min(best, us.microseconds);
        loss = us.loss;
    }
    std::printf("  with regime.precision = bfloat16: %.0f µs, %.1f times as fast; loss %.6f\n", best,
                peer / best, loss);
}

bool told(const Case& c, const std::string& source, const TaskData& data, const std::string& peers) {
    const auto spec = bench::spec_of(c.net, source);
    bench::Comparison found{.what = std::string(c.net.model) +
                                    (c.net.full ? ", full batch" : ", one name an update"),
                            .unit = "µs an update",
                            .wanted = c.wanted};
    double difference = 0;
    for (int round = 0; round < kRounds; ++round) {
        const auto us = bench::ours(c.net, spec, data), them = bench::theirs(c.net, spec, data, peers);
        found.round(us.microseconds, them.microseconds);
        difference = us.loss - them.loss;
    }
    const bool same = !(std::abs(difference) > kSameLoss);
    char text[64];
    std::snprintf(text, sizeof text, "%s loss, differs by %.1e", same ? "same" : "NOT the same", difference);
    if (std::isfinite(found.theirs)) found.remark = text;
    const bool enough = bench::tell(found) && same;
    tell_bfloat16(c, spec, data, found.theirs);
    return enough;
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
    const auto data = bench::all_names(folder);
    std::printf("%ld names\n", static_cast<long>(data.train.size()));
    bool enough = true;
    const std::size_t only = argc > 3 ? std::stoul(argv[3]) : std::size(kCases);
    for (const auto& c : kCases)
        if (only >= std::size(kCases) || &c == &kCases[only]) enough = told(c, folder, data, peers) && enough;
    return enough ? 0 : 1;
}
