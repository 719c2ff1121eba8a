#pragma once

#include "core/text/csv_table.h"
#include "core/text/text_reader.h"

#include <cstddef>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

/// How texts lie somewhere, found by looking; what read_texts and preview_texts share. Thread: any.
namespace descent {

/// `layout` with nothing left open. A table's first 1,000 rows are looked at: its delimiter is the one that
/// cuts most of them into the same number of fields; it has names where its first row looks like names; its
/// label is the column of few distinct short values, the one of a usual name first, its text the longest of
/// the others. Throws InputError: no such place, nothing in it, nothing that looks like texts, no such
/// column.
TextLayout found_layout(const std::filesystem::path& place, TextLayout layout);

/// The format of a table of such a layout, with nothing left open.
CsvFormat csv_format(const TextLayout& layout);

/// The label's column and the text's, from 0. Throws InputError: no such column.
struct TextColumns {
    std::size_t label = 0;
    std::vector<std::size_t> text;
};
TextColumns text_columns(const std::filesystem::path& file, const TextLayout& layout,
                         const std::vector<std::string>& names);

/// A label and its files, in the order of their names, of a folder.
struct ClassFiles {
    std::string label;
    std::vector<std::filesystem::path> files;
};
/// Of a folder of folders: a class each; not `unsup` beside pos and neg (aclImdb's texts without a label).
/// Hidden files, and those deeper down, are left out. Throws InputError: no folder in it, no file in them; or
/// where it holds `train` and `test` with the classes below them.
std::vector<ClassFiles> class_folders(const std::filesystem::path& folder);
/// Of a folder of files: LABEL.txt where there are two or more, otherwise all of them but those called
/// README…; the label is the name without its ending, or the ending alone where names differ in nothing else
/// (rt-polarity.pos, rt-polarity.neg). Throws InputError: none.
std::vector<ClassFiles> class_files(const std::filesystem::path& folder);

/// The coarse label of a "LABEL text" or "LABEL:fine text" line and the text; neither where it is blank.
std::pair<std::string_view, std::string_view> labelled_line(std::string_view line);

} // namespace descent
