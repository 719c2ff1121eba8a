#include "core/store/filter.h"

#include "tests/store/store_testing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace descent {

using namespace testing;

namespace {

/// Five runs under one-letter names, differing in what filters look at.
struct Filter : ::testing::Test {
    static void SetUpTestSuite() {
        place = new StorePlace;
        const auto writer = place->writer();
        const auto add = [&](const std::string& name, const char* model, const char* optimizer, double lr,
                             RunState state, std::uint64_t seed, double accuracy, double best) {
            RunRecord run = example_run(seed);
            run.name = name;
            run.spec.model.id = model;
            run.spec.optimizer = {optimizer, {{{"lr", lr}}}};
            run.note = name == "a" ? "The first, ÄRGER und 100% 'quoted'" : "";
            run.starred = name == "b";
            if (name == "c") run.tags = {"Paper", "two words"};
            if (name == "e") run.spec.regime = {"sgd", {}};
            run.created_ms = 1000 - name[0];
            must(writer->create(run));
            auto batch = batch_of(run.id);
            batch->metrics = example_metrics();
            if (name != "e") batch->samples = {sample(1, 1, best), sample(1, 2, accuracy), sample(2, 2, 3)};
            batch->state = StateChange{state, ""};
            batch->progress = {Update{static_cast<std::int64_t>(10 * seed)}, Update{100}, Epoch{2.5}, 60, {}};
            writer->push(batch);
        };
        add("a", "gru", "sgd", 0.01, RunState::finished, 1, 0.6, 0.9);
        add("b", "gru", "adam", 0.1, RunState::diverged, 2, kNaN, 0.5);
        add("c", "lstm", "sgd", 0.5, RunState::finished, 3, 0.7, 0.7);
        add("d", "elman", "adam", 0.001, RunState::stopped, 4, 0.8, 0.8);
        add("e", "gru", "sgd", 0.02, RunState::failed, 5, 0, 0);
        must(writer->flush());
        must(writer->create([] {
            RunRecord run = example_run(18'446'744'073'709'551'615u);
            run.name = "f";
            run.spec.model.id = "MLP";
            run.created_ms = 1000 - 'f';
            return run;
        }()));
        reader = place->reader().release();
    }
    static void TearDownTestSuite() {
        delete reader;
        delete place;
    }

    /// The names it lets through, in order, or the reason why it does not parse.
    static std::string result(const std::string& where) {
        const auto runs = reader->runs({.where = where});
        if (!runs) return runs.error().message;
        std::string names;
        for (const RunRecord& run : *runs) names += run.name;
        return names;
    }

    static inline StorePlace* place = nullptr;
    static inline StoreReader* reader = nullptr;
};

} // namespace

TEST_F(Filter, Columns) {
    EXPECT_EQ(result(""), "abcdef");
    EXPECT_EQ(result("  \t "), "abcdef");
    EXPECT_EQ(result("name = a"), "a");
    EXPECT_EQ(result("model=gru"), "abe");
    EXPECT_EQ(result("MODEL=GRU"), "abe") << "names of fields and text without their case";
    EXPECT_EQ(result("model=mlp"), "f");
    EXPECT_EQ(result("model!=gru"), "cdf");
    EXPECT_EQ(result("model~L"), "cdf");
    EXPECT_EQ(result("state=finished"), "ac");
    EXPECT_EQ(result("state ~ ed"), "abcde");
    EXPECT_EQ(result("seed>=3"), "cdef");
    EXPECT_EQ(result("seed=18446744073709551615"), "f");
    EXPECT_EQ(result("updates<30"), "abf");
    EXPECT_EQ(result("epochs=2.5 and seconds=60"), "abcde");
    EXPECT_EQ(result("threads=2"), "abcdef");
    EXPECT_EQ(result("key=0123456789ABCDEF"), "abcdef");
    EXPECT_EQ(result("name < c"), "ab");
}

TEST_F(Filter, ParametersAndMetrics) {
    EXPECT_EQ(result("lr>0.01"), "bcef");
    EXPECT_EQ(result("lr=1e-2"), "a") << "compared as numbers";
    EXPECT_EQ(result("optimizer.lr<=0.01"), "ad");
    EXPECT_EQ(result("model.lr>0"), "");
    EXPECT_EQ(result("source=BUILT-IN"), "abcdef");
    EXPECT_EQ(result("normalise=true and normalise=1"), "abcdef");
    EXPECT_EQ(result("nesterov=false"), "f");
    EXPECT_EQ(result("clip=0.25"), "abcdf");
    EXPECT_EQ(result("nothing=1"), "");
    EXPECT_EQ(result("validation/accuracy>0.65"), "cd");
    EXPECT_EQ(result("best:validation/accuracy>=0.8"), "ad");
    EXPECT_EQ(result("last:validation/accuracy<0.65"), "a");
    EXPECT_EQ(result("validation/accuracy = nan"), "b");
    EXPECT_EQ(result("validation/accuracy != nan"), "acd");
    EXPECT_EQ(result("rate=3"), "abcd") << "a metric without a slash";
    EXPECT_EQ(result("\"validation/accuracy\" < inf"), "acd");
    EXPECT_EQ(result("lr != 0.1"), "acdef");
}

