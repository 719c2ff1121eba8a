#include "core/exchange/event_file.h"
#include "tests/exchange/exchange_testing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <bit>
#include <cstdio>
#include <cstring>

#include <sys/wait.h>

namespace descent {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

namespace {

/// CRC-32C bit by bit, from its definition (RFC 3720, B.4): what the program's is checked against.
std::uint32_t crc32c(std::string_view bytes) {
    std::uint32_t crc = ~0u;
    for (const char c : bytes) {
        crc ^= static_cast<unsigned char>(c);
        for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (0x82f63b78u & (0u - (crc & 1)));
    }
    return ~crc;
}

std::uint32_t masked(std::string_view bytes) {
    const std::uint32_t crc = crc32c(bytes);
    return (crc >> 15 | crc << 17) + 0xa282ead8u;
}

template<class T>
std::string raw(T value) {
    return {reinterpret_cast<const char*>(&value), sizeof value};
}

/// The records of a file, with both checksums of each checked.
std::vector<std::string> records(const std::filesystem::path& file) {
    const std::string all = read_text(file);
    std::vector<std::string> found;
    for (std::size_t at = 0; at < all.size();) {
        std::uint64_t length = 0;
        std::memcpy(&length, &all[at], 8);
        EXPECT_LE(at + length + 16, all.size());
        if (at + length + 16 > all.size()) break;
        EXPECT_EQ(all.substr(at + 8, 4), raw(masked(all.substr(at, 8)))) << "at byte " << at;
        found.push_back(all.substr(at + 12, length));
        EXPECT_EQ(all.substr(at + 12 + length, 4), raw(masked(found.back()))) << "at byte " << at;
        at += 16 + length;
    }
    return found;
}

std::string record(const std::string& bytes) {
    const std::string length = raw(static_cast<std::uint64_t>(bytes.size()));
    return length + raw(masked(length)) + bytes + raw(masked(bytes));
}

// The wire format of protocol buffers by hand, so that files are read that this program did not write.
std::string varint(std::uint64_t v) {
    std::string out;
    for (; v >= 0x80; v >>= 7) out += static_cast<char>(v | 0x80);
    return out + static_cast<char>(v);
}
std::string field(int number, const std::string& bytes) {
    return varint(static_cast<std::uint64_t>(number) << 3 | 2) + varint(bytes.size()) + bytes;
}
std::string field(int number, std::uint64_t v) {
    return varint(static_cast<std::uint64_t>(number) << 3) + varint(v);
}
std::string field(int number, double v) {
    return varint(static_cast<std::uint64_t>(number) << 3 | 1) + raw(v);
}
std::string field(int number, float v) {
    return varint(static_cast<std::uint64_t>(number) << 3 | 5) + raw(v);
}
std::string version(double wall_time) {
    return record(field(1, wall_time) + field(3, std::string("brain.Event:2")));
}
std::string event(double wall_time, std::uint64_t step, const std::string& values) {
    return record(field(1, wall_time) + field(2, step) + field(5, values));
}
std::string simple(const std::string& tag, float v) {
    return field(1, field(1, tag) + field(2, v));
}
std::string plugin(const std::string& name) {
    return field(9, field(1, field(1, name)));
}

struct Board : ::testing::Test {
    StorePlace here, place;

