#pragma once

#include <QCoreApplication>
#include <QObject>
#include <QPointer>
#include <QThreadPool>

#include <memory>
#include <optional>
#include <utility>

namespace descent::ui {

/// For what is made in the background one at a time, and made anew where it was asked for meanwhile. Thread:
/// GUI.
class InHand {
public:
    /// Whether to begin; else what is in hand is told that it is out of date.
    bool begin() {
        stale_ = busy_;
        return !std::exchange(busy_, true);
    }
    /// Whether to begin again.
    bool end() {
        busy_ = false;
        return std::exchange(stale_, false);
    }
    bool busy() const { return busy_; }

private:
    bool busy_ = false, stale_ = false;
};

/// Runs `job` on a pool thread, then `done` with its result on the GUI thread, unless `context` is gone by
/// then. `job` must own what it uses. Thread: call from the GUI thread.
template<class Job, class Done>
void inBackground(QObject* context, Job job, Done done) {
    auto guard = std::make_shared<QPointer<QObject>>(context); // looked at on the GUI thread only
    QThreadPool::globalInstance()->start([guard, job = std::move(job), done = std::move(done)]() mutable {
        auto result = std::make_shared<decltype(job())>(job());
        QMetaObject::invokeMethod(
            QCoreApplication::instance(),
            [guard, result, done = std::move(done)]() mutable {
                if (*guard) done(std::move(*result));
            },
            Qt::QueuedConnection);
    });
}

} // namespace descent::ui
