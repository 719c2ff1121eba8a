#include "core/tasks/text_data.h"

#include "core/base/format.h"
#include "core/base/hash.h"
#include "core/tasks/text_corpus.h"
#include "core/tasks/text_vectors.h"
#include "core/text/feature_hash.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace descent {

namespace {

namespace fs = std::filesystem;

constexpr std::array kLayouts{
    std::pair{"detect", TextLayout::Kind::detect}, std::pair{"table", TextLayout::Kind::table},
    std::pair{"folders", TextLayout::Kind::folders}, std::pair{"files", TextLayout::Kind::files},
    std::pair{"lines", TextLayout::Kind::lines}};

ParamTable params(const TextTask& task) {
    ParamTable table{
        path(
            "source", "",
            "File or folder of labelled texts: a table, LABEL text lines, a folder a class, or a folder with "
            "train and test in it; empty for built-in, synthetic ones"),
        path("test_source", "", "File or folder of the test's texts; empty splits test_share off"),
        real("validation_share", 0.15, "Share of the texts held out for validation").above(0).below(1),
        real("test_share", task.test_share,
             "Share held out for the test at the end, where it has no texts of its own")
            .at_least(0)
            .below(1),
        integer("split_seed", 0, "Seed of the split, apart from the run's seed so that replicates share it")
            .at_least(0),
        choice("layout", "detect", {"detect", "table", "folders", "files", "lines"},
               "How the texts lie: a table (CSV, TSV), a folder of folders by class with a text a file, a "
               "folder of "
               "LABEL.txt with a text a line, or LABEL text lines")
            .under("Reading"),
        text("delimiter", "", "Character between a table's fields, or tab; empty finds it").under("Reading"),
        choice("header", "detect", {"detect", "yes", "no"}, "Whether a table's first row names its columns")
            .under("Reading"),
        text("label_column", "", "A table's column of labels, by name or number from 1; empty finds it")
            .under("Reading"),
        text("text_columns", "",
             "A table's columns of text, by commas, joined in this order; empty finds them")
            .under("Reading"),
        choice("encoding", task.encoding, {"utf-8", "latin-1"}, "Of the files").under("Reading"),
        integer("examples", task.examples, "Built-in texts to make")
            .at_least(20)
            .at_most(1'000'000)
            .log()
            .under("Built-in texts"),
        real("made_noise", 0.05, "Share of the built-in texts whose label is drawn anew")
            .at_least(0)
            .at_most(1)
            .under("Built-in texts"),
        choice("tokenizer", "word", tokenizer_names(),
               "How a text is cut into words: at blanks, into words and marks, or into runs of two or more "
               "letters and digits")
            .under("Words"),
        flag("lower", true, "Takes all letters as lower case").under("Words"),
        integer("max_words", 25'000,
                "Words that the vocabulary holds, the commonest of the training texts; 0 for all")
            .at_least(0)
            .in("words")
            .log()
            .under("Words"),
        integer("min_count", 1, "Rarer words are unknown").at_least(1).under("Words"),
        integer("max_length", task.longest, "Longer texts are cut to this")
            .at_least(1)
            .at_most(10'000)
            .in("tokens")
            .log()
            .under("Words"),
    };
    for (auto& spec : vector_params(task.vectors)) table.push_back(std::move(spec));
    return table;
}

TextLayout layout(const ParamSet& p) {
    TextLayout layout;
    const auto& kind = p.text("layout");
    for (const auto& [name, value] : kLayouts)
        if (kind == name) layout.kind = value;
    const auto& header = p.text("header");
    layout.header = header == "yes"  ? TextLayout::Header::yes
                    : header == "no" ? TextLayout::Header::no
                                     : TextLayout::Header::detect;
    const auto& delimiter = p.text("delimiter");
    layout.delimiter = delimiter == "tab" || delimiter == "\\t" ? "\t" : delimiter;
    layout.label_column = p.text("label_column");
    layout.text_columns = p.text("text_columns");
    layout.latin1 = p.text("encoding") == "latin-1";
    return layout;
}

nlohmann::json to_json(const TextReadFacts& facts) {
    std::string kind;
    for (const auto& [name, value] : kLayouts)
        if (facts.layout.kind == value) kind = name;
    nlohmann::json json{
        {"hash", facts.hash}, {"texts", facts.texts}, {"layout", kind}, {"latin1", facts.layout.latin1}};
    if (facts.layout.kind == TextLayout::Kind::table)
        json.update({{"delimiter", facts.layout.delimiter},
                     {"header", facts.layout.header == TextLayout::Header::yes},
                     {"label_column", facts.layout.label_column},
                     {"text_columns", facts.layout.text_columns}});
    return json;
}

/// The one entry of a folder that is called `name`, or `name`.csv and the like, or ends with .`name`; "" for
/// none.
fs::path part_of(const fs::path& folder, const std::string& name) {
    fs::path found;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        const auto& path = entry.path();
        if (path.stem() != name && path.extension() != "." + name) continue;
        if (!found.empty()) return {};
        found = path;
    }
    return found;
}

struct Sources {
    fs::path train, test; ///< test may be empty
};

Sources sources(const ParamSet& p) {
    Sources all{p.text("source"), p.text("test_source")};
    std::error_code error;
    if (!fs::is_directory(all.train, error)) return all;
    const auto train = part_of(all.train, "train"), test = part_of(all.train, "test");
    if (train.empty() || test.empty()) return all;
    if (all.test.empty()) all.test = test;
    all.train = train;
    return all;
}

/// Tokens of a text at these shares of the texts.
nlohmann::json lengths_json(std::vector<std::uint32_t> lengths) {
    std::ranges::sort(lengths);
    const auto at = [&](double share) {
        return lengths[static_cast<std::size_t>(
            std::llround(share * static_cast<double>(lengths.size() - 1)))];
    };
    nlohmann::json json{{"least", at(0)},
                        {"quarter", at(0.25)},
                        {"median", at(0.5)},
                        {"three_quarters", at(0.75)},
                        {"nineteen_twentieths", at(0.95)},
                        {"most", at(1)}};
    // How many have up to so many tokens: forty equal steps to the 99th percentile, then the rest.
    constexpr std::uint32_t kSteps = 40;
    const auto step = std::max<std::uint32_t>(1, (at(0.99) + kSteps - 1) / kSteps);
    std::vector<std::int64_t> counts(kSteps + 1, 0);
    for (const auto length : lengths) ++counts[std::min(kSteps, length == 0 ? 0 : (length - 1) / step)];
    json["histogram"] = {{"step", step}, {"counts", counts}};
    return json;
}

std::string shares(double share) {
    return format_number(std::floor(share * 1000) / 10, 4) + "%";
}

/// What there is to say of the texts, for a person and for the record.
void describe(const TextCorpus& corpus, const ParamSet& p, nlohmann::json report, Inspection& out) {
    const auto& rows = corpus.rows();
    const auto classes = corpus.classes().size();
    std::array<std::int64_t, 3> totals{};
    std::int64_t cut = 0, empty = 0;
    std::vector<std::uint32_t> lengths;
    out.split_counts.assign(classes, {});
    for (const auto& row : rows) {
        const auto side = static_cast<std::size_t>(row.side);
        ++totals[side];
        ++out.split_counts[static_cast<std::size_t>(row.label)][side];
        cut += row.tokens > row.kept ? 1 : 0;
        empty += row.tokens == 0 ? 1 : 0;
        lengths.push_back(row.tokens);
    }
    for (std::size_t c = 0; c < classes; ++c) {
        const auto& n = out.split_counts[c];
        out.class_counts.emplace_back(corpus.classes()[c], n[0] + n[1] + n[2]);
    }
    out.duplicates = corpus.repeated();
    out.samples = corpus.samples();

    const auto& words = corpus.vocabulary();
    const auto tokens = lengths_json(std::move(lengths));
    const auto known = words.known() - 2;
    std::int64_t met = 0;
    for (std::int32_t id = 2; id < words.size(); ++id) met += words.occurrences(id) > 0 ? 1 : 0;
    out.notes.push_back("vocabulary: " + format_count(known) + " of the " + format_count(met) +
                        " words of the training texts; it knows " + shares(corpus.known_share(0)) +
                        " of their tokens and " + shares(corpus.known_share(1)) +
                        " of the validation texts'");
    out.notes.push_back("lengths: half of the texts have at most " +
                        format_count(tokens["median"].get<std::int64_t>()) + " tokens, 95% at most " +
                        format_count(tokens["nineteen_twentieths"].get<std::int64_t>()) + ", the longest " +
                        format_count(tokens["most"].get<std::int64_t>()) + "; " + format_count(cut) +
                        " cut to " + format_count(p.integer("max_length")));
    const auto one = [](std::int64_t n, const char* text, const char* texts) {
        return format_count(n) + " " + (n == 1 ? text : texts);
    };
    if (empty > 0)
        out.notes.push_back(one(empty, "empty text", "empty texts") + ", taken as one unknown word");
    if (const auto leaked = corpus.leaked(); leaked > 0)
        out.notes.push_back(one(leaked, "text", "texts") + " of the test set also among the others");

    report.update({{"counts", out.class_counts},
                   {"duplicates", out.duplicates},
                   {"leaked", corpus.leaked()},
                   {"empty_texts", empty},
                   {"cut_texts", cut},
                   {"vocabulary", known},
                   {"words", met},
                   {"known_share",
                    {{"train", corpus.known_share(0)},
                     {"validation", corpus.known_share(1)},
                     {"test", corpus.known_share(2)}}},
                   {"unknown_share_of_validation", 1 - corpus.known_share(1)},
                   {"lengths", tokens}});
    auto& facts = out.provenance;
    facts.data_report = report.dump();
    facts.classes = corpus.classes();
    facts.train_examples = totals[0];
    facts.validation_examples = totals[1];
    facts.test_examples = totals[2];
}

TaskData load(const TextTask& task, const ParamSet& p, const Loading& loading) {
    const double validation = p.real("validation_share"), test = p.real("test_share");
    const auto from = sources(p);
    const bool built_in = from.train.empty();
    if (built_in && !from.test.empty())
        throw InputError("task.test_source = " + from.test.string() +
                         ": expected a task.source too; the built-in texts are split");
    const double split_off = from.test.empty() ? test : 0;
    if (validation + split_off >= 1)
        throw InputError("task.validation_share + task.test_share = " + to_string(Value(validation + test)) +
                         ": expected less than 1, so that something is left to train on");

    TextCorpus corpus(make_tokenizer(p.text("tokenizer"), p.flag("lower")), p.integer("max_length"),
                      loading.samples);
    nlohmann::json manifest{{"source", built_in ? "built-in" : from.train.string()},
                            {"split_seed", p.integer("split_seed")}};
    if (built_in) {
        corpus.take(task.make(p.integer("examples"), p.real("made_noise")));
    } else {
        manifest["train"] = to_json(corpus.read(from.train, layout(p), false, loading));
        if (!from.test.empty()) {
            manifest["test_source"] = from.test.string();
            manifest["test"] = to_json(corpus.read(from.test, layout(p), true, loading));
        }
    }
    corpus.name_classes(built_in ? "the built-in texts" : "task.source = " + from.train.string(), task.names);
    corpus.split(validation, split_off, static_cast<std::uint64_t>(p.integer("split_seed")));
    corpus.number(p.integer("max_words"), p.integer("min_count"));

    TaskData data;
    data.train = corpus.examples(0);
    data.validation = corpus.examples(1);
    data.test = corpus.examples(2);
    if (data.train.size() == 0 || data.validation.size() == 0)
        throw InputError("task.source = " + from.train.string() +
                         ": too few different texts to split into train and validation");

    const auto& words = corpus.vocabulary();
    auto shape = std::make_shared<TextShape>();
    shape->known = words.known();
    shape->longest = corpus.longest();
    shape->hashes = at::zeros({words.size()}, at::kInt);
    for (std::int32_t id = 2; id < words.size(); ++id)
        shape->hashes.data_ptr<std::int32_t>()[id] = static_cast<std::int32_t>(murmur3_32(words.word(id)));
    nlohmann::json report;
    std::string vector_hash;
    const auto on_vectors = add_vectors(p, words, data.train, loading, *shape, vector_hash);
    if (!vector_hash.empty()) manifest["vectors"] = vector_hash;

    auto& out = data.inspection;
    if (built_in)
        out.notes.push_back("built-in texts: synthetic, made by a small grammar; a figure reached on them "
                            "says nothing of real texts");
    describe(corpus, p, std::move(report), out);
    if (!on_vectors.empty()) out.notes.push_back(on_vectors);
    out.provenance.data_source = built_in ? "built-in, synthetic" : from.train.string();
    out.provenance.manifest = manifest.dump();
    out.provenance.data_hash = sha256_hex(corpus.hash() + vector_hash);
    shape->lower = p.flag("lower");
    const auto classes = std::ssize(corpus.classes());
    shape->vocabulary = std::make_shared<const Vocabulary>(std::move(corpus).take_vocabulary());
    data.shape = {.classes = classes, .words = std::move(shape)};
    return data;
}

} // namespace

TaskDefinition text_task(TextTask what) {
    Entry entry{.id = what.id,
                .title = what.title,
                .summary = what.summary,
                .params = params(what),
                .deltas = {{"model", std::string("text-cnn")},
                           {"optimizer", std::string("adam")},
                           {"regime", std::string("sgd")},
                           {"regime.micro_batch", what.micro_batch}}};
    return {std::move(entry), [task = std::move(what)](const ParamSet& p, const Loading& loading) {
                return load(task, p, loading);
            }};
}

} // namespace descent
