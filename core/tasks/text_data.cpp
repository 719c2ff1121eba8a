#include "core/tasks/text_data.h"

#include "core/base/format.h"
#include "core/base/hash.h"
#include "core/tasks/text_corpus.h"
#include "core/tasks/text_vectors.h"
#include "core/text/feature_hash.h"
#include "core/text/text_summary.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <tuple>

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

std::string shares(double share) {
    return format_number(std::floor(share * 1000) / 10, 4) + "%";
}

TextSummary summary(const TextCorpus& corpus, std::int64_t cut_at) {
    constexpr std::int32_t kCommonest = 200;
    TextSummary all;
    std::array<std::vector<std::uint32_t>, 3> tokens;
    for (const auto& row : corpus.rows()) {
        tokens[static_cast<std::size_t>(row.side)].push_back(row.tokens);
        all.cut_texts += row.tokens > row.kept ? 1 : 0;
        all.empty += row.tokens == 0 ? 1 : 0;
    }
    all.count_lengths(std::move(tokens));
    all.cut_at = cut_at;
    all.leaked = corpus.leaked();
    const auto& words = corpus.vocabulary();
    all.vocabulary = words.known() - 2;
    for (std::int32_t id = 2; id < words.size(); ++id) all.words += words.occurrences(id) > 0 ? 1 : 0;
    for (std::size_t side = 0; side < 3; ++side)
        std::tie(all.tokens[side], all.known[side]) = corpus.known(static_cast<int>(side));
    for (std::int32_t id = 2; id < std::min<std::int64_t>(words.known(), 2 + kCommonest); ++id)
        all.commonest.emplace_back(words.word(id), words.occurrences(id));
    return all;
}

/// What there is to say of the texts, for a person and for the record.
void describe(const TextCorpus& corpus, std::int64_t cut_at, bool synthetic, Inspection& out) {
    const auto classes = corpus.classes().size();
    std::array<std::int64_t, 3> totals{};
    out.split_counts.assign(classes, {});
    for (const auto& row : corpus.rows()) {
        const auto side = static_cast<std::size_t>(row.side);
        ++totals[side];
        ++out.split_counts[static_cast<std::size_t>(row.label)][side];
    }
    for (std::size_t c = 0; c < classes; ++c) {
        const auto& n = out.split_counts[c];
        out.class_counts.emplace_back(corpus.classes()[c], n[0] + n[1] + n[2]);
    }
    out.duplicates = corpus.repeated();
    out.samples = corpus.samples();

    TextSummary all = summary(corpus, cut_at);
    all.synthetic = synthetic;
    out.notes.push_back("vocabulary: " + format_count(all.vocabulary) + " of the " + format_count(all.words) +
                        " words of the training texts; it knows " + shares(all.known_share(0)) +
                        " of their tokens and " + shares(all.known_share(1)) + " of the validation texts'");
    out.notes.push_back("lengths: half of the texts have at most " + format_count(all.median) +
                        " tokens, 95% at most " + format_count(all.nineteen_twentieths) + ", the longest " +
                        format_count(all.most) + "; " + format_count(all.cut_texts) + " cut to " +
                        format_count(cut_at));
    const auto one = [](std::int64_t n, const char* text, const char* texts) {
        return format_count(n) + " " + (n == 1 ? text : texts);
    };
    if (all.empty > 0)
        out.notes.push_back(one(all.empty, "empty text", "empty texts") + ", taken as one unknown word");
    if (all.leaked > 0)
        out.notes.push_back(one(all.leaked, "text", "texts") + " of the test set also among the others");

    nlohmann::json report = to_json(all);
    report.update({{"counts", out.class_counts}, {"duplicates", out.duplicates}});
    auto& facts = out.provenance;
    facts.data_report = report.dump();
    facts.classes = corpus.classes();
    facts.train_examples = totals[0];
    facts.validation_examples = totals[1];
    facts.test_examples = totals[2];
}

TaskData load(const TextTask& task, const ParamSet& p, const Loading& loading) {
    const double validation = p.real("validation_share"), test = p.real("test_share");
    TextSources from = text_sources(p.text("source"));
    if (!p.text("test_source").empty()) from.test = p.text("test_source");
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
    std::vector<std::string> notes;
    const auto read = [&](const fs::path& place, const char* part, const TextLayout& how, bool for_test) {
        const auto facts = corpus.read(place, how, for_test, loading);
        manifest[part] = to_json(facts);
        const auto name = place.has_filename() ? place.filename() : place.parent_path().filename();
        notes.push_back(name.string() + " read as " + in_words(facts.layout));
        return facts.layout;
    };
    if (built_in) {
        corpus.take(task.make(p.integer("examples"), p.real("made_noise")));
    } else {
        const auto found = read(from.train, "train", layout(p), false);
        if (!from.test.empty()) {
            manifest["test_source"] = from.test.string();
            // The test's file may be too short to tell how it lies; it does as the other one.
            TextLayout how = layout(p);
            std::error_code error;
            if (!fs::is_directory(from.train, error) && fs::is_regular_file(from.test, error)) {
                how.kind = found.kind;
                if (found.kind == TextLayout::Kind::table) how.delimiter = found.delimiter;
            }
            read(from.test, "test", how, true);
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
    std::string vector_hash;
    const auto on_vectors = add_vectors(p, words, data.train, loading, *shape, vector_hash);
    if (!vector_hash.empty()) manifest["vectors"] = vector_hash;

    auto& out = data.inspection;
    if (built_in)
        out.notes.push_back("built-in texts: synthetic, made by a small grammar; a figure reached on them "
                            "says nothing of real texts");
    for (auto& note : notes) out.notes.push_back(std::move(note));
    describe(corpus, p.integer("max_length"), built_in, out);
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
