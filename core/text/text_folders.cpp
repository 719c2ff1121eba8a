#include "core/text/text_layout.h"

#include "core/base/result.h"

#include <algorithm>
#include <map>
#include <set>

namespace descent {

namespace {

namespace fs = std::filesystem;

/// What is in a folder and not hidden, by name.
std::vector<fs::path> entries(const fs::path& folder, bool folders) {
    std::vector<fs::path> found;
    std::error_code error;
    for (auto entry = fs::directory_iterator(folder, error); !error && entry != fs::directory_iterator();
         entry.increment(error)) {
        std::error_code unreadable; // a dangling link is neither
        if (entry->path().filename().string().starts_with('.')) continue;
        if (folders ? entry->is_directory(unreadable) : entry->is_regular_file(unreadable))
            found.push_back(entry->path());
    }
    if (error) throw InputError(folder.string() + ": " + error.message());
    std::ranges::sort(found, {}, [](const fs::path& path) { return path.filename().string(); });
    return found;
}

bool holds(const std::vector<fs::path>& paths, std::string_view name) {
    return std::ranges::any_of(paths, [&](const fs::path& path) { return path.filename() == name; });
}

/// The one entry of a folder that is called `name`, or `name`.csv and the like, or ends with .`name`; "" for
/// none or several.
fs::path part_of(const fs::path& folder, const std::string& name) {
    fs::path found;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        const auto& path = entry.path();
        if (path.stem() != name && path.extension() != "." + name) continue;
        if (!found.empty()) return {};
        found = path;
    }
    return found;
}

} // namespace

TextSources text_sources(const fs::path& place) {
    std::error_code error;
    if (!fs::is_directory(place, error)) return {place, {}};
    auto train = part_of(place, "train"), test = part_of(place, "test");
    if (train.empty() || test.empty()) return {place, {}};
    return {std::move(train), std::move(test)};
}

std::vector<ClassFiles> class_folders(const fs::path& folder) {
    const std::vector<fs::path> folders = entries(folder, true);
    const bool imdb = holds(folders, "pos") && holds(folders, "neg");
    std::vector<ClassFiles> classes;
    for (const fs::path& path : folders) {
        if (imdb && path.filename() == "unsup") continue;
        if (std::vector<fs::path> files = entries(path, false); !files.empty())
            classes.push_back({path.filename().string(), std::move(files)});
    }
    if (holds(folders, "train") && holds(folders, "test") && !entries(folder / "train", true).empty())
        throw InputError(folder.string() + ": holds train and test; expected the folder of the classes, as " +
                         (folder / "train").string());
    if (classes.empty())
        throw InputError(folder.string() +
                         ": no folders with files; expected a folder for each class, with a "
                         "text in each file");
    return classes;
}

std::vector<ClassFiles> class_files(const fs::path& folder) {
    std::vector<fs::path> all = entries(folder, false), texts;
    std::erase_if(all, [](const fs::path& path) { return path.filename().string().starts_with("README"); });
    std::ranges::copy_if(all, std::back_inserter(texts),
                         [](const fs::path& path) { return path.extension() == ".txt"; });
    if (texts.size() < 2) {
        std::erase_if(all, [](const fs::path& path) { return path.extension() == ".txt"; });
        if (all.size() > 1 || texts.empty()) texts = std::move(all);
    }
    if (texts.empty())
        throw InputError(folder.string() +
                         ": no files; expected LABEL.txt for each class, with a text in each line");
    std::map<std::string, std::size_t> stems;
    for (const fs::path& path : texts) ++stems[path.stem().string()];
    std::vector<ClassFiles> classes;
    for (const fs::path& path : texts) {
        const bool alone = stems[path.stem().string()] == 1;
        std::string label = alone ? path.stem().string() : path.extension().string();
        if (!alone)
            label = stems.size() == 1 && label.size() > 1 ? label.substr(1) : path.filename().string();
        classes.push_back({std::move(label), {path}});
    }
    return classes;
}

} // namespace descent
