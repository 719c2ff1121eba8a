#include "core/tasks/text_data.h"

#include "tests/engine/support.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <sstream>

namespace descent::test {

namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

class TextData : public ::testing::Test {
protected:
    TextData() { setenv("XDG_CACHE_HOME", (folder_.path / "cache").c_str(), 1); }
    ~TextData() override { unsetenv("XDG_CACHE_HOME"); }

    std::string write(const std::string& name, const std::string& content) const {
        const auto file = folder_.path / name;
        fs::create_directories(file.parent_path());
        std::ofstream(file, std::ios::binary) << content;
        return file.string();
    }

    static TaskData load(const std::string& task,
                         const std::vector<std::pair<std::string, std::string>>& settings,
                         bool samples = false) {
        Request request;
        request.task = task;
        for (const auto& [name, value] : settings) request.set("task." + name, value);
        return registry().task(task).load(unwrap(registry().catalog.resolve(request)).task.params,
                                          {{}, {}, samples});
    }

    static void refused(const std::vector<std::pair<std::string, std::string>>& settings,
                        const std::vector<std::string>& parts) {
        try {
            load("text", settings);
            ADD_FAILURE() << "not refused: " << parts.front();
        } catch (const InputError& e) {
            EXPECT_EQ(std::string(e.what()).find('\n'), std::string::npos) << e.what();
            for (const auto& part : parts) EXPECT_THAT(e.what(), HasSubstr(part));
        }
    }

    /// `count` lines "LABEL w… w…", classes b and a in turn.
    static std::string lines(int count, int first = 0) {
        std::string all;
        for (int i = first; i < first + count; ++i)
            all += (i % 2 == 0 ? "b good w" : "a bad w") + std::to_string(i) + " w" + std::to_string(i / 2) +
                   "\n";
        return all;
    }

