#include "core/text/text_layout.h"

#include "core/base/param.h"
#include "core/base/result.h"
#include "core/text/utf8.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <set>
#include <tuple>

namespace descent {

namespace {

namespace fs = std::filesystem;

using Row = std::vector<std::string>;

constexpr std::size_t kSample = 1000; ///< rows looked at
constexpr std::size_t kLongestName = 40, kLongestLabel = 40;
constexpr std::array kDelimiters{',', '\t', ';', '|'};
/// How the columns of published tables are called, the likeliest first.
const Row kLabelNames{
    "label",     "labels", "class", "sentiment", "category", "target", "polarity",        "topic",
    "stars",     "rating", "score", "emotion",   "intent",   "y",      "sentiment_label", "airline_sentiment",
    "label_text"};
const Row kTextNames{"text",        "sentence",   "review", "tweet",       "content", "comment", "question",
                     "message",     "document",   "phrase", "description", "body",    "title",   "headline",
                     "review_text", "tweet_text", "id",     "index",       "user",    "date"};

std::string lower(std::string_view text) {
    return lower_case(trimmed(text));
}

std::optional<std::size_t> place_in(const Row& names, std::string_view word) {
    const auto at = std::ranges::find(names, lower(word));
    return at == names.end() ? std::nullopt : std::optional(static_cast<std::size_t>(at - names.begin()));
}

bool is_number(std::string_view field) {
    bool text = false;
    return number_in(field, text).has_value();
}

/// The first rows, cut at `delimiter`; up to the first that cannot be read, unless that is the first of all.
std::vector<Row> sample(const fs::path& file, const TextLayout& layout, char delimiter) {
    CsvTable table(file, {delimiter, false, true, layout.latin1, kEncodingHint, {}});
    std::vector<Row> rows;
    Row row;
    try {
        while (rows.size() < kSample && table.next(row)) rows.push_back(row);
    } catch (const InputError&) {
        // Reading it says what is wrong there.
    }
    return rows;
}

/// The share of the first rows that have as many fields as the first one, and how many these are.
struct Cut {
    char delimiter = ',';
    double share = 0;
    std::size_t width = 0;
};

Cut cut_by(const fs::path& file, const TextLayout& layout, char delimiter) {
    std::optional<CsvTable> table;
    try {
        table.emplace(file, CsvFormat{delimiter, false, false, layout.latin1, kEncodingHint, {}});
    } catch (const InputError&) {
        return {delimiter, 0, 1};
    }
    const std::size_t width = table->columns().size();
    if (width < 2) return {delimiter, 0, width};
    double rows = 0, whole = 0;
    Row row;
    for (; rows < kSample; ++rows) {
        try {
            if (!table->next(row)) break;
            ++whole;
        } catch (const InputError&) {
            // Ragged when cut like this, or wrong whichever way it is cut.
        }
    }
    return {delimiter, rows > 0 ? whole / rows : 0, width};
}

/// None where no delimiter cuts the rows into two fields or more.
std::optional<Cut> found_cut(const fs::path& file, const TextLayout& layout) {
    Cut best;
    for (const char delimiter : kDelimiters) {
        const Cut cut = cut_by(file, layout, delimiter);
        if (std::pair(cut.share, cut.width) > std::pair(best.share, best.width)) best = cut;
    }
    return best.width >= 2 && best.share > 0 ? std::optional(best) : std::nullopt;
}

/// A column below the first row.
struct Column {
    std::set<std::string> distinct;
    double length = 0; ///< mean, bytes
    bool numbers = true;
};

std::vector<Column> columns_of(const std::vector<Row>& rows, std::size_t from, std::size_t width) {
    std::vector<Column> columns(width);
    for (std::size_t i = from; i < rows.size(); ++i)
        for (std::size_t at = 0; at < width && at < rows[i].size(); ++at) {
            Column& column = columns[at];
            column.distinct.emplace(trimmed(rows[i][at]));
            column.length +=
                static_cast<double>(rows[i][at].size()) / static_cast<double>(rows.size() - from);
            column.numbers = column.numbers && is_number(rows[i][at]);
        }
    return columns;
}

bool looks_like_names(const std::vector<Row>& rows) {
    const Row& first = rows.front();
    std::set<std::string> distinct;
    for (const std::string& field : first)
        if (field.size() > kLongestName || is_number(field) || !distinct.insert(lower(field)).second)
            return false;
    if (rows.size() < 2) return false;
    const auto columns = columns_of(rows, 1, first.size());
    bool repeats = false, usual = false, above_numbers = false, new_label = false;
    for (std::size_t i = 0; i < first.size(); ++i) {
        const bool seen = columns[i].distinct.contains(std::string(trimmed(first[i])));
        repeats = repeats || seen;
        usual = usual || place_in(kLabelNames, first[i]) || place_in(kTextNames, first[i]);
        above_numbers = above_numbers || (columns[i].numbers && !first[i].empty());
        new_label = new_label || (!seen && columns[i].distinct.size() * 4 < rows.size());
    }
    return !repeats && (usual || above_numbers || new_label);
}

bool is_open(const std::string& column) {
    return trimmed(column).empty();
}

/// The column of few distinct short values, with two of them or more where there is one.
std::size_t label_column(const Row& names, const std::vector<Column>& columns, std::size_t rows,
                         const std::vector<std::size_t>& taken) {
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < columns.size(); ++i)
        if (std::ranges::find(taken, i) == taken.end()) open.push_back(i);
    return *std::ranges::min_element(open, {}, [&](std::size_t i) {
        const Column& column = columns[i];
        const std::size_t kinds = column.distinct.size();
        const bool few = kinds <= std::max<std::size_t>(rows / 2, 2) && column.length <= kLongestLabel;
        const std::size_t usual = place_in(kLabelNames, names[i]).value_or(kLabelNames.size());
        return std::tuple(!few, usual, kinds < 2, few ? static_cast<double>(kinds) : column.length);
    });
}

std::size_t text_column(const std::vector<Column>& columns, std::size_t label) {
    std::size_t best = label == 0 ? 1 : 0;
    for (std::size_t i = 0; i < columns.size(); ++i)
        if (i != label && columns[i].length > columns[best].length) best = i;
    return best;
}

/// How a person would name it.
std::string named(const Row& names, std::size_t column, bool header) {
    const bool plain = header && !names[column].empty() && names[column].find(',') == std::string::npos &&
                       std::ranges::count(names, names[column]) == 1;
    return plain ? names[column] : std::to_string(column + 1);
}

std::size_t column_of(const fs::path& file, const Row& names, std::string_view word, bool header) {
    word = trimmed(word);
    if (header)
        if (const auto at = std::ranges::find(names, word); at != names.end())
            return static_cast<std::size_t>(at - names.begin());
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (error == std::errc{} && end == word.data() + word.size() && number >= 1 && number <= names.size())
        return number - 1;
    std::string expected = "a number from 1 to " + std::to_string(names.size());
    if (header) {
        for (auto at = names.rbegin(); at != names.rend(); ++at)
            expected = *at + (at == names.rbegin() ? " or " : ", ") + expected;
        expected = "one of " + expected;
    }
    const auto near = header ? nearest(word, names) : std::nullopt;
    throw InputError(file.string() + ": no column '" + std::string(word) + "'; " +
                     (near ? "did you mean '" + *near + "'? " : "") + "expected " + expected);
}

std::vector<std::string_view> split_at_commas(std::string_view words) {
    std::vector<std::string_view> parts;
    for (std::size_t at = 0; at <= words.size();) {
        const std::size_t end = std::min(words.find(',', at), words.size());
        parts.push_back(trimmed(words.substr(at, end - at)));
        at = end + 1;
    }
    return parts;
}

std::vector<std::size_t> columns_named(const fs::path& file, const Row& names, std::string_view words,
                                       bool header) {
    std::vector<std::size_t> columns;
    for (const std::string_view word : split_at_commas(words))
        columns.push_back(column_of(file, names, word, header));
    return columns;
}

/// Whether a column is asked for by a name that stands in the first row.
bool names_one_of(std::string_view words, const Row& first) {
    return std::ranges::any_of(split_at_commas(words), [&](std::string_view word) {
        return !word.empty() && !is_number(word) &&
               std::ranges::any_of(first, [&](const std::string& name) { return trimmed(name) == word; });
    });
}

void find_columns(const fs::path& file, TextLayout& layout) {
    const std::vector<Row> rows = sample(file, layout, layout.delimiter[0]);
    if (rows.front().size() < 2)
        throw InputError(file.string() + ": one column; expected a label and a text" +
                         ", with the delimiter '" + layout.delimiter + "' between them");
    if (layout.header == TextLayout::Header::detect) {
        const bool wanted = names_one_of(layout.label_column, rows.front()) ||
                            names_one_of(layout.text_columns, rows.front());
        layout.header = wanted || looks_like_names(rows) ? TextLayout::Header::yes : TextLayout::Header::no;
    }
    const bool header = layout.header == TextLayout::Header::yes;
    Row names = rows.front();
    for (std::string& name : names) name = trimmed(name);
    const auto columns = columns_of(rows, header && rows.size() > 1 ? 1 : 0, names.size());
    std::vector<std::size_t> text;
    if (!is_open(layout.text_columns)) text = columns_named(file, names, layout.text_columns, header);
    if (is_open(layout.label_column) && std::set(text.begin(), text.end()).size() >= names.size())
        throw InputError(file.string() + ": all columns are text; expected one to be left for the label");
    const std::size_t label =
        is_open(layout.label_column)
            ? label_column(header ? names : Row(names.size()), columns, rows.size(), text)
            : column_of(file, names, layout.label_column, header);
    if (is_open(layout.text_columns)) layout.text_columns = named(names, text_column(columns, label), header);
    if (is_open(layout.label_column)) layout.label_column = named(names, label, header);
}

/// Whether every line begins with one of a few words that come again.
bool looks_like_labelled_lines(const fs::path& file, bool latin1) {
    TextFile in(file);
    std::map<std::string, std::size_t, std::less<>> labels;
    std::size_t lines = 0, texts = 0;
    std::string line;
    while (lines < kSample && in.line(line, CsvTable::longest)) {
        const auto [label, text] = labelled_line(line);
        if (label.empty()) continue;
        ++lines;
        texts += !text.empty();
        if (label.size() > kLongestLabel || label.find_first_of(",;|\"") != std::string_view::npos)
            return false;
        ++labels[latin1 ? latin1_to_utf8(label) : std::string(label)];
    }
    return lines > 0 && texts * 2 > lines && labels.size() <= std::max<std::size_t>(lines / 2, 1);
}

TextLayout::Kind found_kind(const fs::path& place, const TextLayout& layout) {
    const std::string ending = lower(place.extension().string());
    if (ending == ".csv" || ending == ".tsv" || !layout.delimiter.empty() ||
        layout.header == TextLayout::Header::yes || !is_open(layout.label_column) ||
        !is_open(layout.text_columns))
        return TextLayout::Kind::table;
    const auto cut = found_cut(place, layout);
    if (cut && cut->share == 1 && cut->delimiter == '\t') return TextLayout::Kind::table;
    if (looks_like_labelled_lines(place, layout.latin1)) return TextLayout::Kind::lines;
    if (!cut) {
        sample(place, layout, ','); // throws where the first row cannot be read, whatever it is
        throw InputError(
            place.string() +
            ": no labelled texts found; expected a table with a label and a text in each row, or "
            "lines of a label, a blank and a text");
    }
    return TextLayout::Kind::table;
}

TextLayout::Kind found_folder_kind(const fs::path& place) {
    std::size_t folders = 0, texts = 0;
    std::string table;
    for (const auto& entry : fs::directory_iterator(place)) {
        if (entry.path().filename().string().starts_with('.')) continue;
        folders += entry.is_directory();
        const std::string ending = lower(entry.path().extension().string());
        texts += entry.is_regular_file() && ending == ".txt";
        const std::string name = entry.path().filename().string();
        if ((ending == ".csv" || ending == ".tsv") && (table.empty() || name < table)) table = name;
    }
    if (folders > 0) return TextLayout::Kind::folders;
    if (texts == 0 && !table.empty())
        throw InputError(place.string() + ": a folder of tables; expected one of them, as " +
                         (place / table).string());
    return TextLayout::Kind::files;
}

} // namespace

