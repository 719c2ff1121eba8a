#pragma once

#include "core/base/units.h"

namespace descent {

/// One measured number of a series, with the moment it was measured at.
struct SeriesPoint {
    Update update{};
    Epoch epoch{};
    double seconds = 0; ///< training time since the run began, pauses left out
    double value = 0;   ///< NaN where the store holds NULL
};

/// What a series is drawn against.
enum class XAxis {
    update,
    epoch,
    seconds,  ///< training time
    examples, ///< seen so far: epochs × examples of the training set
    share,    ///< of the run: updates / planned updates
};

/// Where the moments of one run lie on an axis: x = scale × the update, the epoch or the seconds. Rises with
/// the update along a series, so order is kept. Thread: any.
struct SeriesAxis {
    enum class Of { update, epoch, seconds };
    Of of = Of::update;
    double scale = 1;
    /// `train_examples` and `planned` of the run; where they are 0, 1 is taken.
    static SeriesAxis make(XAxis axis, double train_examples = 1, double planned = 1) {
        const auto known = [](double v) { return v > 0 ? v : 1; };
        switch (axis) {
        case XAxis::epoch:
            return {Of::epoch, 1};
        case XAxis::seconds:
            return {Of::seconds, 1};
        case XAxis::examples:
            return {Of::epoch, known(train_examples)};
        case XAxis::share:
            return {Of::update, 1 / known(planned)};
        case XAxis::update:
            break;
        }
        return {};
    }
    /// Of a SeriesPoint or a Bucket (core/analysis/pyramid.h).
    template<class Moment>
    double of_moment(const Moment& m) const {
        return scale * (of == Of::update  ? static_cast<double>(m.update.count)
                        : of == Of::epoch ? m.epoch.passes
                                          : m.seconds);
    }
};

} // namespace descent
