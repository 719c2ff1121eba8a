#include "core/exchange/csv_table.h"

#include "core/base/param.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include <utf8proc.h>

namespace descent {
namespace {

constexpr std::size_t kBuffer = 1 << 20;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

bool equal_but_for_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, [](char c) { return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c; });
}

bool is_utf8(std::string_view text) {
    if (std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; })) return true;
    while (!text.empty()) {
        utf8proc_int32_t code = 0;
        const auto length = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                             static_cast<utf8proc_ssize_t>(text.size()), &code);
        if (length <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(length));
    }
    return true;
}

} // namespace

CsvTable::CsvTable(const std::filesystem::path& file) : file_(file), in_(file, std::ios::binary) {
    std::error_code error;
    size_ = static_cast<double>(std::filesystem::file_size(file, error));
    if (!in_ || error) throw InputError("cannot read '" + file.string() + "'");
    get();
    at_ = buffer_.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
    const std::string_view first = std::string_view(buffer_).substr(at_, buffer_.find('\n', at_) - at_);
    constexpr std::array kSeparators{',', ';', '\t'};
    separator_ =
        *std::ranges::max_element(kSeparators, {}, [&](char c) { return std::ranges::count(first, c); });
    if (!read_row(columns_)) refuse("expected a line with the names of the columns");
    for (std::string& name : columns_) name = trimmed(name);
}

// The next byte, or −1. Leaves `at_` behind it.
int CsvTable::get() {
    if (at_ == buffer_.size()) {
        read_ += static_cast<double>(buffer_.size());
        buffer_.resize(kBuffer);
        in_.read(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
        buffer_.resize(static_cast<std::size_t>(in_.gcount()));
        at_ = 0;
        if (buffer_.empty()) return -1;
    }
    return static_cast<unsigned char>(buffer_[at_++]);
}

bool CsvTable::read_row(std::vector<std::string>& fields) {
    std::size_t count = 0; // fields are used again, so that a row costs no allocation
    const auto begin_field = [&]() -> std::string& {
        if (count == fields.size()) fields.emplace_back();
        fields[count].clear();
        return fields[count++];
    };
    row_line_ = line_;
    int c = get();
    if (c < 0) return false;
    std::string* field = &begin_field();
    for (;; c = get()) {
        if (c == '"' && field->empty()) {
            const std::int64_t opened = line_;
            for (c = get();; c = get()) {
                if (c < 0) {
                    row_line_ = opened;
                    refuse("the quote that is opened here is not closed");
                }
                if (c == '\n') ++line_;
                if (c == '"' && (c = get()) != '"') break;
                *field += static_cast<char>(c);
            }
        }
        if (c < 0 || c == '\n') break;
        if (c == separator_)
            field = &begin_field();
        else if (c == 0)
            refuse("this is not text");
        else
            *field += static_cast<char>(c);
    }
    if (c == '\n') ++line_;
    if (field->ends_with('\r')) field->pop_back();
    fields.resize(count);
    if (!std::ranges::all_of(fields, is_utf8)) refuse("this is not UTF-8 text");
    return true;
}

bool CsvTable::next(std::vector<std::string>& fields) {
    do {
        if (!read_row(fields)) return false;
    } while (fields.size() == 1 && trimmed(fields[0]).empty() && columns_.size() > 1);
    while (fields.size() > columns_.size() && fields.back().empty()) fields.pop_back();
    if (fields.size() > columns_.size())
        refuse(std::to_string(fields.size()) + " fields, expected " + std::to_string(columns_.size()) +
               " as in the first line");
    fields.resize(columns_.size());
    return true;
}

double CsvTable::fraction() const {
    return size_ > 0 ? std::min((read_ + static_cast<double>(at_)) / size_, 1.0) : 1;
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
