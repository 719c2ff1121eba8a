#include "core/engine/registry.h"

namespace descent {

namespace {

/// What accuracy hides on uneven classes: each class's recall, their mean, macro-F1 and the confusion matrix.
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
        Set(Recorder& r, const std::string& set, const std::vector<std::string>& classes)
            : name(set)
            , balanced(r.declare(set + "/balanced-accuracy", {}, Direction::higher))
            , macro_f1(r.declare(set + "/macro-f1", {}, Direction::higher)) {
            for (const auto& c : classes)
                recall.push_back(r.declare(set + "/recall/" + c, {}, Direction::higher));
        }
        void record(const Confusion& confusion, bool keep_matrix, Recorder& r) const {
            r.record(balanced, confusion.balanced_accuracy());
            r.record(macro_f1, confusion.macro_f1());
            for (std::size_t c = 0; c < recall.size(); ++c)
                r.record(recall[c], confusion.recall(static_cast<std::int64_t>(c)));
            if (keep_matrix)
                r.matrix(name + "/confusion", confusion.classes, confusion.classes,
                         {confusion.counts.begin(), confusion.counts.end()});
        }
        std::string name;
        std::uint32_t balanced, macro_f1;
        std::vector<std::uint32_t> recall;
    };
    Set validation_, test_;
};

} // namespace

ProbeDefinition probe_classification() {
    return {"classification", "Balanced accuracy, macro-F1, recall of each class and the confusion matrix",
            [](const ProbeSetup& setup, Recorder& r) -> std::unique_ptr<Probe> {
                if (setup.classes.empty()) return nullptr;
                return std::make_unique<Classification>(setup.classes, r);
            }};
}

} // namespace descent
