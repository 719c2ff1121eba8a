#pragma once

#include "core/base/catalog.h"

namespace descent::testing {

/// A catalog made by hand, so that the golden keys depend on nothing that the real one may change.
inline Catalog small_catalog() {
    Catalog catalog;
    catalog.tasks = {
        {"names",
         "Names",
         "Which language is a surname from?",
         {path("source", "", "Folder"), choice("split", "stratified", {"stratified", "legacy"}, "Split"),
          real("validation_share", 0.15, "Share").above(0).below(1)},
         {{"model", std::string("gru")}, {"optimizer.lr", 0.25, "sgd"}, {"epochs", std::int64_t{15}}}},
        {"symmetry", "Symmetry", "Is a word symmetric?", {integer("length", 8, "Length").at_least(2)}},
    };
    catalog.models = {
        {"mlp", "MLP", "Layers", {integer("hidden", 32, "Width").at_least(1)}, {}, {}, {"symmetry"}},
        {"gru",
         "GRU",
         "Gated",
         {integer("hidden", 128, "Width").at_least(1).at_most(4096), flag("one_hot", true, "Input")},
         {{"optimizer.lr", 0.4, "sgd"}, {"optimizer", std::string("sgd")}}},
        {"lstm", "LSTM", "Gated", {integer("hidden", 128, "Width").at_least(1)}},
    };
    catalog.optimizers = {
        {"adam", "Adam", "Adaptive", {real("lr", 0.001, "Step size").above(0).log()}},
        {"sgd",
         "SGD",
         "Descent",
         {real("lr", 0.1, "Step size").above(0).log(), real("momentum", 0, "Momentum").at_least(0).below(1)},
         {},
         "x ← x − ηg"},
    };
    catalog.regime_params = {
        choice("order", "shuffled", {"shuffled", "fixed", "replacement"}, "Order"),
        integer("batch", 1, "Examples an update, 0 for all").at_least(0),
        real("clip", 0, "Largest gradient norm, 0 for none").at_least(0),
    };
    catalog.regimes = {
        {"sgd", "SGD", "One example a step"},
        {"full-batch",
         "Full batch",
         "All",
         {},
         {{"regime.batch", std::int64_t{0}}, {"epochs", std::int64_t{100}}}},
        {"legacy-names",
         "Legacy",
         "The source's",
         {},
         {{"task.split", std::string("legacy"), "names"},
          {"model", std::string("lstm")},
          {"optimizer", std::string("sgd")},
          {"optimizer.momentum", 0.5},
          {"regime.batch", std::int64_t{0}},
          {"regime.clip", std::int64_t{200}}},
         {},
         {"names"}},
    };
    return catalog;
}

} // namespace descent::testing
