#include "tests/engine/support.h"

#include "core/tasks/text_data.h"
#include "core/text/feature_hash.h"
#include "core/text/normalise.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <thread>

namespace descent::test {

Examples sequences(const std::vector<std::vector<int>>& symbols, const std::vector<int>& labels) {
    std::size_t longest = 0;
    for (const auto& s : symbols) longest = std::max(longest, s.size());
    const auto n = std::ssize(symbols), width = static_cast<std::int64_t>(longest);
    Examples examples{.inputs = at::zeros({n, width}, at::kByte),
                      .lengths = at::empty({n}, at::kLong),
                      .labels = at::empty({n}, at::kLong)};
    for (std::int64_t i = 0; i < n; ++i) {
        const auto& s = symbols[static_cast<std::size_t>(i)];
        for (std::size_t k = 0; k < s.size(); ++k)
            examples.inputs.data_ptr<std::uint8_t>()[i * width + static_cast<std::int64_t>(k)] =
                static_cast<std::uint8_t>(s[k]);
        examples.lengths.data_ptr<std::int64_t>()[i] = std::ssize(s);
        examples.labels.data_ptr<std::int64_t>()[i] = labels[static_cast<std::size_t>(i)];
    }
    return examples;
}

TaskData small_task() {
    RandomStream random(7, "words");
    std::vector<std::vector<int>> words;
    std::vector<int> labels;
    for (int i = 0; i < 40; ++i) {
        const int label = i % 3;
        std::vector<int> word;
        for (auto length = 2 + random.below(6); length > 0; --length)
            word.push_back(static_cast<int>(random.below(8)) + 4 * label);
        words.push_back(word);
        labels.push_back(label);
    }
    const auto all = sequences(words, labels);
    TaskData data;
    data.train = all.slice(0, 28);
    data.validation = all.slice(28, 40);
    data.shape = {.symbols = static_cast<std::int64_t>(kNameAlphabet.size()), .features = {}, .classes = 3};
    data.inspection.provenance.classes = {"a", "b", "c"};
    return data;
}

namespace {

/// Adds noise of its own to each draw.
class Noise : public Variation {
public:
    explicit Noise(Tensor inputs) : inputs_(std::move(inputs)) {}
    Tensor fresh(const Tensor& indices, std::uint64_t seed, std::int64_t epoch,
                 std::int64_t first) const override {
        auto drawn = inputs_.index_select(0, indices);
        for (std::int64_t i = 0; i < drawn.size(0); ++i)
            add(drawn[i], seed, std::to_string(epoch) + "/" + std::to_string(first + i));
        return drawn;
    }
    Tensor frozen(std::uint64_t seed, const Loading&) const override {
        auto drawn = inputs_.repeat({copies(), 1, 1});
        for (std::int64_t i = 0; i < drawn.size(0); ++i) add(drawn[i], seed, "frozen/" + std::to_string(i));
        return drawn;
    }
    std::int64_t copies() const override { return 2; }

private:
    static void add(Tensor one, std::uint64_t seed, const std::string& name) {
        RandomStream random(seed, name);
        auto* value = one.data_ptr<float>();
        for (std::int64_t k = 0; k < one.numel(); ++k) value[k] += static_cast<float>(0.1 * random.normal());
    }
    Tensor inputs_;
};

} // namespace

TaskData small_sounds() {
    constexpr std::int64_t bands = 9, frames = 37, n = 60;
    RandomStream random(7, "sounds");
    Examples all{.inputs = at::empty({n, bands, frames}, at::kFloat), .labels = at::empty({n}, at::kLong)};
    auto* value = all.inputs.data_ptr<float>();
    for (std::int64_t i = 0; i < n; ++i) {
        const std::int64_t label = i % 5 == 3 ? 1 : i % 5 == 4 ? 2 : 0;
        all.labels.data_ptr<std::int64_t>()[i] = label;
        for (std::int64_t b = 0; b < bands; ++b)
            for (std::int64_t f = 0; f < frames; ++f)
                *value++ = static_cast<float>(random.normal() + (label > 0 && b == 3 * label ? 1.5 : 0));
    }
    TaskData data;
    data.train = all.slice(0, 42);
    data.validation = all.slice(42, n);
    data.shape = {.features = {bands, frames}, .classes = 3};
    data.inspection.provenance.classes = {"other", "one", "two"};
    data.variation = std::make_shared<Noise>(data.train.inputs);
    data.detection = Detection{};
    return data;
}

TaskData small_points() {
    ParamSet params;
    const auto& task = registry().task("gaussian-mixture");
    for (const auto& param : task.entry.params) params.values[param.name] = param.fallback;
    for (const auto& [name, value] :
         {std::pair{"classes", 3}, {"dimension", 4}, {"train", 30}, {"validation", 15}, {"test", 0}})
        params.values[name] = std::int64_t{value};
    return task.load(params, {});
}

TaskData small_texts() {
    constexpr std::int64_t n = 45, longest = 9, known = 20, all_words = 26, d = 5;
    RandomStream random(7, "texts");
    Examples all{.inputs = at::zeros({n, longest}, at::kInt),
                 .lengths = at::empty({n}, at::kLong),
                 .labels = at::empty({n}, at::kLong)};
    for (std::int64_t i = 0; i < n; ++i) {
        const auto label = i % 3;
        const auto length = 1 + static_cast<std::int64_t>(random.below(longest));
        all.labels.data_ptr<std::int64_t>()[i] = label;
        all.lengths.data_ptr<std::int64_t>()[i] = length;
        for (std::int64_t t = 0; t < length; ++t)
            all.inputs.data_ptr<std::int32_t>()[i * longest + t] = static_cast<std::int32_t>(
                random.uniform() < 0.5 ? 2 + 6 * label + static_cast<std::int64_t>(random.below(6))
                                       : 2 + static_cast<std::int64_t>(random.below(all_words - 2)));
    }
    auto words = std::make_shared<TextShape>();
    words->known = known;
    words->longest = longest;
    words->hashes = at::zeros({all_words}, at::kInt);
    words->vectors = at::zeros({known, d}, at::kFloat);
    words->in_file = at::zeros({known}, at::kBool);
    for (std::int64_t id = 2; id < all_words; ++id) {
        words->hashes.data_ptr<std::int32_t>()[id] =
            static_cast<std::int32_t>(murmur3_32(std::string("w").append(std::to_string(id))));
        if (id >= known || id == 7) continue;
        words->in_file.data_ptr<bool>()[id] = true;
        for (std::int64_t k = 0; k < d; ++k)
            words->vectors.data_ptr<float>()[id * d + k] = static_cast<float>(random.normal());
    }
    TaskData data;
    data.train = all.slice(0, 30);
    data.validation = all.slice(30, n);
    data.shape = {.classes = 3, .words = std::move(words)};
    data.inspection.provenance.classes = {"a", "b", "c"};
    return data;
}

TaskData small_task_for(const std::string& model) {
    const auto& tasks = registry().model(model).entry.tasks;
    if (!tasks.empty() && tasks.front() == kTextTasks.front()) return small_texts();
    if (!tasks.empty() && tasks.front() == "gaussian-mixture") return small_points();
    return model == "crnn-attention" ? small_sounds() : small_task();
}

std::vector<std::pair<std::string, std::string>> width_setting(const std::string& model, int width) {
    if (const auto* layers = registry().catalog.find_param(Group::model, model, "layers");
        layers && layers->type == ParamType::text)
        return {{"model.layers", std::to_string(width) + ",4"}};
    if (model == "bert")
        return {{"model.hidden", std::to_string(width)},
                {"model.heads", width % 3 == 0 ? "3" : "1"},
                {"model.intermediate", std::to_string(2 * width)},
                {"model.max_length", "16"}};
    for (const char* name : {"hidden", "features", "filters"})
        if (registry().catalog.find_param(Group::model, model, name))
            return {{"model." + std::string(name), std::to_string(width)}};
    return {};
}

std::vector<std::string> descending_optimizers() {
    std::vector<std::string> all;
    for (const auto& o : registry().optimizers)
        if (o.entry.id != "least-squares") all.push_back(o.entry.id);
    return all;
}

RunSpec make_spec(const std::string& model, const std::string& optimizer, const std::string& regime,
                  const std::vector<std::pair<std::string, std::string>>& settings) {
    Request request;
    request.task = "names";
    request.model = model;
    request.optimizer = optimizer;
    request.regime = regime;
    for (const auto& [path, text] : settings) {
        if (path == "task")
            request.task = text;
        else if (path == "epochs")
            request.epochs = std::stoll(text);
        else if (path == "updates")
            request.updates = std::stoll(text);
        else if (path == "seed")
            request.seed = std::stoull(text);
        else
            request.set(path, text);
    }
    return unwrap(registry().catalog.resolve(request));
}

double relative_distance(const Tensor& a, const Tensor& b) {
    const auto x = a.detach().to(at::kDouble).flatten(), y = b.detach().to(at::kDouble).flatten();
    return (x - y).norm().item<double>() / std::max(1e-300, y.norm().item<double>());
}

bool same_bits(const Tensor& a, const Tensor& b) {
    return a.nbytes() == b.nbytes() && std::memcmp(a.data_ptr(), b.data_ptr(), a.nbytes()) == 0;
}

bool KeepingSink::push(BatchPtr batch) {
    if (broken) return false;
    batches.push_back(std::move(batch));
    return true;
}

std::vector<KeepingSink::Named> KeepingSink::samples() const {
    std::vector<std::string> names;
    std::map<std::pair<std::string, std::int64_t>, double>
        last; // as the store: a later sample of the same moment replaces
    for (const auto& batch : batches) {
        for (const auto& metric : batch->metrics) {
            names.resize(std::max<std::size_t>(names.size(), metric.index + 1));
            names[metric.index] = metric.name;
        }
        for (const auto& sample : batch->samples)
            if (names.at(sample.metric) != "throughput" && names[sample.metric] != "probes/share")
                last[{names[sample.metric], sample.update.count}] = sample.value;
    }
    std::vector<Named> all;
    for (const auto& [key, value] : last) all.push_back({key.first, key.second, value});
    return all;
}

std::vector<RunState> KeepingSink::states() const {
    std::vector<RunState> all;
    for (const auto& batch : batches)
        if (batch->state) all.push_back(batch->state->state);
    return all;
}

TemporaryFolder::TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "descent-test-XXXXXX").string();
    path = mkdtemp(name.data());
}
TemporaryFolder::~TemporaryFolder() {
    std::filesystem::remove_all(path);
}

void expect_same(const std::vector<KeepingSink::Named>& a, const std::vector<KeepingSink::Named>& b) {
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
        EXPECT_EQ(a[i].metric, b[i].metric);
        EXPECT_EQ(a[i].update, b[i].update);
        EXPECT_EQ(std::bit_cast<std::uint64_t>(a[i].value), std::bit_cast<std::uint64_t>(b[i].value))
            << a[i].metric << " " << a[i].update;
    }
}

void wait_for_pause(const Trainer& trainer) {
    while (trainer.state() != RunState::paused) std::this_thread::yield();
}

} // namespace descent::test
