#pragma once

#include "core/store/connection.h"

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <thread>

namespace descent {

/// Copies what SQLite's write-ahead log holds into the store, on a thread and connection of its own: it waits
/// for the disk, and while a commit waited for the disk nothing else would be committed. Thread: wake() from
/// any; all else is its own.
class WalCheckpointer {
public:
    explicit WalCheckpointer(const std::filesystem::path& store);
    void wake();

private:
    void work(std::stop_token stop);

    SQLite::Database db_;
    std::mutex mutex_;
    std::condition_variable_any woken_;
    bool due_ = false;    // guarded by mutex_
    std::jthread thread_; // last: starts when all else is there, ends before anything goes
};

} // namespace descent
