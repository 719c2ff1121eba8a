// The keyword network on cached features beside eager PyTorch, which has one thread as this has, in turns in
// the same run: updates on the whole set, and on batches of 128. What is compared is the arithmetic of an
// update: gradient, clip, step, in processor time, so that whatever else the machine does counts less. Both
// begin at the same weights and have the same loss at last.
//
//     bench_crnn [CLIPS [ROUNDS]]
//
// The script, tests/bench/peers/crnn.py, is run with $DESCENT_PYTHON (default /usr/bin/python3, which has
// Debian's python3-torch). Exits 1 below what is wanted, or where losses differ by more than 10⁻⁴.

#include "core/engine/bfloat16.h"
#include "core/engine/experiment.h"
#include "core/engine/registry.h"
#include "core/engine/system.h"
#include "tests/bench/folder.h"
#include "tests/bench/peak.h"
#include "tests/bench/peers.h"
#include "tests/bench/report.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <limits>
#include <sstream>

using namespace descent;

namespace {

constexpr std::int64_t kBands = 40, kFrames = 101, kClasses = 2, kHidden = 64, kChannels = 8, kBatch = 128;

struct Mode {
    const char* name;
    std::int64_t batch; // 0: all
    std::int64_t updates;
    const char *lr, *clip;
    double wanted; // times as fast
};

struct Figures {
    double microseconds =
        std::numeric_limits<double>::infinity(); // of processor time, a clip, in the quickest of the updates
    double loss = 0;
};

/// Made-up features: noise, and in every tenth clip a band that is louder in the middle.
TaskData sounds(std::int64_t clips) {
    RandomStream random(1, "sounds");
    Examples all{.inputs = at::empty({clips, kBands, kFrames}, at::kFloat),
                 .labels = at::empty({clips}, at::kLong)};
    auto* value = all.inputs.data_ptr<float>();
    for (std::int64_t i = 0; i < clips; ++i) {
        const bool keyword = random.below(10) == 0;
        all.labels.data_ptr<std::int64_t>()[i] = keyword;
        for (std::int64_t b = 0; b < kBands; ++b)
            for (std::int64_t f = 0; f < kFrames; ++f)
                *value++ = static_cast<float>(random.normal() +
                                              (keyword && b / 8 == 2 && f > 30 && f < 60 ? 1.0 : 0.0));
    }
    TaskData data;
    data.train = all;
    data.validation = all.slice(0, std::min<std::int64_t>(clips, 128));
    data.shape = {.features = {kBands, kFrames}, .classes = kClasses};
    data.inspection.provenance.classes = {"other", "keyword"};
    return data;
}

RunSpec spec_of(const Mode& mode, const char* precision = "float32") {
    Request request;
    request.task = "kws-binary";
    request.model = "crnn-attention";
    request.regime = "sgd";
    request.updates = mode.updates;
    for (const auto& [path, value] :
         std::vector<std::pair<std::string, std::string>>{{"model.dropout", "0"},
                                                          {"model.hidden", std::to_string(kHidden)},
                                                          {"model.channels", std::to_string(kChannels)},
                                                          {"optimizer.lr", mode.lr},
                                                          {"optimizer.momentum", "0.9"},
                                                          {"optimizer.nesterov", "true"},
                                                          {"optimizer.weight_decay", "1e-5"},
                                                          {"regime.batch_size", std::to_string(mode.batch)},
                                                          {"regime.clip_norm", mode.clip},
                                                          {"regime.precision", precision},
                                                          {"regime.balance", "loss"},
                                                          {"regime.augmentation", "off"},
                                                          {"regime.order", "fixed"}})
        request.set(path, value);
    return unwrap(registry().catalog.resolve(request));
}

double processor_microseconds() {
    timespec now{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return 1e6 * static_cast<double>(now.tv_sec) + 1e-3 * static_cast<double>(now.tv_nsec);
}

double least(const std::vector<double>& values) {
    return values.empty() ? std::nan("") : *std::min_element(values.begin(), values.end());
}

Figures ours(const Mode& mode, const TaskData& data, const char* precision = "float32") {
    Experiment experiment(spec_of(mode, precision), data);
    std::vector<double> times;
    for (std::int64_t update = 0; update < mode.updates; ++update) {
        const auto all = data.train.size(), per_update = mode.batch > 0 ? mode.batch : all;
        const auto first = update % ((all + per_update - 1) / per_update) * per_update;
        const auto examples = std::min(per_update, all - first);
        const double start = processor_microseconds();
        const auto batch = experiment.accumulate();
        experiment.step(batch);
        times.push_back((processor_microseconds() - start) / static_cast<double>(examples));
    }
    const at::NoGradGuard evaluated;
    const auto logits = experiment.model().logits(experiment.weights(), data.train);
    return {least(times), at::cross_entropy_loss(logits, data.train.labels).item<double>()};
}

Figures theirs(const Mode& mode, const TaskData& data) {
    const BenchFolder folder;
    const auto file = (folder / "data").string();
    {
        const Experiment experiment(spec_of(mode), data);
        std::ofstream out(file, std::ios::binary);
        for (const auto& numbers : {data.train.inputs, data.train.labels, experiment.weights().flat()}) {
            const auto whole = numbers.to(at::kFloat).contiguous();
            out.write(static_cast<const char*>(whole.data_ptr()),
                      static_cast<std::streamsize>(whole.nbytes()));
        }
    }
    std::ostringstream arguments;
    arguments << '\'' << file << '\'';
    for (const auto number :
         {data.train.size(), kBands, kFrames, kClasses, kHidden, kChannels, mode.batch, mode.updates})
        arguments << ' ' << number;
    arguments << ' ' << mode.lr << ' ' << mode.clip;
    const auto said = nlohmann::json::parse(
        bench::output_of(DESCENT_SOURCE_DIR "/tests/bench/peers/crnn.py", arguments.str()), nullptr, false);
    if (!said.is_object()) return {.loss = std::nan("")};
    return {least(said.at("us_per_clip").get<std::vector<double>>()), said.at("loss").get<double>()};
}

/// Multiply-adds of a clip's update: forward, and what backward wants of weights and inputs.
double multiply_adds() {
    constexpr double steps = (kFrames - 20) / 8 + 1, bands = (kBands - 5) / 2 + 1, h = kHidden;
    constexpr double convolution = steps * bands * kChannels * 100,
                     inputs = steps * kChannels * bands * 3 * h, between = steps * h * 3 * h,
                     recurrent = (steps - 1) * h * 3 * h, attention = steps * h * h;
    return 2 * convolution + 3 * (inputs + between + 2 * recurrent + attention);
}

} // namespace

int main(int argc, char** argv) {
    use_threads(1);
    const std::int64_t clips = argc > 1 ? std::atoll(argv[1]) : 1024;
    const int rounds = argc > 2 ? std::atoi(argv[2]) : 5;
    const auto data = sounds(clips);
    bool enough = true;
    for (const Mode& mode :
         {Mode{"full batch", 0, 4, "0.4", "0.25", 4},
          Mode{"batches of 128", kBatch, 2 * ((clips + kBatch - 1) / kBatch), "0.05", "5", 2.5}}) {
        bench::Comparison found{
            .what = std::string("crnn-attention, ") + mode.name, .unit = "µs a clip", .wanted = mode.wanted};
        Figures a, b;
        for (int round = 0; round < rounds; ++round) {
            a = ours(mode, data);
            b = theirs(mode, data);
            found.round(a.microseconds, b.microseconds);
        }
        if (const double rate = bench::multiply_adds_a_second(); rate > 0)
            found.floor = multiply_adds() / rate * 1e6;
        const bool same = !(std::abs(a.loss - b.loss) > 1e-4 * std::abs(b.loss));
        if (std::isfinite(b.loss)) found.remark = same ? "same loss" : "NOT the same loss";
        enough = bench::tell(found) && same && enough;
        if (!has_bfloat16()) continue;
        Figures coarse;
        for (int round = 0; round < rounds; ++round) {
            const auto once = ours(mode, data, "bfloat16");
            coarse = {std::min(coarse.microseconds, once.microseconds), once.loss};
        }
        std::printf(
            "  with regime.precision = bfloat16: %.1f µs, %.1f times as fast; loss %.6f beside %.6f\n",
            coarse.microseconds, found.theirs / coarse.microseconds, coarse.loss, a.loss);
    }
    return enough ? 0 : 1;
}
