// Keyword spotting from the command line: a made corpus, both ways of descent, curves out, and what is wrong
// with data.

#include "tests/cli/cli_fixture.h"

#include <gmock/gmock.h>

#include <map>
#include <set>

namespace descent::test {

namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// `seconds` of silence but for a click, as a WAV file of `bits` PCM (or 32-bit float) at `rate`.
std::string wav(double seconds, int rate, int channels, int bits, bool is_float = false) {
    const auto frames = static_cast<std::uint32_t>(seconds * rate);
    const auto block = static_cast<std::uint32_t>(channels * bits / 8);
    std::string bytes;
    const auto number = [&](std::uint32_t value, int size) {
        for (int i = 0; i < size; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xff);
    };
    bytes += "RIFF";
    number(36 + frames * block, 4);
    bytes += "WAVEfmt ";
    number(16, 4);
    number(is_float ? 3 : 1, 2);
    number(static_cast<std::uint32_t>(channels), 2);
    number(static_cast<std::uint32_t>(rate), 4);
    number(static_cast<std::uint32_t>(rate) * block, 4);
    number(block, 2);
    number(static_cast<std::uint32_t>(bits), 2);
    bytes += "data";
    number(frames * block, 4);
    std::string samples(static_cast<std::size_t>(frames) * block, bits == 8 ? '\x80' : '\0');
    if (bits != 32)
        for (std::size_t i = samples.size() / 2; i < samples.size() / 2 + 64 && i < samples.size(); ++i)
            samples[i] = static_cast<char>(37 * i);
    return bytes + samples;
}

class Keywords : public Cli {
protected:
    void make_corpus() const {
        ASSERT_EQ(descent({"data", "make", "kws", "--speakers", "4", "--takes", "2", "--words",
                           "sheila,happy,eight,up", "--out", "corpus"})
                      .code,
                  0);
    }
    std::vector<std::string> run(const std::vector<std::string>& more) const {
        std::vector<std::string> words{"run",   "--task",        "kws-binary", "--set", "task.source=corpus",
                                       "--set", "model.hidden=8"};
        words.insert(words.end(), more.begin(), more.end());
        return words;
    }
    nlohmann::json inspect(const std::vector<std::string>& settings) const {
        std::vector<std::string> words{"data", "inspect", "--task", "kws-binary", "--json"};
        for (const auto& setting : settings) words.insert(words.end(), {"--set", setting});
        const auto ended = descent(words);
        EXPECT_EQ(ended.code, 0) << ended.err;
        return nlohmann::json::parse(ended.out, nullptr, false);
    }
};

TEST_F(Keywords, TrainUnderEveryRegimeAndExportTheirCurves) {
    make_corpus();
    for (const std::string regime : {"sgd", "full-batch", "full-batch-clipped", "legacy-running-clip"}) {
        SCOPED_TRACE(regime);
        const auto ended = descent(run({"--regime", regime, "--epochs", "2", "--json"}));
        ASSERT_EQ(ended.code, 0) << ended.err;
        std::set<std::string> metrics;
        for (const auto& line : json_lines(ended.out))
            if (line["event"] == "sample") metrics.insert(line["metric"]);
        for (const char* name :
             {"validation/auroc", "validation/auc-fa-fr", "validation/eer", "validation/1-auroc",
              "validation/fr-at-fa", "validation/fa-per-hour", "train/auroc"})
            EXPECT_TRUE(metrics.contains(name)) << name;
    }
    const auto name = stored_runs()[0]["run"].get<std::string>();
    const auto shares = descent({"export", name, "--curve", "fa-fr", "--csv", "fa-fr.csv"});
    EXPECT_EQ(shares.code, 0) << shares.err;
    const auto rows = lines_of(read(folder_ / "fa-fr.csv"));
    ASSERT_GE(rows.size(), 7u); // three evaluations of two points or more
    EXPECT_EQ(rows[0], "run_id,run,seed,update,epoch,set,keyword,threshold,false_alarm,false_reject");
    EXPECT_THAT(rows[1], HasSubstr(",inf,0,"));
    for (const char* kind : {"roc", "det"})
        EXPECT_EQ(descent({"export", name, "--curve", kind, "--csv", "c.csv"}).code, 0);
    expect_refused({"export", name, "--curve", "fafr", "--csv", "d.csv"},
                   {"--curve fafr", "fa-fr, roc or det"});
    EXPECT_EQ(descent(tiny_run({"--epochs", "1", "--quiet"})).code, 0);
    const auto names = stored_runs()[0]["run"].get<std::string>();
    expect_refused({"export", names, "--curve", "fa-fr", "--csv", "d.csv"}, {names, "no detection curves"});
}

TEST_F(Keywords, ThreeOfThemAreMeasuredOneByOne) {
    make_corpus();
    const auto ended =
        descent({"run", "--task", "kws-3", "--set", "task.source=corpus", "--set", "model.hidden=8", "--set",
                 "task.copies=1", "--regime", "full-batch-clipped", "--epochs", "1", "--json"});
    ASSERT_EQ(ended.code, 0) << ended.err;
    std::set<std::string> metrics;
    for (const auto& line : json_lines(ended.out))
        if (line["event"] == "sample") metrics.insert(line["metric"]);
    for (const char* name :
         {"validation/auroc", "validation/auroc/sheila", "validation/auroc/happy", "validation/auroc/eight"})
        EXPECT_TRUE(metrics.contains(name)) << name;
}

TEST_F(Keywords, TheSameSpecGivesTheSameSamplesWithTheCacheAndWithout) {
    make_corpus();
    for (const char* regime : {"sgd", "full-batch-clipped"}) {
        const auto go = [&] {
            const auto ended = descent(run({"--regime", regime, "--epochs", "2", "--quiet"}));
            EXPECT_EQ(ended.code, 0) << ended.err;
            return samples(stored_runs()[0]["run"].get<std::string>());
        };
        const auto first = go();
        ASSERT_TRUE(fs::exists(folder_ / ".cache" / "descent-studio" / "features"));
        EXPECT_EQ(go(), first);
        fs::remove_all(folder_ / ".cache");
        EXPECT_EQ(go(), first);
    }
}

TEST_F(Keywords, ChosenSpeakersAreHeldOut) {
    make_corpus();
    std::set<std::string> speakers;
    for (const auto& entry : fs::directory_iterator(folder_ / "corpus" / "up"))
        speakers.insert(entry.path().filename().string().substr(0, 8));
    ASSERT_EQ(speakers.size(), 4u);
    const auto report = inspect({"task.source=corpus", "task.holdout_speakers=" + *speakers.begin()});
    EXPECT_EQ(report["speakers"], (nlohmann::json{{"train", 3}, {"validation", 1}, {"test", 0}}));
    EXPECT_EQ(report["split_counts"]["sheila"],
              (nlohmann::json{{"train", 6}, {"validation", 2}, {"test", 0}}));
    expect_refused(run({"--set", "task.holdout_speakers=nobody"}), {"task.holdout_speakers", "nobody"});
}

TEST_F(Keywords, OddFormatsAreReadAndBrokenFilesNamed) {
    make_corpus();
    const auto up = folder_ / "corpus" / "up";
    write(up / "ada_nohash_0.wav", wav(0.5, 8000, 1, 8));
    write(up / "ada_nohash_1.wav", wav(1.2, 48000, 2, 32, true));
    auto cut = wav(1, 16000, 1, 16);
    write(up / "ada_nohash_2.wav", cut.substr(0, cut.size() / 2));
    write(up / "ada_nohash_3.wav", wav(0, 16000, 1, 16));
    write(up / "ada_nohash_4.wav", "Not a sound at all.\n");
    const auto report = inspect({"task.source=corpus"});
    EXPECT_EQ(report["class_counts"]["other"], 26); // 4 speakers, 3 words, 2 takes, and two odd ones
    std::map<std::string, std::string> reasons;
    for (const auto& file : report["left_out"]) reasons[file["file"]] = file["reason"];
    ASSERT_EQ(reasons.size(), 3u);
    EXPECT_THAT(reasons["up/ada_nohash_2.wav"], HasSubstr("ends early"));
    EXPECT_THAT(reasons["up/ada_nohash_3.wav"], HasSubstr("no samples"));
    EXPECT_THAT(reasons["up/ada_nohash_4.wav"], HasSubstr("not a sound file"));

    const auto ended = descent(run({"--epochs", "1", "--set", "task.copies=1", "--quiet"}));
    EXPECT_EQ(ended.code, 0);
    for (const auto& [file, reason] : reasons)
        EXPECT_THAT(ended.err, HasSubstr(file)) << "the run says so too";
}

TEST_F(Keywords, UnusableDataIsRefusedInOneLine) {
    make_corpus();
    expect_refused(run({"--set", "task.keywords=shiela"}),
                   {"task.keywords", "shiela", "did you mean 'sheila'"});
    expect_refused(run({"--set", "task.keywords="}), {"task.keywords"});
    expect_refused(run({"--set", "task.snr_low=40"}), {"task.snr_low", "task.snr_high"});
    expect_refused(run({"--set", "task.validation_share=0.6", "--set", "task.test_share=0.6"}),
                   {"task.validation_share"});
    expect_refused({"run", "--task", "kws-binary", "--set", "task.source=names"}, {"task.source", "nohash"});
    expect_refused({"run", "--task", "kws-binary", "--set", "task.source=none/here"},
                   {"task.source", "none/here"});
    expect_refused({"run", "--task", "kws-binary", "--model", "gru"}, {"gru", "kws-binary"});

    for (const char* word : {"yes", "no"}) {
        fs::create_directories(folder_ / "one" / word);
        fs::create_directories(folder_ / "broken" / word);
        write(folder_ / "one" / word / "ada_nohash_0.wav", wav(1, 16000, 1, 16));
        for (const char* who : {"ada", "bob", "cy"})
            write(folder_ / "broken" / word / (std::string(who) + "_nohash_0.wav"), "text");
    }
    expect_refused({"run", "--task", "kws-binary", "--set", "task.source=one", "--set", "task.keywords=yes"},
                   {"task.source", "speaker"});
    expect_refused(
        {"run", "--task", "kws-binary", "--set", "task.source=broken", "--set", "task.keywords=yes"},
        {"none of its clips can be used", "not a sound file"});
}

} // namespace

} // namespace descent::test
