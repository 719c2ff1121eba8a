#include "core/text/text_reader.h"

#include "core/base/hash.h"
#include "core/base/param.h"
#include "core/base/result.h"
#include "core/text/csv_table.h"
#include "core/text/text_file.h"
#include "core/text/text_layout.h"
#include "core/text/utf8.h"

#include <algorithm>
#include <optional>

namespace descent {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLongest = CsvTable::longest;
constexpr std::int64_t kTextsBetweenReports = 1024;

/// What both readings of a place share: takes texts until `most` of them have come (of a folder: of each
/// class), counts and reports.
class Reading {
public:
    Reading(const fs::path& place, TextLayout layout, const std::function<void(LabelledText&&)>& take,
            const TextReading& how, std::optional<std::int64_t> most)
        : place_(place)
        , layout_(std::move(layout))
        , take_(take)
        , how_(how)
        , most_(most) {}

    TextReadFacts read() {
        switch (layout_.kind) {
        case TextLayout::Kind::table:
            read_table();
            break;
        case TextLayout::Kind::lines:
            read_lines();
            break;
        case TextLayout::Kind::folders:
            read_classes(class_folders(place_), false);
            break;
        default:
            read_classes(class_files(place_), true);
        }
        if (facts_.texts == 0)
            throw InputError(place_.string() + ": no texts; expected one " +
                             (layout_.kind == TextLayout::Kind::table ? "a row" : "a line"));
        if (how_.progress) how_.progress(1);
        facts_.layout = layout_;
        if (!most_) facts_.hash = hash_.hex();
        return facts_;
    }

private:
    bool enough() const { return most_ && taken_ >= *most_; }

    std::function<void(std::string_view)> hashed() {
        if (most_) return {};
        return [this](std::string_view bytes) { hash_.add(bytes); };
    }

    void take(LabelledText&& text, double share) {
        if (how_.stop.stop_requested()) throw InputError("interrupted");
        facts_.empty_texts += trimmed(text.text).empty();
        take_(std::move(text));
        ++taken_;
        if (facts_.texts++ % kTextsBetweenReports == 0 && how_.progress) how_.progress(share);
    }

    /// As UTF-8. `where`: "file: line 3: ".
    std::string decoded(std::string&& bytes, const std::string& where) const {
        if (bytes.size() > kLongest) throw InputError(where + "a text over 64 MiB");
        if (bytes.find('\0') != std::string::npos) throw InputError(where + "this is not text");
        if (layout_.latin1) return latin1_to_utf8(bytes);
        if (const std::size_t at = first_not_utf8(bytes); at != std::string::npos)
            throw InputError(where + "this is not UTF-8 text: byte offset " + std::to_string(at) +
                             std::string(kEncodingHint));
        return std::move(bytes);
    }

    void read_table() {
        CsvFormat format = csv_format(layout_);
        format.blocks = hashed();
        CsvTable table(place_, std::move(format));
        const TextColumns columns = text_columns(place_, layout_, table.columns());
        std::vector<std::string> row;
        while (!enough() && table.next(row)) {
            LabelledText text{"", std::string(trimmed(row[columns.label])), place_.string(), table.line()};
            if (text.label.empty()) table.refuse("no label in column " + layout_.label_column);
            for (std::size_t i = 0; i < columns.text.size(); ++i)
                text.text += (i > 0 ? " " : "") + row[columns.text[i]];
            if (text.text.size() > kLongest) table.refuse("a text over 64 MiB");
            take(std::move(text), table.fraction());
        }
    }

    void read_lines() {
        TextFile in(place_, hashed());
        std::string line;
        for (std::int64_t number = 1; !enough() && in.line(line, kLongest); ++number) {
            line = decoded(std::move(line), place_.string() + ": line " + std::to_string(number) + ": ");
            const auto [label, text] = labelled_line(line);
            if (line.empty() || trimmed(line).empty()) continue;
            if (label.empty())
                throw InputError(place_.string() + ": line " + std::to_string(number) +
                                 ": no label; expected a label, a blank and a text");
            take({std::string(text), std::string(label), place_.string(), number}, in.fraction());
        }
    }

