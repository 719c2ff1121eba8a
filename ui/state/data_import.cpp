#include "ui/state/data_import.h"

#include "core/audio/speech_folder.h"
#include "core/base/format.h"
#include "core/text/name_list.h"

#include <QCoreApplication>
#include <QFile>

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace descent::ui {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMark = "_nohash_";

QString tr(const char* text) {
    return QCoreApplication::translate("DataImport", text);
}
QString count(std::int64_t n) {
    return QString::fromStdString(format_count(n));
}
QString counted(std::int64_t n, const char* one, const char* many) {
    return n == 1 ? tr(one) : tr(many).arg(count(n));
}

bool marked(const fs::path& file) {
    return file.filename().string().find(kMark) != std::string::npos;
}

/// Whether some direct entry of `folder` fits.
template<class Fits>
bool any_in(const fs::path& folder, Fits fits) {
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
        if (fits(*entry)) return true;
    return false;
}

bool is_word(const fs::path& folder) {
    return any_in(folder, [](const fs::directory_entry& entry) { return marked(entry.path()); });
}
bool holds_words(const fs::path& folder) {
    return any_in(folder, [](const fs::directory_entry& entry) {
        std::error_code unreadable;
        return entry.is_directory(unreadable) && is_word(entry.path());
    });
}
bool holds_lists(const fs::path& folder) {
    return any_in(folder,
                  [](const fs::directory_entry& entry) { return entry.path().extension() == ".txt"; });
}

QString path_of(const fs::path& path) {
    return QFile::decodeName(path.c_str());
}

FoundData speech(const fs::path& folder) {
    const SpeechFolder found = read_speech_folder(folder);
    std::map<std::string, qint64> clips;
    std::set<std::string> speakers;
    for (const SpokenWord& clip : found.clips) {
        ++clips[clip.word];
        speakers.insert(clip.speaker);
    }
    FoundData data;
    data.kind = FoundData::Kind::speech;
    data.title = tr("Recordings of spoken words");
    data.understood << tr("%1 of %2 by %3")
                           .arg(counted(std::ssize(found.clips), "1 recording", "%1 recordings"),
                                counted(std::ssize(clips), "1 word", "%1 words"),
                                counted(std::ssize(speakers), "1 speaker", "%1 speakers"));
    data.understood << (found.noise.empty() ? tr("No background noise (no folder _background_noise_)")
                                            : counted(std::ssize(found.noise), "1 file of background noise",
                                                      "%1 files of background noise"));
    const bool lists = !found.validation_list.empty() && !found.test_list.empty();
    data.understood << (lists ? tr("Split: as the folder's own lists say")
                              : tr("Split: by speaker, so that nobody is heard on two sides"));
    for (const auto& [word, n] : clips) data.classes.emplace_back(QString::fromStdString(word), n);
    for (const std::string& entry : found.ignored) {
        const QString file = QString::fromStdString(entry);
        const auto list = file.indexOf(QStringLiteral("_list.txt: ")); // says itself what is wrong with it
        const auto colon = file.indexOf(QStringLiteral(": "));
        if (list > 0 && !file.left(list).contains(QLatin1Char('/')))
            data.dropped.emplace_back(file.left(colon), file.mid(colon + 2));
        else
            data.dropped.emplace_back(file, tr("not word/speaker_nohash_number.wav"));
    }
    return data;
}

FoundData names(const fs::path& folder) {
    const NameLists lists = read_name_folder(folder);
    std::vector<qint64> sizes(lists.classes.size());
    qint64 distinct = 0;
    for (const auto& item : lists.items) {
        if (item.repeated) continue;
        ++sizes[std::size_t(item.label)];
        ++distinct;
    }
    FoundData data;
    data.title = tr("Lists of names");
    data.understood
        << tr("%1 names of %2 classes, a file each").arg(count(distinct), count(std::ssize(lists.classes)));
    for (std::size_t i = 0; i < sizes.size(); ++i)
        data.classes.emplace_back(QString::fromStdString(lists.classes[i]), sizes[i]);
    const std::int64_t repeated = std::ssize(lists.items) - distinct;
    if (repeated > 0)
        data.dropped.emplace_back(counted(repeated, "1 line", "%1 lines"),
                                  tr("repeats a name of the same class"));
    if (lists.dropped_lines > 0)
        data.dropped.emplace_back(counted(lists.dropped_lines, "1 line", "%1 lines"),
                                  tr("nothing is left of it without unknown characters"));
    std::vector<std::pair<std::string, std::int64_t>> characters(lists.dropped_characters.begin(),
                                                                 lists.dropped_characters.end());
    std::ranges::stable_sort(characters, std::greater{}, &std::pair<std::string, std::int64_t>::second);
    for (const auto& [character, times] : characters)
        data.dropped.emplace_back(
            QStringLiteral("“%1” × %2").arg(QString::fromStdString(character), count(times)),
            tr("not among the letters a–z, A–Z, space . , ; '"));
    return data;
}

FoundData texts(const fs::path& place) {
    FoundData data;
    data.kind = FoundData::Kind::texts;
    data.title = tr("Labelled texts");
    data.texts = text_sources(place);
    if (!data.texts.test.empty())
        data.understood << tr("%1 to train on, %2 for the test")
                               .arg(path_of(data.texts.train.filename()),
                                    path_of(data.texts.test.filename()));
    return data;
}

/// Whether it is texts whatever task is chosen: a table, folders of .txt files, or texts of train and test.
bool only_texts(const fs::path& place) {
    std::error_code error;
    if (fs::is_directory(place, error))
        return !text_sources(place).test.empty() || any_in(place, [](const fs::directory_entry& entry) {
            std::error_code unreadable;
            return entry.is_directory(unreadable) && holds_lists(entry.path());
        });
    const fs::path ending = place.extension();
    if (ending == ".csv" || ending == ".tsv") return true;
    if (ending == ".txt" && holds_lists(place.parent_path())) return false; // one of several lists
    return guarded([&] { return preview_texts(place, {}, 1); }).has_value();
}

/// The folder to read, and how; `shown` is what to call it in a message.
std::pair<fs::path, FoundData::Kind> home_of(const fs::path& asked, const QString& shown, bool want_texts) {
    std::error_code error;
    const fs::path folder = fs::is_directory(asked, error) ? asked : asked.parent_path();
    // Speech first: its folders may hold lists of files, which are .txt too.
    if (!want_texts && holds_words(folder)) return {folder, FoundData::Kind::speech};
    if (!want_texts && is_word(folder) && holds_words(folder.parent_path()))
        return {folder.parent_path(), FoundData::Kind::speech};
    if (want_texts || only_texts(asked)) return {asked, FoundData::Kind::texts};
    if (holds_lists(folder)) return {folder, FoundData::Kind::names};
    throw InputError(
        tr("%1: no data found; expected Language.txt files, recordings as "
           "word/speaker_nohash_0.wav, or labelled texts: a table, LABEL text lines, or a folder "
           "for each class")
            .arg(shown)
            .toStdString());
}

} // namespace

