#pragma once

#include <stop_token>
#include <thread>

namespace descent::cli {

/// Turns the first SIGINT, SIGTERM or SIGHUP into a stop request and the second into an immediate exit with
/// 130. The signals are blocked in the calling thread and in every thread it starts from then on, and read
/// from a descriptor by a thread of this object: no handler runs anywhere, so nothing can race with one. Make
/// it before anything that starts threads (the engine, the store's writer). Thread: main makes and destroys
/// it.
class InterruptWatch {
public:
    InterruptWatch();
    ~InterruptWatch();
    InterruptWatch(const InterruptWatch&) = delete;
    InterruptWatch& operator=(const InterruptWatch&) = delete;

    /// Callbacks on it run on the watch's thread, or at once where the request came before them.
    std::stop_token token() const { return request_.get_token(); }
    bool requested() const { return request_.stop_requested(); }

private:
    void watch();

    std::stop_source request_;
    int signals_ = -1, end_ = -1; // a signalfd, and an eventfd that ends the thread
    std::jthread thread_;
};

} // namespace descent::cli