TEST_F(Filter, MetricsAtAStep) {
    // 1: the first value, 2: the second; a before b, see SetUpTestSuite.
    EXPECT_EQ(result("validation/accuracy@1>=0.8"), "ad");
    EXPECT_EQ(result("validation/accuracy@2>0.65"), "cd");
    EXPECT_EQ(result("validation/accuracy@1000000>0.65"), "cd") << "the last until then";
    EXPECT_EQ(result("validation/accuracy@0>0"), "") << "nothing was measured yet";
    EXPECT_EQ(result("not validation/accuracy@0>0"), "abcdef");
    EXPECT_EQ(result("last:validation/accuracy@1=0.5"), "b");
    EXPECT_EQ(result("validation/accuracy@2 = nan"), "b");
    EXPECT_EQ(result("validation/accuracy@1 = nan"), "");
    EXPECT_EQ(result("validation/accuracy@2 != nan"), "acd");
    EXPECT_EQ(result("best:validation/accuracy@2 > 0"),
              "column 1: 'best:' looks at all steps, '@' at one: write one of the two");
    EXPECT_EQ(result("validation/accuracy@x > 0"), "") << "a metric of that name";
}

TEST_F(Filter, DatesStatesAndSizes) {
    EXPECT_EQ(result("created<1971 and started<today"), "abcdef");
    EXPECT_EQ(result("created>=2026-11-01"), "");
    EXPECT_EQ(result("created<=2026-11-01"), "abcdef");
    EXPECT_EQ(result("created > 1970 or created < 1970"), result("created != 1970"));
    EXPECT_EQ(result("ended>1970"), "abcde") << "f goes on";
    EXPECT_EQ(result("not ended>1970"), "f");
    EXPECT_EQ(result("created<1971-02-01T12 and created<2026-11-01T14:03"), "abcdef");
    EXPECT_EQ(result("created = 2026-13-01"),
              "column 11: 'created' is a date, such as 2026-11-01, 2026-11, \"2026-11-01 14:03\" or today; "
              "'2026-13-01' is not");
    EXPECT_EQ(result("created ~ 2026"), "column 1: '~' looks in text, and 'created' is a date");
    EXPECT_EQ(result("diverged"), "b");
    EXPECT_EQ(result("finished and not starred"), "ac");
    EXPECT_EQ(result("\"diverged\""), "") << "quoted it is a word to look for";
    EXPECT_EQ(result("parameters > 0"), "abcdef");
    EXPECT_EQ(result("parameters > 1e9"), "");
    EXPECT_EQ(result("planned >= 100"), "abcdef");
}

TEST_F(Filter, WordsTagsAndFlags) {
    EXPECT_EQ(result("starred"), "b");
    EXPECT_EQ(result("NOT Starred"), "acdef");
    EXPECT_EQ(result("tag:paper"), "c");
    EXPECT_EQ(result("tag:\"two words\""), "c");
    EXPECT_EQ(result("tag=paper"), "c");
    EXPECT_EQ(result("tag~wor"), "c");
    EXPECT_EQ(result("tag!=paper"), "abdef");
    EXPECT_EQ(result("tag:pap"), "");
    EXPECT_EQ(result("adam"), "bd") << "a bare word also looks at the optimizer";
    EXPECT_EQ(result("words"), "c");
    EXPECT_EQ(result("ärger"), "a");
    EXPECT_EQ(result("note~'ärger UND'"), "a");
    EXPECT_EQ(result("100%"), "a");
    EXPECT_EQ(result("%"), "a") << "no wildcard";
    EXPECT_EQ(result("note~_"), "");
    EXPECT_EQ(result("\"'quoted'\""), "a");
    EXPECT_EQ(result("'''quoted'''"), "a");
    EXPECT_EQ(result("note = ''"), "bcdef");
}

TEST_F(Filter, Logic) {
    EXPECT_EQ(result("gru and sgd or lstm"), "ace");
    EXPECT_EQ(result("lstm or gru and starred"), "bc") << "and before or";
    EXPECT_EQ(result("(lstm or gru) and starred"), "b");
    EXPECT_EQ(result("not gru and not lstm"), "df") << "not before and";
    EXPECT_EQ(result("not (gru or lstm)"), "df");
    EXPECT_EQ(result("not not starred"), "b");
    EXPECT_EQ(result("not validation/accuracy>0.65"), "abef")
        << "the exact opposite, also for runs without it";
    EXPECT_EQ(result("model = 'and'"), "");
    EXPECT_EQ(result("'and'"), "") << "quoted it is a word to look for";
}

