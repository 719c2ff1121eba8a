#include "core/text/name_list.h"

#include "core/base/embedded.h"
#include "core/base/random.h"
#include "core/base/result.h"
#include "core/text/normalise.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <set>
#include <span>
#include <sstream>

namespace descent {

namespace {

constexpr std::size_t kLongestLine = 10'000;      // characters
constexpr std::string_view kBom = "\xef\xbb\xbf"; // some editors put it before the first line

std::size_t characters(std::string_view utf8) {
    return static_cast<std::size_t>(std::ranges::count_if(utf8, [](char c) { return (c & 0xc0) != 0x80; }));
}

/// Adds one class's lines. `file` is what messages call it.
void read_class(NameLists& lists, std::istream& in, const std::string& name, const std::string& file) {
    const auto label = static_cast<std::int32_t>(lists.classes.size());
    const std::size_t before = lists.items.size();
    std::set<std::string, std::less<>> seen;
    // Bounded, so that a file without line ends is refused and not loaded.
    std::vector<char> buffer(4 * kLongestLine + 8);
    std::int64_t line = 0;
    while (in.getline(buffer.data(), static_cast<std::streamsize>(buffer.size())) || in.gcount() > 0) {
        const std::string where = file + ":" + std::to_string(++line) + ": ";
        std::string_view text(buffer.data(), static_cast<std::size_t>(in.gcount()));
        const bool cut = in.fail() && !in.eof();
        if (!in.eof() && !cut) text.remove_suffix(1); // gcount counts the line end
        if (line == 1 && text.starts_with(kBom)) text.remove_prefix(kBom.size());
        if (text.ends_with('\r')) text.remove_suffix(1);
        if (cut || characters(text) > kLongestLine)
            throw InputError(where + "a line over 10,000 characters; expected one name a line");
        std::string normalised;
        try {
            normalised = normalise_name(text, lists.dropped_characters);
        } catch (const InputError& e) {
            throw InputError(where + e.what() + " of the line; expected UTF-8 text");
        }
        if (normalised.find_first_not_of(' ') == std::string::npos) {
            ++lists.dropped_lines;
            continue;
        }
        const bool repeated = !seen.insert(normalised).second;
        lists.items.push_back({std::move(normalised), label, line, repeated});
    }
    if (in.bad()) throw InputError(file + ": cannot be read");
    if (line == 0) throw InputError(file + ": an empty file; expected one name a line");
    if (lists.items.size() == before) throw InputError(file + ": no names; expected one name a line");
    lists.classes.push_back(name);
}

std::vector<std::size_t> class_sizes(const NameLists& lists) {
    std::vector<std::size_t> sizes(lists.classes.size());
    for (const auto& item : lists.items) ++sizes[static_cast<std::size_t>(item.label)];
    return sizes;
}

} // namespace

NameLists read_name_folder(const std::filesystem::path& folder) {
    namespace fs = std::filesystem;
    std::error_code error;
    if (!fs::exists(folder, error)) throw InputError(folder.string() + ": no such folder");
    if (!fs::is_directory(folder, error)) throw InputError(folder.string() + ": not a folder");
    std::vector<fs::path> files;
    for (auto entry = fs::directory_iterator(folder, error); !error && entry != fs::directory_iterator();
         entry.increment(error)) {
        const fs::path& file = entry->path();
        std::error_code unreadable; // a dangling link is no class
        if (file.extension() == ".txt" && !file.filename().string().starts_with('.') &&
            entry->is_regular_file(unreadable))
            files.push_back(file);
    }
    if (error) throw InputError(folder.string() + ": " + error.message());
    if (files.empty())
        throw InputError(folder.string() + ": no .txt files; expected one Language.txt a class");
    std::ranges::sort(files, std::less{}, [](const fs::path& file) { return file.stem().string(); });
    if (files.size() < 2)
        throw InputError(folder.string() + ": only " + files.front().filename().string() +
                         "; expected at least two classes");

    NameLists lists;
    lists.source = fs::absolute(folder).lexically_normal().string();
    if (lists.source.size() > 1 && lists.source.ends_with('/')) lists.source.pop_back();
    for (const fs::path& file : files) {
        const std::string name = file.stem().string();
        std::map<std::string, std::int64_t> ignored;
        try {
            normalise_name(name, ignored);
        } catch (const InputError&) {
            throw InputError(folder.string() + ": a file name that is not UTF-8");
        }
        std::ifstream in(file, std::ios::binary);
        if (!in) throw InputError(file.string() + ": cannot be read");
        read_class(lists, in, name, file.string());
    }
    return lists;
}

NameLists built_in_names() {
    NameLists lists;
    lists.source = "built-in";
    const auto files = embedded::surnames();
    std::vector<embedded::File> sorted(files.begin(), files.end());
    std::ranges::sort(sorted, std::less{}, &embedded::File::name);
    for (const auto& file : sorted) {
        std::istringstream in{std::string(file.content)};
        read_class(lists, in, std::filesystem::path(file.name).stem().string(), std::string(file.name));
    }
    return lists;
}

std::vector<Side> stratified_split(const NameLists& lists, double validation_share, double test_share,
                                   std::uint64_t seed) {
    if (!(validation_share >= 0 && test_share >= 0 && validation_share + test_share < 1))
        throw InputError("validation and test shares must be ≥ 0 and together < 1");
    // Sorted by name within the class of its first line: what is drawn does not depend on the order of lines.
    std::vector<std::map<std::string_view, Side>> of_class(lists.classes.size());
    std::map<std::string_view, std::size_t> home;
    for (const auto& item : lists.items) {
        const auto label = static_cast<std::size_t>(item.label);
        if (home.try_emplace(item.name, label).second) of_class[label].emplace(item.name, Side::train);
    }
    for (std::size_t label = 0; label < of_class.size(); ++label) {
        std::vector<Side*> sides;
        for (auto& [name, side] : of_class[label]) sides.push_back(&side);
        // A stream a class: adding a class leaves the others' split as it was.
        RandomStream stream(seed, "split/" + lists.classes[label]);
        stream.shuffle(std::span(sides));
        const auto total = static_cast<double>(sides.size());
        const auto validation = static_cast<std::size_t>(std::llround(validation_share * total));
        const auto test = static_cast<std::size_t>(std::llround(test_share * total));
        for (std::size_t i = 0; i + 1 < sides.size() && i < validation + test;
             ++i) // the last one always trains
            *sides[i] = i < validation ? Side::validation : Side::test;
    }
    std::vector<Side> split;
    for (const auto& item : lists.items)
        split.push_back(item.repeated ? Side::none : of_class[home.at(item.name)].at(item.name));
    return split;
}

std::vector<Side> legacy_split(const NameLists& lists) {
    const std::vector<std::size_t> sizes = class_sizes(lists);
    std::vector<std::size_t> taken(sizes.size());
    std::vector<Side> split;
    for (const auto& item : lists.items) {
        const auto label = static_cast<std::size_t>(item.label);
        split.push_back(taken[label]++ < sizes[label] * 4 / 5 ? Side::train : Side::validation);
    }
    return split;
}

} // namespace descent
