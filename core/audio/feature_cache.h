#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace descent {

/// $XDG_CACHE_HOME/descent-studio or ~/.cache/descent-studio. Everything in it can be made again: safe to
/// delete at any time.
std::filesystem::path cache_folder();

/// Tables of numbers that cost time to make, kept on disk by the hash of what they were made from. The
/// longest unused go when more than `limit` bytes are kept (what several processes add meanwhile comes on
/// top). A file is there whole or not at all; a damaged one is removed, so that it is made again; a cache
/// that cannot be written is done without. Thread: any; several processes may share it.
class FeatureCache {
public:
    explicit FeatureCache(std::filesystem::path folder = cache_folder() / "features",
                          std::uintmax_t limit = std::uintmax_t{2} << 30);

    /// The `count` floats kept under `key` (hex digits), or nothing. Counts as a use.
    std::optional<std::vector<float>> find(const std::string& key, std::size_t count) const;
    /// Whether find() of so many floats may find any, whatever the key.
    bool may_have(std::size_t count) const;
    /// More than `limit` at once, and other keys than hex, are not kept.
    void keep(const std::string& key, std::span<const float> values) const;

private:
    struct Fill;

    std::filesystem::path folder_;
    std::uintmax_t limit_;
    std::shared_ptr<Fill> fill_;
};

/// Calls `work(begin, end)` for pieces that cover 0 … count once each, in any order, on as many threads as
/// the machine has cores (at most 8), and, where it is set, `progress(done / count)` now and then from the
/// calling thread, at the end with 1. The first exception thrown by either is thrown again here, once all
/// threads are done. Returns false, with pieces left out, once `stop` is asked for.
bool parallel_for(std::size_t count, const std::function<void(std::size_t begin, std::size_t end)>& work,
                  const std::function<void(double)>& progress, std::stop_token stop);

} // namespace descent
