#pragma once

#include "ui/plots/curve_picture.h"

#include <QObject>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

namespace descent::ui {

/// Draws one chart's pictures on a thread of its own: one at a time, and of what is wanted meanwhile only the
/// newest. Thread: GUI; `done` is called on it, from the event loop.
class PictureQueue : public QObject {
    Q_OBJECT
public:
    using Wish = std::shared_ptr<const CurveWish>;
    using Picture = std::shared_ptr<const CurvePicture>;
    explicit PictureQueue(std::function<void(Picture)> done, QObject* parent = nullptr);
    ~PictureQueue() override; ///< waits for what is being drawn or read

    void want(Wish wish);   ///< from what is in memory
    void refine(Wish wish); ///< with what has to be read for it; given up when the next one is wanted
    bool busy() const;

private:
    struct Job {
        Wish wish;
        bool fetch = false;
    };
    void add(Job job);
    void work(const std::stop_token& stop);

    std::function<void(Picture)> done_;
    mutable std::mutex mutex_; ///< of the next three
    std::condition_variable_any wanted_;
    std::optional<Job> next_;
    std::stop_source current_; ///< of the job at work
    bool working_ = false;
    int undelivered_ = 0; ///< GUI thread: drawn, but done() not yet called
    std::jthread thread_; ///< begun with the first wish; last, so that it ends first
};

} // namespace descent::ui
