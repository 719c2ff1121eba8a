#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace descent {

/// A list of names by class, as read: one UTF-8 file a class, one name a line.
struct NameLists {
    struct Item {
        std::string name;       ///< normalised, never empty
        std::int32_t label = 0; ///< index into classes
        std::int64_t line = 0;  ///< 1-based, in the class's file
        bool repeated = false;  ///< the same (name, label) stood on an earlier line
    };
    std::vector<std::string> classes; ///< file names without .txt, sorted by code point
    std::vector<Item> items;          ///< by class, then line; repeated lines included
    std::int64_t dropped_lines = 0;   ///< lines of which nothing was left
    std::map<std::string, std::int64_t> dropped_characters;
    std::string source; ///< "built-in" or the folder, absolute
};

/// Every *.txt of `folder` is a class. Throws InputError, one line naming file and line or byte: no such
/// folder, no .txt in it, fewer than two classes, an empty file, not UTF-8, a line over 10,000 characters.
NameLists read_name_folder(const std::filesystem::path& folder);

/// The surnames this program ships (resources/names).
NameLists built_in_names();

/// Which of {train, validation, test} each item belongs to; kept out entirely where `none`.
enum class Side : std::int8_t { none = -1, train = 0, validation = 1, test = 2 };

/// Distinct (name, label) pairs; all pairs of one name on one side; shares kept within each class (by the
/// name's first label); drawn from `seed`. Repeated lines get Side::none. validation_share + test_share < 1.
std::vector<Side> stratified_split(const NameLists& lists, double validation_share, double test_share,
                                   std::uint64_t seed);

/// The source project's: of each class the first 80% of lines (rounded down) train, the rest validate, no
/// test, repetitions kept.
std::vector<Side> legacy_split(const NameLists& lists);

} // namespace descent
