#include "app/cli/data_report.h"

#include "app/cli/progress_line.h"
#include "core/analysis/figure_text.h"
#include "core/base/format.h"
#include "core/base/param.h"
#include "core/base/result.h"
#include "core/text/text_summary.h"
#include "core/text/utf8.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace descent::cli {

namespace {

using json = nlohmann::ordered_json;

constexpr std::array kSides{"train", "validation", "test"};

json by_side(const std::array<std::int64_t, 3>& counts) {
    return {{"train", counts[0]}, {"validation", counts[1]}, {"test", counts[2]}};
}

bool has_speakers(const Inspection& found) {
    return found.speakers[0] + found.speakers[1] + found.speakers[2] > 0;
}

void print_classes(Output& out, const Inspection& found) {
    using Align = Table::Align;
    const bool split = found.split_counts.size() == found.class_counts.size();
    std::vector<std::string> headings{"class", "examples"};
    std::vector<Align> alignment{Align::left, Align::right};
    if (split)
        for (const char* side : kSides) {
            headings.emplace_back(side);
            alignment.push_back(Align::right);
        }
    headings.emplace_back();
    alignment.push_back(Align::left);
    Table table(headings, alignment);
    for (std::size_t i = 0; i < found.class_counts.size(); ++i) {
        std::vector<std::string> row{found.class_counts[i].first, format_count(found.class_counts[i].second)};
        if (split)
            for (const std::int64_t count : found.split_counts[i]) row.push_back(format_count(count));
        row.emplace_back();
        table.add(std::move(row));
    }
    table.print(out, "  ");
}

void print_left_out(Output& out, const Inspection& found) {
    constexpr std::size_t kMost = 10;
    if (found.left_out.empty()) return;
    out << "\n  left out: " << format_count(std::ssize(found.left_out))
        << (found.left_out.size() == 1 ? " file\n" : " files\n");
    for (std::size_t i = 0; i < std::min(found.left_out.size(), kMost); ++i) {
        const auto& [file, reason] = found.left_out[i];
        const bool named = reason.starts_with(file);
        out << "    " << one_line(named || reason.empty() ? "" : file + ": ")
            << one_line(reason.empty() ? file : reason) << "\n";
    }
    if (found.left_out.size() > kMost)
        out << "    and " << format_count(static_cast<std::int64_t>(found.left_out.size() - kMost))
            << " more (--json lists them all)\n";
}

/// Neighbouring buckets together, so that a terminal holds them; --json has each.
void print_lengths(Output& out, const TextSummary& texts) {
    constexpr std::size_t kRows = 14;
    constexpr int kBar = 30;
    using Align = Table::Align;
    struct Row {
        std::int64_t first = 0, last = 0;
        TextSummary::Sides sides{};
        std::int64_t total() const { return sides[0] + sides[1] + sides[2]; }
    };
    const std::size_t together = (texts.lengths.size() + kRows - 1) / kRows;
    std::vector<Row> rows;
    std::int64_t most = 1;
    for (std::size_t i = 0; i < texts.lengths.size(); ++i) {
        if (i % together == 0) rows.push_back({.first = texts.range(i).first});
        rows.back().last = texts.range(i).second;
        for (std::size_t side = 0; side < 3; ++side) rows.back().sides[side] += texts.lengths[i][side];
        most = std::max(most, rows.back().total());
    }
    Table table({"tokens", "texts", "train", "validation", "test", ""},
                {Align::right, Align::right, Align::right, Align::right, Align::right, Align::left});
    for (const Row& row : rows) {
        std::string last = bar(static_cast<double>(row.total()) / static_cast<double>(most), kBar);
        if (texts.cut_texts > 0 && row.first <= texts.cut_at && texts.cut_at <= row.last)
            last += "  cut at " + format_count(texts.cut_at);
        table.add(
            {format_count(row.first) + (row.last > row.first ? "–" + format_count(row.last) : std::string()),
             format_count(row.total()), format_count(row.sides[0]), format_count(row.sides[1]),
             format_count(row.sides[2]), last});
    }
    out << "\n";
    table.print(out, "  ");
}

void print_words(Output& out, const TextSummary& texts) {
    constexpr std::size_t kMost = 12;
    out << "\n  vocabulary: " << format_count(texts.vocabulary) << " of the " << format_count(texts.words)
        << " words of the training texts; unknown of the tokens of";
    for (std::size_t side = 0; side < 3; ++side)
        if (texts.tokens[side] > 0)
            out << (side > 0 ? ", " : " ") << kSides[side] << " " << percent(1 - texts.known_share(side));
    out << "\n  commonest:";
    for (std::size_t i = 0; i < std::min(kMost, texts.commonest.size()); ++i)
        out << (i > 0 ? ", " : " ") << texts.commonest[i].first << " "
            << format_count(texts.commonest[i].second);
    out << "\n";
}

} // namespace

