#include "core/text/text_reader.h"

#include "core/base/result.h"
#include "temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace descent {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using Kind = TextLayout::Kind;
using Header = TextLayout::Header;
using testing::TemporaryFolder;

namespace {

struct Found {
    Kind kind;
    std::string delimiter;
    Header header;
    std::string label, text;
    bool operator==(const Found&) const = default;
};

Found found(const TemporaryFolder& folder, const std::string& content, const std::string& name = "t.csv",
            const TextLayout& layout = {}) {
    const auto preview = preview_texts(folder.write(name, content), layout, 100);
    return {preview.layout.kind, preview.layout.delimiter, preview.layout.header, preview.layout.label_column,
            preview.layout.text_columns};
}

std::string refused(const std::filesystem::path& place, const TextLayout& layout = {}) {
    try {
        preview_texts(place, layout, 10);
    } catch (const InputError& e) {
        return e.what();
    }
    return "accepted";
}

void PrintTo(const Found& found, std::ostream* out) {
    *out << static_cast<int>(found.kind) << " '" << found.delimiter << "' header "
         << static_cast<int>(found.header) << " label " << found.label << " text " << found.text;
}

} // namespace

TEST(TextLayout, FindsDelimiterHeaderAndColumns) {
    const TemporaryFolder folder;
    EXPECT_EQ(found(folder, "text,label\n\"good, really good\",pos\nbad film,neg\nfine one,pos\n"),
              (Found{Kind::table, ",", Header::yes, "label", "text"}));
    EXPECT_EQ(found(folder, "pos;a good, a really good film\nneg;a bad film, too\nneg;dull\n"),
              (Found{Kind::table, ";", Header::no, "1", "2"}));
    EXPECT_EQ(found(folder, "7|x|some text here|a\n8|y|more text; here|b\n9|z|and there, too|a\n10|q|w|b\n"),
              (Found{Kind::table, "|", Header::no, "4", "3"}));
    // No usual name, but numbers below one.
    EXPECT_EQ(found(folder, "was ist,kennung\nein Satz,1\nnoch einer,0\nund einer,1\n"),
              (Found{Kind::table, ",", Header::yes, "kennung", "was ist"}));
    EXPECT_EQ(found(folder, "good film\tpos\nbad, film\tneg\nnot, so, bad\tpos\n", "t.data"),
              (Found{Kind::table, "\t", Header::no, "2", "1"}));
    // A file sorted by class, with one class in sight.
    EXPECT_EQ(found(folder, "1,first one of them\n1,second one\n1,third\n1,fourth text\n1,fifth text\n"),
              (Found{Kind::table, ",", Header::no, "1", "2"}));
}

TEST(TextLayout, LeavesWhatIsSaidAsItIs) {
    const TemporaryFolder folder;
    const std::string table =
        "id,title,body,kind\n1,One,long text of it,a\n2,Two,another long text,b\n3,Three,x,a\n";
    EXPECT_EQ(found(folder, table), (Found{Kind::table, ",", Header::yes, "kind", "body"}));
    EXPECT_EQ(found(folder, table, "t.csv", {.text_columns = "title, body"}),
              (Found{Kind::table, ",", Header::yes, "kind", "title, body"}));
    EXPECT_EQ(found(folder, table, "t.csv", {.label_column = "2", .text_columns = "3"}),
              (Found{Kind::table, ",", Header::yes, "2", "3"}));
    EXPECT_EQ(found(folder, table, "t.csv", {.header = Header::no}).header, Header::no);
    // A name that only a header can have.
    EXPECT_EQ(found(folder, "aa,bb\nxx,yy\nzz,ww\n", "t.csv", {.label_column = "bb"}),
              (Found{Kind::table, ",", Header::yes, "bb", "aa"}));
    EXPECT_EQ(found(folder, "a b\nc d\n", "t.txt", {.delimiter = " "}).kind, Kind::table);
}