TextLayout found_layout(const fs::path& place, TextLayout layout) {
    using Kind = TextLayout::Kind;
    std::error_code error;
    if (!fs::exists(place, error)) throw InputError(place.string() + ": no such file or folder");
    const bool folder = fs::is_directory(place, error);
    if (folder && fs::is_empty(place, error))
        throw InputError(place.string() + ": an empty folder; expected texts by class");
    if (!folder && fs::file_size(place, error) == 0)
        throw InputError(place.string() + ": an empty file; expected labelled texts");
    if (layout.kind == Kind::detect)
        layout.kind = folder ? found_folder_kind(place) : found_kind(place, layout);
    const bool of_folder = layout.kind == Kind::folders || layout.kind == Kind::files;
    if (of_folder != folder)
        throw InputError(place.string() +
                         (folder ? ": a folder; expected a file" : ": a file; expected a folder"));
    if (layout.kind == Kind::table) {
        if (layout.delimiter.empty()) {
            const auto cut = found_cut(place, layout);
            layout.delimiter = cut ? cut->delimiter : ',';
        }
        if (layout.delimiter == "\\t" || lower(layout.delimiter) == "tab") layout.delimiter = "\t";
        if (layout.delimiter.size() != 1 || std::string_view("\"\r\n").contains(layout.delimiter[0]) ||
            static_cast<unsigned char>(layout.delimiter[0]) >= 0x80)
            throw InputError("delimiter '" + layout.delimiter +
                             "': expected one ASCII character, and neither a quote nor a line end");
        find_columns(place, layout);
    }
    return layout;
}

