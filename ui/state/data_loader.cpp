#include "ui/state/data_loader.h"

#include "ui/state/engine_host.h"

#include <QMetaObject>

#include <mutex>
#include <thread>
#include <utility>

namespace descent::ui {

namespace {

constexpr int kLookMs = 100;

DataPtr prepare(Inspection found) {
    auto data = std::make_shared<LoadedData>();
    data->found = std::move(found);
    data->summary = text_summary(data->found.provenance.data_report);
    const auto count = qsizetype(data->found.samples.size());
    data->texts.reserve(count);
    data->folded.reserve(count);
    for (const DataSample& sample : data->found.samples) {
        data->texts << QString::fromStdString(sample.text);
        data->folded << data->texts.back().toCaseFolded();
    }
    return data;
}

} // namespace

/// What the reading thread says of its progress.
struct DataLoader::Shared {
    mutable std::mutex mutex;
    double share = 0;   // guarded by mutex
    std::string what{}; // guarded by mutex
};

struct DataLoader::Worker {
    std::jthread thread;
};

DataLoader::DataLoader(EngineHost& engine, QObject* parent)
    : QObject(parent)
    , engine_(engine)
    , shared_(std::make_shared<Shared>())
    , worker_(std::make_unique<Worker>()) {
    look_.setInterval(kLookMs);
    connect(&look_, &QTimer::timeout, this, &DataLoader::progressed);
}

DataLoader::~DataLoader() {
    stop_.request_stop();
} // then joins

double DataLoader::share() const {
    const std::lock_guard lock(shared_->mutex);
    return shared_->share;
}

QString DataLoader::doing() const {
    const std::lock_guard lock(shared_->mutex);
    return QString::fromStdString(shared_->what);
}

void DataLoader::load(const RunSpec& spec) {
    stop_.request_stop();
    wanted_ = spec;
    shared_ = std::make_shared<Shared>(); // what is given up may still be talking
    if (!working_) begin();
}

void DataLoader::cancel() {
    stop_.request_stop();
    wanted_.reset();
    look_.stop();
}

void DataLoader::begin() {
    Engine* engine = engine_.engine();
    if (!engine) return;
    stop_ = {};
    working_ = true;
    look_.start();
    if (worker_->thread.joinable()) worker_->thread.join(); // has posted its answer, so it is at its end
    worker_->thread = std::jthread([this, engine, spec = *wanted_, shared = shared_,
                                    stop = stop_.get_token()] {
        const auto tell = [&shared](double share, const std::string& what) {
            const std::lock_guard lock(shared->mutex);
            shared->share = share;
            shared->what = what;
        };
        Result<DataPtr> answer = guarded([&] {
            return prepare(unwrap(engine->inspect(spec, {.samples = true, .stop = stop, .progress = tell})));
        });
        QMetaObject::invokeMethod(this, [this, stop, answer = std::move(answer)] {
            working_ = false;
            if (stop.stop_requested()) { // given up; has something else been asked for since?
                if (wanted_) begin();
                return;
            }
            look_.stop();
            wanted_.reset();
            if (answer)
                Q_EMIT loaded(*answer);
            else
                Q_EMIT failed(QString::fromStdString(answer.error().message));
        });
    });
}

} // namespace descent::ui
