#pragma once

#include "core/base/result.h"
#include "core/engine/engine.h"

#include <QObject>
#include <QString>

#include <functional>
#include <thread>

namespace descent::ui {

/// Loads the engine on a thread of its own, so that the window stands before libtorch is there.
/// Thread: GUI.
class EngineHost : public QObject {
    Q_OBJECT
public:
    using Loader = std::function<Result<Engine*>()>; ///< load_engine, or a test's fake
    explicit EngineHost(Loader loader, QObject* parent = nullptr);
    ~EngineHost() override;

    void load();                                     ///< starts loading; once
    Engine* engine() const { return engine_; }       ///< null until ready()
    const EngineInfo& info() const { return info_; } ///< measured while loading; empty until ready()
    QString error() const { return error_; }

Q_SIGNALS:
    void ready();
    void failed(const QString& reason);

private:
    Loader loader_;
    Engine* engine_ = nullptr;
    EngineInfo info_;
    QString error_;
    std::jthread thread_;
};

} // namespace descent::ui