std::string in_words(const TextLayout& layout) {
    const std::string encoding = layout.latin1 ? ", ISO 8859-1" : "";
    switch (layout.kind) {
    case TextLayout::Kind::folders:
        return "a folder for each class, a text in each file" + encoding;
    case TextLayout::Kind::files:
        return "a file for each class, a text in each line" + encoding;
    case TextLayout::Kind::lines:
        return "a label, a blank and a text in each line" + encoding;
    default:
        return as_message(
            "a table, " + (layout.delimiter == "\t" ? std::string("tabs") : "'" + layout.delimiter + "'") +
            " between its fields, " +
            (layout.header == TextLayout::Header::yes ? "names in its first row" : "no row of names") +
            ", label in column " + layout.label_column + ", text in " + layout.text_columns + encoding);
    }
}

CsvFormat csv_format(const TextLayout& layout) {
    return {layout.delimiter[0],
            layout.header == TextLayout::Header::yes,
            false,
            layout.latin1,
            kEncodingHint,
            {}};
}

TextColumns text_columns(const fs::path& file, const TextLayout& layout, const Row& names) {
    const bool header = layout.header == TextLayout::Header::yes;
    return {column_of(file, names, layout.label_column, header),
            columns_named(file, names, layout.text_columns, header)};
}

std::pair<std::string_view, std::string_view> labelled_line(std::string_view line) {
    line = trimmed(line);
    const std::size_t end = std::min(line.find_first_of(" \t"), line.size());
    const std::string_view label = line.substr(0, end);
    return {label.substr(0, label.find(':')), trimmed(line.substr(end))};
}

} // namespace descent