    std::filesystem::path only_file(const std::filesystem::path& folder) const {
        std::vector<std::filesystem::path> files;
        for (const auto& entry : std::filesystem::directory_iterator(folder)) files.push_back(entry.path());
        EXPECT_THAT(files, SizeIs(1));
        return files.at(0);
    }
    std::string series(const RunId& run, const std::string& metric) const {
        std::string text;
        for (const SeriesPoint& point : place.reader()->series(run, metric))
            text += (text.empty() ? "" : " ") + std::to_string(point.update.count) + "=" +
                    std::to_string(point.value).substr(0, 4);
        return text;
    }
};

} // namespace

TEST(Records, HaveTheChecksumsOfTheStandard) {
    // RFC 3720, B.4, and the check value of CRC catalogues.
    const auto unmasked = [](std::string_view bytes) {
        return std::rotl(masked_crc32c(bytes) - 0xa282ead8u, 15);
    };
    EXPECT_EQ(unmasked(std::string(32, '\0')), 0x8a9136aau);
    EXPECT_EQ(unmasked(std::string(32, '\xff')), 0x62a8ab43u);
    EXPECT_EQ(unmasked("123456789"), 0xe3069283u);
    EXPECT_EQ(masked_crc32c("any"), masked("any"));
}

TEST_F(Board, IsWrittenAsRecordsWithBothChecksums) {
    const RunId a = add_full_run(here, 1), b = add_full_run(here, 2);
    must(here.writer()->apply({SetName{a, "up/and down"}}));
    const auto folder = here.folder.file("board");
    EXPECT_EQ(must(export_tensorboard(*here.reader(), {a, b}, folder)), 2 * 152);
    const auto file = only_file(folder / "up_and down");
    EXPECT_THAT(file.filename().string(), HasSubstr("events.out.tfevents.1700000000."));
    const auto all = records(file);
    // The version, hyperparameters, the run and its note as text, then an event an update, the last one
    // at 50.
    EXPECT_EQ(all.size(), 4u + 51u);
    EXPECT_EQ(all[0], field(1, 1'700'000'000.006) + field(3, std::string("brain.Event:2")));
    EXPECT_THAT(all[1], HasSubstr("| optimizer.lr | 0.05 |"));
    EXPECT_THAT(all[2], HasSubstr(a.uuid));
    EXPECT_THAT(all[3], HasSubstr("note of 1"));
    EXPECT_TRUE(all[5].ends_with(simple("rate", static_cast<float>(std::sin(3 + 0.1) / 3)))) << all[5];
    EXPECT_TRUE(all[5].starts_with(field(1, 1'700'000'000.006 + 0.5) + field(2, std::uint64_t{1})));
}

TEST_F(Board, IsReadBackAsFloats) {
    const RunId run = add_full_run(here, 1);
    const auto folder = here.folder.file("board");
    must(export_tensorboard(*here.reader(), {run}, folder));
    const ImportReport report = must(import_into(place, folder));
    ASSERT_THAT(report.runs, SizeIs(1));
    const RunRecord copy = place.stored(report.runs[0]);
    EXPECT_NE(copy.id, run) << "rounded, it is not the run itself";
    EXPECT_EQ(copy.name, here.stored(run).name);
    EXPECT_THAT(copy.tags, ElementsAre("imported"));
    EXPECT_EQ(copy.created_ms, here.stored(run).started_ms);
    for (const MetricInfo& metric : example_metrics()) {
        const auto wanted = here.reader()->series(run, metric.name),
                   found = place.reader()->series(copy.id, metric.name);
        ASSERT_EQ(found.size(), wanted.size()) << metric.name;
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            EXPECT_EQ(found[i].update, wanted[i].update);
            EXPECT_NEAR(found[i].seconds, wanted[i].seconds, 1e-6);
            if (std::isnan(wanted[i].value))
                EXPECT_TRUE(std::isnan(found[i].value));
            else
                EXPECT_EQ(found[i].value, static_cast<double>(static_cast<float>(wanted[i].value)));
        }
    }
    EXPECT_EQ(must(import_into(place, folder)).known, 1);
    ASSERT_THAT(report.warnings, SizeIs(1));
    EXPECT_THAT(report.warnings[0], HasSubstr("3 values other than scalars"));
}

TEST_F(Board, TensorsAndPlainScalarsAreRead) {
    const std::string scalar_double =
        plugin("scalars") +
        field(8, field(1, std::uint64_t{2}) + field(2, std::string()) + field(4, raw(0.1)));
    const std::string scalar_float =
        plugin("scalars") + field(8, field(1, std::uint64_t{1}) + field(5, raw(0.5f)));
    const std::string later = field(8, field(1, std::uint64_t{1}) + field(4, raw(0.25f)));
    const std::string whole = plugin("scalars") + field(8, field(1, std::uint64_t{9}) + field(10, varint(7)));
    const std::string words =
        plugin("text") + field(8, field(1, std::uint64_t{7}) + field(8, std::string("hello")));
    const std::string many = plugin("scalars") + field(8, field(1, std::uint64_t{1}) +
                                                              field(2, field(2, field(1, std::uint64_t{2}))) +
                                                              field(5, raw(1.f) + raw(2.f)));
    const auto named = [](const char* tag, const std::string& rest) {
        return field(1, field(1, std::string(tag)) + rest);
    };
    const auto file = place.folder.write(
        "events.out.tfevents.1",
        version(100) +
            event(101, 0, simple("loss", 2.5f) + named("acc", scalar_float) + named("exact", scalar_double)) +
            event(103, 5,
                  named("acc", later) + named("n", whole) + named("note", words) + named("two", many)) +
            event(104, 5, simple("epoch", 3) + simple("loss", 1.5f)));
    const ImportReport report = must(import_into(place, file));
    ASSERT_THAT(report.runs, SizeIs(1));
    const RunId run = report.runs[0];
    EXPECT_EQ(place.stored(run).name, place.folder.path().filename().string());
    EXPECT_EQ(series(run, "loss"), "0=2.50 5=1.50");
    EXPECT_EQ(series(run, "acc"), "0=0.50 5=0.25");
    EXPECT_EQ(place.reader()->series(run, "exact")[0].value, 0.1);
    EXPECT_EQ(series(run, "n"), "5=7.00");
    EXPECT_THAT(place.reader()->metrics(run), SizeIs(5));
    EXPECT_EQ(place.reader()->series(run, "loss")[1].seconds, 4);
    EXPECT_EQ(place.reader()->series(run, "loss")[1].epoch.passes, 3);
    EXPECT_EQ(place.reader()->series(run, "loss")[0].epoch.passes, 0);
    EXPECT_EQ(place.stored(run).created_ms, 100'000);
    ASSERT_THAT(report.warnings, SizeIs(1));
    EXPECT_THAT(report.warnings[0], HasSubstr("2 values other than scalars"));
}

TEST_F(Board, ATreeOfFoldersIsARunEach) {
    const auto put = [&](const std::string& folder, const std::string& name, const std::string& bytes) {
        std::filesystem::create_directories(place.folder.file("logs") / folder);
        place.folder.write("logs/" + folder + "/" + name, bytes);
    };
    put("lr0.1/train", "events.out.tfevents.10.host",
        version(10) + event(11, 1, simple("loss", 1)) + event(12, 2, simple("loss", 2)));
    // Started again from step 2: what was said again counts.
    put("lr0.1/train", "events.out.tfevents.20.host",
        version(20) + event(21, 2, simple("loss", 3)) + event(22, 3, simple("loss", 4)));
    put("lr0.1/val", "events.out.tfevents.10.host.v2", version(10.5) + event(11, 1, simple("loss", 5)));
    put("lr0.1", "notes.txt", "no events");
    put("empty", "events.out.tfevents.9", "");
    const ImportReport report = must(import_into(place, place.folder.file("logs")));
    ASSERT_THAT(report.runs, SizeIs(2));
    EXPECT_EQ(place.stored(report.runs[0]).name, "lr0.1/train");
    EXPECT_EQ(series(report.runs[0], "loss"), "1=1.00 2=3.00 3=4.00");
    EXPECT_EQ(place.stored(report.runs[1]).name, "lr0.1/val");
    ASSERT_THAT(report.warnings, SizeIs(1));
    EXPECT_THAT(report.warnings[0], HasSubstr("1 value at a step that comes again"));

    // Moved and grown, it is known all the same.
    std::filesystem::rename(place.folder.file("logs"), place.folder.file("moved"));
    place.folder.write("moved/lr0.1/val/events.out.tfevents.10.host.v2",
                       version(10.5) + event(11, 1, simple("loss", 5)) + event(12, 2, simple("loss", 6)));
    const ImportReport again = must(import_into(place, place.folder.file("moved")));
    EXPECT_THAT(again.runs, IsEmpty());
    EXPECT_EQ(again.known, 1);
    EXPECT_EQ(again.grown, 1);
    EXPECT_EQ(series(report.runs[1], "loss"), "1=5.00 2=6.00");
}

TEST_F(Board, ACutRecordIsAWarningWhereverItIsCut) {
    const std::string whole = version(1) + event(2, 1, simple("loss", 1)),
                      last = event(3, 2, simple("loss", 2));
    for (std::size_t kept = 1; kept < last.size(); ++kept) {
        StorePlace fresh;
        const auto file = fresh.folder.write("x.tfevents", whole + last.substr(0, kept));
        const ImportReport report = must(import_into(fresh, file));
        ASSERT_THAT(report.runs, SizeIs(1)) << kept;
        EXPECT_THAT(report.warnings,
                    ElementsAre(file.string() + ": the record at byte " + std::to_string(whole.size()) +
                                " is cut off; what comes before it was taken"));
        EXPECT_EQ(fresh.reader()->series(report.runs[0], "loss").size(), 1u);
        if (kept > 3) kept += 5;
    }
}

TEST_F(Board, AWrongChecksumIsRefusedWithItsPlace) {
    const std::string whole = version(1) + event(2, 1, simple("loss", 1)) + event(3, 2, simple("loss", 2));
    const std::size_t second = version(1).size();
    for (const std::size_t at :
         {second + 3, second + 9, second + 14, second + event(2, 1, simple("loss", 1)).size() - 1}) {
        std::string bad = whole;
        bad[at] = static_cast<char>(bad[at] ^ 4);
        const auto file = place.folder.write("bad.tfevents", bad);
        const std::string why = refusal(import_into(place, file));
        EXPECT_THAT(why, HasSubstr(file.string() + ": byte " + std::to_string(second) + ": the record's "));
        EXPECT_THAT(why, HasSubstr(" has checksum "));
        EXPECT_EQ(query(place.path(), "SELECT count(*) FROM run"), "0");
    }
    const auto other = place.folder.write("other.tfevents", version(1) + record("\xff\xff\xff"));
    EXPECT_THAT(refusal(import_into(place, other)),
                HasSubstr(": byte " + std::to_string(second) + ": expected an event of TensorBoard"));
    const auto text = place.folder.write("text.tfevents", version(1));
    EXPECT_THAT(refusal(import_into(place, text)), HasSubstr("no scalars in this event file"));
}

TEST_F(Board, DoesNotMixWithWhatIsThere) {
    const RunId run = add_full_run(here, 1);
    const auto reader = here.reader();
    EXPECT_THAT(refusal(export_tensorboard(*reader, {run}, here.folder.path())), HasSubstr("is not empty"));
    EXPECT_THAT(refusal(export_tensorboard(*reader, {run}, here.path())), HasSubstr("is not a folder"));
    const auto folder = here.folder.file("new");
    EXPECT_EQ(refusal(export_tensorboard(*reader, {run}, folder, [](double) { return false; })),
              "the export was cancelled; nothing was written");
    EXPECT_FALSE(std::filesystem::exists(folder));
    EXPECT_THAT(refusal(export_tensorboard(*reader, {run, RunId{"none"}}, folder)), HasSubstr("no run none"));
    EXPECT_FALSE(std::filesystem::exists(folder));
    std::filesystem::create_directory(folder);
    EXPECT_EQ(must(export_tensorboard(*reader, {run}, folder)), 152);
}

TEST_F(Board, OtherProgramsReadTheSame) {
    const RunId run = add_full_run(here, 1);
    must(here.writer()->apply({SetName{run, "otter"}}));
    const auto folder = here.folder.file("board");
    must(export_tensorboard(*here.reader(), {run}, folder));
    const std::string command = "/usr/bin/python3 '" DESCENT_SOURCE_DIR
                                "/tests/reference/tensorboard_scalars.py' '" +
                                folder.string() + "/otter' 2>&1";
    FILE* pipe = ::popen(command.c_str(), "r");
    ASSERT_NE(pipe, nullptr);
    std::string said;
    char piece[4096];
    for (std::size_t n = 0; (n = std::fread(piece, 1, sizeof piece, pipe)) > 0;) said.append(piece, n);
    const int status = ::pclose(pipe);
    if (WEXITSTATUS(status) == 77 || WEXITSTATUS(status) == 127)
        GTEST_SKIP() << "neither TensorBoard nor protobuf for Python is here: " << said;
    ASSERT_EQ(status, 0) << said;
    const auto found = nlohmann::json::parse(said);
    EXPECT_THAT(found["texts"]["hyperparameters"].get<std::string>(), HasSubstr("| model.hidden | 128 |"));
    for (const MetricInfo& metric : example_metrics()) {
        const auto wanted = here.reader()->series(run, metric.name);
        const auto& points = found["scalars"][metric.name];
        ASSERT_EQ(points.size(), wanted.size()) << metric.name;
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            EXPECT_EQ(points[i][0], wanted[i].update.count);
            EXPECT_NEAR(points[i][1].get<double>(), 1'700'000'000.006 + wanted[i].seconds, 1e-5);
            if (std::isfinite(wanted[i].value))
                EXPECT_EQ(points[i][2].get<double>(),
                          static_cast<double>(static_cast<float>(wanted[i].value)));
            else
                EXPECT_EQ(points[i][2], std::isnan(wanted[i].value) ? "nan" : "-inf");
        }
    }
}

TEST_F(Board, CirclesOfLinksAreWalkedOnce) {
    std::filesystem::create_directories(place.folder.file("logs") / "a");
    place.folder.write("logs/a/events.out.tfevents.1", version(1) + event(2, 1, simple("loss", 1)));
    for (const char* link : {"logs/a/up", "logs/a/again", "logs/once"})
        std::filesystem::create_directory_symlink(place.folder.file("logs"), place.folder.file(link));
    EXPECT_GE(must(import_into(place, place.folder.file("logs"))).runs.size(), 1u);
}

TEST_F(Board, ATimeThatNoClockSaysIsThatOfTheImport) {
    const auto file = place.folder.write("x.tfevents", version(-5e103) + event(-5e103, 1, simple("loss", 1)));
    const auto before = now_ms();
    EXPECT_GE(place.stored(must(import_into(place, file)).runs.at(0)).created_ms, before);
}

} // namespace descent
