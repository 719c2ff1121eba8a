#include "core/audio/speech_manifest.h"
#include "tests/fuzz/fuzzing.h"

using namespace descent;
using namespace descent::fuzzing;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    SpeechManifest manifest;
    if (!accepted([&] { manifest = SpeechManifest::from_json(std::string(Input(data, size).rest())); }))
        return 0;
    const std::string written = manifest.to_json();
    hold(SpeechManifest::from_json(written).to_json() == written,
         "a manifest is the same once written and read");
    const auto classes = static_cast<std::int64_t>(manifest.classes().size());
    for (const auto* files : {&manifest.train, &manifest.validation, &manifest.test})
        for (const auto& name : *files) {
            const auto label = manifest.label_of(name);
            hold(label >= 0 && label < classes, "a recording is of a class");
        }
    return 0;
}
