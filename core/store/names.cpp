#include "core/store/store.h"

#include <array>
#include <cstdlib>
#include <string_view>

#include <pwd.h>
#include <unistd.h>

namespace descent {
namespace {

constexpr std::array<std::string_view, 96> kAdjectives{
    "able",   "agile",   "amber",   "ample",  "azure",  "bold",   "brave",  "bright",   "brisk",  "broad",
    "calm",   "careful", "cheery",  "clear",  "clever", "cosy",   "crisp",  "curious",  "daring", "deft",
    "eager",  "early",   "earnest", "easy",   "fair",   "fancy",  "fast",   "fearless", "fine",   "firm",
    "fleet",  "fluent",  "fond",    "frank",  "fresh",  "gentle", "glad",   "golden",   "grand",  "green",
    "happy",  "hardy",   "honest",  "humble", "ideal",  "jolly",  "jovial", "keen",     "kind",   "large",
    "lively", "loyal",   "lucid",   "lucky",  "mellow", "merry",  "mighty", "modest",   "neat",   "nimble",
    "noble",  "patient", "placid",  "plucky", "polite", "proud",  "quick",  "quiet",    "rapid",  "ready",
    "regal",  "robust",  "rosy",    "serene", "sharp",  "shiny",  "silent", "silver",   "smart",  "smooth",
    "snappy", "solid",   "spry",    "steady", "stout",  "sturdy", "sunny",  "swift",    "tidy",   "upbeat",
    "vivid",  "warm",    "wise",    "witty",  "young",  "zesty"};

constexpr std::array<std::string_view, 96> kNouns{
    "alder",   "antelope", "ash",    "aspen",   "badger", "bear",   "beaver",  "beech",   "birch",
    "bison",   "bittern",  "brook",  "canyon",  "cedar",  "cliff",  "clover",  "comet",   "condor",
    "coral",   "cove",     "crane",  "creek",   "curlew", "deer",   "delta",   "dolphin", "dove",
    "dune",    "eagle",    "elk",    "elm",     "falcon", "fern",   "finch",   "fjord",   "fox",
    "garnet",  "gazelle",  "geyser", "glacier", "grove",  "gull",   "harbour", "hare",    "hawk",
    "hazel",   "heron",    "hill",   "ibex",    "ibis",   "island", "ivy",     "jackdaw", "juniper",
    "kestrel", "kite",     "lagoon", "lake",    "larch",  "lark",   "lynx",    "maple",   "marten",
    "meadow",  "mesa",     "moose",  "oak",     "orca",   "osprey", "otter",   "owl",     "pebble",
    "pine",    "plover",   "poplar", "puffin",  "quartz", "raven",  "reef",    "ridge",   "river",
    "robin",   "rowan",    "seal",   "sparrow", "spruce", "stork",  "summit",  "swan",    "tern",
    "thrush",  "tundra",   "valley", "walrus",  "willow", "wren"};

std::filesystem::path environment_path(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

std::filesystem::path home() {
    if (auto path = environment_path("HOME"); !path.empty()) return path;
    const passwd* user = getpwuid(getuid());
    return user ? user->pw_dir : "/";
}

} // namespace

std::string readable_name(const RunId& id) {
    std::uint64_t hash = 0xcbf29ce484222325; // FNV-1a, so that an id has the same name everywhere
    for (const char c : id.uuid) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    const auto adjective = kAdjectives[hash % kAdjectives.size()];
    const auto noun = kNouns[hash / kAdjectives.size() % kNouns.size()];
    return std::string(adjective) + "-" + std::string(noun);
}

std::filesystem::path default_store_path() {
    if (auto path = environment_path("DESCENT_STORE"); !path.empty()) return path;
    std::filesystem::path data = environment_path("XDG_DATA_HOME");
    if (!data.is_absolute())
        data = home() / ".local" / "share"; // the XDG specification ignores relative ones
    return data / "descent-studio" / "runs.sqlite";
}

std::filesystem::path checkpoint_folder(const std::filesystem::path& store) {
    return store.string() + ".checkpoints";
}

} // namespace descent
