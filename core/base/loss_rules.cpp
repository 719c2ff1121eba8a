#include "core/base/loss_rules.h"

#include "core/base/format.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace descent {

namespace {

/// A text parameter, or "" where there is none: catalogs and models without it have nothing to be checked.
std::string text_of(const Part& part, std::string_view name) {
    const auto found = part.params.values.find(name);
    const auto* text = found == part.params.values.end() ? nullptr : std::get_if<std::string>(&found->second);
    return text ? *text : std::string();
}

template<std::size_t N>
bool among(const std::array<std::string_view, N>& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

constexpr std::array<std::string_view, 4> kOfLogits{"cross-entropy", "focal", "multi-margin", "poisson-nll"};
constexpr std::array<std::string_view, 3> kOfNumbers{"mse", "l1", "huber"};
constexpr std::array<std::string_view, 2> kNotSmoothed{"focal", "multi-margin"};
constexpr std::array<std::string_view, 4> kOfProbabilities{"softmax", "log-softmax", "sigmoid",
                                                           "hard-sigmoid"};
constexpr std::array<std::string_view, 4> kBounded{"tanh", "hard-tanh", "threshold", "silu"};

std::string on_probabilities(const std::string& loss, const std::string& output) {
    const std::string what = "regime.loss = " + loss, given = "model.output = " + output;
    if (loss == "multi-margin")
        return what + " wants scores that can differ by the margin, and " + given +
               " holds them together; give it model.output = identity";
    if (loss == "poisson-nll")
        return what + " takes the exponential of its outputs itself, which " + given +
               " bounds; give it model.output = identity";
    if (output == "log-softmax")
        return what + " applies log-softmax itself, and " + given +
               " has done so already; give it model.output = identity, or regime.loss = nll";
    return what + " applies softmax itself, and " + given +
           " has made probabilities already, so that the loss stays high and gradients faint; give it "
           "model.output = identity";
}

} // namespace

bool compares_outputs(const std::string& loss) {
    return among(kOfNumbers, loss);
}

std::optional<std::string> loss_refusal(const RunSpec& spec) {
    const auto loss = text_of(spec.regime, "loss"), output = text_of(spec.model, "output");
    if (among(kOfLogits, loss) && among(kOfProbabilities, output)) return on_probabilities(loss, output);
    if (loss == "nll" && output != "log-softmax")
        return "regime.loss = nll expects logarithms of probabilities, and " +
               (output.empty()
                    ? "model '" + spec.model.id + "' answers with logits"
                    : "model.output = " + output + " gives none; give it model.output = log-softmax") +
               "; cross-entropy is the same on logits";
    if (among(kOfNumbers, loss) && output == "log-softmax")
        return "regime.loss = " + loss +
               " compares outputs with 0 and 1, and logarithms of probabilities are never above 0; give it "
               "model.output = softmax or identity";
    const auto smoothing = spec.regime.params.values.find("label_smoothing");
    if (among(kNotSmoothed, loss) && smoothing != spec.regime.params.values.end())
        if (const auto* share = std::get_if<double>(&smoothing->second); share && *share > 0)
            return "regime.label_smoothing: " + loss + " is defined for labels of one class; expected 0";
    return std::nullopt;
}

std::optional<std::string> loss_note(const RunSpec& spec, std::int64_t classes) {
    const auto loss = text_of(spec.regime, "loss"), output = text_of(spec.model, "output");
    if (among(kOfLogits, loss) && among(kBounded, output) && output != "silu")
        return loss + " on outputs that " + output + " bounds cannot fall to 0; identity does not bound them";
    if (loss == "l1" && classes > 2)
        return "l1 is least at the median of labels of 0 and 1, which is 0 for a class less likely than a "
               "half: it "
               "often answers 0 for all; huber and mse do not";
    constexpr std::int64_t many = 4; // from where one output among many zeros has little say
    if (compares_outputs(loss) && classes >= many && !among(kOfProbabilities, output))
        return loss + " on the outputs of " + format_count(classes) +
               " classes pulls each wrong one to 0 as hard as the right one to 1; cross-entropy mostly "
               "learns "
               "faster";
    return std::nullopt;
}

} // namespace descent
