#include "core/engine/registry.h"

namespace descent {

namespace {

/// What goes by the score of each class rather than by the answer: areas under the ROC of one class against
/// the rest, and calibration. Where evaluations have scores; kept whole at the end.
class Scores : public Probe {
public:
    explicit Scores(Recorder& r) : validation_(r, "validation"), test_(r, "test") {}

    void evaluated(const EvaluationFacts& facts, Recorder& r) override {
        validation_.record(facts.validation, facts.last, r);
        if (facts.test) test_.record(*facts.test, true, r);
    }

private:
    struct Set {
        Set(Recorder& r, const std::string& set)
            : name(set)
            , macro(r.declare(set + "/macro-auroc", {}, Direction::higher))
            , micro(r.declare(set + "/micro-auroc", {}, Direction::higher))
            , calibration(r.declare(set + "/calibration-error", {}, Direction::lower)) {}
        void record(const Evaluation& of, bool keep, Recorder& r) const {
            if (!of.scores) return;
            const auto areas = roc_areas(*of.scores);
            r.record(macro, areas.macro);
            r.record(micro, areas.micro);
            r.record(calibration, expected_calibration_error(reliability(*of.scores)));
            if (keep)
                r.matrix(name + "/scores", of.scores->size(), of.scores->classes + 1, of.scores->to_matrix());
        }
        std::string name;
        std::uint32_t macro, micro, calibration;
    };
    Set validation_, test_;
};

} // namespace

ProbeDefinition probe_scores() {
    return {"scores",
            "Areas under the ROC curves of each class against the rest, macro and micro averaged, expected "
            "calibration error, and at the end each example's scores",
            [](const ProbeSetup& setup, Recorder& r) -> std::unique_ptr<Probe> {
                if (setup.classes.empty()) return nullptr;
                return std::make_unique<Scores>(r);
            }};
}

} // namespace descent
