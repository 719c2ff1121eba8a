#include "app/studio/export_options.h"

#include "core/base/param.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <map>
#include <string_view>

namespace descent::studio {

const char* const kExportHelp =
    "Draws a chart without a display:\n"
    "  descent-studio --export WHAT --run RUN [--run RUN …] --out FILE.svg|.pdf|.png [OPTION …]\n"
    "  WHAT                a plot (loss, accuracy, gradient, fa-fr, …) or a metric (validation/loss)\n"
    "  --run RUN           name, UUID, or unique beginning of either; again for more, or joined by commas\n"
    "  --out FILE          what it ends in says the kind; the runs are named in its metadata\n"
    "  --metric METRIC     which of the plot's metrics (its first validation metric where there are several "
    "runs)\n"
    "  --x AXIS            epoch, update, seconds, examples or share; epoch if not given, update where\n"
    "                      the runs know no epochs\n"
    "  --log-x, --log-y, --linear-y\n"
    "  --group-by FIELD    runs alike in it become one curve: regime, optimizer.lr, replicates, or several "
    "by commas\n"
    "  --centre KIND       mean or median of a group\n"
    "  --band KIND         none, sd, se, bootstrap, range or quantiles of a group; sd if not given\n"
    "  --smooth KIND:N     ema:0.9, time-ema:5, gaussian:2 or running:9; what was smoothed stays, faint\n"
    "  --scale KIND        of fa-fr: linear, log, det or roc\n"
    "  --set SET           of roc (one run): validation or test; validation if not given\n"
    "  --class CLASS       of roc: whose threshold, recall and precision are shown\n"
    "  --width MM, --height MM, --dpi N (of a PNG), --font PT, --no-title, --dark\n"
    "  --csv FILE          the numbers as drawn, a row a point; bands and what was smoothed are curves of "
    "their own\n"
    "  --full-csv FILE     every sample behind them\n"
    "  --store FILE        another store\n"
    "A sweep:\n"
    "  descent-studio --export sweep --sweep SWEEP [--view curve|heat] --out FILE [OPTION …]\n"
    "  --sweep SWEEP       name, UUID, or unique beginning of either\n"
    "  --view KIND         curve (test and train error over an axis; if not given) or heat (over training "
    "too)\n"
    "  --metric METRIC     of a curve error, loss, …; of a heat map validation/error, …\n"
    "  --axis AXIS         of a curve: a varied parameter, weights, or weights-per-example\n"
    "  --at UPDATE         of a curve: a moment of training instead of the end\n"
    "  --centre, --band    median and bootstrap if not given";

namespace {

using Texts = std::vector<std::string_view>;

std::string joined(const Texts& words) {
    std::string all;
    for (std::size_t i = 0; i < words.size(); ++i)
        all += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + std::string(words[i]);
    return all;
}

/// The one of `values` that is called so.
template<class T>
T named(std::string_view option, std::string_view word, std::initializer_list<T> values,
        const std::function<std::string_view(T)>& name) {
    Texts names;
    for (const T value : values) {
        names.push_back(name(value));
        if (names.back() == word) return value;
    }
    throw InputError(std::string(option) + ": '" + std::string(word) + "' is none of " + joined(names));
}

double number(std::string_view option, std::string_view word, double low, double high) {
    double value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc() || end != word.data() + word.size() || !(value >= low && value <= high)) {
        const auto text = [](double v) { return to_string(Value(v)); };
        throw InputError(std::string(option) + ": '" + std::string(word) + "' is no number from " +
                         text(low) + " to " + text(high));
    }
    return value;
}

std::string_view axisWord(XAxis axis) {
    static constexpr std::array<std::string_view, 5> words{"update", "epoch", "seconds", "examples", "share"};
    return words[std::size_t(axis)];
}
std::string_view scaleWord(ui::DetectionScale scale) {
    static constexpr std::array<std::string_view, 4> words{"linear", "log", "det", "roc"};
    return words[std::size_t(scale)];
}

SmoothingSpec smoothing(std::string_view word) {
    const auto colon = word.find(':');
    const auto kind = named<Smoothing>(
        "--smooth", word.substr(0, colon),
        {Smoothing::none, Smoothing::ema, Smoothing::time_ema, Smoothing::gaussian, Smoothing::running},
        [](Smoothing s) { return to_string(s); });
    if (kind == Smoothing::none) return {};
    if (colon == std::string_view::npos)
        throw InputError("--smooth: how much is missing, as in " + std::string(word) + ":0.9");
    return {kind, number("--smooth", word.substr(colon + 1), 0, 1e12)};
}

QString file(std::string_view name) {
    return QString::fromLocal8Bit(name.data(), qsizetype(name.size()));
}

} // namespace

bool wants_export(int argc, const char* const* argv) {
    return std::any_of(argv + 1, argv + argc, [](std::string_view word) {
        return word == "--export" || word.starts_with("--export=");
    });
}

