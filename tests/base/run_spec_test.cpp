#include "core/base/run_spec.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace descent {

namespace {

RunSpec example() {
    RunSpec spec;
    spec.task = {"names", {{{"source", std::string("/tmp/ä \"x\"")}}}};
    spec.model = {"gru", {{{"hidden", std::int64_t{128}}, {"one_hot", true}}}};
    spec.optimizer = {"sgd", {{{"lr", 0.1}}}};
    spec.regime = {"full-batch", {}};
    spec.budget.epochs = 100;
    spec.seed = UINT64_MAX;
    return spec;
}

} // namespace

TEST(RunSpec, RoundTripsThroughJson) {
    const RunSpec spec = example();
    EXPECT_EQ(spec_from_json(nlohmann::json::parse(to_json(spec).dump())), spec);
    RunSpec other = spec;
    other.budget = {std::nullopt, 5};
    EXPECT_EQ(spec_from_json(nlohmann::json::parse(to_json(other).dump())), other);
    EXPECT_NE(other, spec);
}

TEST(RunSpec, RefusesAnotherShape) {
    const nlohmann::json good = to_json(example());
    for (const auto& [name, value] : good.items()) {
        nlohmann::json bad = good;
        bad.erase(name);
        EXPECT_THROW(spec_from_json(bad), InputError) << name;
        for (const char* other : {"null", "[]", "\"x\"", "-1", "1.5", "{}"}) {
            bad[name] = nlohmann::json::parse(other);
            EXPECT_THROW(spec_from_json(bad), InputError) << name << " = " << other;
        }
    }
    for (const char* bad : {R"({"id":1,"params":{}})", R"({"id":"gru","params":[]})", R"({"id":"gru"})",
                            R"({"id":"gru","params":{"hidden":null}})"}) {
        nlohmann::json json = good;
        json["model"] = nlohmann::json::parse(bad);
        EXPECT_THROW(spec_from_json(json), InputError) << bad;
    }
    for (const char* bad : {R"({"epochs":1,"updates":2})", R"({"epochs":"1"})", R"({"epochs":1.5})"}) {
        nlohmann::json json = good;
        json["budget"] = nlohmann::json::parse(bad);
        EXPECT_THROW(spec_from_json(json), InputError) << bad;
    }
    EXPECT_THROW(spec_from_json(nlohmann::json()), InputError);
}

} // namespace descent
