#include "app/cli/data_texts.h"
#include "app/cli/data_report.h"
#include "app/cli/interrupt.h"
#include "app/cli/progress_line.h"
#include "app/cli/request_options.h"
#include "core/base/format.h"
#include "core/base/param.h"
#include "core/text/text_reader.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <optional>

namespace descent::cli {

namespace {

using json = nlohmann::ordered_json;

struct ShowOptions {
    RequestOptions request;
    std::optional<std::string> samples;
    SampleChoice choice;
    bool json = false;
};

int show(const ShowOptions& options) {
    Request request = options.request.request();
    SampleChoice choice = options.choice;
    if (options.samples)
        choice.of_each = static_cast<std::size_t>(whole_number("--samples", *options.samples, 0, 20'000));
    const InterruptWatch watch;
    Engine& engine = *unwrap(load_engine());
    make_paths_absolute(request, engine.catalog());
    const RunSpec spec = unwrap(engine.catalog().resolve(request));
    Output out;
    ProgressLine line(out, !options.json);
    const auto result = engine.inspect(
        spec, {.samples = true,
               .stop = watch.token(),
               .progress = [&](double share, const std::string& what) { line.show(share, what); }});
    line.erase();
    if (watch.requested()) return Exit::interrupted;
    const Inspection found = unwrap(result);
    const auto samples = chosen_samples(found, choice);
    if (options.json) {
        json report{{"task", spec.task.id},
                    {"source", found.provenance.data_source},
                    {"data_hash", found.provenance.data_hash},
                    {"train_examples", found.provenance.train_examples},
                    {"validation_examples", found.provenance.validation_examples},
                    {"test_examples", found.provenance.test_examples}};
        report.update(data_json(found));
        report["notes"] = found.notes;
        report["samples"] = samples_json(found, samples);
        out << dump(report, 2) << "\n";
    } else {
        print_data(out, found, spec.task.id);
        print_samples(out, found, samples);
        out << "\n";
        for (const auto& note : found.notes) out << "  note: " << note << "\n";
    }
    out.flush();
    return Exit::ok;
}

struct PreviewOptions {
    std::string place;
    TextLayout layout;
    std::string kind = "detect", header = "detect", encoding = "utf-8";
    std::optional<std::string> rows;
    bool json = false;
};

constexpr std::array kKinds{
    std::pair{"detect", TextLayout::Kind::detect}, std::pair{"table", TextLayout::Kind::table},
    std::pair{"folders", TextLayout::Kind::folders}, std::pair{"files", TextLayout::Kind::files},
    std::pair{"lines", TextLayout::Kind::lines}};
constexpr std::array kHeaders{std::pair{"detect", TextLayout::Header::detect},
                              std::pair{"yes", TextLayout::Header::yes},
                              std::pair{"no", TextLayout::Header::no}};
constexpr std::array kEncodings{std::pair{"utf-8", false}, std::pair{"latin-1", true}};

auto chosen(const char* option, const std::string& word, const auto& choices) {
    std::vector<std::string> names;
    for (const auto& [name, value] : choices) {
        if (word == name) return value;
        names.emplace_back(name);
    }
    const auto near = nearest(word, names);
    throw InputError(std::string(option) + ": no choice '" + word + "'" +
                     (near ? "; did you mean '" + *near + "'?" : "; expected one of " + joined(names, ", ")));
}

std::string cell(const std::string& text) {
    constexpr std::size_t kWidth = 60;
    std::string line = one_line(text);
    if (line.size() <= kWidth) return line;
    std::size_t end = kWidth;
    while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0) == 0x80) --end;
    return line.substr(0, end) + "…";
}

void print_preview(Output& out, const TextPreview& preview, const std::string& place) {
    out << in_words(preview.layout) << "\n\n";
    if (!preview.columns.empty()) {
        Table table(preview.columns);
        for (const auto& row : preview.rows) {
            std::vector<std::string> cells;
            for (const auto& field : row) cells.push_back(cell(field));
            table.add(std::move(cells));
        }
        table.print(out, "  ");
        out << "\nread as\n";
    }
    Table table({"label", "text"});
    for (const auto& text : preview.texts) table.add({text.label, cell(text.text)});
    table.print(out, "  ");
    const auto& layout = preview.layout;
    std::string hint = "descent data --task text --set " + shell_quoted("task.source=" + place);
    if (layout.kind == TextLayout::Kind::table)
        hint += " --set " + shell_quoted("task.label_column=" + layout.label_column) + " --set " +
                shell_quoted("task.text_columns=" + layout.text_columns);
    out << "\n" << out.faint("use it: " + hint) << "\n";
}

int preview(PreviewOptions options) {
    if (options.place.empty()) throw InputError("data preview: expected a file or folder of labelled texts");
    options.layout.kind = chosen("--layout", options.kind, kKinds);
    options.layout.header = chosen("--header", options.header, kHeaders);
    options.layout.latin1 = chosen("--encoding", options.encoding, kEncodings);
    const auto rows = options.rows ? whole_number("--rows", *options.rows, 1, 1000) : 5;
    const auto found =
        preview_texts(text_sources(options.place).train, options.layout, static_cast<std::size_t>(rows));
    Output out;
    if (options.json) {
        json texts = json::array();
        for (const auto& text : found.texts)
            texts.push_back(
                {{"label", text.label}, {"text", text.text}, {"file", text.file}, {"line", text.line}});
        const auto& layout = found.layout;
        json report{{"read_as", in_words(layout)}};
        if (layout.kind == TextLayout::Kind::table)
            report.update(json{{"delimiter", layout.delimiter},
                               {"header", layout.header == TextLayout::Header::yes},
                               {"label_column", layout.label_column},
                               {"text_columns", layout.text_columns},
                               {"columns", found.columns},
                               {"rows", found.rows}});
        report["texts"] = std::move(texts);
        out << dump(report, 2) << "\n";
    } else {
        print_preview(out, found, options.place);
    }
    out.flush();
    return Exit::ok;
}

} // namespace

Action add_show_options(CLI::App& data) {
    auto options = std::make_shared<ShowOptions>();
    options->request.add_to(data);
    data.add_option("--samples", options->samples, "Examples of each class to show (2)")->type_name("N");
    data.add_option("--class", options->choice.label, "Only examples of this class")->type_name("NAME");
    data.add_option("--find", options->choice.text, "Only examples with this in them, in any case")
        ->type_name("TEXT");
    data.add_flag("--json", options->json, "As JSON");
    return [options] { return show(*options); };
}

void add_preview_command(CLI::App& data, Action& action) {
    auto* command = data.add_subcommand(
        "preview", "The first rows of labelled texts, and how they would be read, before anything is");
    auto options = std::make_shared<PreviewOptions>();
    command->add_option("place", options->place, "A table (CSV, TSV), LABEL text lines, or a folder")
        ->type_name("FILE");
    command->add_option("--layout", options->kind, "detect, table, folders, files or lines")
        ->type_name("KIND");
    command->add_option("--delimiter", options->layout.delimiter, "Of a table: a character, or tab")
        ->type_name("C");
    command
        ->add_option("--header", options->header, "Whether the first row names the columns: detect, yes, no")
        ->type_name("WORD");
    command->add_option("--label-column", options->layout.label_column, "By name, or number from 1")
        ->type_name("COLUMN");
    command->add_option("--text-columns", options->layout.text_columns, "Likewise, several by commas: joined")
        ->type_name("COLUMNS");
    command->add_option("--encoding", options->encoding, "utf-8 or latin-1")->type_name("NAME");
    command->add_option("--rows", options->rows, "How many (5)")->type_name("N");
    command->add_flag("--json", options->json, "As JSON");
    command->footer(
        "Example:\n  descent data preview reviews.csv --label-column stars --text-columns title,body");
    command->callback([options, &action] { action = [options] { return preview(*options); }; });
}

} // namespace descent::cli