ExportOptions parse_export(int argc, const char* const* argv) {
    ExportOptions all;
    using Take = std::function<void(std::string_view)>;
    const std::map<std::string_view, Take> with_value{
        {"--export", [&](auto v) { all.what = v; }},
        {"--run",
         [&](auto v) {
             while (!v.empty()) {
                 const auto comma = std::min(v.find(','), v.size());
                 if (comma > 0) all.runs.emplace_back(v.substr(0, comma));
                 v.remove_prefix(std::min(comma + 1, v.size()));
             }
         }},
        {"--store", [&](auto v) { all.store = v; }},
        {"--out", [&](auto v) { all.out = file(v); }},
        {"--csv", [&](auto v) { all.csv = file(v); }},
        {"--full-csv", [&](auto v) { all.full_csv = file(v); }},
        {"--metric", [&](auto v) { all.metric = v; }},
        {"--width", [&](auto v) { all.format.size_mm.setWidth(number("--width", v, 10, 2000)); }},
        {"--height", [&](auto v) { all.format.size_mm.setHeight(number("--height", v, 10, 2000)); }},
        {"--dpi", [&](auto v) { all.format.dpi = int(number("--dpi", v, 30, 2400)); }},
        {"--font", [&](auto v) { all.format.font_pt = number("--font", v, 3, 72); }},
        {"--x",
         [&](auto v) {
             all.axis_said = true;
             all.axis = named<XAxis>(
                 "--x", v, {XAxis::epoch, XAxis::update, XAxis::seconds, XAxis::examples, XAxis::share},
                 axisWord);
         }},
        {"--group-by", [&](auto v) { all.group_by = QString::fromUtf8(v.data(), qsizetype(v.size())); }},
        {"--sweep", [&](auto v) { all.sweep = v; }},
        {"--view",
         [&](auto v) {
             all.heat = named<bool>("--view", v, {false, true},
                                    [](bool heat) { return std::string_view(heat ? "heat" : "curve"); });
         }},
        {"--axis", [&](auto v) { all.sweep_axis = v; }},
        {"--at", [&](auto v) { all.at = Update{std::int64_t(number("--at", v, 0, 1e15))}; }},
        {"--centre",
         [&](auto v) {
             all.centre_said = true;
             all.centre = named<Centre>("--centre", v, {Centre::mean, Centre::median},
                                        [](Centre c) { return to_string(c); });
         }},
        {"--band",
         [&](auto v) {
             all.spread = named<Spread>("--band", v,
                                        {Spread::none, Spread::deviation, Spread::error, Spread::bootstrap,
                                         Spread::range, Spread::quantiles},
                                        [](Spread s) { return to_string(s); });
         }},
        {"--smooth", [&](auto v) { all.smoothing = smoothing(v); }},
        {"--set",
         [&](auto v) {
             all.set = named<std::string_view>("--set", v, {"validation", "test"},
                                               [](std::string_view set) { return set; });
         }},
        {"--class", [&](auto v) { all.chosen_class = v; }},
        {"--scale",
         [&](auto v) {
             all.scale = named<ui::DetectionScale>("--scale", v,
                                                   {ui::DetectionScale::linear, ui::DetectionScale::log,
                                                    ui::DetectionScale::det, ui::DetectionScale::roc},
                                                   scaleWord);
         }},
    };
    const std::map<std::string_view, std::function<void()>> alone{
        {"--log-x", [&] { all.log_x = true; }},        {"--log-y", [&] { all.log_y = true; }},
        {"--linear-y", [&] { all.log_y = false; }},    {"--no-title", [&] { all.format.title = false; }},
        {"--dark", [&] { all.format.light = false; }},
    };
    for (int i = 1; i < argc; ++i) {
        const std::string_view word = argv[i], option = word.substr(0, word.find('='));
        if (const auto it = alone.find(word); it != alone.end()) {
            it->second();
            continue;
        }
        const auto it = with_value.find(option);
        if (it == with_value.end())
            throw InputError("unknown option '" + std::string(word) + "'; see descent-studio --help");
        if (option.size() < word.size())
            it->second(word.substr(option.size() + 1));
        else if (++i < argc)
            it->second(argv[i]);
        else
            throw InputError(std::string(option) + ": its value is missing");
    }
    if (all.what.empty()) throw InputError("--export: a plot or a metric is missing");
    if (all.what == "sweep" && all.sweep.empty()) throw InputError("--sweep SWEEP is missing: which sweep?");
    if (all.what == "sweep" && !all.full_csv.isEmpty())
        throw InputError("--full-csv: what a sweep's chart is drawn from is all in --csv");
    if (all.what != "sweep" && all.runs.empty()) throw InputError("--run RUN is missing: which run?");
    if (all.what != "roc" && !(all.set.empty() && all.chosen_class.empty()))
        throw InputError(std::string(all.set.empty() ? "--class" : "--set") + ": goes with --export roc");
    if (all.out.isEmpty()) throw InputError("--out FILE is missing: FILE.svg, FILE.pdf or FILE.png");
    all.format.kind = unwrap(ui::figureKind(all.out));
    return all;
}

} // namespace descent::studio
