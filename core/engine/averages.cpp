#include "core/engine/averages.h"

namespace descent {

Averages::Averages(const ParamSet& regime, const Tensor& like)
    : kind_(regime.text("averaging") == "ema"   ? Kind::ema
            : regime.text("averaging") == "swa" ? Kind::swa
                                                : Kind::none)
    , decay_(regime.real("ema_decay"))
    , from_(regime.real("swa_start")) {
    if (!wanted()) return;
    mean_ = at::zeros_like(like);
    count_ = at::zeros({1}, at::kLong);
}

std::int64_t Averages::count() const {
    return *count_.data_ptr<std::int64_t>();
}

void Averages::observe(const Tensor& weights, double share, bool epoch_ended) {
    if (!wanted() || (kind_ == Kind::swa && (!epoch_ended || share <= from_))) return;
    const auto n = count();
    if (n == 0)
        mean_.copy_(weights);
    else if (kind_ == Kind::ema)
        mean_.mul_(decay_).add_(weights, 1 - decay_);
    else
        mean_.add_((weights - mean_).div_(static_cast<double>(n + 1)));
    count_.add_(1);
}

std::vector<std::pair<std::string, Tensor>> Averages::state() {
    if (!wanted()) return {};
    return {{"mean", mean_}, {"count", count_}};
}

} // namespace descent
