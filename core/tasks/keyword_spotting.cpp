#include "core/tasks/keyword_spotting.h"

#include "core/audio/clip.h"
#include "core/audio/speech_features.h"
#include "core/audio/speech_manifest.h"
#include "core/audio/synthetic_speech.h"
#include "core/base/hash.h"
#include "core/tasks/speech_data.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <set>

namespace descent {

namespace {

ParamTable params(const std::string& keywords) {
    return {
        path("source", "",
             "Folder in the Speech Commands layout (word/speaker_nohash_0.wav); empty for the built-in "
             "synthetic corpus"),
        text("keywords", keywords, "The words to find, separated by commas"),
        text("holdout_speakers", "",
             "Speakers whose clips are the validation set, separated by commas; empty for the official lists "
             "or a draw"),
        real("validation_share", 0.15,
             "Share of the clips held out for validation, whole speakers, without lists")
            .above(0)
            .below(1),
        real("test_share", 0.15, "Share held out for the test at the end, likewise").at_least(0).below(1),
        integer("split_seed", 0, "Seed of the split, apart from the run's seed so that replicates share it")
            .at_least(0),
        real("duration", 1, "Length that clips are padded or cut to").at_least(0.3).at_most(10).in("s"),
        real("dynamic_range", 50, "Quiet parts are raised to this far below a clip's loudest; 0 leaves them")
            .at_least(0)
            .in("dB"),
        choice("standardise", "clip", {"clip", "train", "none"},
               "clip: each mel band's mean over the clip is taken off, then one deviation over the training "
               "set; train: each "
               "band's mean and deviation over the training set"),
        choice("augment", "on", {"on", "source", "off"},
               "Varies training clips as the following parameters say, as the source experiment did, or not"),
        integer("copies", 4, "Varied copies of each clip in a frozen set").at_least(1).at_most(100),
        real("speed", 0.1, "Played faster or slower by up to this share, with pitch")
            .at_least(0)
            .at_most(0.5),
        real("vocal_tract", 0.1,
             "Frequencies stretched or squeezed by up to this share (Jaitly and Hinton 2013)")
            .at_least(0)
            .at_most(0.5),
        real("shift", 0.1, "Moved in time by up to this either way").at_least(0).at_most(1).in("s"),
        real("noise_share", 0.5,
             "Share of clips with background noise: the corpus's own, white, pink or brown")
            .at_least(0)
            .at_most(1),
        real("snr_low", 10, "Least signal-to-noise ratio of that noise").at_least(-20).at_most(100).in("dB"),
        real("snr_high", 30, "Greatest signal-to-noise ratio of it").at_least(-20).at_most(100).in("dB"),
        integer("frequency_mask", 0, "Mel bands masked out, fewer than this (SpecAugment); 0 for none")
            .at_least(0)
            .at_most(40)
            .in("bands"),
        integer("time_mask", 0, "Frames masked out, fewer than this (SpecAugment); 0 for none")
            .at_least(0)
            .at_most(1000)
            .in("frames"),
        real("target_fa", 0.01, "Share of other words that may be accepted, for validation/fr-at-fa")
            .above(0)
            .below(1),
    };
}

Normaliser normaliser(const ParamSet& p) {
    using enum Normaliser::Standardise;
    const auto& how = p.text("standardise");
    return {.dynamic_range = p.real("dynamic_range"),
            .standardise = how == "clip"    ? clip
                           : how == "train" ? train
                                            : none};
}

SpeechAugment augmentation(const ParamSet& p) {
    SpeechAugment how{.frequency_mask = p.integer("frequency_mask"),
                      .time_mask = p.integer("time_mask"),
                      .copies = p.integer("copies")};
    how.wave.source = p.text("augment") == "source";
    how.vocal_tract = how.wave.source ? 0 : p.real("vocal_tract");
    how.wave.share = 1;
    how.wave.speed = p.real("speed");
    how.wave.shift = p.real("shift");
    how.wave.noise_share = p.real("noise_share");
    how.wave.noise_snr_lo = p.real("snr_low");
    how.wave.noise_snr_hi = p.real("snr_high");
    if (how.wave.noise_snr_lo > how.wave.noise_snr_hi)
        throw InputError("task.snr_low = " + to_string(Value(how.wave.noise_snr_lo)) +
                         ": expected at most task.snr_high = " + to_string(Value(how.wave.noise_snr_hi)));
    return how;
}

/// The clips of one side, by their place in the folder.
std::vector<std::size_t> chosen(const SpeechFeatures& features, const std::vector<SpeechSide>& sides,
                                SpeechSide side) {
    std::vector<std::size_t> indices;
    for (std::size_t i = 0; i < sides.size(); ++i)
        if (sides[i] == side && features.left_out[i].empty()) indices.push_back(i);
    return indices;
}

Examples to_examples(const SpeechFeatures& features, const std::vector<std::size_t>& indices,
                     const std::vector<std::int64_t>& labels, const Normaliser& normal) {
    const auto n = std::ssize(indices);
    const auto width = static_cast<std::size_t>(features.bands * features.frames);
    Examples examples{.inputs = at::empty({n, features.bands, features.frames}, at::kFloat),
                      .labels = at::empty({n}, at::kLong)};
    auto* out = examples.inputs.data_ptr<float>();
    for (std::size_t i = 0; i < indices.size(); ++i) {
        const std::span one(out + i * width, width);
        std::ranges::copy(std::span(features.values).subspan(indices[i] * width, width), one.begin());
        normal.apply(one, features.bands, features.frames);
        examples.labels.data_ptr<std::int64_t>()[i] = labels[indices[i]];
    }
    return examples;
}

void require_positives(const TaskData& data, const SpeechManifest& manifest) {
    const auto& counts = data.inspection.split_counts;
    for (std::size_t c = 0; c < counts.size(); ++c)
        for (const int side : {0, 1})
            if (counts[c][static_cast<std::size_t>(side)] == 0)
                throw InputError("task.keywords: no clips of " +
                                 (c == 0 ? std::string("other words") : "'" + manifest.classes()[c] + "'") +
                                 " among the " + (side == 0 ? "training" : "validation") + " speakers of " +
                                 manifest.root +
                                 "; choose other task.holdout_speakers, or another task.split_seed");
}

void describe(const SpeechFolder& folder, const SpeechFeatures& features,
              const std::vector<SpeechSide>& sides, const std::vector<std::int64_t>& labels,
              const SpeechManifest& manifest, bool built_in, Inspection& out) {
    const auto classes = manifest.classes();
    out.split_counts.assign(classes.size(), {});
    std::array<std::set<std::string>, 3> speakers;
    std::array<std::int64_t, 3> totals{};
    Sha256 hash;
    for (std::size_t i = 0; i < folder.clips.size(); ++i) {
        const auto& clip = folder.clips[i];
        if (!features.left_out[i].empty()) {
            out.left_out.push_back({clip.file, features.left_out[i]});
            continue;
        }
        const auto side = static_cast<std::size_t>(sides[i]);
        ++totals[side];
        ++out.split_counts[static_cast<std::size_t>(labels[i])][side];
        speakers[side].insert(clip.speaker);
        out.samples.push_back({static_cast<int>(side), static_cast<int>(labels[i]), clip.file,
                               (folder.root / clip.file).string()});
        hash.add(clip.file + "\t" + std::to_string(labels[i]) + "\t" + std::to_string(side) + "\t" +
                 features.hashes[i] + "\n");
    }
    for (const auto& entry : folder.ignored) { // a file, or "list: what of it"
        const auto colon = entry.find(": ");
        out.left_out.push_back(
            {entry.substr(0, colon),
             colon != std::string::npos ? entry : entry + ": expected word/speaker_nohash_0.wav"});
    }
    for (std::size_t c = 0; c < classes.size(); ++c) {
        const auto& n = out.split_counts[c];
        out.class_counts.emplace_back(classes[c], n[0] + n[1] + n[2]);
    }
    for (std::size_t s = 0; s < 3; ++s) out.speakers[s] = std::ssize(speakers[s]);

    auto& p = out.provenance;
    p.data_hash = hash.hex();
    p.data_source = built_in ? "built-in" : folder.root.string();
    p.manifest = manifest.to_json();
    p.classes = classes;
    p.train_examples = totals[0];
    p.validation_examples = totals[1];
    p.test_examples = totals[2];
    auto left_out = nlohmann::json::array();
    for (const auto& [file, reason] : out.left_out) left_out.push_back({{"file", file}, {"reason", reason}});
    p.data_report =
        nlohmann::json{{"counts", out.class_counts}, {"speakers", out.speakers}, {"left_out", left_out}}
            .dump();
}

TaskData load(const ParamSet& p, bool pooled, const Loading& loading) {
    const bool built_in = p.text("source").empty();
    const auto making = [&](double share) { loading.report(share, "making the built-in corpus"); };
    const auto folder = read_speech_folder(built_in ? built_in_speech(making, loading.stop)
                                                    : std::filesystem::path(p.text("source")));
    SpeechManifest manifest{.root = folder.root.string(),
                            .keywords = parse_keywords(p.text("keywords"), folder),
                            .pooled = pooled};
    const auto sides =
        split_speech(folder, parse_list(p.text("holdout_speakers")), p.real("validation_share"),
                     p.real("test_share"), static_cast<std::uint64_t>(p.integer("split_seed")));
    const auto how = augmentation(p);
    const auto samples = static_cast<std::size_t>(std::lround(p.real("duration") * kSampleRate));
    const auto features = read_features(folder, samples, FeatureCache(), loading.progress, loading.stop);

    std::vector<std::int64_t> labels;
    for (const auto& clip : folder.clips) labels.push_back(manifest.label_of(clip.file));
    const auto train = chosen(features, sides, SpeechSide::train),
               validation = chosen(features, sides, SpeechSide::validation),
               test = chosen(features, sides, SpeechSide::test);
    const auto files = [&](const std::vector<std::size_t>& indices) {
        std::vector<std::string> names;
        for (const auto i : indices) names.push_back(folder.clips[i].file);
        return names;
    };
    manifest.train = files(train);
    manifest.validation = files(validation);
    manifest.test = files(test);

    TaskData data;
    describe(folder, features, sides, labels, manifest, built_in, data.inspection);
    require_positives(data, manifest);

    auto normal = normaliser(p);
    normal.fit(features.values, train, features.bands, features.frames);
    data.train = to_examples(features, train, labels, normal);
    data.validation = to_examples(features, validation, labels, normal);
    data.test = to_examples(features, test, labels, normal);
    data.shape = {.features = {features.bands, features.frames}, .classes = std::ssize(manifest.classes())};
    data.detection = Detection{p.real("duration"), p.real("target_fa")};
    if (p.text("augment") != "off") {
        std::vector<std::string> hashes;
        for (const auto i : train) hashes.push_back(features.hashes[i]);
        data.variation = std::make_shared<SpeechVariation>(folder.root, manifest.train, std::move(hashes),
                                                           folder.noise, samples, how, normal);
    }
    return data;
}

} // namespace

TaskDefinition keyword_spotting(std::string id, std::string title, std::string summary,
                                const std::string& keywords, bool pooled) {
    return {{.id = std::move(id),
             .title = std::move(title),
             .summary = std::move(summary),
             .params = params(keywords),
             .deltas = {{"model", std::string("crnn-attention")},
                        {"optimizer", std::string("sgd")},
                        {"regime", std::string("sgd")}}},
            [pooled](const ParamSet& p, const Loading& loading) { return load(p, pooled, loading); }};
}

} // namespace descent
