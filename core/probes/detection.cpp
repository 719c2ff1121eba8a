#include "core/analysis/detection.h"

#include "core/engine/registry.h"

namespace descent {

namespace {

/// What tells a detector where accuracy cannot: its curve of false alarms and false rejects, and figures of
/// it. Scores are log odds in double; thresholds sweep to +∞. Where several classes are to be found, "any of
/// them" and each one.
class DetectionProbe : public Probe {
public:
    DetectionProbe(const Detection& task, const std::vector<std::string>& classes, Recorder& r)
        : task_(task)
        , classes_(classes)
        , train_auroc_(r.declare("train/auroc", {}, Direction::higher))
        , validation_(r, "validation", classes)
        , test_(r, "test", classes) {}

    void evaluated(const EvaluationFacts& facts, Recorder& r) override {
        r.record(train_auroc_, curve(facts.train, 0).auroc());
        record(validation_, facts.validation, facts.keep_matrices, r);
        if (facts.test) record(test_, *facts.test, true, r);
    }

private:
    struct Set {
        Set(Recorder& r, const std::string& set, const std::vector<std::string>& classes)
            : name(set)
            , auroc(r.declare(set + "/auroc", {}, Direction::higher))
            , auroc_left(r.declare(set + "/1-auroc", {}, Direction::lower))
            , area(r.declare(set + "/auc-fa-fr", {}, Direction::lower))
            , eer(r.declare(set + "/eer", {}, Direction::lower))
            , false_reject(r.declare(set + "/fr-at-fa", {}, Direction::lower))
            , alarms(r.declare(set + "/fa-per-hour", "1/h", Direction::lower)) {
            if (classes.size() > 2)
                for (std::size_t c = 1; c < classes.size(); ++c)
                    by_class.push_back(r.declare(set + "/auroc/" + classes[c], {}, Direction::higher));
        }
        std::string name;
        std::uint32_t auroc, auroc_left, area, eer, false_reject, alarms;
        std::vector<std::uint32_t> by_class;
    };

    std::int64_t count() const { return std::ssize(classes_); }

    /// Of class `target` against all others; 0: of any class but the first.
    DetectionCurve curve(const Evaluation& of, std::int64_t target) const {
        const auto scores =
            target == 0 ? log_odds_of_any(of.logits, count()) : log_odds(of.logits, count(), target);
        std::vector<std::uint8_t> positive;
        for (const auto label : of.labels) positive.push_back(target == 0 ? label != 0 : label == target);
        return {scores, positive};
    }

    static void keep(const std::string& name, const DetectionCurve& curve, Recorder& r) {
        std::vector<double> values;
        for (const auto& p : curve.points())
            values.insert(values.end(), {p.threshold, p.false_alarm, p.false_reject});
        r.matrix(name, std::ssize(curve.points()), 3, std::move(values));
    }

    void record(const Set& set, const Evaluation& of, bool keep_logits, Recorder& r) const {
        const auto pooled = curve(of, 0);
        r.record(set.auroc, pooled.auroc());
        r.record(set.auroc_left, 1 - pooled.auroc());
        r.record(set.area, pooled.area());
        r.record(set.eer, pooled.equal_error_rate());
        r.record(set.false_reject, pooled.false_reject_at(task_.target_rate));
        r.record(set.alarms, alarms_per_hour(of));
        keep(set.name + "/fa-fr", pooled, r);
        for (std::size_t k = 0; k < set.by_class.size(); ++k) {
            const auto one = curve(of, static_cast<std::int64_t>(k) + 1);
            r.record(set.by_class[k], one.auroc());
            keep(set.name + "/fa-fr/" + classes_[k + 1], one, r);
        }
        if (keep_logits) r.matrix(set.name + "/logits", std::ssize(of.labels), count(), of.logits);
    }

    /// Of sound that holds nothing to be found, accepting at probability ½.
    double alarms_per_hour(const Evaluation& of) const {
        const auto scores = log_odds_of_any(of.logits, count());
        std::int64_t alarms = 0, negatives = 0;
        for (std::size_t i = 0; i < scores.size(); ++i) {
            if (of.labels[i] != 0) continue;
            ++negatives;
            alarms += scores[i] >= 0;
        }
        return static_cast<double>(alarms) * 3600 /
               (static_cast<double>(negatives) * task_.seconds_per_example);
    }

    Detection task_;
    std::vector<std::string> classes_;
    std::uint32_t train_auroc_;
    Set validation_, test_;
};

/// For tasks that detect nothing.
class NoDetection : public Probe {};

} // namespace

ProbeDefinition probe_detection() {
    return {"detection",
            "Of detection tasks: FA-FR curve, area under it, AUROC, equal error rate, false rejects at a "
            "given rate of "
            "false alarms, false alarms an hour",
            [](const ProbeSetup& setup, Recorder& r) -> std::unique_ptr<Probe> {
                if (!setup.detection) return std::make_unique<NoDetection>();
                return std::make_unique<DetectionProbe>(*setup.detection, setup.classes, r);
            }};
}

} // namespace descent
