#include "tests/fuzz/template_store.h"

#include "core/store/merge.h"
#include "core/store/reader.h"
#include "core/store/store.h"
#include "core/store/writer.h"
#include "tests/fuzz/fuzzing.h"

#include <fstream>
#include <iterator>

namespace descent::fuzzing {
namespace {

namespace fs = std::filesystem;

std::string bytes_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

RunRecord example(int number) {
    RunRecord run;
    run.name = "run-" + std::to_string(number);
    run.spec = {{"names", {{{"source", std::string()}}}},
                {"gru", {{{"hidden", std::int64_t{16}}}}},
                {"sgd", {{{"lr", 0.1}}}},
                {"full-batch", {}},
                {.epochs = 3, .updates = {}},
                static_cast<std::uint64_t>(number)};
    run.key = "00112233445566" + std::to_string(10 + number);
    run.note = "a note";
    run.tags = {"one", "two"};
    run.provenance.data_hash = "abc";
    run.provenance.manifest = R"({"split": [1, 2]})";
    run.provenance.classes = {"a", "b"};
    return run;
}

void fill(StoreWriter& writer, const fs::path& store, int number) {
    const RunId run = unwrap(writer.create(example(number))).id;
    const std::string file = run.uuid + "-5.safetensors";
    fs::create_directories(checkpoint_folder(store));
    std::ofstream(checkpoint_folder(store) / file, std::ios::binary) << "weights";
    auto batch = std::make_shared<MetricBatch>();
    batch->run = run;
    batch->metrics = {{0, "train/loss", "nats", Direction::lower},
                      {1, "test/accuracy", "", Direction::higher}};
    // The summary of a series begins with 4,096 points: one run has one.
    const std::int64_t points = number == 0 ? 4'200 : 20;
    for (std::int64_t i = 0; i < points; ++i)
        batch->samples.push_back({0, Update{i}, Epoch{double(i) / 10}, double(i), 1.0 / double(i + 1)});
    batch->samples.push_back({1, Update{3}, Epoch{0.3}, 3, 0.5});
    batch->matrices = {{"test/confusion", Update{4}, Epoch{0.4}, 2, 2, {1, 2, 3, 4}}};
    batch->log = {{LogLine::Level::info, 1'000, "a line"}};
    batch->changes = {{Update{2}, "optimizer.lr", "0.05"}};
    batch->checkpoint = CheckpointInfo{Update{5}, file, 7};
    batch->state = StateChange{number == 1 ? RunState::interrupted : RunState::finished, ""};
    batch->progress = {.update = Update{points}, .planned = Update{points}, .epoch = Epoch{3}, .seconds = 9};
    if (!writer.push(batch)) throw std::runtime_error(writer.failure());
}

fs::path make_store() {
    const fs::path store = empty_folder("template") / "runs.sqlite";
    unwrap(prepare_store(store));
    const auto writer = unwrap(StoreWriter::open(store));
    for (int number = 0; number < 3; ++number) fill(*writer, store, number);
    SweepRecord sweep;
    sweep.plan.title = "A sweep";
    sweep.plan.base.task = "names";
    sweep.plan.axes = {{"model.hidden", false, {{"16", {{"model.hidden", "16"}}}}}};
    sweep.keys = {example(0).key};
    unwrap(writer->save_sweep(sweep));
    unwrap(writer->flush());
    return store;
}

} // namespace

const std::string& template_store() {
    static const std::string bytes = bytes_of(make_store());
    return bytes;
}

const std::string& template_bundle() {
    static const std::string bytes = [] {
        const fs::path store = make_store();
        const auto runs = unwrap(RunSource::open(store))->runs();
        unwrap(write_bundle(store, runs, folder() / "template.descent"));
        return bytes_of(folder() / "template.descent");
    }();
    return bytes;
}

const std::string& empty_store() {
    static const std::string bytes = [] {
        const fs::path store = empty_folder("template") / "empty.sqlite";
        unwrap(prepare_store(store));
        return bytes_of(store);
    }();
    return bytes;
}

std::string damaged(std::string whole, Input& input) {
    const std::size_t size = whole.size(), page = 4096;
    // The first byte says whether something is missing at the end; then page, place and the new bytes.
    if (const auto missing = input.byte(); missing >= 0xf0) whole.resize(size * (missing - 0xf0) / 16);
    while (!input.empty()) {
        const std::size_t at = std::size_t{input.number()} % (size / page + 1) * page + input.number() % page;
        const auto bytes = input.take(input.byte() % 64u);
        if (at + bytes.size() <= whole.size()) whole.replace(at, bytes.size(), bytes);
    }
    return whole;
}

void read_all(const fs::path& store) {
    const auto reader = StoreReader::open(store);
    if (!succeeded_or_internal(reader)) return;
    const auto tried = [](auto&& read) {
        try {
            read();
        } catch (const std::runtime_error& e) {
            hold(*e.what() != '\0', "an error says something");
        }
    };
    std::vector<RunRecord> runs;
    for (const char* where : {"", "accuracy > 0.1 or tag:one", "lr = 0.1"})
        tried([&] {
            if (auto found = (*reader)->runs({.where = where}); succeeded_or_internal(found)) runs = *found;
        });
    tried([&] { (*reader)->count(); });
    tried([&] { (*reader)->tags(); });
    tried([&] { (*reader)->find("run-1"); });
    tried([&] {
        for (const auto& sweep : (*reader)->sweeps()) {
            (*reader)->sweep_status(sweep.id);
            (*reader)->sweep_runs(sweep.id);
        }
    });
    if (runs.size() > 4) runs.resize(4);
    for (const auto& run : runs) {
        tried([&] { succeeded_or_internal((*reader)->run(run.id)); });
        tried([&] {
            for (const auto& metric : (*reader)->metrics(run.id)) {
                const auto series = (*reader)->series(run.id, metric.name);
                const auto overview = (*reader)->overview(run.id, metric.name);
                (*reader)->value_at(run.id, metric.name, Update{3});
                (*reader)->points(run.id, metric.name, {0, 10});
                (*reader)->bucket_chunk(run.id, metric.name, 1, 0);
            }
        });
        tried([&] { (*reader)->each_sample(run.id, [](const MetricInfo&, const SeriesPoint&) {}); });
        tried([&] {
            for (const auto& name : (*reader)->matrix_names(run.id)) {
                (*reader)->matrix_moments(run.id, name);
                if (const auto matrix = (*reader)->matrix(run.id, name))
                    hold(matrix->values.size() == std::size_t(matrix->rows * matrix->columns),
                         "a matrix has its numbers");
            }
        });
        tried([&] { (*reader)->log(run.id); });
        tried([&] {
            if (const auto saved = (*reader)->last_checkpoint(run.id))
                hold(saved->file.find('/') == std::string::npos && saved->file != "..",
                     "a checkpoint lies in its folder");
        });
    }
}

} // namespace descent::fuzzing
