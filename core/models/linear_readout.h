#pragma once

#include "core/models/model.h"

namespace descent {

/// Outputs that are linear in the weights: features(x)·Wᵀ with W [outputs × features], no bias, where a
/// subclass says what the features are. Those of a fixed set are computed once (prepare), so that full-batch
/// training is a product an update.
class LinearReadout : public Model {
public:
    /// Parameters "init" and "init_scale" of readout_params().
    LinearReadout(const ParamSet& params, const TaskShape& shape, std::int64_t features);

    std::vector<WeightSpec> weights() const override;
    Tensor logits(const Weights& weights, const Examples& examples) const override;
    /// In double.
    Tensor features(const Examples& examples) const override;
    std::vector<Examples> prepare(const Examples& set, std::int64_t chunk) const override;

protected:
    /// Features [n, count] of inputs [n, numbers], both of one type, float or double.
    virtual Tensor map(const Tensor& inputs) const = 0;
    /// Whether the inputs, flattened, are the features.
    virtual bool plain() const { return false; }

private:
    Tensor features_as(const Examples& examples, at::ScalarType type) const;

    WeightSpec readout_;
};

/// How a read-out begins.
ParamTable readout_params();

} // namespace descent
