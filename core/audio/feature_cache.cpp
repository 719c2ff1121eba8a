#include "core/audio/feature_cache.h"

#include "core/audio/replace_file.h"
#include "core/base/hash.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cctype>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <mutex>
#include <thread>

namespace descent {
namespace {

namespace fs = std::filesystem;

constexpr const char* kExtension = ".f32";

/// What a file begins with; the values follow as they lie in memory (a cache does not leave its machine).
struct Header {
    std::array<char, 8> kind{'D', 'S', 'F', 'E', 'A', 'T', '0', '1'};
    std::uint64_t count = 0;
    std::array<char, 64> sum{}; ///< SHA-256 of the values, in hex

    bool operator==(const Header&) const = default;
};

std::string_view bytes_of(std::span<const float> values) {
    return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
}

Header header_of(std::span<const float> values) {
    Header header;
    header.count = values.size();
    std::ranges::copy(sha256_hex(bytes_of(values)), header.sum.begin());
    return header;
}

std::uintmax_t file_size_of(std::size_t count) {
    return sizeof(Header) + count * sizeof(float);
}

bool is_key(const std::string& key) {
    return !key.empty() && std::ranges::all_of(key, [](unsigned char c) { return std::isxdigit(c) != 0; });
}

struct Found {
    fs::path file;
    std::uintmax_t size = 0;
    fs::file_time_type used{};
};

/// What lies in the folder now; others may add and remove meanwhile. Removes what writers that died left.
std::vector<Found> list(const fs::path& folder) {
    std::vector<Found> found;
    std::error_code error, ignored;
    const auto stale = fs::file_time_type::clock::now() - std::chrono::hours(1);
    fs::directory_iterator at(folder, error);
    for (; !error && at != fs::directory_iterator(); at.increment(error)) {
        std::error_code gone;
        const Found entry{at->path(), at->file_size(gone), at->last_write_time(gone)};
        if (gone) continue;
        if (entry.file.extension() == kExtension)
            found.push_back(entry);
        else if (entry.file.extension() == ".tmp" && entry.used < stale)
            fs::remove(entry.file, ignored);
    }
    return found;
}

} // namespace

fs::path cache_folder() {
    const auto set = [](const char* name) -> fs::path {
        const char* value = std::getenv(name);
        return value != nullptr ? value : "";
    };
    // The XDG specification has relative paths ignored.
    fs::path base = set("XDG_CACHE_HOME");
    if (!base.is_absolute()) {
        const fs::path home = set("HOME");
        base = home.is_absolute() ? home / ".cache" : fs::temp_directory_path();
    }
    return base / "descent-studio";
}

/// How full the folder is, as far as this object knows: listing it for every file kept would cost a square.
struct FeatureCache::Fill {
    std::mutex mutex;
    bool listed = false;
    std::uintmax_t total = 0, added = 0; ///< when listed, and since
};

FeatureCache::FeatureCache(fs::path folder, std::uintmax_t limit)
    : folder_(std::move(folder))
    , limit_(limit)
    , fill_(std::make_shared<Fill>()) {}

std::optional<std::vector<float>> FeatureCache::find(const std::string& key, std::size_t count) const {
    if (!is_key(key)) return std::nullopt;
    const fs::path file = folder_ / (key + kExtension);
    std::error_code error;
    const auto size = fs::file_size(file, error);
    if (error) return std::nullopt;
    Header header;
    std::vector<float> values;
    bool sound = false;
    if (size == file_size_of(count)) {
        std::ifstream in(file, std::ios::binary);
        values.resize(count);
        in.read(reinterpret_cast<char*>(&header), sizeof header);
        in.read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(count * sizeof(float)));
        sound = in && header == header_of(values);
    }
    if (!sound) {
        fs::remove(file, error);
        return std::nullopt;
    }
    fs::last_write_time(file, fs::file_time_type::clock::now(), error); // used: not among the first to go
    return values;
}

bool FeatureCache::may_have(std::size_t count) const {
    return std::ranges::any_of(list(folder_),
                               [&](const Found& found) { return found.size == file_size_of(count); });
}

void FeatureCache::keep(const std::string& key, std::span<const float> values) const {
    const Header header = header_of(values);
    const std::uintmax_t size = sizeof header + values.size_bytes();
    if (!is_key(key) || size > limit_) return;
    std::error_code error;
    fs::create_directories(folder_, error);
    const fs::path file = folder_ / (key + kExtension);
    if (replace_file(file, {{reinterpret_cast<const char*>(&header), sizeof header}, bytes_of(values)}))
        return;
    fs::last_write_time(file, fs::file_time_type::clock::now(), error); // finer than the kernel's own stamp

    const std::lock_guard lock(fill_->mutex);
    fill_->added += size;
    // Other processes add too: look now and then even when this one has added little.
    if (fill_->listed && fill_->total + fill_->added <= limit_ && fill_->added <= limit_ / 16) return;
    auto found = list(folder_);
    std::uintmax_t total = 0;
    for (const auto& entry : found) total += entry.size;
    if (total > limit_) {
        // To an eighth below, so that the next one kept does not have to make room again; never the newest.
        std::ranges::sort(found, {}, &Found::used);
        const std::uintmax_t target = limit_ - limit_ / 8;
        for (std::size_t i = 0; i + 1 < found.size() && total > target; ++i)
            if (fs::remove(found[i].file, error)) total -= found[i].size;
    }
    fill_->listed = true;
    fill_->total = total;
    fill_->added = 0;
}

bool parallel_for(std::size_t count, const std::function<void(std::size_t begin, std::size_t end)>& work,
                  const std::function<void(double)>& progress, std::stop_token stop) {
    constexpr std::size_t kMostThreads = 8, kPiecesPerThread = 16;
    const std::size_t threads =
        std::min({std::max<std::size_t>(std::thread::hardware_concurrency(), 1), kMostThreads, count});
    const std::size_t piece =
        threads == 0 ? 1 : std::max<std::size_t>(count / (threads * kPiecesPerThread), 1);

    std::atomic<std::size_t> next{0};
    std::atomic<bool> over{false};
    std::mutex mutex; // of the following
    std::condition_variable changed;
    std::size_t done = 0, running = 0;
    std::exception_ptr thrown;

    const auto worker = [&] {
        try {
            while (!over && !stop.stop_requested()) {
                const std::size_t begin = next.fetch_add(piece);
                if (begin >= count) break;
                const std::size_t end = std::min(begin + piece, count);
                work(begin, end);
                const std::lock_guard lock(mutex);
                done += end - begin;
            }
        } catch (...) {
            const std::lock_guard lock(mutex);
            if (!thrown) thrown = std::current_exception();
            over = true;
        }
        const std::lock_guard lock(mutex);
        --running;
        changed.notify_one();
    };

    {
        std::vector<std::jthread> pool;
        try {
            for (std::size_t t = 0; t < threads; ++t) {
                {
                    const std::lock_guard lock(mutex);
                    ++running;
                }
                pool.emplace_back(worker);
            }
            std::unique_lock lock(mutex);
            for (std::size_t told = 0; running > 0;) {
                changed.wait_for(lock, std::chrono::milliseconds(50), [&] { return running == 0; });
                if (!progress || done == told || done == count || thrown) continue;
                told = done;
                lock.unlock();
                progress(static_cast<double>(told) / static_cast<double>(count));
                lock.lock();
            }
        } catch (...) { // no more threads to be had, or progress() threw: the pool is joined on the way out
            over = true;
            throw;
        }
    }
    if (thrown) std::rethrow_exception(thrown);
    if (done < count) return false;
    if (progress) progress(1);
    return true;
}

} // namespace descent