    TemporaryFolder folder_;
};

TEST_F(TextData, BuiltInTextsOfEveryTask) {
    for (const auto& id : kTextTasks) {
        SCOPED_TRACE(id);
        const auto data = load(id, {{"examples", "300"}}, true);
        const auto& p = data.inspection.provenance;
        EXPECT_EQ(p.data_source, "built-in, synthetic");
        EXPECT_EQ(data.train.size() + data.validation.size() + data.test.size(), 300);
        EXPECT_EQ(std::ssize(p.classes), data.shape.classes);
        EXPECT_EQ(std::ssize(data.inspection.samples), 300);
        EXPECT_EQ(data.train.inputs.scalar_type(), at::kInt);
        EXPECT_EQ(data.shape.words->vectors.size(0), data.shape.words->known);
        EXPECT_EQ(
            data.shape.words->longest,
            std::max({data.train.inputs.size(1), data.validation.inputs.size(1), data.test.inputs.size(1)}));
        EXPECT_TRUE(std::ranges::any_of(data.inspection.notes, [](const auto& note) {
            return note.find("synthetic") != std::string::npos;
        }));
        EXPECT_LT(p.manifest.size(), 1000U);
        const auto again = load(id, {{"examples", "300"}});
        EXPECT_EQ(again.inspection.provenance.data_hash, p.data_hash);
        EXPECT_TRUE(same_bits(again.shape.words->vectors, data.shape.words->vectors)); // from the cache
        EXPECT_TRUE(again.inspection.samples.empty());
        EXPECT_NE(load(id, {{"examples", "300"}, {"split_seed", "1"}}).inspection.provenance.data_hash,
                  p.data_hash);
    }
    EXPECT_EQ(load("tweets", {{"examples", "60"}}).shape.classes, 3);
    EXPECT_EQ(load("trec", {{"examples", "60"}}).shape.classes, 6);
    EXPECT_EQ(load("ag-news", {{"examples", "60"}}).shape.classes, 4);
}

TEST_F(TextData, WordsAreNumberedByTheTrainingTextsAlone) {
    const auto file = write("texts.train", lines(200)), other = write("texts.test", lines(40, 200));
    const auto data = load(
        "text", {{"source", file}, {"test_source", other}, {"layout", "lines"}, {"min_count", "2"}}, true);
    EXPECT_EQ(data.test.size(), 40);
    EXPECT_EQ(data.inspection.provenance.classes, (std::vector<std::string>{"a", "b"}));
    const auto& words = *data.shape.words;
    // "bad" and "good" are the commonest words of the training texts; of the test's own words none is known.
    for (const auto* side : {&data.train, &data.validation, &data.test}) {
        const auto first = side->inputs.select(1, 0).to(at::kLong);
        EXPECT_LE(first.max().item<std::int64_t>(), 3);
        EXPECT_GE(first.min().item<std::int64_t>(), 2);
        EXPECT_TRUE(side->lengths.eq(3).all().item<bool>());
    }
    EXPECT_GE(data.test.inputs.slice(1, 1).min().item<std::int64_t>(), words.known);
    EXPECT_EQ(words.hashes.size(0), 2 + 2 + 240); // good, bad, w0 … w239
    const auto report = nlohmann::json::parse(data.inspection.provenance.data_report);
    EXPECT_EQ(report["vocabulary"].get<std::int64_t>(), words.known - 2);
    EXPECT_NEAR(report["known_share"]["test"].get<double>(), 1.0 / 3, 1e-9);
}

TEST_F(TextData, EqualTextsStandOnOneSide) {
    std::string all;
    for (int copy = 0; copy < 3; ++copy) all += lines(100);
    const auto data = load("text", {{"source", write("t.txt", all)}, {"layout", "lines"}}, true);
    std::map<std::string, std::set<int>> sides;
    for (const auto& sample : data.inspection.samples) sides[sample.text].insert(sample.side);
    EXPECT_EQ(sides.size(), 100U);
    for (const auto& [text, of] : sides) EXPECT_EQ(of.size(), 1U) << text;
    EXPECT_EQ(data.inspection.duplicates, 200);
    EXPECT_EQ(data.validation.size(), 3 * 16); // 15% of 50 texts of each class, rounded
}

TEST_F(TextData, NumbersSortBySizeAndHaveTheNamesOfTheirTask) {
    std::ostringstream rows;
    for (int i = 0; i < 60; ++i)
        rows << '"' << 1 + i % 4 << "\",\"title " << i << "\",\"some words, and " << i << " more\"\n";
    const auto file = write("news.csv", rows.str());
    EXPECT_EQ(load("ag-news", {{"source", file}}).inspection.provenance.classes,
              (std::vector<std::string>{"World", "Sports", "Business", "Sci/Tech"}));
    std::string many;
    for (int i = 0; i < 120; ++i) many += std::to_string(i % 12) + " word" + std::to_string(i) + "\n";
    const auto classes = load("text", {{"source", write("many.txt", many)}, {"layout", "lines"}})
                             .inspection.provenance.classes;
    EXPECT_EQ(classes[2], "2");
    EXPECT_EQ(classes[11], "11");
}

TEST_F(TextData, AFolderWithTrainAndTestIsBoth) {
    for (const char* part : {"train", "test"})
        for (const char* name : {"pos", "neg"})
            for (int i = 0; i < 20; ++i)
                write("aclImdb/" + std::string(part) + "/" + name + "/" + std::to_string(i) + ".txt",
                      std::string(name) + " film " + std::to_string(i));
    write("aclImdb/train/unsup/0.txt", "no class");
    const auto data = load("imdb", {{"source", (folder_.path / "aclImdb").string()}});
    EXPECT_EQ(data.inspection.provenance.classes, (std::vector<std::string>{"neg", "pos"}));
    EXPECT_EQ(data.train.size() + data.validation.size(), 40);
    EXPECT_EQ(data.test.size(), 40);
}

TEST_F(TextData, EmptyAndEndlessTexts) {
    std::string rows = "label,text\n";
    for (int i = 0; i < 40; ++i)
        rows.append(i % 2 == 0 ? "a,words of " : "b,others ").append(std::to_string(i)).append("\n");
    rows += "a,\n";
    std::string endless;
    while (endless.size() < 5'000'000) endless += "word ";
    rows += "b," + endless + "\n";
    const auto data = load("text", {{"source", write("odd.csv", rows)}, {"max_length", "50"}}, true);
    EXPECT_EQ(data.train.size() + data.validation.size() + data.test.size(), 42);
    const auto report = nlohmann::json::parse(data.inspection.provenance.data_report);
    EXPECT_EQ(report["empty_texts"], 1);
    EXPECT_EQ(report["cut_texts"], 1);
    EXPECT_EQ(report["lengths"]["most"], 1'000'000);
    EXPECT_EQ(data.shape.words->longest, 50);
    for (const auto& sample : data.inspection.samples) EXPECT_LE(sample.text.size(), 2'003U);
    std::int64_t unknown = 0;
    for (const auto* side : {&data.train, &data.validation, &data.test})
        unknown += side->inputs.select(1, 0).eq(1).sum().item<std::int64_t>();
    EXPECT_EQ(unknown, 1);
}

TEST_F(TextData, VectorsOfAFile) {
    const auto texts = write("t.txt", lines(40));
    const auto glove = write("glove.txt", "bad 1 2 3\nfilm 0 0 1\ngood -1 -2 -3\n");
    const auto data =
        load("text", {{"source", texts}, {"layout", "lines"}, {"vector_kind", "file"}, {"vectors", glove}});
    const auto& words = *data.shape.words;
    ASSERT_EQ(words.vectors.size(1), 3);
    EXPECT_EQ(words.in_file.sum().item<std::int64_t>(), 2);
    const auto good = data.train.inputs[0][0].item<std::int64_t>();
    EXPECT_EQ(words.vectors[good].abs().sum().item<double>(), 6);
    EXPECT_EQ(words.vectors.slice(0, 0, 2).abs().sum().item<double>(), 0);

    const std::vector<std::pair<std::string, std::string>> common{{"source", texts}, {"layout", "lines"}};
    const auto with = [&](std::vector<std::pair<std::string, std::string>> more) {
        more.insert(more.begin(), common.begin(), common.end());
        return more;
    };
    refused(with({{"vector_kind", "file"}, {"vectors", write("short.txt", "bad 1 2 3\ngood 1 2\n")}}),
            {"short.txt", "2"});
    refused(with({{"vector_kind", "file"}, {"vectors", write("other.txt", "x 1 2 3\ny 1 2 3\n")}}),
            {"other.txt", "none of the"});
    refused(with({{"vector_kind", "file"}}), {"task.vectors"});
    refused(with({{"vectors", glove}}), {"task.vector_kind = file"});
}

TEST_F(TextData, WhatCannotBeUsedGetsOneLine) {
    const auto texts = write("t.txt", lines(40));
    refused(
        {{"source", texts}, {"layout", "lines"}, {"test_source", write("u.txt", lines(4) + "c good w1\n")}},
        {"u.txt, line 5", "class 'c'", "(a, b)"});
    refused({{"source", write("open.csv", "label,text\na,one\nb,\"two\nc,three\nd,four\n")}},
            {"open.csv", "3"});
    refused({{"source", write("one.txt", "a x\na y\na z\n")}, {"layout", "lines"}},
            {"one.txt", "at least two classes"});
    refused({{"source", write("caf.txt", "a caf\xE9\nb x\n")}, {"layout", "lines"}}, {"caf.txt", "latin"});
    refused({{"source", (folder_.path / "nothing").string()}}, {"nothing"});
    refused({{"test_source", texts}}, {"task.test_source"});
    refused({{"source", texts}, {"validation_share", "0.6"}, {"test_share", "0.5"}}, {"validation_share"});
    const auto data = load("text", {{"source", write("latin.txt", lines(40) + "a caf\xE9\n")},
                                    {"layout", "lines"},
                                    {"encoding", "latin-1"}});
    EXPECT_EQ(data.inspection.class_counts.front().second, 21);
}

} // namespace

} // namespace descent::test
