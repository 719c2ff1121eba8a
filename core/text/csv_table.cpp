#include "core/text/csv_table.h"

#include "core/base/param.h"
#include "core/text/utf8.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

namespace descent {
namespace {

bool equal_but_for_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, [](char c) { return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c; });
}

bool is_blank_row(const std::vector<std::string>& fields) {
    return fields.size() == 1 && trimmed(fields[0]).empty();
}

} // namespace

CsvTable::CsvTable(const std::filesystem::path& file, CsvFormat format)
    : file_(file)
    , format_(std::move(format))
    , in_(file, format_.blocks) {
    if (format_.separator == 0) {
        const std::string_view first = in_.ahead().substr(0, in_.ahead().find('\n'));
        constexpr std::array kSeparators{',', ';', '\t'};
        format_.separator =
            *std::ranges::max_element(kSeparators, {}, [&](char c) { return std::ranges::count(first, c); });
    }
    bool more = false;
    do {
        more = read_row(columns_);
    } while (more && is_blank_row(columns_));
    if (!more) refuse(format_.header ? "expected a line with the names of the columns" : "an empty file");
    if (format_.header) {
        for (std::string& name : columns_) name = trimmed(name);
        return;
    }
    first_ = std::move(columns_);
    columns_.clear();
    for (std::size_t i = 0; i < first_->size(); ++i) columns_.push_back(std::to_string(i + 1));
}

bool CsvTable::read_row(std::vector<std::string>& fields) {
    std::size_t count = 0; // fields are used again, so that a row costs no allocation
    const auto begin_field = [&]() -> std::string& {
        if (count == fields.size()) fields.emplace_back();
        fields[count].clear();
        return fields[count++];
    };
    row_line_ = line_;
    int c = in_.get();
    if (c < 0) return false;
    std::string* field = &begin_field();
    std::size_t quoted = 0; // bytes of the field up to where a quote closed
    const auto take = [&](int byte) {
        if (byte == 0) refuse("this is not text");
        if (field->size() == longest) refuse("a field over 64 MiB");
        *field += static_cast<char>(byte);
    };
    for (;; c = in_.get()) {
        if (c == '"' && field->empty()) {
            const std::int64_t opened = line_;
            for (c = in_.get();; c = in_.get()) {
                if (c < 0 || field->size() == longest) {
                    row_line_ = opened;
                    refuse(c < 0 ? "the quote that is opened here is not closed"
                                 : "the quote that is opened here is not closed within 64 MiB");
                }
                if (c == '\n') ++line_;
                if (c == '"' && (c = in_.get()) != '"') break;
                take(c);
            }
            quoted = field->size();
        }
        if (c < 0 || c == '\n') break;
        if (c == static_cast<unsigned char>(format_.separator)) {
            field = &begin_field();
            quoted = 0;
        } else {
            take(c);
        }
    }
    if (c == '\n') ++line_;
    if (field->size() > quoted && field->ends_with('\r')) field->pop_back(); // of the line's end
    fields.resize(count);
    check_encoding(fields);
    return true;
}

void CsvTable::check_encoding(std::vector<std::string>& fields) const {
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const std::size_t at = first_not_utf8(fields[i]);
        if (format_.latin1) {
            // All of ASCII is UTF-8: most fields stay as they are.
            if (std::ranges::any_of(fields[i], [](char c) { return static_cast<unsigned char>(c) >= 0x80; }))
                fields[i] = latin1_to_utf8(fields[i]);
        } else if (at != std::string_view::npos) {
            refuse("this is not UTF-8 text: column " + std::to_string(i + 1) + ", byte offset " +
                   std::to_string(at) + std::string(format_.encoding_hint));
        }
    }
}

bool CsvTable::next(std::vector<std::string>& fields) {
    if (first_) {
        std::swap(fields, *first_);
        first_.reset();
        return true;
    }
    do {
        if (!read_row(fields)) return false;
    } while (is_blank_row(fields) && columns_.size() > 1);
    if (format_.ragged)
        while (fields.size() > columns_.size() && fields.back().empty()) fields.pop_back();
    if (fields.size() > columns_.size() || (fields.size() < columns_.size() && !format_.ragged))
        refuse(std::to_string(fields.size()) + (fields.size() == 1 ? " field" : " fields") + ", expected " +
               std::to_string(columns_.size()) + " as in the first line");
    fields.resize(columns_.size());
    return true;
}

void CsvTable::refuse(const std::string& what) const {
    throw InputError(file_.string() + ": line " + std::to_string(row_line_) + ": " + what);
}

std::optional<double> number_in(std::string_view field, bool& text) {
    std::string_view word = trimmed(field);
    if (word.empty()) return std::nullopt;
    for (const char* absent : {"na", "n/a", "null", "none"})
        if (equal_but_for_case(word, absent)) return std::nullopt;
    const std::string_view digits = word.starts_with('+') ? word.substr(1) : word;
    double number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (end != digits.data() + digits.size() || error == std::errc::invalid_argument) {
        text = true;
        return std::nullopt;
    }
    if (error == std::errc::result_out_of_range) {
        // Too large or too small for a double: what the nearest one is, the exponent's sign tells.
        const bool small =
            digits.find("e-") != std::string_view::npos || digits.find("E-") != std::string_view::npos;
        number = small ? 0 : std::numeric_limits<double>::infinity();
        if (digits.starts_with('-')) number = -number;
    }
    return number;
}

} // namespace descent
