#include "core/audio/speech_manifest.h"

#include "core/base/json_text.h"
#include "core/base/result.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string_view>

namespace descent {

namespace {

constexpr const char* kKind = "keywords"; // tells it from other tasks' manifests

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

} // namespace

std::int64_t SpeechManifest::label_of(const std::string& file) const {
    const auto at = std::ranges::find(keywords, lower(std::string_view(file).substr(0, file.find('/'))));
    if (at == keywords.end()) return 0;
    return pooled ? 1 : 1 + (at - keywords.begin());
}

std::vector<std::string> SpeechManifest::classes() const {
    if (pooled && keywords.size() > 1) return {"other", "keyword"};
    std::vector<std::string> names{"other"};
    names.insert(names.end(), keywords.begin(), keywords.end());
    return names;
}

std::string SpeechManifest::to_json() const {
    return nlohmann::json{{"kind", kKind},    {"root", root},   {"keywords", keywords},
                          {"pooled", pooled}, {"train", train}, {"validation", validation},
                          {"test", test}}
        .dump();
}

SpeechManifest SpeechManifest::from_json(const std::string& json) {
    const auto parsed = foreign_json(json);
    if (!parsed.is_object() || parsed.value("kind", nlohmann::json()) != kKind)
        throw InputError("not the manifest of a keyword run");
    try {
        SpeechManifest manifest;
        parsed.at("root").get_to(manifest.root);
        parsed.at("keywords").get_to(manifest.keywords);
        parsed.at("pooled").get_to(manifest.pooled);
        parsed.at("train").get_to(manifest.train);
        parsed.at("validation").get_to(manifest.validation);
        parsed.at("test").get_to(manifest.test);
        if (manifest.keywords.empty()) throw InputError("the manifest of a keyword run without keywords");
        return manifest;
    } catch (const nlohmann::json::exception& e) {
        throw InputError(std::string("the manifest of a keyword run cannot be read: ") + e.what());
    }
}

} // namespace descent