TEST(TextLayout, TellsLabelledLinesFromTables) {
    const TemporaryFolder folder;
    EXPECT_EQ(
        found(folder, "1 a stirring , funny film\n0 a dull , long one\n1 fine\n0 bad , bad , bad\n", "t.txt")
            .kind,
        Kind::lines);
    EXPECT_EQ(found(folder,
                    "DESC:def What is an atom ?\nNUM:date When ?\nNUM:count How many ?\nDESC:def What ?\n",
                    "TREC.some")
                  .kind,
              Kind::lines);
    EXPECT_EQ(found(folder, "pos,good film\nneg,bad film\npos,fine\nneg,dull\n", "t.txt").kind, Kind::table);
    EXPECT_THAT(refused(folder.write("prose", "It was a dark night.\nNo one was there.\nBut she came.\n")),
                HasSubstr("prose: no labelled texts found; expected a table"));
}

TEST(TextLayout, FindsFoldersAndFilesOfClasses) {
    const TemporaryFolder folder;
    const auto make = [&](const std::string& name, const std::string& content) {
        std::filesystem::create_directories(folder.file(name).parent_path());
        folder.write(name, content);
    };
    make("acl/train/pos/0_9.txt", "good");
    make("acl/train/neg/0_1.txt", "bad");
    make("acl/train/unsup/0_0.txt", "what");
    make("acl/train/labeledBow.feat", "1 0:1");
    make("acl/test/pos/0_9.txt", "good");
    make("rt/rt-polarity.pos", "fine\ngood\n");
    make("rt/rt-polarity.neg", "bad\n");
    make("rt/README.txt", "about it");
    make("files/en.txt", "one\n\ntwo\n");
    make("files/de.txt", "eins\n");
    make("tables/test.csv", "a,b\n");
    make("tables/train.csv", "a,b\n");
    std::filesystem::create_directories(folder.file("none/at/all"));
    std::filesystem::create_directories(folder.file("empty"));

    const auto labels = [&](const char* name) {
        std::vector<std::string> all;
        for (const auto& text : preview_texts(folder.file(name), {}, 10).texts) all.push_back(text.label);
        return all;
    };
    EXPECT_THAT(labels("acl/train"), ElementsAre("neg", "pos")); // and no unsup
    EXPECT_THAT(labels("rt"), ElementsAre("neg", "pos", "pos"));
    EXPECT_THAT(labels("files"), ElementsAre("de", "en", "en", "en"));
    EXPECT_THAT(refused(folder.file("acl")),
                EndsWith("acl: holds train and test; expected the folder of the classes, as " +
                         folder.file("acl/train").string()));
    EXPECT_THAT(refused(folder.file("tables")),
                EndsWith("tables: a folder of tables; expected one of them, as " +
                         folder.file("tables/test.csv").string()));
    EXPECT_THAT(refused(folder.file("none")),
                HasSubstr("none: no folders with files; expected a folder for each class"));
    EXPECT_THAT(refused(folder.file("empty")), EndsWith("empty: an empty folder; expected texts by class"));
    EXPECT_THAT(refused(folder.file("nowhere")), EndsWith("nowhere: no such file or folder"));
    EXPECT_THAT(refused(folder.file("rt"), {.kind = Kind::table}), EndsWith("rt: a folder; expected a file"));
}

TEST(TextLayout, RefusesColumnsThatAreNotThere) {
    const TemporaryFolder folder;
    const auto table = folder.write("t.csv", "text,label\ngood film,pos\nbad film,neg\n");
    EXPECT_THAT(refused(table, {.label_column = "klass"}),
                EndsWith("t.csv: no column 'klass'; expected one of text, label or a number from 1 to 2"));
    EXPECT_THAT(refused(table, {.text_columns = "text,3"}), HasSubstr("no column '3'"));
    EXPECT_THAT(refused(table, {.text_columns = "1,2"}), HasSubstr("all columns are text"));
    EXPECT_THAT(refused(table, {.delimiter = ";"}), HasSubstr("one column; expected a label and a text"));
    EXPECT_THAT(refused(table, {.delimiter = ";;"}), HasSubstr("expected one ASCII character"));
    EXPECT_THAT(refused(folder.write("empty.csv", "")), HasSubstr("an empty file"));
    EXPECT_THAT(refused(folder.write("names.csv", "text,label\n"), {.header = Header::yes}),
                HasSubstr("no texts"));
}

} // namespace descent
