#include "tests/bench/surnames.h"

#include <chrono>
#include <fstream>
#include <sstream>

namespace descent::bench {

namespace {

/// What the script reads.
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

} // namespace

RunSpec spec_of(const NameNet& net, const std::string& folder) {
    std::vector<std::pair<std::string, std::string>> settings{
        {"task.source", folder}, {"task.split", "legacy"}, {"model.hidden", std::to_string(net.hidden)}};
    if (net.full)
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
    request.model = net.model;
    for (const auto& [path, value] : settings) request.set(path, value);
    return unwrap(registry().catalog.resolve(request));
}

TaskData all_names(const std::string& folder) {
    const auto spec = spec_of({"gru", "GRU"}, folder);
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

Figures ours(const NameNet& net, const RunSpec& spec, const TaskData& data) {
    Experiment experiment(spec, data);
    const auto update = [&] { experiment.step(experiment.accumulate()); };
    if (net.full) update();
    const auto start = std::chrono::steady_clock::now();
    for (std::int64_t i = 0; i < net.updates; ++i) update();
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const auto afterwards = evaluate(experiment.model(), experiment.weights(), experiment.loss(),
                                     experiment.train_chunks(), data.shape.classes);
    return {.microseconds = seconds / static_cast<double>(net.updates) * 1e6, .loss = afterwards.loss()};
}

Figures theirs(const NameNet& net, const RunSpec& spec, const TaskData& data, const std::string& peers) {
    const BenchFolder folder;
    write(folder, Experiment(spec, data));
    std::ostringstream arguments;
    arguments << (folder / "") << ' ' << net.peer << (net.full ? " full " : " one ") << net.updates << ' '
              << net.hidden;
    return figures_of(peers + "/names.py", arguments.str());
}

} // namespace descent::bench
