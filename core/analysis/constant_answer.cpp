#include "core/analysis/constant_answer.h"

#include "core/base/format.h"

#include <cmath>

namespace descent {

namespace {

constexpr int kSeveral = 3;        // evaluations in a row, the one before training left out
constexpr double kLong = 0.1;      // of the run: full-batch descent often stands there a while
constexpr double kNear = 0.01;     // of the loss, relative
constexpr double kNoBetter = 0.01; // of accuracy, over that of the commonest class

/// Of the classes' shares among the examples, nats; and the largest share.
std::pair<double, double> shares(const Confusion& of) {
    double entropy = 0, largest = 0;
    const auto all = static_cast<double>(of.total());
    for (std::int64_t c = 0; c < of.classes; ++c) {
        const double p = static_cast<double>(of.examples(c)) / all;
        if (p > 0) entropy -= p * std::log(p);
        largest = std::max(largest, p);
    }
    return {entropy, largest};
}

} // namespace

ConstantAnswer::ConstantAnswer(std::vector<std::string> classes, bool in_nats)
    : classes_(std::move(classes))
    , in_nats_(in_nats) {}

std::optional<std::string> ConstantAnswer::observe(double loss, const Confusion& answers, double done) {
    if (classes_.size() < 2 || answers.total() == 0) return std::nullopt;
    const bool last = done >= 1;
    if (evaluations_++ == 0 && !last) return std::nullopt; // a network that has not been trained yet
    const auto [entropy, largest] = shares(answers);
    if (largest == 1) return std::nullopt; // nothing else to answer
    const auto only = answers.only_answer();
    const double uniform = std::log(static_cast<double>(classes_.size()));
    const auto near = [&](double value) { return in_nats_ && std::abs(loss - value) <= kNear * value; };
    const bool at_uniform = near(uniform), at_shares = near(entropy);
    const bool learnt_nothing = (at_uniform || at_shares) && answers.accuracy() <= largest + kNoBetter;
    if (only < 0 && !learnt_nothing) {
        in_a_row_ = 0;
        said_ = false;
        return std::nullopt;
    }
    if (in_a_row_++ == 0) since_ = done;
    if (said_ || (!last && (in_a_row_ < kSeveral || done - since_ < kLong))) return std::nullopt;
    said_ = true;
    const std::string one =
        only >= 0 ? "the network answers one class (" + classes_[static_cast<std::size_t>(only)] + ")"
                  : "the network has learnt no more than the classes' shares";
    if (at_uniform)
        return "loss stands at " + format_number(loss) + ", ln " + std::to_string(classes_.size()) + ": " +
               one;
    if (at_shares)
        return "loss stands at " + format_number(loss) + ", the entropy of the classes' shares: " + one;
    return one + " for every training example";
}

} // namespace descent
