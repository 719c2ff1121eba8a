// Losses, their gradients and answers against PyTorch: tests/reference/losses.py wrote the file.

#include "core/base/loss_rules.h"
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
    // What goes with the loss on a model of such outputs; the shape is the test's.
    if (settings.value("loss", "") == "nll") all.emplace_back("model.output", "log-softmax");
    all.emplace_back("task", "gaussian-mixture");
    return make_spec("mlp", "sgd", "sgd", all).regime.params;
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
    ASSERT_EQ(golden.size(), 88U);
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
        const auto scores = loss.scores(outputs);
        ASSERT_EQ(scores.defined(), !one.at("scores").is_null());
        if (scores.defined()) {
            EXPECT_TRUE(at::allclose(scores, numbers(one.at("scores")), 1e-12, 1e-12));
        }
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
    for (const auto* loss : {"l1", "huber"}) EXPECT_EQ(refusal(regression, {{"loss", loss}}), "accepted");
    for (const auto* loss : {"focal", "multi-margin", "nll", "poisson-nll"})
        EXPECT_THAT(refusal(regression, {{"loss", loss}}), HasSubstr("expected mse, l1 or huber"));
    EXPECT_THAT(refusal(regression, {{"loss", "mse"}, {"label_smoothing", 0.1}}),
                HasSubstr("regime.label_smoothing: this task has no classes"));
    EXPECT_THAT(refusal(regression, {{"loss", "mse"}, {"label_noise", 0.1}}),
                HasSubstr("regime.label_noise: this task has no classes"));
}

TEST(Loss, OneOutputForTwoClassesRefusesWhatNeedsOneForEach) {
    const TaskShape one{.classes = 2, .outputs = 1};
    for (const auto* loss : {"cross-entropy", "focal", "mse", "l1", "huber"})
        EXPECT_EQ(refusal(one, {{"loss", loss}}), "accepted") << loss;
    for (const auto* loss : {"multi-margin", "nll", "poisson-nll"})
        EXPECT_THAT(refusal(one, {{"loss", loss}}), HasSubstr("two classes have one output")) << loss;
}

TEST(Loss, FocalStaysFiniteOnWhatIsAnsweredSurely) {
    const LossFunction loss(regime_of({{"loss", "focal"}, {"focal_gamma", 0.5}}), {.classes = 2}, {});
    for (const auto dtype : {at::kFloat, at::kDouble}) {
        const auto outputs = at::tensor({200.0, -200.0}, dtype).view({1, 2}).requires_grad_(true);
        loss.descended(outputs, at::zeros({1}, at::kLong), {}).sum().backward();
        EXPECT_TRUE(outputs.grad().isfinite().all().item<bool>());
    }
}

namespace {

std::string resolved(const std::string& model, const std::string& loss, const std::string& output,
                     const std::string& smoothing = "0") {
    Request request;
    request.task = model == "mlp" ? "gaussian-mixture" : "names";
    request.model = model;
    request.set("regime.loss", loss);
    request.set("regime.label_smoothing", smoothing);
    if (!output.empty()) request.set("model.output", output);
    const auto spec = registry().catalog.resolve(request);
    return spec ? "accepted" : spec.error().message;
}

} // namespace

TEST(LossRules, RefuseWhatDoesNotGoWithTheOutputs) {
    EXPECT_EQ(
        resolved("mlp", "cross-entropy", "softmax"),
        "regime.loss = cross-entropy applies softmax itself, and model.output = softmax has made "
        "probabilities already, so that the loss stays high and gradients faint; give it model.output = "
        "identity");
    EXPECT_THAT(resolved("mlp", "cross-entropy", "log-softmax"), HasSubstr("or regime.loss = nll"));
    EXPECT_EQ(resolved("gru", "nll", ""),
              "regime.loss = nll expects logarithms of probabilities, and model 'gru' answers with logits; "
              "cross-entropy is the same on logits");
    EXPECT_THAT(resolved("mlp", "nll", "identity"), HasSubstr("give it model.output = log-softmax"));
    for (const auto* loss : {"cross-entropy", "focal", "multi-margin", "poisson-nll"}) {
        EXPECT_EQ(resolved("mlp", loss, "identity"), "accepted");
        EXPECT_EQ(resolved("gru", loss, ""), "accepted");
        for (const auto* output : {"softmax", "log-softmax", "sigmoid", "hard-sigmoid"})
            EXPECT_THAT(resolved("mlp", loss, output), HasSubstr("give it model.output = identity"));
    }
    for (const auto* loss : {"mse", "l1", "huber"}) {
        for (const auto* output : {"identity", "softmax", "sigmoid", "tanh"})
            EXPECT_EQ(resolved("mlp", loss, output), "accepted");
        EXPECT_THAT(resolved("mlp", loss, "log-softmax"), HasSubstr("never above 0"));
    }
    EXPECT_EQ(resolved("mlp", "nll", "log-softmax"), "accepted");
    EXPECT_EQ(resolved("mlp", "nll", "log-softmax", "0.1"), "accepted");
    for (const auto* loss : {"focal", "multi-margin"})
        EXPECT_THAT(resolved("gru", loss, "", "0.1"), HasSubstr("regime.label_smoothing: "));
}

TEST(LossRules, TellWhatIsAcceptedButShouldBeKnown) {
    const auto note = [](const std::string& loss, const std::string& output, std::int64_t classes) {
        return loss_note(
                   make_spec("mlp", "sgd", "sgd",
                             {{"task", "gaussian-mixture"}, {"regime.loss", loss}, {"model.output", output}}),
                   classes)
            .value_or("");
    };
    EXPECT_THAT(note("mse", "identity", 18), HasSubstr("18 classes"));
    EXPECT_THAT(note("l1", "identity", 3), HasSubstr("median"));
    EXPECT_EQ(note("mse", "softmax", 18), "");
    EXPECT_EQ(note("mse", "identity", 2), "");
    EXPECT_EQ(note("mse", "identity", 0), "") << "a regression";
    EXPECT_THAT(note("cross-entropy", "tanh", 3), HasSubstr("cannot fall to 0"));
    EXPECT_EQ(note("cross-entropy", "identity", 18), "");
}

TEST(LossRules, NewParametersLeaveOldRunsTheirIdentity) {
    const auto spec = make_spec("elman", "sgd", "sgd", {});
    const auto canonical = registry().catalog.canonical(spec);
    for (const auto* name : {"loss", "focal_gamma", "margin", "huber_delta"})
        EXPECT_EQ(canonical.find(name), std::string::npos) << name;
}

} // namespace descent::test