TEST_F(Filter, ErrorsPointAtThePlace) {
    EXPECT_EQ(result("lr >"), "column 5: expected a value after '>'");
    EXPECT_EQ(result("lr > > 3"), "column 6: expected a value after '>'");
    EXPECT_EQ(result("ärger lr"), "column 7: expected 'and' or 'or' before 'lr'") << "characters, not bytes";
    EXPECT_EQ(result("and x"), "column 1: expected a condition before 'and'");
    EXPECT_EQ(result("x or"), "column 5: expected a condition");
    EXPECT_EQ(result("(x"), "column 1: no ')' for this '('");
    EXPECT_EQ(result("x)"), "column 2: no '(' for this ')'");
    EXPECT_EQ(result("()"), "column 2: expected a condition before ')'");
    EXPECT_EQ(result("= 3"), "column 1: expected a condition before '='");
    EXPECT_EQ(result("x ! 3"), "column 3: expected '!='");
    EXPECT_EQ(result("note = 'x"), "column 8: no closing '");
    EXPECT_EQ(result("l$r = 3"), "column 1: 'l$r' cannot be the name of a field");
    EXPECT_EQ(result("seed = three"), "column 8: 'seed' is a number, 'three' is not");
    EXPECT_EQ(result("train/loss = low"), "column 14: 'train/loss' is a number, 'low' is not");
    EXPECT_EQ(result("train/loss ~ 1"), "column 1: '~' looks in text, and 'train/loss' is a number");
    EXPECT_EQ(result("state = finishd"), "column 9: unknown state 'finishd'; did you mean 'finished'?");
    EXPECT_EQ(result("optimiser.lr = 3"),
              "column 1: unknown group 'optimiser'; expected task, model, optimizer or regime");
    EXPECT_EQ(result("starred = 1"), "column 1: 'starred' stands alone: write 'starred' or 'not starred'");
    EXPECT_EQ(result("tag > 1"), "column 1: tags are compared with '=', '!=' or '~'");
    EXPECT_EQ(result("tag: "), "column 1: expected a tag after 'tag:'");
    EXPECT_EQ(result("best: = 1"), "column 1: expected a metric after 'best:'");
}

TEST_F(Filter, BoundsWhatItTakes) {
    EXPECT_THAT(result(std::string(5000, '(')), ::testing::HasSubstr("too many brackets"));
    std::string many = "name=x";
    for (int i = 0; i < 199; ++i) many += i % 2 ? " and name=x" : " or name=a";
    EXPECT_EQ(result(many), "a");
    EXPECT_THAT(result(many + " or name=a"), ::testing::HasSubstr("too many conditions"));
    std::string nots;
    for (int i = 0; i < 48; ++i) nots += "not ";
    EXPECT_EQ(result(nots + "starred"), "b");
}

TEST_F(Filter, NeverReachesSqlWithWhatWasTyped) {
    EXPECT_EQ(result("name = \"a'; DROP TABLE run; --\""), "");
    EXPECT_EQ(result("\"x' OR 1=1 --\" = 3"), "");
    EXPECT_EQ(result("name=a;--"), "");
    EXPECT_EQ(query(place->path(), "SELECT count(*) FROM run"), "6");
}

TEST_F(Filter, AnyTextIsListedOrRefused) {
    const std::vector<std::string> pieces{"and",
                                          "or",
                                          "not",
                                          "(",
                                          ")",
                                          "=",
                                          "!=",
                                          "<",
                                          "<=",
                                          ">",
                                          ">=",
                                          "~",
                                          "!",
                                          "\"",
                                          "'",
                                          "\"a b\"",
                                          "''",
                                          "tag:",
                                          "tag:x",
                                          "starred",
                                          "trashed",
                                          "state",
                                          "name",
                                          "seed",
                                          "lr",
                                          "optimizer.lr",
                                          "model.",
                                          ".",
                                          "best:",
                                          "best:a/b",
                                          "a/b",
                                          "/",
                                          "1",
                                          "-1e5",
                                          "1e999",
                                          "nan",
                                          "-inf",
                                          "0x10",
                                          "18446744073709551616",
                                          "%",
                                          "_",
                                          "\\",
                                          "?",
                                          "?1",
                                          ":x",
                                          ";",
                                          "--",
                                          "/*",
                                          "\xff\xfe",
                                          "ß",
                                          "\xe2\x82",
                                          std::string("\0", 1),
                                          "\n",
                                          " ",
                                          "🙂",
                                          "r.name",
                                          "running"};
    std::mt19937 random(7);
    int accepted = 0;
    for (int i = 0; i < 20'000; ++i) { // parsed, and one in ten also asked of SQLite
        std::string text;
        const auto length = random() % 8;
        for (unsigned j = 0; j < length; ++j) {
            text += pieces[random() % pieces.size()];
            if (random() % 3) text += ' ';
        }
        const auto condition = parse_filter(text);
        if (!condition) {
            EXPECT_TRUE(condition.error().message.starts_with("column "))
                << text << ": " << condition.error().message;
            EXPECT_EQ(condition.error().kind, Error::Kind::input);
            continue;
        }
        if (++accepted % 10) continue;
        const auto runs = reader->runs({.where = text});
        EXPECT_TRUE(runs) << text << ": " << runs.error().message;
    }
    EXPECT_GT(accepted, 1000);
}

} // namespace descent
