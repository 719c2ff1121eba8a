#include "ui/state/inspector.h"

#include "ui/state/engine_host.h"
#include "ui/state/training.h"

#include <QMetaObject>

#include <thread>

namespace descent::ui {

namespace {

constexpr int kDebounceMs = 250;
constexpr int kIdleMs = 400;

/// What the time of an update depends on: everything but seed, length and the optimizer's numbers.
RunSpec costKey(RunSpec spec) {
    spec.seed = 0;
    spec.budget = {};
    spec.optimizer.params = {};
    return spec;
}

} // namespace

struct Inspector::Worker {
    std::jthread thread;
};

Inspector::Inspector(EngineHost& engine, Training& training, QObject* parent)
    : QObject(parent)
    , engine_(engine)
    , training_(training)
    , worker_(std::make_unique<Worker>()) {
    debounce_.setSingleShot(true);
    debounce_.setInterval(kDebounceMs);
    idle_.setSingleShot(true);
    idle_.setInterval(kIdleMs);
    connect(&debounce_, &QTimer::timeout, this, &Inspector::inspect);
    connect(&idle_, &QTimer::timeout, this, &Inspector::time);
    connect(&training_, &Training::stateChanged, this, [this] {
        if (training_.busy()) { // a run must not wait for a measurement
            idle_.stop();
            if (timing_) stop_.request_stop();
        } else if (result_ && !seconds_ && !working_ && !idle_.isActive()) {
            idle_.start();
        }
    });
}

Inspector::~Inspector() {
    stop_.request_stop();
} // then joins

void Inspector::cancel() {
    debounce_.stop();
    idle_.stop();
    stop_.request_stop();
    spec_.reset();
    result_.reset();
}

void Inspector::look(const RunSpec& spec) {
    if (spec_ == spec && (result_ || working_ || debounce_.isActive())) return;
    spec_ = spec;
    result_.reset();
    if (timed_ != costKey(spec)) seconds_.reset();
    stop_.request_stop();
    idle_.stop();
    debounce_.start();
    Q_EMIT begun();
}

void Inspector::inspect() {
    if (working_) { // cancelled but not back yet
        debounce_.start();
        return;
    }
    run(false);
}

void Inspector::time() {
    if (!working_ && result_ && !seconds_ && !training_.busy()) run(true);
}

void Inspector::run(bool time_updates) {
    Engine* engine = engine_.engine();
    if (!engine || !spec_) return;
    stop_ = {};
    working_ = true;
    timing_ = time_updates;
    if (worker_->thread.joinable()) worker_->thread.join(); // has posted its answer, so it is at its end
    worker_->thread = std::jthread([this, engine, spec = *spec_, time_updates, stop = stop_.get_token()] {
        const auto tell = [this, spec](double share, const std::string& what) {
            QMetaObject::invokeMethod(this, [this, spec, share, what] {
                if (working_ && !timing_ && spec_ == spec)
                    Q_EMIT progressed(share, QString::fromStdString(what));
            });
        };
        auto result = engine->inspect(spec, {.time_updates = time_updates, .stop = stop, .progress = tell});
        QMetaObject::invokeMethod(this, [this, spec, time_updates, stop, result = std::move(result)] {
            working_ = false;
            if (!spec_ || *spec_ != spec) return; // the person has moved on
            if (time_updates) {
                if (!result || stop.stop_requested() || !result->seconds_per_update) return;
                seconds_ = result->seconds_per_update;
                timed_ = costKey(spec);
                Q_EMIT timed();
                return;
            }
            if (!result) {
                Q_EMIT failed(QString::fromStdString(result.error().message));
                return;
            }
            result_ = *result;
            Q_EMIT inspected();
            if (seconds_)
                Q_EMIT timed();
            else if (!training_.busy())
                idle_.start();
        });
    });
}

} // namespace descent::ui
