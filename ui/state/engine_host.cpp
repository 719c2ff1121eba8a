#include "ui/state/engine_host.h"

#include <QMetaObject>
#include <QThread>

namespace descent::ui {

EngineHost::EngineHost(Loader loader, QObject* parent) : QObject(parent), loader_(std::move(loader)) {}

EngineHost::~EngineHost() = default; // joins; what the thread posted to this object is dropped with it

void EngineHost::load() {
    Q_ASSERT(QThread::currentThread() == thread());
    if (thread_.joinable()) return;
    thread_ = std::jthread([this] {
        Result<Engine*> engine = loader_();
        const EngineInfo info = engine ? (*engine)->info() : EngineInfo{};
        QMetaObject::invokeMethod(this, [this, engine = std::move(engine), info] {
            if (!engine) {
                error_ = QString::fromStdString(engine.error().message);
                Q_EMIT failed(error_);
                return;
            }
            engine_ = *engine;
            info_ = info;
            Q_EMIT ready();
        });
    });
}

} // namespace descent::ui
