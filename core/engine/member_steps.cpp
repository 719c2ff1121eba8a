#include "core/engine/member_steps.h"

#include "core/base/schedule.h"
#include "core/engine/member_layout.h"
#include "core/engine/registry.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

namespace descent {

namespace {

constexpr double kEps = 1e-6; // as in clip.cpp

/// What it does to a weight depends on the shape, so that padding would change it.
bool goes_by_shape(const std::string& optimizer) {
    return optimizer == "muon";
}

/// For rules that ask no loss.
class NoObjective : public Objective {
public:
    double evaluate() override {
        throw std::logic_error("an optimizer of several networks cannot ask one's loss");
    }
};

bool schedule_is_constant(const ParamSet& regime) {
    return regime.text("schedule") == "constant" && regime.integer("warmup") == 0;
}

} // namespace

std::string step_key(const RunSpec& spec) {
    std::string key = spec.optimizer.id;
    const auto add = [&](const Value& value) { key.append(";").append(to_string(value)); };
    for (const auto& [name, value] : spec.optimizer.params.values) add(value);
    const auto& regime = spec.regime.params;
    if (!schedule_is_constant(regime)) {
        for (const auto& param : schedule_params()) add(regime.values.at(param.name));
        add(spec.budget.epochs ? *spec.budget.epochs : -*spec.budget.updates);
    }
    // The width makes the shapes; and what goes by its own losses has step sizes of its own.
    if (goes_by_shape(spec.optimizer.id))
        for (const auto& [name, value] : spec.model.params.values) add(value);
    if (regime.text("schedule") == "plateau") key.append("#").append(registry().catalog.key(spec));
    return key;
}

MemberClips::MemberClips(const EnsembleProblem& problem) {
    const auto begins = offsets(problem.layout);
    for (std::size_t i = 0; i < begins.size(); ++i)
        weights_.emplace_back(begins[i], c10::multiply_integers(problem.layout.weights[i].shape));
    std::vector<double> values;
    bool any_value = false;
    for (const auto* spec : problem.specs) {
        const auto& regime = spec->regime.params;
        const Bounds b{regime.real("clip_value"), regime.real("clip_layer"), regime.real("clip_norm")};
        any_ = any_ || b.value > 0 || b.layer > 0 || b.whole > 0;
        any_layer_ = any_layer_ || b.layer > 0;
        any_value = any_value || b.value > 0;
        values.push_back(b.value > 0 ? b.value : std::numeric_limits<double>::infinity());
        bounds_.push_back(b);
    }
    if (any_value) values_ = at::tensor(values, at::kDouble).unsqueeze(1);
}

void MemberClips::keep(const std::vector<std::int64_t>& members) {
    bounds_ = kept(bounds_, members);
    if (values_.defined()) values_ = values_.index_select(0, at::tensor(members, at::kLong));
}

std::vector<double> MemberClips::clip(Tensor& gradient, const std::vector<double>& norms) const {
    if (!any_) return norms;
    const at::NoGradGuard no_grad;
    const auto factors = [&](const std::vector<double>& of, double Bounds::*bound) {
        std::vector<double> all(of.size(), 1.0);
        for (std::size_t k = 0; k < of.size(); ++k)
            if (const double most = bounds_[k].*bound; most > 0 && std::isfinite(norms[k]) && of[k] > most)
                all[k] = most / (of[k] + kEps);
        return all;
    };
    const auto shrink = [&](Tensor part, const std::vector<double>& by) {
        if (std::ranges::any_of(by, [](double factor) { return factor != 1; }))
            part.mul_(at::tensor(by, at::kDouble).to(part.scalar_type()).unsqueeze(1));
    };
    auto after = norms;
    if (values_.defined()) {
        const auto most = values_.to(gradient.scalar_type());
        at::minimum_out(gradient, gradient, most);
        at::maximum_out(gradient, gradient, most.neg());
    }
    if (any_layer_)
        for (const auto& [begin, size] : weights_) {
            auto part = gradient.narrow(1, begin, size);
            shrink(part, factors(row_norms(part), &Bounds::layer));
        }
    if (values_.defined() || any_layer_) after = row_norms(gradient);
    const auto whole = factors(after, &Bounds::whole);
    shrink(gradient, whole);
    for (std::size_t k = 0; k < after.size(); ++k) after[k] *= whole[k];
    return after;
}

/// Members `begin` … `begin` + `count` − 1 and the optimizer of all of them.
struct MemberSteps::Slice {
    std::int64_t begin = 0, count = 0;
    Part rule;  ///< which optimizer
    Tensor own; ///< int64 [own P]: the places it works on; undefined where on all
    std::vector<std::vector<std::int64_t>> shapes;
    Tensor like;
    std::unique_ptr<Optimizer> optimizer;

