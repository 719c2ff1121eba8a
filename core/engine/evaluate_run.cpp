#include "core/engine/evaluate_run.h"

#include "core/base/format.h"
#include "core/engine/registry.h"
#include "core/engine/run_probes.h"
#include "core/store/checkpoints.h"
#include "core/store/store.h"

#include <algorithm>
#include <cmath>

namespace descent {

namespace {

std::string listed(const std::vector<std::string>& classes) {
    constexpr std::size_t kMost = 5;
    std::string text = format_count(std::ssize(classes)) + " classes (";
    for (std::size_t i = 0; i < std::min(classes.size(), kMost); ++i)
        text += (i > 0 ? ", " : "") + classes[i];
    return text + (classes.size() > kMost ? ", …)" : ")");
}

void require_same_words(const TextShape& data, const RunSpec& learnt_from, const Loading& loading) {
    const auto own = registry().task(learnt_from.task.id).load(learnt_from.task.params, loading);
    const auto& then = *own.shape.words;
    bool same = then.known == data.known && then.vocabulary && data.vocabulary;
    for (std::int32_t id = 2; same && id < data.known; ++id)
        same = std::string_view(then.vocabulary->word(id)) == data.vocabulary->word(id);
    if (!same)
        throw InputError("these texts have another vocabulary than those the run learnt from, and its words' "
                         "numbers mean others; expected them as test_source, beside the run's own texts");
}

/// Whether what the data are is what the network was made for.
void require_fit(const RunRecord& run, const Experiment& experiment, const Loading& loading) {
    const auto& now = experiment.data().inspection.provenance;
    const auto& then = run.provenance;
    if (now.classes != then.classes)
        throw InputError("the data have " + listed(now.classes) + ", run '" + run.name + "' was trained on " +
                         listed(then.classes) + "; expected the same, in the same order");
    if (experiment.weights().count() != then.parameters)
        throw InputError("a network for these data has " + format_count(experiment.weights().count()) +
                         " weights, that of run '" + run.name + "' " + format_count(then.parameters) +
                         "; expected examples of the same shape");
    if (const auto& words = experiment.data().shape.words) require_same_words(*words, run.spec, loading);
}

bool is_of_a_set(const std::string& metric) {
    return metric.starts_with("train/") || metric.starts_with("validation/") || metric.starts_with("test/");
}

/// The three sets together.
void add_all(EvaluationReport& report, const Evaluation& train, const Evaluation& validation,
             const std::optional<Evaluation>& test) {
    double loss = 0, right = 0;
    std::int64_t examples = 0;
    const auto add = [&](const Evaluation& of) {
        if (of.examples == 0) return;
        loss += of.loss_sum;
        examples += of.examples;
        right += of.confusion.accuracy() * static_cast<double>(of.examples);
    };
    add(train);
    add(validation);
    if (test) add(*test);
    const auto n = static_cast<double>(examples);
    report.figures.push_back(
        {"all/loss", report.figures.empty() ? "" : report.figures.front().unit, loss / n});
    if (!report.classes.empty()) report.figures.push_back({"all/accuracy", "", std::round(right) / n});
}

/// What a network with batch norm normalises by, whatever it is shown: its own training set's.
Tensor trained_statistics(const RunRecord& run, const Experiment& experiment, const Loading& loading) {
    if (!experiment.model().ties_examples()) return {};
    Experiment own(unwrap(registry().catalog.check(run.spec)), loading);
    if (own.data().inspection.provenance.data_hash != run.provenance.data_hash)
        throw InputError("the data of run '" + run.name + "' (" + run.provenance.data_source +
                         ") has changed since; a network with batch norm needs it as it was");
    own.weights().flat().copy_(experiment.weights().flat());
    return own.statistics();
}

} // namespace

EvaluationReport evaluate_run(const RunRecord& run, const std::filesystem::path& store,
                              const CheckpointInfo& checkpoint, const EvaluateOptions& options) {
    require_whole(store, checkpoint, run.name);
    const Loading loading{options.stop, options.progress};
    auto spec = run.spec;
    if (options.task) spec.task = *options.task;
    Experiment experiment(unwrap(registry().catalog.check(spec)), loading);
    const auto& data = experiment.data();
    const auto& facts = data.inspection.provenance;
    EvaluationReport report{.classes = facts.classes,
                            .examples = {data.train.size(), data.validation.size(), data.test.size()},
                            .data_source = facts.data_source,
                            .own_data = facts.data_hash == run.provenance.data_hash};
    if (!report.own_data && !options.task)
        throw InputError("the data of run '" + run.name + "' (" + run.provenance.data_source +
                         ") has changed since; expected it as it was, or other data by name");
    if (!report.own_data) require_fit(run, experiment, loading);

    for (const auto& change : run.changes)
        if (change.at < checkpoint.update) experiment.apply(change);
    const auto trained = read_trained(checkpoint_folder(store) / checkpoint.file, experiment.weights(),
                                      experiment.model().source().hash);
    experiment.weights().flat().copy_(trained.weights);

    const auto statistics =
        report.own_data ? experiment.statistics() : trained_statistics(run, experiment, loading);
    std::size_t passed = 0;
    const auto chunks = experiment.train_chunks().size() + experiment.validation_chunks().size() +
                        experiment.test_chunks().size();
    const auto over = [&](const std::vector<Examples>& some, bool scores) {
        return evaluate(experiment.model(), experiment.weights(), experiment.loss(), some, data.shape.classes,
                        {.logits = data.detection.has_value(),
                         .scores = scores,
                         .before_chunk =
                             [&] {
                                 loading.report(static_cast<double>(passed++) / static_cast<double>(chunks),
                                                "evaluation");
                             }},
                        statistics);
    };
    const auto train = over(experiment.train_chunks(), false),
               validation = over(experiment.validation_chunks(), true);
    std::optional<Evaluation> test;
    if (data.test.size() > 0) test = over(experiment.test_chunks(), true);

    // What the run's own probes make of them, so that the figures are those it would have stored.
    Recorder recorder;
    const auto probes =
        make_probes({experiment.spec(), facts.classes, facts.majority_baseline, data.detection}, recorder);
    recorder.at(checkpoint.update, checkpoint.epoch.value_or(Epoch{}), 0);
    const EvaluationFacts evaluated{.train = train,
                                    .validation = validation,
                                    .test = test ? &*test : nullptr,
                                    .weights = experiment.weights().flat(),
                                    .last = true};
    for (const auto& probe : probes) probe->evaluated(evaluated, recorder);
    auto batch = recorder.take();
    for (const auto& sample : batch.samples) {
        const auto& metric = batch.metrics.at(sample.metric);
        if (is_of_a_set(metric.name)) report.figures.push_back({metric.name, metric.unit, sample.value});
    }
    report.matrices = std::move(batch.matrices);
    if (!report.own_data) add_all(report, train, validation, test);
    return report;
}

} // namespace descent
