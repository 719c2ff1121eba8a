#include "core/text/csv_table.h"
#include "core/base/param.h"
#include "core/store/csv_text.h"
#include "tests/fuzz/fuzzing.h"

using namespace descent;
using namespace descent::fuzzing;

namespace {

std::vector<std::vector<std::string>> read(const std::filesystem::path& place, CsvFormat format) {
    CsvTable table(place, format);
    std::vector<std::vector<std::string>> rows;
    if (format.header) rows.push_back(table.columns());
    std::vector<std::string> fields;
    while (table.next(fields)) {
        bool text = false;
        for (const auto& field : fields) number_in(field, text);
        rows.push_back(fields);
    }
    return rows;
}

// Rows of blanks are no content.
std::vector<std::vector<std::string>> without_blanks(std::vector<std::vector<std::string>> rows) {
    std::erase_if(rows, [](const auto& row) {
        for (const auto& field : row)
            if (!trimmed(field).empty()) return false;
        return true;
    });
    return rows;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Input input(data, size);
    const std::uint8_t how = input.byte();
    constexpr char separators[] = {0, ',', ';', '\t', '|', '"', ' ', '\n'};
    const CsvFormat format{.separator = separators[how & 7],
                           .header = (how & 8) != 0,
                           .ragged = (how & 16) != 0,
                           .latin1 = (how & 32) != 0};
    std::vector<std::vector<std::string>> rows;
    if (!accepted([&] { rows = read(file("table.csv", input.rest()), format); })) return 0;
    // After a line of names, since a byte order mark before the first field is none of it.
    std::string written = rows.empty() ? "n" : "n" + std::string(rows[0].size() - 1, ',');
    written += "\n";
    for (const auto& row : rows) {
        hold(row.size() == rows[0].size(), "a row has a field for each column");
        for (std::size_t i = 0; i < row.size(); ++i)
            written += (i ? "," : "") + (row[i].empty() ? "\"\"" : csv_field(row[i]));
        written += "\n";
    }
    std::vector<std::vector<std::string>> again;
    hold(accepted([&] {
             again = read(file("again.csv", written), {.separator = ',', .header = true, .ragged = false});
         }),
         "a table that was written can be read");
    again.erase(again.begin());
    hold(without_blanks(rows) == without_blanks(again), "a table is the same once written and read");
    return 0;
}