    void make() { optimizer = registry().optimizer(rule.id).make(rule.params, {like, shapes}); }

    /// A view, or a copy of the places that it works on.
    Tensor rows(const Tensor& of) const {
        const auto some = of.narrow(0, begin, count);
        return own.defined() ? some.index_select(1, own) : some;
    }
    void put_back(const Tensor& from, const Tensor& into) const {
        if (own.defined()) into.narrow(0, begin, count).index_copy_(1, own, from);
    }
};

MemberSteps::MemberSteps(const EnsembleProblem& problem, const Tensor& like) {
    std::string key;
    for (std::int64_t k = 0; k < problem.layout.members; ++k) {
        const auto& spec = *problem.specs[static_cast<std::size_t>(k)];
        auto own_key = step_key(spec);
        if (k > 0 && own_key == key) {
            ++slices_.back()->count;
            continue;
        }
        key = std::move(own_key);
        auto slice = std::make_unique<Slice>();
        slice->begin = k;
        slice->count = 1;
        slice->rule = spec.optimizer;
        const bool by_shape = goes_by_shape(spec.optimizer.id);
        if (by_shape) slice->own = own_places(problem.layout, k);
        for (std::size_t i = 0; i < problem.layout.weights.size(); ++i)
            slice->shapes.push_back(by_shape ? problem.layout.own[static_cast<std::size_t>(k)][i]
                                             : problem.layout.weights[i].shape);
        slices_.push_back(std::move(slice));
    }
    for (auto& slice : slices_) {
        slice->like = slice->rows(like);
        slice->make();
    }
}

MemberSteps::~MemberSteps() = default;

void MemberSteps::step(Tensor& weights, Tensor& gradient, const std::vector<double>& lr,
                       const std::vector<char>& taken) {
    NoObjective none;
    for (auto& slice : slices_) {
        const auto first = static_cast<std::size_t>(slice->begin);
        const auto of_slice = std::span(taken).subspan(first, static_cast<std::size_t>(slice->count));
        if (std::ranges::none_of(of_slice, [](char is) { return is != 0; })) continue;
        auto x = slice->rows(weights), g = slice->rows(gradient);
        slice->optimizer->step({x, g, lr[first], 0, none});
        slice->put_back(x, weights);
    }
}

void MemberSteps::keep(const std::vector<std::int64_t>& members) {
    std::vector<std::unique_ptr<Slice>> left;
    std::int64_t begin = 0;
    auto next = members.begin();
    for (auto& slice : slices_) {
        std::vector<std::int64_t> rows; // of the slice
        for (; next != members.end() && *next < slice->begin + slice->count; ++next)
            rows.push_back(*next - slice->begin);
        if (rows.empty()) continue;
        if (std::ssize(rows) < slice->count) {
            const auto index = at::tensor(rows, at::kLong);
            const auto before = slice->optimizer->state();
            const auto old = slice->like;
            const auto old_optimizer = std::move(slice->optimizer);
            slice->like = old.index_select(0, index);
            // Members innermost stay so.
            if (old.stride(0) < old.stride(1)) slice->like = slice->like.t().contiguous().t();
            slice->make();
            const auto after = slice->optimizer->state();
            for (std::size_t i = 0; i < after.size(); ++i)
                after[i].second.copy_(before[i].second.sizes() == old.sizes()
                                          ? before[i].second.index_select(0, index)
                                          : before[i].second);
        }
        slice->begin = begin;
        slice->count = std::ssize(rows);
        begin += slice->count;
        left.push_back(std::move(slice));
    }
    slices_ = std::move(left);
}

} // namespace descent
