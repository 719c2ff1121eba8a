#pragma once

#include "core/audio/feature_cache.h"
#include "core/audio/speech_folder.h"

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace descent {

/// Recordings of a folder, read in parallel: their content's hashes and log-mel features, cached by the
/// hashes.
struct SpeechFeatures {
    std::int64_t bands = 0, frames = 0;
    std::vector<std::string> hashes{};   ///< SHA-256 of each file
    std::vector<float> values{};         ///< [clips × bands × frames], natural log
    std::vector<std::string> left_out{}; ///< by clip: why it cannot be used; "" where it can
};

/// Every clip is fitted to `samples` (fit_length). Throws InputError: no clip can be used; "interrupted" once
/// `stop` is asked for.
SpeechFeatures read_features(const SpeechFolder& folder, std::size_t samples,
                             const FeatureCache& cache = FeatureCache(),
                             const std::function<void(double share, const std::string& what)>& progress = {},
                             const std::stop_token& stop = {});

} // namespace descent
