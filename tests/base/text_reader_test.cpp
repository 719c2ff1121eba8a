#include "core/text/text_reader.h"

#include "core/base/hash.h"
#include "core/base/result.h"
#include "temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace descent {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using Kind = TextLayout::Kind;
using testing::TemporaryFolder;

namespace {

struct All {
    TextReadFacts facts;
    std::vector<LabelledText> texts;
};

All read(const std::filesystem::path& place, const TextLayout& layout = {}) {
    All all;
    all.facts = read_texts(place, layout, [&](LabelledText&& text) { all.texts.push_back(std::move(text)); });
    return all;
}

std::string refused(const std::filesystem::path& place, const TextLayout& layout = {}) {
    try {
        read(place, layout);
    } catch (const InputError& e) {
        return e.what();
    }
    return "accepted";
}

std::vector<std::string> labelled(const All& all) {
    std::vector<std::string> lines;
    for (const auto& text : all.texts) lines.push_back(text.label + ": " + text.text);
    return lines;
}

const TextLayout kTable{.kind = Kind::table, .header = TextLayout::Header::no, .delimiter = ","};

} // namespace

TEST(TextReader, ReadsTables) {
    const TemporaryFolder folder;
    const std::string bytes =
        "\xef\xbb\xbflabel,title,text\r\npos,One,\"He said \"\"good\"\",\r\nand more\"\r\n"
        "\r\nneg,,\r\npos,Größe,so so\r\n";
    const auto file = folder.write("t.csv", bytes);
    const All all = read(file, {.text_columns = "title,text"});
    EXPECT_THAT(labelled(all),
                ElementsAre("pos: One He said \"good\",\r\nand more", "neg:  ", "pos: Größe so so"));
    EXPECT_EQ(all.texts[0].line, 2);
    EXPECT_EQ(all.texts[1].line, 5);
    EXPECT_EQ(all.texts[2].file, file.string());
    EXPECT_EQ(all.facts.texts, 3);
    EXPECT_EQ(all.facts.empty_texts, 1);
    EXPECT_EQ(all.facts.hash, sha256_hex(bytes));
    EXPECT_EQ(all.facts.layout.label_column, "label");
}

TEST(TextReader, SaysWhatIsWrongWithATable) {
    const TemporaryFolder folder;
    EXPECT_THAT(refused(folder.write("t.csv", "a,good\nb,\"bad\nb,fine\nb,worse\n"), kTable),
                EndsWith("t.csv: line 2: the quote that is opened here is not closed"));
    EXPECT_THAT(refused(folder.write("t.csv", "a,\"x\ny\"\nb,good\nb\n"), kTable),
                EndsWith("t.csv: line 4: 1 field, expected 2 as in the first line"));
    EXPECT_THAT(refused(folder.write("t.csv", "a,good\nb,well, well\n"), kTable),
                EndsWith("t.csv: line 2: 3 fields, expected 2 as in the first line"));
    EXPECT_THAT(
        refused(folder.write("t.csv", "a,good\nb,M\xfcller\n"), kTable),
        EndsWith("t.csv: line 2: this is not UTF-8 text: column 2, byte offset 1; set encoding to latin-1 "
                 "where it is ISO 8859-1"));
    EXPECT_THAT(refused(folder.write("t.csv", "a,good\n,well\n"), kTable),
                EndsWith("t.csv: line 2: no label in column 1"));
    EXPECT_THAT(refused(folder.write("t.csv", std::string("a,\0\n", 4)), kTable),
                EndsWith("t.csv: line 1: this is not text"));
    // Detection leaves the message as it is.
    EXPECT_THAT(refused(folder.write("t.csv", "label,text\na,good\nb,\"bad\nb,fine\n")),
                EndsWith("t.csv: line 3: the quote that is opened here is not closed"));
}

