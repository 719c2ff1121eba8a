#include "core/engine/registry.h"

namespace descent {

namespace {

/// What accuracy hides on uneven classes: each class's recall, averages of precision, recall and F1, and the
/// confusion matrix. Micro averages and the weighted recall are the accuracy, each class's precision and F1
/// follow from the matrix: nothing is recorded twice.
class Classification : public Probe {
public:
    Classification(const std::vector<std::string>& classes, Recorder& r)
        : validation_(r, "validation", classes)
        , test_(r, "test", {}) {}

    void evaluated(const EvaluationFacts& facts, Recorder& r) override {
        validation_.record(facts.validation.confusion, facts.keep_matrices, r);
        if (facts.test) test_.record(facts.test->confusion, true, r);
    }

private:
    struct Set {
        Set(Recorder& r, const std::string& set, const std::vector<std::string>& classes) : name(set) {
            const auto declare = [&](const char* figure) {
                return r.declare(set + "/" + figure, {}, Direction::higher);
            };
            balanced = declare("balanced-accuracy");
            macro_f1 = declare("macro-f1");
            for (const auto& c : classes) recall.push_back(declare(("recall/" + c).c_str()));
            macro_precision = declare("macro-precision");
            macro_recall = declare("macro-recall");
            weighted_precision = declare("weighted-precision");
            weighted_f1 = declare("weighted-f1");
        }
        void record(const Confusion& confusion, bool keep_matrix, Recorder& r) const {
            const auto macro = confusion.macro(), weighted = confusion.weighted();
            r.record(balanced, confusion.balanced_accuracy());
            r.record(macro_f1, macro.f1);
            for (std::size_t c = 0; c < recall.size(); ++c)
                r.record(recall[c], confusion.recall(static_cast<std::int64_t>(c)));
            r.record(macro_precision, macro.precision);
            r.record(macro_recall, macro.recall);
            r.record(weighted_precision, weighted.precision);
            r.record(weighted_f1, weighted.f1);
            if (keep_matrix)
                r.matrix(name + "/confusion", confusion.classes, confusion.classes,
                         {confusion.counts.begin(), confusion.counts.end()});
        }
        std::string name;
        std::uint32_t balanced, macro_f1, macro_precision, macro_recall, weighted_precision, weighted_f1;
        std::vector<std::uint32_t> recall;
    };
    Set validation_, test_;
};

} // namespace

ProbeDefinition probe_classification() {
    return {"classification",
            "Balanced accuracy, macro and weighted precision, recall and F1, recall of each class and the "
            "confusion "
            "matrix",
            [](const ProbeSetup& setup, Recorder& r) -> std::unique_ptr<Probe> {
                if (setup.classes.empty()) return nullptr;
                return std::make_unique<Classification>(setup.classes, r);
            }};
}

} // namespace descent
