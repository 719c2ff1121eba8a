#include "core/store/wal_checkpointer.h"

#include <utility>

#include <sqlite3.h>

namespace descent {

WalCheckpointer::WalCheckpointer(const std::filesystem::path& store)
    : db_(sql::open_connection(store, sql::Access::write))
    , thread_([this](std::stop_token stop) { work(stop); }) {}

void WalCheckpointer::wake() {
    {
        const std::lock_guard lock(mutex_);
        due_ = true;
    }
    woken_.notify_one();
}

void WalCheckpointer::work(std::stop_token stop) {
    for (;;) {
        {
            std::unique_lock lock(mutex_);
            woken_.wait(lock, stop, [&] { return due_; });
            if (stop.stop_requested()) return; // the last connection to close does the rest
            due_ = false;
        }
        // Passive: neither waits for others nor lets them wait. What it cannot do now, the next one does.
        sqlite3_wal_checkpoint_v2(db_.getHandle(), "main", SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    }
}

} // namespace descent
