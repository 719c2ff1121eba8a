#include "core/audio/clip.h"
#include "tests/fuzz/fuzzing.h"

#include <cmath>

using namespace descent;
using namespace descent::fuzzing;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::vector<float> samples;
    const auto input = Input(data, size).rest();
    if (!accepted([&] { samples = decode_clip(input, "clip"); })) return 0;
    hold(!samples.empty(), "a clip has samples");
    for (const float sample : samples) hold(std::abs(sample) <= 1.0f, "samples are within ±1");
    hold(fit_length(samples, 100).size() == 100, "a clip is cut or padded");
    return 0;
}
