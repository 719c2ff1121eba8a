// Labelled texts as people have them: what is looked at, what is trained on, and what is refused in one line.

#include "tests/cli/cli_fixture.h"

#include <gmock/gmock.h>

namespace descent::test {

namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Texts : public Cli {
protected:
    using Settings = std::vector<std::pair<std::string, std::string>>;

    /// `count` rows "label,text" beneath their names, b and a in turn.
    static std::string rows(int count) {
        std::string all = "label,text\n";
        for (int i = 0; i < count; ++i)
            all += (i % 2 == 0 ? "b,a good word" : "a,a bad word") + std::to_string(i) + "\n";
        return all;
    }
    /// The same as "LABEL text" lines.
    static std::string lines(int count) {
        std::string all;
        for (int i = 0; i < count; ++i)
            all += (i % 2 == 0 ? "b a good word" : "a a bad word") + std::to_string(i) + "\n";
        return all;
    }

    std::string put(const std::string& name, const std::string& content) const {
        const auto file = folder_ / name;
        fs::create_directories(file.parent_path());
        write(file, content);
        return file.string();
    }

    static std::vector<std::string> with(std::vector<std::string> words, const Settings& settings) {
        words.insert(words.end(), {"--task", "text", "--set", "task.vector_kind=none"});
        for (const auto& [name, value] : settings) {
            words.emplace_back("--set");
            words.push_back(name + "=" + value);
        }
        return words;
    }
    nlohmann::json data(const Settings& settings, const std::vector<std::string>& more = {}) const {
        std::vector<std::string> words{"data", "--json"};
        words.insert(words.end(), more.begin(), more.end());
        const auto ended = descent(with(words, settings));
        EXPECT_EQ(ended.code, 0) << ended.err;
        return nlohmann::json::parse(ended.out, nullptr, false);
    }
    Ended train(const Settings& settings) const {
        return descent(with({"run", "--model", "softmax-regression", "--epochs", "1", "--quiet"}, settings));
    }
    void trains(const Settings& settings) const {
        const auto ended = train(settings);
        EXPECT_EQ(ended.code, 0) << ended.err;
        EXPECT_EQ(stored_runs().back()["state"], "finished");
    }
    /// Looking and training say the same one line, and training leaves no run.
    void refused(const Settings& settings, const std::vector<std::string>& said) const {
        expect_refused(with({"data"}, settings), said);
        expect_refused(with({"run", "--model", "softmax-regression"}, settings), said);
    }
};

TEST_F(Texts, ASetIsShownInFigures) {
    auto content = rows(60);
    content += "a,\n";             // an empty text
    content += "b,a good word0\n"; // once more
    content += "b,one two three four five six seven eight nine ten\n";
    const auto file = put("reviews.csv", content);
    const auto report = data({{"task.source", file}, {"task.max_length", "8"}}, {"--samples", "3"});
    EXPECT_EQ(report["source"], file);
    EXPECT_EQ(report["class_counts"], (nlohmann::json{{"a", 31}, {"b", 32}}));
    EXPECT_EQ(report["duplicates"], 1);
    const auto& texts = report["texts"];
    EXPECT_EQ(texts["synthetic"], false);
    EXPECT_EQ(texts["empty_texts"], 1);
    EXPECT_EQ(texts["cut_texts"], 1);
    EXPECT_EQ(texts["cut_at"], 8);
    EXPECT_EQ(texts["lengths"]["median"], 3);
    EXPECT_EQ(texts["lengths"]["most"], 10);
    std::int64_t counted = 0, tokens = 0;
    for (const char* side : {"train", "validation", "test"}) {
        std::int64_t texts_of_side = 0;
        for (const auto& n : texts["lengths"]["histogram"]["counts"][side])
            texts_of_side += n.get<std::int64_t>();
        EXPECT_EQ(texts_of_side, report[std::string(side) + "_examples"]);
        counted += texts_of_side;
        tokens += texts["tokens"][side].get<std::int64_t>();
    }
    EXPECT_EQ(counted, 63);
    EXPECT_EQ(tokens, 61 * 3 + 8); // the empty text has none; the long one is cut
    EXPECT_EQ(texts["commonest"][0]["word"], "a");
    EXPECT_LT(texts["known_share"]["validation"], 1.0); // words that stand there alone
    ASSERT_EQ(report["samples"].size(), 6U);
    EXPECT_EQ(report["samples"][0]["class"], "a");
    EXPECT_EQ(report["samples"][5]["class"], "b");

    const auto text = descent(with({"data"}, {{"task.source", file}, {"task.max_length", "8"}}));
    EXPECT_EQ(text.code, 0) << text.err;
    EXPECT_THAT(text.out, AllOf(HasSubstr("reviews.csv read as a table, ',' between its fields"),
                                HasSubstr("cut at 8"), HasSubstr("repeated texts: 1, empty ones: 1"),
                                HasSubstr("vocabulary: "), HasSubstr("a good word")));
    EXPECT_EQ(stored_runs().size(), 0U);
}

TEST_F(Texts, ExamplesAreChosenByClassAndWord) {
    const auto file = put("reviews.csv", rows(60));
    const auto found = data({{"task.source", file}}, {"--class", "a", "--find", "WORD1", "--samples", "100"});
    ASSERT_EQ(found["samples"].size(), 6U); // word1, 11, 13, 15, 17, 19
    for (const auto& sample : found["samples"]) EXPECT_EQ(sample["class"], "a");
    expect_refused(with({"data", "--class", "good"}, {{"task.source", file}}), {"--class", "'good'", "a, b"});
    expect_refused(with({"data", "--samples", "-1"}, {{"task.source", file}}), {"--samples", "at least 0"});
}

TEST_F(Texts, BuiltInOnesSayThatTheyAreSynthetic) {
    for (const std::string task : {"trec", "ag-news", "tweets", "imdb", "yelp-polarity", "text"}) {
        SCOPED_TRACE(task);
        const auto ended = descent({"data", "--task", task, "--set", "task.examples=120", "--set",
                                    "task.vector_kind=none", "--json"});
        ASSERT_EQ(ended.code, 0) << ended.err;
        const auto report = nlohmann::json::parse(ended.out, nullptr, false);
        EXPECT_EQ(report["source"], "built-in, synthetic");
        EXPECT_EQ(report["texts"]["synthetic"], true);
        EXPECT_THAT(report["notes"][0].get<std::string>(), HasSubstr("says nothing of real texts"));
    }
}

TEST_F(Texts, APreviewShowsHowTheyWouldBeRead) {
    const auto file = put("shop.csv", "id;stars;title;body\n1;5;Fine;all is good\n2;1;Bad;never again\n"
                                      "3;5;Good;quick and kind\n4;1;No;broken\n");
    const auto ended = descent({"data", "preview", file, "--json"});
    ASSERT_EQ(ended.code, 0) << ended.err;
    const auto found = nlohmann::json::parse(ended.out, nullptr, false);
    EXPECT_EQ(found["delimiter"], ";");
    EXPECT_EQ(found["header"], true);
    EXPECT_EQ(found["label_column"], "stars");
    EXPECT_EQ(found["text_columns"], "body");
    EXPECT_EQ(found["columns"], (std::vector<std::string>{"id", "stars", "title", "body"}));
    const auto both = descent({"data", "preview", file, "--text-columns", "title,body", "--rows", "2"});
    EXPECT_EQ(both.code, 0) << both.err;
    EXPECT_THAT(both.out, AllOf(HasSubstr("Fine all is good"), Not(HasSubstr("quick and kind"))));
    expect_refused({"data", "preview", file, "--label-column", "star"},
                   {"shop.csv", "no column 'star'", "did you mean 'stars'?", "id, stars, title, body"});
    expect_refused({"data", "preview", file, "--header", "maybe"}, {"--header", "detect, yes, no"});
    expect_refused({"data", "preview"}, {"data preview", "file or folder"});
    EXPECT_FALSE(fs::exists(store()));
}

TEST_F(Texts, AWrongColumnIsAnsweredWithTheRightOne) {
    const auto file = put("reviews.csv", rows(60));
    refused({{"task.source", file}, {"task.label_column", "lable"}},
            {"reviews.csv", "no column 'lable'", "did you mean 'label'?"});
    refused({{"task.source", file}, {"task.text_columns", "9"}}, {"no column '9'", "label, text"});
}

TEST_F(Texts, AnUnclosedQuoteIsSaidWhereItOpens) {
    refused({{"task.source", put("open.csv", rows(10) + "a,\"never closed\nb,more\na,and more\n")}},
            {"open.csv: line 12", "not closed"});
}

TEST_F(Texts, AClassOfTheTestFileAloneIsRefused) {
    refused({{"task.source", put("t.train", lines(40))},
             {"task.test_source", put("t.test", lines(4) + "c odd\n")}},
            {"t.test, line 5", "class 'c'", "(a, b)"});
}

TEST_F(Texts, EmptyAndEndlessTextsAreTrainedOn) {
    std::string endless;
    while (endless.size() < 5'000'000) endless += "word ";
    const auto file = put("odd.csv", rows(60) + "a,\nb," + endless + "\n");
    const auto report = data({{"task.source", file}});
    EXPECT_EQ(report["texts"]["lengths"]["most"], 1'000'000);
    EXPECT_THAT(report["notes"].dump(), HasSubstr("1 empty text, taken as one unknown word"));
    for (const auto& sample : report["samples"]) EXPECT_LE(sample["text"].get<std::string>().size(), 2'003U);
    trains({{"task.source", file}});
}

TEST_F(Texts, Latin1IsReadWhenTold) {
    const auto file = put("caf.txt", lines(40) + "a un caf\xE9\n");
    refused({{"task.source", file}}, {"caf.txt: line 41", "not UTF-8", "latin-1"});
    const auto report = data({{"task.source", file}, {"task.encoding", "latin-1"}}, {"--find", "CAFÉ"});
    ASSERT_EQ(report["samples"].size(), 1U);
    EXPECT_EQ(report["samples"][0]["text"], "un café");
    trains({{"task.source", file}, {"task.encoding", "latin-1"}});
}

TEST_F(Texts, AShortLineOfWordVectorsIsNamed) {
    const auto file = put("reviews.csv", rows(60));
    const auto short_line = put("glove.txt", "good 1 2 3\nbad 1 2 3\na 1 2\n");
    for (const char* command : {"data", "run"})
        expect_refused({command, "--task", "text", "--set", "task.source=" + file, "--set",
                        "task.vector_kind=file", "--set", "task.vectors=" + short_line},
                       {"glove.txt", "line 3"});
    const auto fine = put("fine.txt", "good 1 2 3\nbad -1 -2 -3\n");
    const auto ended = descent({"run", "--task", "text", "--set", "task.source=" + file, "--set",
                                "task.vector_kind=file", "--set", "task.vectors=" + fine, "--model",
                                "mlp-embedding-average", "--epochs", "1", "--quiet"});
    EXPECT_EQ(ended.code, 0) << ended.err;
}

TEST_F(Texts, EveryLayoutIsFound) {
    for (const char* part : {"train", "test"})
        for (const char* label : {"pos", "neg"})
            for (int i = 0; i < 20; ++i)
                put("aclImdb/" + std::string(part) + "/" + label + "/" + std::to_string(i) + "_7.txt",
                    std::string(label) + " film " + std::to_string(i));
    put("aclImdb/train/unsup/0_0.txt", "no class");
    const auto imdb = data({{"task.source", (folder_ / "aclImdb").string()}});
    EXPECT_EQ(imdb["class_counts"], (nlohmann::json{{"neg", 40}, {"pos", 40}}));
    EXPECT_EQ(imdb["test_examples"], 40);
    trains({{"task.source", (folder_ / "aclImdb").string()}});

    const auto labelled = put("questions.txt", lines(60));
    EXPECT_EQ(data({{"task.source", labelled}})["class_counts"], (nlohmann::json{{"a", 30}, {"b", 30}}));
    trains({{"task.source", labelled}});

    for (const char* label : {"ham", "spam"}) {
        std::string all;
        for (int i = 0; i < 30; ++i) all += std::string(label) + " mail " + std::to_string(i) + "\n";
        put("mails/" + std::string(label) + ".txt", all);
    }
    const auto files = data({{"task.source", (folder_ / "mails").string()}});
    EXPECT_EQ(files["class_counts"], (nlohmann::json{{"ham", 30}, {"spam", 30}}));
    EXPECT_THAT(files["notes"].dump(), HasSubstr("a file for each class, a text in each line"));
    trains({{"task.source", (folder_ / "mails").string()}});
}

} // namespace

} // namespace descent::test
