#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

class QObject;

namespace descent::ui {

/// Where sound goes: one clip at a time. Thread: GUI.
class SoundOut {
public:
    virtual ~SoundOut() = default;
    virtual bool available() const = 0; ///< this machine has an output device now
    /// Plays mono samples in ±1 at descent::kSampleRate from their start; what was playing stops.
    virtual void play(const std::vector<float>& samples) = 0;
    virtual void stop() = 0;
    virtual bool playing() const = 0;
    virtual double position() const = 0; ///< seconds since the clip's start
    std::function<void()> changed{};     ///< a device came or went, playing began or ended
};

/// The default output device through Qt Multimedia, converted to whatever format it takes.
std::unique_ptr<SoundOut> makeSoundOut();

} // namespace descent::ui
