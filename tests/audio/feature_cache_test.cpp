#include "core/audio/feature_cache.h"

#include "tests/base/temporary_folder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <mutex>
#include <numeric>
#include <set>
#include <stdexcept>
#include <thread>

namespace descent {
namespace {

namespace fs = std::filesystem;
using testing::read_text;
using testing::TemporaryFolder;

std::vector<float> table(std::size_t count, float first = 0) {
    std::vector<float> values(count);
    std::iota(values.begin(), values.end(), first);
    return values;
}

std::string key(int number) {
    return "abc" + std::to_string(number);
}

std::uintmax_t bytes_in(const fs::path& folder) {
    std::uintmax_t total = 0;
    for (const auto& entry : fs::directory_iterator(folder)) total += entry.file_size();
    return total;
}

/// The file of a key that alone is in the cache.
fs::path only_file(const TemporaryFolder& folder) {
    EXPECT_EQ(folder.entries(), 1U);
    return fs::directory_iterator(folder.path())->path();
}

TEST(FeatureCache, KeepsWhatItIsGiven) {
    const TemporaryFolder folder;
    const FeatureCache cache(folder.file("deep") / "er");
    EXPECT_FALSE(cache.find(key(1), 100));
    cache.keep(key(1), table(100));
    cache.keep(key(2), table(7, 5));
    EXPECT_EQ(cache.find(key(1), 100), table(100));
    EXPECT_EQ(cache.find(key(2), 7), table(7, 5));
    cache.keep(key(1), table(100, 3));
    EXPECT_EQ(FeatureCache(folder.file("deep") / "er").find(key(1), 100), table(100, 3));
    cache.keep(key(3), {});
    EXPECT_EQ(cache.find(key(3), 0), std::vector<float>());
}

TEST(FeatureCache, ADamagedFileIsMadeAgain) {
    const TemporaryFolder folder;
    const FeatureCache cache(folder.path());
    cache.keep(key(1), table(100));
    const auto file = only_file(folder);
    const auto whole = read_text(file);
    std::vector<std::string> damaged{"", "x", whole.substr(0, whole.size() - 1), whole + "x"};
    for (std::size_t at = 0; at < whole.size(); at += 3) {
        damaged.push_back(whole);
        damaged.back()[at] = static_cast<char>(damaged.back()[at] ^ 1);
    }
    for (const auto& content : damaged) {
        std::ofstream(file, std::ios::binary) << content;
        ASSERT_FALSE(cache.find(key(1), 100));
        ASSERT_EQ(folder.entries(), 0U);
    }
    cache.keep(key(1), table(100));
    EXPECT_EQ(cache.find(key(1), 100), table(100));
    EXPECT_FALSE(cache.find(key(1), 99)) << "another count is another table";
}

TEST(FeatureCache, TheLongestUnusedGo) {
    const TemporaryFolder folder;
    constexpr std::size_t kCount = 1000; // 4,080 bytes with the header
    const FeatureCache cache(folder.path(), 10 * 4'080);
    const auto now = fs::file_time_type::clock::now();
    for (int i = 0; i < 10; ++i) {
        cache.keep(key(i), table(kCount, static_cast<float>(i)));
        fs::last_write_time(folder.file(key(i) + ".f32"), now - std::chrono::minutes(10 - i));
    }
    EXPECT_EQ(folder.entries(), 10U) << "just what fits";
    EXPECT_TRUE(cache.find(key(0), kCount)); // the oldest, used again
    cache.keep(key(10), table(kCount));
    EXPECT_LE(bytes_in(folder.path()), 10 * 4'080U);
    EXPECT_TRUE(cache.find(key(0), kCount)) << "was used last";
    EXPECT_TRUE(cache.find(key(10), kCount));
    EXPECT_TRUE(cache.find(key(9), kCount));
    EXPECT_FALSE(cache.find(key(1), kCount));
}

TEST(FeatureCache, StaysBoundedOverManyAndAfterOthersAdded) {
    const TemporaryFolder folder;
    constexpr std::uintmax_t kLimit = 100'000;
    const FeatureCache cache(folder.path(), kLimit), other(folder.path(), kLimit);
    for (int i = 0; i < 200; ++i) {
        cache.keep(key(i), table(static_cast<std::size_t>(100 + 13 * (i % 50))));
        ASSERT_LE(bytes_in(folder.path()), kLimit);
    }
    for (int i = 200; i < 260; ++i) {
        other.keep(key(i), table(500));
        cache.keep(key(i + 100), table(500));
        ASSERT_LE(bytes_in(folder.path()), kLimit + kLimit / 8);
    }
    const auto entries = folder.entries();
    cache.keep(key(1000), table(30'000)); // alone more than the limit
    EXPECT_FALSE(cache.find(key(1000), 30'000));
    EXPECT_EQ(folder.entries(), entries);
}

TEST(FeatureCache, ForgottenTemporaryFilesGoAndOthersFilesStay) {
    const TemporaryFolder folder;
    folder.write("abc.f32.1234.tmp", "left by a process that died");
    fs::last_write_time(folder.file("abc.f32.1234.tmp"),
                        fs::file_time_type::clock::now() - std::chrono::hours(5));
    folder.write("def.f32.1234.tmp", "being written");
    folder.write("README", "not ours");
    FeatureCache(folder.path()).keep(key(1), table(5));
    EXPECT_FALSE(fs::exists(folder.file("abc.f32.1234.tmp")));
    EXPECT_TRUE(fs::exists(folder.file("def.f32.1234.tmp")));
    EXPECT_TRUE(fs::exists(folder.file("README")));
}

TEST(FeatureCache, WhatCannotBeWrittenIsDoneWithout) {
    const TemporaryFolder folder;
    folder.write("file", "not a folder");
    const FeatureCache below_a_file(folder.file("file") / "cache");
    below_a_file.keep(key(1), table(10));
    EXPECT_FALSE(below_a_file.find(key(1), 10));

    // Read-only (for root it is not: then it works as any other).
    fs::create_directory(folder.file("closed"));
    fs::permissions(folder.file("closed"), fs::perms::owner_read | fs::perms::owner_exec);
    const FeatureCache closed(folder.file("closed"));
    closed.keep(key(1), table(10));
    const auto found = closed.find(key(1), 10);
    EXPECT_TRUE(!found || *found == table(10));
    fs::permissions(folder.file("closed"), fs::perms::owner_all);

    // A folder where the file should be: cannot be replaced, whoever asks.
    fs::create_directories(folder.file("taken") / (key(1) + ".f32") / "inside");
    const FeatureCache taken(folder.file("taken"));
    taken.keep(key(1), table(10));
    EXPECT_FALSE(taken.find(key(1), 10));
    EXPECT_EQ(std::distance(fs::directory_iterator(folder.file("taken")), {}), 1)
        << "a temporary file is left";
}

TEST(FeatureCache, KeysThatAreNoHexStayOut) {
    const TemporaryFolder folder;
    const FeatureCache cache(folder.file("cache"));
    for (const char* bad : {"", "../up", "a/b", ".", "key"}) {
        cache.keep(bad, table(3));
        EXPECT_FALSE(cache.find(bad, 3)) << bad;
    }
    EXPECT_EQ(folder.entries(), 0U);
}

TEST(FeatureCache, ManyAtOnce) {
    const TemporaryFolder folder;
    // Room for about half: threads find, keep, replace and evict the same files.
    const FeatureCache cache(folder.path(), 20 * 4'080);
    std::atomic<int> wrong = 0;
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 4; ++t)
            threads.emplace_back([&, t] {
                const FeatureCache own(folder.path(), 20 * 4'080);
                for (int i = 0; i < 200; ++i) {
                    const int number = (i * 7 + t * 11) % 40;
                    const auto& use = t % 2 == 0 ? cache : own;
                    const auto found = use.find(key(number), 1000);
                    if (found && *found != table(1000, static_cast<float>(number))) ++wrong;
                    if (!found) use.keep(key(number), table(1000, static_cast<float>(number)));
                }
            });
    }
    EXPECT_EQ(wrong, 0);
    for (const auto& entry : fs::directory_iterator(folder.path()))
        EXPECT_EQ(entry.path().extension(), ".f32");
    EXPECT_GT(folder.entries(), 0U);
}

/// Sets a variable of the environment for a scope.
class Environment {
public:
    Environment(const char* name, const std::string& value) : name_(name) {
        if (const char* old = std::getenv(name)) old_ = old;
        ::setenv(name, value.c_str(), 1);
    }
    ~Environment() { old_ ? ::setenv(name_, old_->c_str(), 1) : ::unsetenv(name_); }
    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;

private:
    const char* name_;
    std::optional<std::string> old_;
};

TEST(CacheFolder, FollowsXdg) {
    const TemporaryFolder folder;
    const Environment home("HOME", folder.file("home").string());
    {
        const Environment xdg("XDG_CACHE_HOME", folder.path().string());
        EXPECT_EQ(cache_folder(), folder.file("descent-studio"));
    }
    for (const char* ignored : {"", "relative/path"}) {
        const Environment xdg("XDG_CACHE_HOME", ignored);
        EXPECT_EQ(cache_folder(), folder.file("home") / ".cache" / "descent-studio") << ignored;
    }
    EXPECT_EQ(folder.entries(), 0U) << "asking makes nothing";
}

TEST(ParallelFor, CoversEveryItemOnce) {
    for (const std::size_t count : {0U, 1U, 2U, 7U, 1000U, 4096U}) {
        std::vector<std::atomic<int>> times(count);
        std::vector<double> shares;
        const auto caller = std::this_thread::get_id();
        bool elsewhere = false;
        EXPECT_TRUE(parallel_for(
            count,
            [&](std::size_t begin, std::size_t end) {
                for (std::size_t i = begin; i < end; ++i) ++times[i];
            },
            [&](double share) {
                shares.push_back(share);
                elsewhere = elsewhere || std::this_thread::get_id() != caller;
            },
            {}));
        EXPECT_TRUE(std::ranges::all_of(times, [](const auto& t) { return t == 1; })) << count;
        EXPECT_TRUE(std::ranges::is_sorted(shares));
        ASSERT_FALSE(shares.empty());
        EXPECT_EQ(shares.back(), 1);
        EXPECT_FALSE(elsewhere);
    }
    EXPECT_TRUE(parallel_for(10, [](std::size_t, std::size_t) {}, {}, {})) << "without progress";
}

TEST(ParallelFor, ThrowsTheFirstException) {
    std::atomic<int> pieces = 0;
    try {
        parallel_for(100'000,
                     [&](std::size_t begin, std::size_t) {
                         ++pieces;
                         if (begin == 0) throw std::runtime_error("the first");
                     },
                     {}, {});
        FAIL() << "nothing thrown";
    } catch (const std::runtime_error& e) {
        EXPECT_STREQ(e.what(), "the first");
    }
    EXPECT_GE(pieces, 1);
}

TEST(ParallelFor, ProgressMayThrow) {
    EXPECT_THROW(
        parallel_for(
            10, [](std::size_t, std::size_t) {}, [](double) { throw std::logic_error("enough"); }, {}),
        std::logic_error);
}

TEST(ParallelFor, StopsWhenAsked) {
    std::stop_source stop;
    std::atomic<std::size_t> done = 0;
    EXPECT_FALSE(parallel_for(
        100'000,
        [&](std::size_t begin, std::size_t end) {
            done += end - begin;
            stop.request_stop();
        },
        {}, stop.get_token()));
    EXPECT_GE(done, 1U);
    EXPECT_LT(done, 100'000U);
    EXPECT_FALSE(parallel_for(
        5, [](std::size_t, std::size_t) { FAIL(); }, {}, stop.get_token()));
}

} // namespace
} // namespace descent
