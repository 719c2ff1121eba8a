#include "core/audio/speech_folder.h"
#include "tests/fuzz/fuzzing.h"

#include <algorithm>

using namespace descent;
using namespace descent::fuzzing;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    // The two official lists and what a person types, apart by 0xFF.
    static const auto place = [] {
        const auto made = empty_folder("speech");
        for (const char* word : {"eight", "six", "_background_noise_"})
            empty_folder(std::string("speech/") + word);
        for (const char* name : {"eight/a1_nohash_0.wav", "eight/b2_nohash_0.wav", "six/c3_nohash_1.wav",
                                 "six/d4_nohash_0.wav", "six/odd.wav", "_background_noise_/pink.wav"})
            file(std::string("speech/") + name, "");
        return made;
    }();
    Input input(data, size);
    file("speech/validation_list.txt", input.until('\xff'));
    file("speech/testing_list.txt", input.until('\xff'));
    const auto typed = input.rest();
    SpeechFolder speech;
    if (!accepted([&] { speech = read_speech_folder(place); })) return 0;
    for (const auto& clip : speech.clips)
        hold(clip.file.find("..") == std::string::npos && !clip.file.starts_with('/'),
             "clips are within the folder");
    accepted([&] {
        hold(split_speech(speech, {}, 0.3, 0.3, 1).size() == speech.clips.size(), "each clip has a side");
    });
    accepted([&] { split_speech(speech, parse_list(typed), 0.3, 0, 1); });
    accepted([&] { hold(!parse_keywords(typed, speech).empty(), "there is a keyword"); });
    return 0;
}