Result<FoundData> recognise(const fs::path& dropped, bool want_texts) {
    return guarded([&] {
        std::error_code error;
        fs::path asked = fs::absolute(dropped, error).lexically_normal();
        if (!asked.has_filename()) asked = asked.parent_path(); // "a/b/" is "a/b"
        const QString shown = path_of(asked);
        if (!fs::exists(asked, error))
            throw InputError(tr("%1: no such file or folder").arg(shown).toStdString());
        const auto [folder, kind] = home_of(asked, shown, want_texts);
        FoundData data = kind == FoundData::Kind::speech  ? speech(folder)
                         : kind == FoundData::Kind::names ? names(folder)
                                                          : texts(folder);
        data.folder = path_of(folder);
        if (folder != asked) data.asked = shown;
        return data;
    });
}

std::optional<FoundData::Kind> dataOf(const Entry& task) {
    const auto has = [&](std::string_view name) {
        return std::ranges::any_of(task.params, [&](const ParamSpec& p) { return p.name == name; });
    };
    if (!has("source")) return std::nullopt;
    return has("text_columns") ? FoundData::Kind::texts
           : has("keywords")   ? FoundData::Kind::speech
                               : FoundData::Kind::names;
}

namespace {

constexpr std::array kLayouts{"detect", "table", "folders", "files", "lines"}; // as TextLayout::Kind
constexpr std::array kHeaders{"detect", "yes", "no"};                          // as TextLayout::Header

template<class Kind, std::size_t n>
Kind kindNamed(const std::array<const char*, n>& names, const std::string& word) {
    const auto at = std::ranges::find(names, word);
    return at == names.end() ? Kind{} : Kind(at - names.begin());
}

} // namespace

QString keepKeywords(Request& request, const QStringList& wanted, const FoundData& found) {
    QStringList there, missing;
    for (const QString& word : wanted)
        (std::ranges::any_of(found.classes, [&](const auto& c) { return c.first == word; }) ? there : missing)
            << word;
    for (const auto& [word, n] : found.classes)
        if (there.size() < wanted.size() && !there.contains(word)) there << word;
    if (missing.isEmpty()) return {};
    request.set("task.keywords", there.join(QLatin1Char(',')).toStdString());
    return tr("There are no recordings of %1: the words to find become %2. Change them on the left.")
        .arg(missing.join(tr(", ")), there.join(tr(", ")));
}

TextLayout textLayout(const Catalog& catalog, const Request& request) {
    const auto value = [&](const char* name) -> std::string {
        for (const auto& [path, text] : request.settings)
            if (path == std::string("task.") + name) return text;
        const ParamSpec* spec = catalog.find_param(Group::task, request.task, name);
        return spec ? to_string(spec->fallback) : std::string();
    };
    return {.kind = kindNamed<TextLayout::Kind>(kLayouts, value("layout")),
            .header = kindNamed<TextLayout::Header>(kHeaders, value("header")),
            .delimiter = value("delimiter"),
            .label_column = value("label_column"),
            .text_columns = value("text_columns"),
            .latin1 = value("encoding") == "latin-1"};
}

void setTextLayout(const Catalog& catalog, Request& request, const TextLayout& layout) {
    const auto set = [&](const char* name, const std::string& text) {
        const ParamSpec* spec = catalog.find_param(Group::task, request.task, name);
        const std::string path = std::string("task.") + name;
        if (!spec || text == to_string(spec->fallback))
            request.unset(path);
        else
            request.set(path, text);
    };
    set("layout", kLayouts[std::size_t(layout.kind)]);
    set("header", kHeaders[std::size_t(layout.header)]);
    set("delimiter", layout.delimiter == "\t" ? "tab" : layout.delimiter);
    set("label_column", layout.label_column);
    set("text_columns", layout.text_columns);
    set("encoding", layout.latin1 ? "latin-1" : "utf-8");
}

} // namespace descent::ui
