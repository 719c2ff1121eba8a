#include "core/audio/feature_cache.h"
#include "tests/fuzz/fuzzing.h"

#include <algorithm>

using namespace descent;
using namespace descent::fuzzing;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Input input(data, size);
    const std::size_t count = input.byte() % 16;
    const auto place = empty_folder("features");
    const FeatureCache cache(place, 1 << 16);
    const std::string key(input.until('\n'));
    const std::vector<float> values(count, 1.5f);
    cache.keep(key, values);
    const auto kept = cache.find(key, count);
    hold(!kept || std::ranges::equal(*kept, values), "what is kept is found again");
    // A name that is no key must reach nothing: all there is lies in the folder.
    hold(!kept || key.find_first_of("/.") == std::string::npos, "only keys are kept");
    cache.keep("abcd", values);
    std::filesystem::path of_key;
    for (const auto& entry : std::filesystem::directory_iterator(place))
        if (entry.path().stem() == "abcd") of_key = entry.path();
    if (of_key.empty()) return 0;
    file("features/" + of_key.filename().string(), input.rest());
    const auto found = cache.find("abcd", count);
    hold(!found || found->size() == count, "what is found is whole");
    hold(found || !std::filesystem::exists(of_key), "what is damaged is removed");
    return 0;
}
