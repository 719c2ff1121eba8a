// Losses, their gradients and answers against PyTorch: tests/reference/losses.py wrote the file.

#include "tests/engine/support.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <fstream>

namespace descent::test {

namespace {

using ::testing::HasSubstr;

Tensor numbers(const nlohmann::json& rows) {
    std::vector<double> flat;
    for (const auto& row : rows)
        for (const auto& value : row) flat.push_back(value.get<double>());
    return at::tensor(flat, at::kDouble).view({std::ssize(rows), -1});
}

ParamSet regime_of(const nlohmann::json& settings) {
    std::vector<std::pair<std::string, std::string>> all;
    for (const auto& [name, value] : settings.items())
        all.emplace_back("regime." + name, value.is_string() ? value.get<std::string>() : value.dump());
    return make_spec("elman", "sgd", "sgd", all).regime.params;
}

TaskShape shape_of(const nlohmann::json& shape) {
    TaskShape made{.classes = shape.at("classes"), .outputs = shape.at("outputs")};
    made.sides = {shape.at("sides").at(0), shape.at("sides").at(1)};
    return made;
}

std::string refusal(const TaskShape& shape, const nlohmann::json& regime) {
    try {
        LossFunction(regime_of(regime), shape, {});
    } catch (const InputError& e) {
        return e.what();
    }
    return "accepted";
}

} // namespace

TEST(Loss, AgreesWithPyTorch) {
    std::ifstream file(DESCENT_SOURCE_DIR "/tests/reference/golden/losses.json");
    const auto golden = nlohmann::json::parse(file);
    ASSERT_EQ(golden.size(), 38U);
    for (const auto& one : golden) {
        SCOPED_TRACE(one.at("name").get<std::string>());
        const auto shape = shape_of(one.at("shape"));
        Tensor weights, targets;
        if (!one.at("class_weights").is_null())
            weights = at::tensor(one.at("class_weights").get<std::vector<double>>(), at::kDouble);
        if (!one.at("targets").is_null()) targets = numbers(one.at("targets"));
        const LossFunction loss(regime_of(one.at("regime")), shape, weights);
        const auto outputs = numbers(one.at("outputs")).requires_grad_(true);
        const auto labels = at::tensor(one.at("labels").get<std::vector<std::int64_t>>(), at::kLong);
        const auto near = [](const Tensor& ours, const nlohmann::json& theirs) {
            const auto expected = at::tensor(theirs.get<std::vector<double>>(), at::kDouble);
            return ours.sizes() == expected.sizes() && at::allclose(ours, expected, 1e-12, 1e-12);
        };
        EXPECT_TRUE(near(loss.reported(outputs, labels, targets), one.at("reported")));
        const auto descended = loss.descended(outputs, labels, targets);
        EXPECT_TRUE(near(descended, one.at("descended")));
        EXPECT_EQ(loss.plain(), one.at("reported") == one.at("descended"));
        descended.sum().backward();
        EXPECT_TRUE(at::allclose(outputs.grad(), numbers(one.at("gradient")), 1e-12, 1e-12));
        const auto answers = loss.answers(outputs);
        ASSERT_EQ(answers.defined(), !one.at("answers").is_null());
        if (answers.defined()) {
            EXPECT_TRUE(
                answers.equal(at::tensor(one.at("answers").get<std::vector<std::int64_t>>(), at::kLong)));
        }
    }
}

TEST(Loss, ARegressionRefusesWhatNeedsClasses) {
    const TaskShape regression{.outputs = 1};
    EXPECT_EQ(refusal(regression, {{"loss", "mse"}}), "accepted");
    EXPECT_THAT(refusal(regression, {{"loss", "cross-entropy"}}), HasSubstr("expected mse"));
    EXPECT_THAT(refusal(regression, {{"loss", "mse"}, {"label_smoothing", 0.1}}),
                HasSubstr("regime.label_smoothing: this task has no classes"));
    EXPECT_THAT(refusal(regression, {{"loss", "mse"}, {"label_noise", 0.1}}),
                HasSubstr("regime.label_noise: this task has no classes"));
}

} // namespace descent::test