TEST(TextReader, ReadsLatin1WhenTold) {
    const TemporaryFolder folder;
    TextLayout layout = kTable;
    layout.latin1 = true;
    EXPECT_THAT(labelled(read(folder.write("t.csv", "\xe4,M\xfcller\nb,plain\n"), layout)),
                ElementsAre("ä: Müller", "b: plain"));
    const auto lines = folder.write("t.txt", "A:x caf\xe9\nB:y tea\nA:z more\nB:y tea\n");
    EXPECT_THAT(labelled(read(lines, {.latin1 = true})),
                ElementsAre("A: café", "B: tea", "A: more", "B: tea"));
    EXPECT_THAT(refused(lines),
                EndsWith("t.txt: line 1: this is not UTF-8 text: byte offset 7; set encoding to "
                         "latin-1 where it is ISO 8859-1"));
}

TEST(TextReader, ReadsLabelledLines) {
    const TemporaryFolder folder;
    const All all = read(folder.write("t", "\xef\xbb\xbf"
                                           "1 good one\r\n0\tbad\r\n\r\n1\r\n0 x: y"),
                         {.kind = Kind::lines});
    EXPECT_THAT(labelled(all), ElementsAre("1: good one", "0: bad", "1: ", "0: x: y"));
    EXPECT_EQ(all.facts.empty_texts, 1);
    EXPECT_EQ(all.texts[3].line, 5);
    EXPECT_THAT(refused(folder.write("t", "a b\n:x text\n"), {.kind = Kind::lines}),
                EndsWith("t: line 2: no label; expected a label, a blank and a text"));
}

TEST(TextReader, ReadsFoldersAndFilesInOrder) {
    const TemporaryFolder folder;
    for (const char* name : {"neg", "pos", "unsup"}) std::filesystem::create_directories(folder.file(name));
    folder.write("pos/1.txt", "good\n");
    folder.write("pos/0.txt", "");
    folder.write("neg/0.txt", "bad,\nreally");
    folder.write("unsup/0.txt", "?");
    const All all = read(folder.path());
    EXPECT_EQ(all.facts.layout.kind, Kind::folders);
    EXPECT_THAT(labelled(all), ElementsAre("neg: bad,\nreally", "pos: ", "pos: good"));
    EXPECT_EQ(all.texts[2].file, "pos/1.txt");
    EXPECT_EQ(all.facts.empty_texts, 1);
    EXPECT_EQ(all.facts.hash,
              sha256_hex(std::string("neg/0.txt\0bad,\nreallypos/0.txt\0pos/1.txt\0good\n", 46)));
    folder.write("neg/0.txt", "b\xe4"
                              "d");
    EXPECT_THAT(refused(folder.path()),
                HasSubstr("neg/0.txt: this is not UTF-8 text: byte offset 1; set encoding"));

    const TemporaryFolder files;
    files.write("de.txt", "eins\r\n\r\nzwei");
    files.write("en.txt", "one\n");
    const All lines = read(files.path());
    EXPECT_EQ(lines.facts.layout.kind, Kind::files);
    EXPECT_THAT(labelled(lines), ElementsAre("de: eins", "de: ", "de: zwei", "en: one"));
    EXPECT_EQ(lines.texts[2].line, 3);
}

TEST(TextReader, TakesTextsOfAnySizeOneAtATime) {
    const TemporaryFolder folder;
    const std::string large(5'000'000, 'x');
    const All all = read(folder.write("large.csv", "a," + large + "\nb,small\n"), kTable);
    EXPECT_EQ(all.texts[0].text, large);
    EXPECT_EQ(all.texts[1].text, "small");
    EXPECT_EQ(read(folder.write("large", "a " + large + "\nb small\n"), {.kind = Kind::lines}).texts[0].text,
              large);

    std::string rows;
    constexpr std::int64_t kRows = 20'000;
    for (std::int64_t i = 0; i < kRows; ++i)
        rows += std::to_string(i % 2) + ",\"this is, all in all, text number " + std::to_string(i) + "\"\n";
    std::int64_t taken = 0, last = 0;
    double share = 0;
    std::vector<double> shares; // texts are handed on while the file is being read
    const auto facts = read_texts(folder.write("many.csv", rows), {},
                                  [&](LabelledText&& text) {
                                      EXPECT_EQ(text.line, last + 1);
                                      last = text.line;
                                      ++taken;
                                  },
                                  {.progress = [&](double now) {
                                      EXPECT_GE(now, share);
                                      shares.push_back(now);
                                      share = now;
                                  }});
    EXPECT_EQ(taken, kRows);
    EXPECT_EQ(facts.texts, kRows);
    EXPECT_EQ(share, 1);
    ASSERT_GT(shares.size(), 10u);
    EXPECT_LT(shares[0], 0.001);
    EXPECT_NEAR(shares[10], 0.5, 0.05);
}