void print_data(Output& out, const Inspection& found, const std::string& task) {
    const auto& p = found.provenance;
    const auto texts = text_summary(p.data_report);
    out << out.bold(task) << "  " << p.data_source << "\n";
    out << "  " << format_count(p.train_examples) << " training, " << format_count(p.validation_examples)
        << " validation, " << format_count(p.test_examples) << " test examples\n";
    if (!p.classes.empty())
        out << "  always the commonest class: " << percent(p.majority_baseline)
            << " of the validation examples\n";
    if (has_speakers(found))
        out << "  speakers: " << format_count(found.speakers[0]) << " training, "
            << format_count(found.speakers[1]) << " validation, " << format_count(found.speakers[2])
            << " test\n";
    else if (texts)
        out << "  repeated texts: " << format_count(found.duplicates)
            << ", empty ones: " << format_count(texts->empty) << "\n";
    else
        out << "  " << format_count(found.duplicates) << " repeated lines, "
            << format_count(found.dropped_lines) << " lines of which nothing was left\n";
    if (!found.dropped_characters.empty()) {
        std::vector<std::string> words;
        for (const auto& [character, count] : found.dropped_characters)
            words.push_back("'" + one_line(character) + "' " + format_count(count) + "×");
        out << "  dropped characters: " << joined(words, ", ") << "\n";
    }
    out << "  data hash " << p.data_hash << "\n";
    if (!found.class_counts.empty()) {
        out << "\n";
        print_classes(out, found);
    }
    print_left_out(out, found);
    if (!texts) return;
    print_lengths(out, *texts);
    print_words(out, *texts);
}

json data_json(const Inspection& found) {
    json counts = json::object(), dropped = json::object();
    for (const auto& [name, count] : found.class_counts) counts[name] = count;
    for (const auto& [character, count] : found.dropped_characters) dropped[character] = count;
    json split = json::object(), left_out = json::array();
    for (std::size_t i = 0; i < std::min(found.split_counts.size(), found.class_counts.size()); ++i)
        split[found.class_counts[i].first] = by_side(found.split_counts[i]);
    for (const auto& [file, reason] : found.left_out)
        left_out.push_back({{"file", file}, {"reason", reason}});
    const auto texts = text_summary(found.provenance.data_report);
    return {{"class_counts", std::move(counts)},
            {"split_counts", std::move(split)},
            {"speakers", has_speakers(found) ? by_side(found.speakers) : json(nullptr)},
            {"left_out", std::move(left_out)},
            {"duplicates", found.duplicates},
            {"dropped_lines", found.dropped_lines},
            {"dropped_characters", std::move(dropped)},
            {"texts", texts ? json(descent::to_json(*texts)) : json(nullptr)}};
}

std::vector<std::size_t> chosen_samples(const Inspection& found, const SampleChoice& choice) {
    const auto& classes = found.provenance.classes;
    if (!choice.label.empty() && std::ranges::find(classes, choice.label) == classes.end()) {
        const auto near = nearest(choice.label, classes);
        throw InputError(
            "--class: no class '" + choice.label + "'" +
            (near ? "; did you mean '" + *near + "'?" : "; expected one of " + joined(classes, ", ")));
    }
    const std::string wanted = lower_case(choice.text);
    std::vector<std::size_t> taken(std::max<std::size_t>(classes.size(), 1)), chosen;
    for (std::size_t i = 0; i < found.samples.size(); ++i) {
        const DataSample& sample = found.samples[i];
        const auto label = static_cast<std::size_t>(sample.label);
        if (!choice.label.empty() && classes[label] != choice.label) continue;
        if (!wanted.empty() && lower_case(sample.text).find(wanted) == std::string::npos) continue;
        auto& so_far = taken[std::min(label, taken.size() - 1)];
        if (so_far == choice.of_each) continue;
        ++so_far;
        chosen.push_back(i);
    }
    std::ranges::stable_sort(chosen, {}, [&](std::size_t i) { return found.samples[i].label; });
    return chosen;
}

void print_samples(Output& out, const Inspection& found, const std::vector<std::size_t>& samples) {
    if (samples.empty()) return;
    const auto& classes = found.provenance.classes;
    const auto room = static_cast<std::size_t>(std::max(20, std::min(out.width(), 160) - 30));
    Table table({"class", "side", "example"});
    for (const auto i : samples) {
        const DataSample& sample = found.samples[i];
        std::string text = one_line(sample.text);
        if (display_width(text) > room) {
            std::size_t end = room;
            while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
            text = text.substr(0, end) + "…";
        }
        table.add({classes.empty() ? "" : classes[static_cast<std::size_t>(sample.label)],
                   kSides[static_cast<std::size_t>(sample.side)], std::move(text)});
    }
    out << "\n";
    table.print(out, "  ");
}

json samples_json(const Inspection& found, const std::vector<std::size_t>& samples) {
    const auto& classes = found.provenance.classes;
    json all = json::array();
    for (const auto i : samples) {
        const DataSample& sample = found.samples[i];
        all.push_back({{"class", classes.empty() ? json(nullptr)
                                                 : json(classes[static_cast<std::size_t>(sample.label)])},
                       {"side", kSides[static_cast<std::size_t>(sample.side)]},
                       {"text", sample.text}});
        if (!sample.file.empty()) all.back()["file"] = sample.file;
    }
    return all;
}

} // namespace descent::cli
