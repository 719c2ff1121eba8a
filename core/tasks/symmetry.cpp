#include "core/engine/registry.h"
#include "core/tasks/drawn_data.h"

namespace descent {

namespace {

/// All 2^bits patterns as rows, the first bit the highest, and whether each reads the same backwards.
Examples patterns(std::int64_t bits, bool plus_minus) {
    const auto n = std::int64_t{1} << bits;
    Examples all{.inputs = at::empty({n, bits}, at::kFloat), .labels = at::empty({n}, at::kLong)};
    auto* out = all.inputs.data_ptr<float>();
    for (std::int64_t i = 0; i < n; ++i) {
        const auto bit = [&](std::int64_t k) { return (i >> (bits - 1 - k)) & 1; };
        bool mirrored = true;
        for (std::int64_t k = 0; k < bits; ++k) {
            mirrored = mirrored && bit(k) == bit(bits - 1 - k);
            *out++ = bit(k) ? 1.0F : plus_minus ? -1.0F : 0.0F;
        }
        all.labels.data_ptr<std::int64_t>()[i] = mirrored ? 1 : 0;
    }
    return all;
}

TaskData load(const ParamSet& p, const Loading&) {
    TaskData data;
    data.train = data.validation = patterns(p.integer("bits"), p.text("inputs") == "plus-minus");
    data.shape = {.features = {p.integer("bits")},
                  .classes = 2,
                  .outputs = 1,
                  .sides = {p.text("targets") == "plus-minus" ? -1.0 : 0.0, 1.0}};
    describe_drawn(data, p, {"other", "mirror"});
    return data;
}

} // namespace

TaskDefinition task_symmetry() {
    return {{.id = "symmetry",
             .title = "Mirror symmetry",
             .summary =
                 "Does a pattern of bits read the same backwards? All patterns, one output: Rumelhart, "
                 "Hinton and Williams 1986",
             .params = {integer("bits", 6,
                                "Length of a pattern; there are 2^bits, and training and validation "
                                "set are all of them")
                            .at_least(2)
                            .at_most(16),
                        choice("inputs", "zero-one", {"zero-one", "plus-minus"},
                               "What the net is given for a bit: 0 or 1, or −1 or 1"),
                        choice("targets", "zero-one", {"zero-one", "plus-minus"},
                               "What the output should be for a pattern that is none and one that is: 0 and "
                               "1, or −1 and 1, for an output that goes from −1 to 1")},
             // The setting of the paper.
             .deltas = {{"model", std::string("mlp")},
                        {"optimizer", std::string("sgd")},
                        {"regime", std::string("full-batch")},
                        {"model.hidden", std::int64_t{2}, "mlp"},
                        {"model.activation", std::string("sigmoid"), "mlp"},
                        {"model.output", std::string("sigmoid"), "mlp"},
                        {"model.init", std::string("uniform"), "mlp"},
                        {"model.init_scale", 0.3, "mlp"},
                        {"regime.loss", std::string("mse")},
                        {"regime.reduction", std::string("sum")}}},
            load};
}

} // namespace descent
