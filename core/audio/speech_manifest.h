#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace descent {

/// Which recordings a keyword run was trained and measured on: what its provenance keeps as `manifest`. The
/// order of `validation` is the order of rows in the stored matrix "validation/logits".
struct SpeechManifest {
    std::string root;                  ///< absolute folder
    std::vector<std::string> keywords; ///< lower case
    bool pooled = true;                ///< all keywords are class 1; otherwise keyword k is class k + 1
    std::vector<std::string> train, validation, test; ///< relative files, "eight/004ae714_nohash_0.wav"

    /// 0 for any other word.
    std::int64_t label_of(const std::string& file) const;
    /// "other", then the keyword, "keyword" (several pooled), or the keywords.
    std::vector<std::string> classes() const;
    std::string to_json() const;
    /// Throws InputError where `json` is not a keyword run's manifest.
    static SpeechManifest from_json(const std::string& json);
};

} // namespace descent
