#include "core/engine/registry.h"

namespace descent {

RegimeDefinition regime_least_squares() {
    return {{.id = "least-squares",
             .title = "Least squares",
             .summary = "The exact solution in one update, in double: what full-batch descent goes to, for "
                        "models linear in their weights",
             .deltas = {{"model", std::string("random-features")},
                        {"optimizer", std::string("least-squares")},
                        {"epochs", std::int64_t{1}},
                        {"regime.batch_size", std::int64_t{0}},
                        {"regime.loss", std::string("mse")},
                        {"regime.precision", std::string("float64")}},
             .tasks = {"gaussian-mixture", "teacher", "symmetry", "kws-binary", "kws-3"}}};
}

} // namespace descent