    void read_classes(const std::vector<ClassFiles>& classes, bool by_lines) {
        double size = 0, read = 0;
        for (const ClassFiles& of : classes)
            for (const fs::path& file : of.files) size += size_of(file);
        for (const ClassFiles& of : classes) {
            taken_ = 0; // a preview shows some of each class
            for (const fs::path& file : of.files) {
                if (enough()) break;
                const std::string name = file.lexically_relative(place_).generic_string();
                if (first_not_utf8(name) != std::string::npos)
                    throw InputError(place_.string() + ": a file name that is not UTF-8");
                hash_.add(name);
                hash_.add(std::string_view("\0", 1));
                const auto share = [&](double of_file) { return (read + of_file) / std::max(size, 1.0); };
                if (by_lines)
                    read_class(file, name, of.label, share);
                else
                    read_text(file, name, of.label, share);
                read += size_of(file);
            }
        }
    }

    static double size_of(const fs::path& file) {
        std::error_code error;
        const auto bytes = fs::file_size(file, error);
        return error ? 0 : static_cast<double>(bytes);
    }

    /// A text a line; an empty line is an empty text.
    void read_class(const fs::path& file, const std::string& name, const std::string& label,
                    const auto& share) {
        TextFile in(file, hashed());
        std::string line;
        for (std::int64_t number = 1; !enough() && in.line(line, kLongest); ++number) {
            std::string text =
                decoded(std::move(line), file.string() + ": line " + std::to_string(number) + ": ");
            take({std::move(text), label, name, number},
                 share(in.fraction() * static_cast<double>(in.size())));
        }
    }

    void read_text(const fs::path& file, const std::string& name, const std::string& label,
                   const auto& share) {
        TextFile in(file, hashed());
        if (in.size() > kLongest) throw InputError(file.string() + ": a text over 64 MiB");
        std::string bytes;
        bytes.reserve(in.size());
        for (int c = in.get(); c >= 0; c = in.get()) bytes += static_cast<char>(c);
        while (bytes.ends_with('\n') || bytes.ends_with('\r')) bytes.pop_back();
        std::string text = decoded(std::move(bytes), file.string() + ": ");
        take({std::move(text), label, name, 1}, share(0));
    }

    fs::path place_;
    TextLayout layout_;
    const std::function<void(LabelledText&&)>& take_;
    const TextReading& how_;
    std::optional<std::int64_t> most_;
    std::int64_t taken_ = 0;
    TextReadFacts facts_;
    Sha256 hash_;
};

} // namespace

TextReadFacts read_texts(const fs::path& place, const TextLayout& layout,
                         const std::function<void(LabelledText&&)>& take, const TextReading& how) {
    return Reading(place, found_layout(place, layout), take, how, std::nullopt).read();
}

TextPreview preview_texts(const fs::path& place, const TextLayout& layout, std::size_t rows) {
    TextPreview preview;
    preview.layout = found_layout(place, layout);
    std::int64_t most = static_cast<std::int64_t>(rows);
    if (preview.layout.kind == TextLayout::Kind::table) {
        CsvTable table(place, csv_format(preview.layout));
        preview.columns = table.columns();
        std::vector<std::string> row;
        while (preview.rows.size() < rows && table.next(row)) preview.rows.push_back(row);
    } else if (preview.layout.kind != TextLayout::Kind::lines) {
        const bool folders = preview.layout.kind == TextLayout::Kind::folders;
        const auto classes =
            static_cast<std::int64_t>((folders ? class_folders(place) : class_files(place)).size());
        most = (most + classes - 1) / classes;
    }
    const auto take = [&](LabelledText&& text) {
        if (preview.texts.size() < rows) preview.texts.push_back(std::move(text));
    };
    Reading(place, preview.layout, take, {}, most).read();
    return preview;
}

} // namespace descent
