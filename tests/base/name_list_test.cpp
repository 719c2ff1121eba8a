#include "core/text/name_list.h"

#include "core/base/embedded.h"
#include "core/base/result.h"
#include "core/text/normalise.h"
#include "tests/base/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <utf8proc.h>

#include <cmath>
#include <cstdlib>
#include <set>

namespace descent {

using ::testing::HasSubstr;
using testing::TemporaryFolder;

namespace {

const std::filesystem::path real_names = std::filesystem::path(DESCENT_TEST_DATA) / "names";

std::string refusal(const std::filesystem::path& folder) {
    try {
        read_name_folder(folder);
    } catch (const InputError& e) {
        return e.what();
    }
    return "accepted";
}

std::int64_t count(const std::vector<Side>& split, Side side) {
    return std::ranges::count(split, side);
}

// Checks what every stratified split must keep.
void check_split(const NameLists& lists, double validation_share, double test_share, std::uint64_t seed) {
    const auto split = stratified_split(lists, validation_share, test_share, seed);
    ASSERT_EQ(split.size(), lists.items.size());
    std::map<std::string, Side> side_of;
    std::map<std::string, std::int32_t> home;
    for (std::size_t i = 0; i < split.size(); ++i) {
        const auto& item = lists.items[i];
        ASSERT_EQ(split[i] == Side::none, item.repeated);
        home.try_emplace(item.name, item.label);
        if (split[i] == Side::none) continue;
        ASSERT_EQ(side_of.try_emplace(item.name, split[i]).first->second, split[i]) << item.name << " leaks";
    }
    std::map<std::int32_t, std::map<Side, double>> names;
    for (const auto& [name, side] : side_of) ++names[home[name]][side];
    for (auto& [label, sides] : names) {
        const double all = sides[Side::train] + sides[Side::validation] + sides[Side::test];
        EXPECT_NEAR(sides[Side::validation], validation_share * all, 1)
            << lists.classes[static_cast<std::size_t>(label)];
        EXPECT_NEAR(sides[Side::test], test_share * all, 1);
        EXPECT_GT(sides[Side::train], 0);
    }
}

} // namespace

TEST(NameFolder, ReadsClassesInOrder) {
    const TemporaryFolder folder;
    folder.write("Polish.txt", "Ślusarski\r\nKowalski\r\n---\r\nKowalski");
    folder.write("Czech.txt", "\xef\xbb\xbf"
                              "Dvořák\n\nNovák\nDvorak\n");
    folder.write("notes.md", "no class");
    folder.write(".hidden.txt", "no class");
    std::filesystem::create_directory(folder.file("folder.txt"));
    const NameLists lists = read_name_folder(folder.path() / "");
    EXPECT_EQ(lists.classes, (std::vector<std::string>{"Czech", "Polish"}));
    EXPECT_EQ(lists.source, folder.path().string());
    EXPECT_EQ(lists.dropped_lines, 2);
    EXPECT_EQ(lists.dropped_characters, (std::map<std::string, std::int64_t>{{"-", 3}}));
    ASSERT_EQ(lists.items.size(), 6u);
    const auto is = [&](std::size_t i, const char* name, std::int32_t label, std::int64_t line,
                        bool repeated) {
        EXPECT_EQ(lists.items[i].name, name);
        EXPECT_EQ(lists.items[i].label, label);
        EXPECT_EQ(lists.items[i].line, line);
        EXPECT_EQ(lists.items[i].repeated, repeated);
    };
    is(0, "Dvorak", 0, 1, false);
    is(1, "Novak", 0, 3, false);
    is(2, "Dvorak", 0, 4, true);
    is(3, "Slusarski", 1, 1, false);
    is(4, "Kowalski", 1, 2, false);
    is(5, "Kowalski", 1, 4, true);
}

TEST(NameFolder, RefusesWithOneClearLine) {
    EXPECT_EQ(refusal("/no/such/folder"), "/no/such/folder: no such folder");
    const TemporaryFolder folder;
    const std::string at = folder.path().string();
    EXPECT_EQ(refusal(folder.path()), at + ": no .txt files; expected one Language.txt a class");
    folder.write("A.txt", "Adler\n");
    EXPECT_EQ(refusal(folder.file("A.txt")), at + "/A.txt: not a folder");
    EXPECT_EQ(refusal(folder.path()), at + ": only A.txt; expected at least two classes");
    folder.write("B.txt", "");
    EXPECT_EQ(refusal(folder.path()), at + "/B.txt: an empty file; expected one name a line");
    folder.write("B.txt", "\n \n--\n");
    EXPECT_EQ(refusal(folder.path()), at + "/B.txt: no names; expected one name a line");
    folder.write("B.txt", "Abel\nM\xfcller\n");
    EXPECT_EQ(refusal(folder.path()),
              at + "/B.txt:2: not UTF-8 at byte offset 1 of the line; expected UTF-8 text");
    folder.write("B.txt", "Abel\n" + std::string(10'001, 'x') + "\nAdam");
    EXPECT_EQ(refusal(folder.path()),
              at + "/B.txt:2: a line over 10,000 characters; expected one name a line");
    folder.write("B.txt", "Abel\n" + std::string(1'000'000, 'x'));
    EXPECT_EQ(refusal(folder.path()),
              at + "/B.txt:2: a line over 10,000 characters; expected one name a line");
    std::string wide;
    for (int i = 0; i < 10'000; ++i) wide += "😀";
    folder.write("B.txt", wide + "\r\nAbel");
    EXPECT_EQ(refusal(folder.path()), "accepted");
    folder.write("B.txt", wide + "😀\r\nAbel");
    EXPECT_THAT(refusal(folder.path()), HasSubstr("B.txt:1: a line over"));
}

TEST(RealNames, HaveTheCountsOfTheSpec) {
    if (!std::filesystem::exists(real_names)) GTEST_SKIP() << real_names << " is absent";
    const NameLists lists = read_name_folder(real_names);
    const std::map<std::string, int> expected{
        {"Arabic", 2000},  {"Chinese", 268}, {"Czech", 519},    {"Dutch", 297},     {"English", 3668},
        {"French", 277},   {"German", 724},  {"Greek", 203},    {"Irish", 232},     {"Italian", 709},
        {"Japanese", 991}, {"Korean", 94},   {"Polish", 139},   {"Portuguese", 74}, {"Russian", 9384},
        {"Scottish", 100}, {"Spanish", 298}, {"Vietnamese", 73}};
    std::map<std::string, int> lines, distinct;
    std::size_t longest = 0;
    double characters = 0;
    for (const auto& item : lists.items) {
        const std::string& name = lists.classes[static_cast<std::size_t>(item.label)];
        ++lines[name];
        distinct[name] += !item.repeated;
        longest = std::max(longest, item.name.size());
        characters += static_cast<double>(item.name.size());
    }
    EXPECT_EQ(lines, expected);
    EXPECT_EQ(lists.items.size(), 20'050u);
    EXPECT_EQ(lists.classes.size(), 18u);
    EXPECT_EQ(lists.dropped_lines, 0);
    EXPECT_EQ(distinct["Arabic"], 108);
    EXPECT_EQ(longest, 19u);
    EXPECT_NEAR(characters / 20'050, 7.14, 0.01);
    for (const char* dropped : {"-", "ß", "ł", "/"})
        EXPECT_GT(lists.dropped_characters.count(dropped), 0u) << dropped;

    std::map<std::string, std::set<std::int32_t>> labels;
    for (const auto& item : lists.items) labels[item.name].insert(item.label);
    EXPECT_EQ(std::ranges::count_if(labels, [](const auto& l) { return l.second.size() > 1; }), 476);

    const auto legacy = legacy_split(lists);
    EXPECT_EQ(count(legacy, Side::train), 16'034);
    EXPECT_EQ(count(legacy, Side::validation), 4'016);
    for (const std::uint64_t seed : {0u, 1u, 2u}) check_split(lists, 0.15, 0.1, seed);
}

TEST(StratifiedSplit, IsSeeded) {
    const NameLists lists = built_in_names();
    EXPECT_EQ(stratified_split(lists, 0.2, 0.1, 5), stratified_split(lists, 0.2, 0.1, 5));
    EXPECT_NE(stratified_split(lists, 0.2, 0.1, 5), stratified_split(lists, 0.2, 0.1, 6));
    for (const auto& [validation, test] : {std::pair{0.2, 0.1}, {0.0, 0.0}, {0.5, 0.49}, {0.15, 0.0}})
        check_split(lists, validation, test, 3);
    EXPECT_THROW(stratified_split(lists, 0.5, 0.5, 0), InputError);
    EXPECT_THROW(stratified_split(lists, -0.1, 0.5, 0), InputError);
    EXPECT_THROW(stratified_split(lists, std::nan(""), 0.5, 0), InputError);
}

TEST(StratifiedSplit, DoesNotDependOnTheOrderOfLines) {
    NameLists lists, reversed;
    lists.classes = reversed.classes = {"A", "B"};
    for (int i = 0; i < 50; ++i)
        lists.items.push_back(
            {std::string(1, static_cast<char>('a' + i % 25)) + (i < 25 ? "x" : "y"), i / 25, i, false});
    reversed.items.assign(lists.items.rbegin(), lists.items.rend());
    auto split = stratified_split(reversed, 0.2, 0.2, 0);
    std::ranges::reverse(split);
    EXPECT_EQ(split, stratified_split(lists, 0.2, 0.2, 0));
}

TEST(StratifiedSplit, TrainsOnAClassOfOne) {
    NameLists lists;
    lists.classes = {"A", "B"};
    lists.items = {{"x", 0, 1, false}, {"y", 1, 1, false}, {"y", 1, 2, true}};
    EXPECT_EQ(stratified_split(lists, 0.9, 0.05, 0), (std::vector{Side::train, Side::train, Side::none}));
}

TEST(BuiltInNames, AreManyDistinctAndCanonical) {
    const NameLists lists = built_in_names();
    EXPECT_EQ(lists.source, "built-in");
    EXPECT_GE(lists.classes.size(), 18u);
    EXPECT_TRUE(std::ranges::is_sorted(lists.classes));
    EXPECT_EQ(lists.dropped_lines, 0);
    std::vector<int> distinct(lists.classes.size());
    for (const auto& item : lists.items) distinct[static_cast<std::size_t>(item.label)] += !item.repeated;
    for (std::size_t i = 0; i < distinct.size(); ++i) EXPECT_GE(distinct[i], 150) << lists.classes[i];

    for (const auto& file : embedded::surnames()) {
        ASSERT_TRUE(file.content.ends_with('\n')) << file.name;
        std::set<std::string_view> lines;
        for (std::size_t at = 0; at < file.content.size();) {
            const auto end = file.content.find('\n', at);
            const auto line = file.content.substr(at, end - at);
            EXPECT_TRUE(lines.insert(line).second) << file.name << " holds " << line << " twice";
            EXPECT_FALSE(line.empty() || line.starts_with(' ') || line.ends_with(' ') || line.ends_with('\r'))
                << file.name;
            const std::string text(line);
            utf8proc_uint8_t* composed =
                utf8proc_NFC(reinterpret_cast<const utf8proc_uint8_t*>(text.c_str()));
            ASSERT_TRUE(composed) << file.name << ": not UTF-8";
            EXPECT_EQ(text, reinterpret_cast<const char*>(composed)) << file.name << ": not NFC";
            std::free(composed); // utf8proc allocates with malloc
            at = end + 1;
        }
    }
}

} // namespace descent