TEST(TextReader, StopsWhenAsked) {
    const TemporaryFolder folder;
    const auto file = folder.write("t.csv", "a,one\nb,two\na,three\n");
    std::stop_source stop;
    std::int64_t taken = 0;
    try {
        read_texts(file, kTable,
                   [&](LabelledText&&) {
                       ++taken;
                       stop.request_stop();
                   },
                   {.stop = stop.get_token()});
        FAIL();
    } catch (const InputError& e) {
        EXPECT_STREQ(e.what(), "interrupted");
    }
    EXPECT_EQ(taken, 1);
}

TEST(TextReader, PreviewsWhatWouldBeRead) {
    const TemporaryFolder folder;
    const auto file = folder.write(
        "t.csv", "label,title,text\npos,One,first of all\nneg,Two,second of all\npos,Three,\"open\n");
    const TextPreview preview = preview_texts(file, {.text_columns = "title,text"}, 2);
    EXPECT_THAT(preview.columns, ElementsAre("label", "title", "text"));
    EXPECT_THAT(preview.rows, ElementsAre(ElementsAre("pos", "One", "first of all"),
                                          ElementsAre("neg", "Two", "second of all")));
    ASSERT_EQ(preview.texts.size(), 2u);
    EXPECT_EQ(preview.texts[1].text, "Two second of all");
    EXPECT_EQ(preview.texts[1].label, "neg");
    EXPECT_EQ(preview.layout.delimiter, ",");
    EXPECT_EQ(preview.layout.header, TextLayout::Header::yes);
}

TEST(TextReader, ReadsThePublishedFiles) {
    const std::filesystem::path data = std::filesystem::path(DESCENT_TEST_DATA) / "text";
    if (!std::filesystem::exists(data / "TREC.train")) GTEST_SKIP() << "no text data in " << data;
    const auto sizes = [](const All& all) {
        std::map<std::string, int> count;
        for (const auto& text : all.texts) ++count[text.label];
        return count;
    };
    const All news = read(data / "ag_news_test.csv", {.text_columns = "2,3"});
    EXPECT_EQ(news.facts.layout.header, TextLayout::Header::no);
    EXPECT_EQ(news.facts.layout.delimiter, ",");
    EXPECT_EQ(news.facts.layout.label_column, "1");
    EXPECT_EQ(sizes(news), (std::map<std::string, int>{{"1", 1900}, {"2", 1900}, {"3", 1900}, {"4", 1900}}));
    EXPECT_THAT(news.texts[0].text, StartsWith("Fears for T N pension after talks Unions representing"));
    EXPECT_EQ(read(data / "ag_news_test.csv").facts.layout.text_columns, "3");

    const All trec = read(data / "TREC.train", {.latin1 = true});
    EXPECT_EQ(trec.facts.layout.kind, Kind::lines);
    EXPECT_EQ(trec.facts.texts, 5452);
    EXPECT_EQ(sizes(trec),
              (std::map<std::string, int>{
                  {"ABBR", 86}, {"DESC", 1162}, {"ENTY", 1250}, {"HUM", 1223}, {"LOC", 835}, {"NUM", 896}}));
    EXPECT_EQ(read(data / "TREC.test", {.latin1 = true}).facts.texts, 500);
    EXPECT_THAT(refused(data / "TREC.train"), HasSubstr("set encoding to latin-1"));
}

} // namespace descent
