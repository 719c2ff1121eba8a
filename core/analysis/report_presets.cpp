#include "core/analysis/report_presets.h"

#include "core/base/embedded.h"
#include "core/base/format.h"
#include "core/base/spec_reader.h"

#include <algorithm>

namespace descent {

namespace {

const std::vector<std::string> kOwnKeys{"title", "source", "data", "note", "figure"};

ReportPreset read(const embedded::File& file) {
    const SpecReader reader{std::string(file.name)};
    const auto table = reader.parse(file.content);
    ReportPreset preset{.id = std::string(file.name.substr(0, file.name.rfind('.')))};
    preset.request = reader.read(table, kOwnKeys);
    for (const auto& [name, into] : {std::pair{"title", &preset.title},
                                     {"source", &preset.source},
                                     {"data", &preset.data},
                                     {"note", &preset.note}})
        if (const auto* node = table.get(name)) *into = reader.text(*node, name);
    if (const auto* figures = table.get("figure") ? table.get("figure")->as_array() : nullptr)
        for (const auto& node : *figures) {
            const auto& figure = *node.as_table();
            preset.figures.push_back(
                {reader.text(*figure.get("metric"), "metric"), figure.get("value")->value<double>().value()});
        }
    return preset;
}

/// "accuracy" of "test/accuracy".
std::string_view measure(std::string_view metric) {
    return metric.substr(metric.find('/') + 1);
}

std::string value_text(const ReportFigure& figure) {
    // As reported, in hundredths: no rounding to what one run tells.
    if (measure(figure.metric) != "loss") return format_number(100 * figure.value, 4) + "%";
    return format_number(figure.value, 4);
}

std::string words(std::string_view metric) {
    std::string text(metric);
    std::ranges::replace(text, '/', ' ');
    std::ranges::replace(text, '-', ' ');
    return text;
}

} // namespace

const std::vector<ReportPreset>& report_presets() {
    static const auto all = [] {
        std::vector<ReportPreset> read_all;
        for (const auto& file : embedded::presets()) read_all.push_back(read(file));
        std::ranges::sort(read_all, {}, &ReportPreset::id);
        return read_all;
    }();
    return all;
}

const ReportPreset& report_preset(std::string_view id) {
    std::vector<std::string> names;
    std::string list;
    for (const auto& preset : report_presets()) {
        if (preset.id == id) return preset;
        names.push_back(preset.id);
        list += (list.empty() ? "" : ", ") + preset.id;
    }
    const auto meant = nearest(id, names);
    throw InputError("no preset '" + std::string(id) + "'" +
                     (meant ? "; did you mean '" + *meant + "'?" : "; there are " + list));
}

std::vector<const ReportPreset*> presets_of(const RunRecord& run) {
    std::vector<const ReportPreset*> found;
    for (const auto& preset : report_presets())
        if (std::ranges::count(run.tags, preset.tag()) > 0) found.push_back(&preset);
    return found;
}

bool is_of(const Request& request, const ReportPreset& preset) {
    return request.task == preset.request.task && request.model == preset.request.model;
}

bool of_other_data(const RunSpec& spec) {
    const auto source = spec.task.params.values.find("source");
    if (source == spec.task.params.values.end()) return false;
    const auto* path = std::get_if<std::string>(&source->second);
    return path && path->empty();
}

std::string report_sentence(const ReportPreset& preset, bool other_data) {
    std::string text = preset.title +
                       (preset.source == "code" ? ", reached by published code on " : ", reported on ") +
                       preset.data + ": ";
    for (std::size_t i = 0; i < preset.figures.size(); ++i)
        text += (i == 0 ? "" : ", ") + words(preset.figures[i].metric) + " " + value_text(preset.figures[i]);
    if (other_data) text += "; this run learns built-in, synthetic texts: other data, not to be compared";
    return text;
}

std::vector<ReportLine> report_lines(std::span<const RunRecord> runs, std::string_view metric) {
    std::vector<std::pair<const ReportPreset*, bool>> presets;
    for (const auto& run : runs)
        for (const auto* preset : presets_of(run)) {
            const auto known = std::ranges::find(presets, preset, &decltype(presets)::value_type::first);
            const bool other = of_other_data(run.spec);
            if (known == presets.end())
                presets.emplace_back(preset, other);
            else
                known->second = known->second || other;
        }
    std::vector<ReportLine> lines;
    for (const auto& [preset, other] : presets)
        for (const auto& figure : preset->figures) {
            if (measure(figure.metric) != measure(metric)) continue;
            const auto side = figure.metric.substr(0, figure.metric.find('/'));
            lines.push_back({figure.value, (presets.size() > 1 ? preset->title : preset->source) + ": " +
                                               side + " " + value_text(figure) +
                                               (other ? " (other data)" : "")});
        }
    return lines;
}

ReportMarks report_marks(const ReportPreset& preset, const RunSpec& spec) {
    ReportMarks marks{{preset.tag()}, {report_sentence(preset, of_other_data(spec))}};
    if (!preset.note.empty()) marks.log.push_back(preset.note);
    return marks;
}

} // namespace descent
