#include "core/base/hash.h"
#include "core/engine/registry.h"
#include "core/text/name_list.h"
#include "core/text/normalise.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace descent {

namespace {

constexpr std::array kSideNames{"train", "validation", "test"};

Examples to_examples(const NameLists& lists, const std::vector<Side>& sides, Side side) {
    std::vector<const NameLists::Item*> chosen;
    std::size_t longest = 1;
    for (std::size_t i = 0; i < lists.items.size(); ++i) {
        if (sides[i] != side) continue;
        chosen.push_back(&lists.items[i]);
        longest = std::max(longest, lists.items[i].name.size());
    }
    const auto n = std::ssize(chosen);
    const auto width = static_cast<std::int64_t>(longest);
    Examples examples{.inputs = at::zeros({n, width}, at::kByte),
                      .lengths = at::empty({n}, at::kLong),
                      .labels = at::empty({n}, at::kLong)};
    auto* symbol = examples.inputs.data_ptr<std::uint8_t>();
    for (std::int64_t i = 0; i < n; ++i) {
        const auto& item = *chosen[static_cast<std::size_t>(i)];
        for (std::size_t k = 0; k < item.name.size(); ++k)
            symbol[i * width + static_cast<std::int64_t>(k)] =
                static_cast<std::uint8_t>(kNameAlphabet.find(item.name[k]));
        examples.lengths.data_ptr<std::int64_t>()[i] = std::ssize(item.name);
        examples.labels.data_ptr<std::int64_t>()[i] = item.label;
    }
    return examples;
}

std::string data_hash(const NameLists& lists, const std::vector<Side>& sides) {
    Sha256 hash;
    for (const auto& name : lists.classes) hash.add(name + "\n");
    for (std::size_t i = 0; i < lists.items.size(); ++i) {
        const auto& item = lists.items[i];
        hash.add(item.name + "\t" + std::to_string(item.label) + "\t" +
                 std::to_string(static_cast<int>(sides[i])) + "\n");
    }
    return hash.hex();
}

/// {"split": …, "train": {"Czech.txt": [lines…]}, …}
std::string manifest(const NameLists& lists, const std::vector<Side>& sides, const ParamSet& params) {
    auto json = nlohmann::json{{"source", lists.source}, {"split", params.text("split")}};
    if (params.text("split") != "legacy") json["split_seed"] = params.integer("split_seed");
    for (std::size_t i = 0; i < lists.items.size(); ++i) {
        if (sides[i] == Side::none) continue;
        const auto& item = lists.items[i];
        json[kSideNames[static_cast<std::size_t>(sides[i])]]
            [lists.classes[static_cast<std::size_t>(item.label)] + ".txt"]
                .push_back(item.line);
    }
    return json.dump();
}

void describe(const NameLists& lists, const std::vector<Side>& sides, const ParamSet& params,
              Inspection& out) {
    std::vector<std::int64_t> counts(lists.classes.size(), 0);
    std::array<std::int64_t, 3> totals{};
    out.split_counts.assign(lists.classes.size(), {});
    for (std::size_t i = 0; i < lists.items.size(); ++i) {
        const auto& item = lists.items[i];
        out.duplicates += item.repeated ? 1 : 0;
        if (sides[i] == Side::none) continue;
        ++counts[static_cast<std::size_t>(item.label)];
        const auto side = static_cast<std::size_t>(sides[i]);
        ++totals[side];
        ++out.split_counts[static_cast<std::size_t>(item.label)][side];
        out.samples.push_back({static_cast<int>(side), static_cast<int>(item.label), item.name, {}});
    }
    for (std::size_t c = 0; c < counts.size(); ++c)
        out.class_counts.emplace_back(lists.classes[c], counts[c]);
    out.dropped_lines = lists.dropped_lines;
    out.dropped_characters.assign(lists.dropped_characters.begin(), lists.dropped_characters.end());
    std::ranges::stable_sort(out.dropped_characters, std::greater{},
                             &std::pair<std::string, std::int64_t>::second);

    auto& p = out.provenance;
    p.data_hash = data_hash(lists, sides);
    p.data_source = lists.source;
    p.manifest = manifest(lists, sides, params);
    p.classes = lists.classes;
    p.train_examples = totals[0];
    p.validation_examples = totals[1];
    p.test_examples = totals[2];
    p.data_report = nlohmann::json{{"counts", out.class_counts},
                                   {"duplicates", out.duplicates},
                                   {"dropped_lines", out.dropped_lines},
                                   {"dropped_characters", out.dropped_characters}}
                        .dump();
}

TaskData load(const ParamSet& params, const Loading&) {
    const auto& source = params.text("source");
    const auto lists = source.empty() ? built_in_names() : read_name_folder(source);
    const double validation = params.real("validation_share"), test = params.real("test_share");
    if (validation + test >= 1)
        throw InputError("task.validation_share + task.test_share = " + to_string(Value(validation + test)) +
                         ": expected less than 1, so that something is left to train on");
    const auto sides = params.text("split") == "legacy"
                           ? legacy_split(lists)
                           : stratified_split(lists, validation, test,
                                              static_cast<std::uint64_t>(params.integer("split_seed")));
    TaskData data;
    data.train = to_examples(lists, sides, Side::train);
    data.validation = to_examples(lists, sides, Side::validation);
    data.test = to_examples(lists, sides, Side::test);
    if (data.train.size() == 0 || data.validation.size() == 0)
        throw InputError("task.source = " + lists.source +
                         ": too few names to split into train and validation");
    data.shape = {.symbols = static_cast<std::int64_t>(kNameAlphabet.size()),
                  .features = {},
                  .classes = std::ssize(lists.classes)};
    describe(lists, sides, params, data.inspection);
    return data;
}

} // namespace

TaskDefinition task_names() {
    return {
        {.id = "names",
         .title = "Names",
         .summary = "Tell the language of a surname from its letters",
         .params =
             {path("source", "",
                   "Folder of Language.txt files, UTF-8, one surname a line; empty for the built-in set"),
              choice("split", "stratified", {"stratified", "legacy"},
                     "stratified: distinct names, no name on two sides; legacy: first 80% of each file's "
                     "lines train, the "
                     "rest validate, repetitions kept"),
              real("validation_share", 0.15, "Share of the names held out for validation").above(0).below(1),
              real("test_share", 0.15, "Share held out for the test at the end").at_least(0).below(1),
              integer("split_seed", 0,
                      "Seed of the split, apart from the run's seed so that replicates share it")
                  .at_least(0)},
         .deltas = {{"model", std::string("gru")},
                    {"optimizer", std::string("sgd")},
                    {"regime", std::string("sgd")}}},
        load};
}

} // namespace descent
