#include "ui/plots/picture_queue.h"

#include <utility>

namespace descent::ui {

PictureQueue::PictureQueue(std::function<void(Picture)> done, QObject* parent)
    : QObject(parent)
    , done_(std::move(done)) {}

PictureQueue::~PictureQueue() {
    {
        const std::lock_guard lock(mutex_);
        next_.reset();
        current_.request_stop();
    }
    thread_ = {}; // asks it to stop and waits: nothing is delivered to a QObject that is gone
}

void PictureQueue::want(Wish wish) {
    add({std::move(wish), false});
}

void PictureQueue::refine(Wish wish) {
    add({std::move(wish), true});
}

bool PictureQueue::busy() const {
    const std::lock_guard lock(mutex_);
    return working_ || next_.has_value() || undelivered_ > 0;
}

void PictureQueue::add(Job job) {
    {
        const std::lock_guard lock(mutex_);
        next_ = std::move(job);
        current_.request_stop(); // only what reads listens to it
    }
    wanted_.notify_one();
    if (!thread_.joinable()) thread_ = std::jthread([this](const std::stop_token& stop) { work(stop); });
}

void PictureQueue::work(const std::stop_token& stop) {
    while (true) {
        Job job;
        std::stop_token given_up;
        {
            std::unique_lock lock(mutex_);
            working_ = false;
            if (!wanted_.wait(lock, stop, [this] { return next_.has_value(); })) return;
            job = std::move(*next_);
            next_.reset();
            current_ = {};
            given_up = current_.get_token();
            working_ = true;
        }
        Picture picture = drawPicture(*job.wish, job.fetch, job.fetch ? given_up : std::stop_token{});
        if (!picture) continue;
        {
            const std::lock_guard lock(mutex_);
            ++undelivered_;
        }
        QMetaObject::invokeMethod(
            this,
            [this, picture = std::move(picture)] {
                {
                    const std::lock_guard lock(mutex_);
                    --undelivered_;
                }
                done_(picture);
            },
            Qt::QueuedConnection);
    }
}

} // namespace descent::ui
