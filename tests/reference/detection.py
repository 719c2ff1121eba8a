"""Reference values for the detection curves, made with scikit-learn and SciPy: golden/detection.json. See README.md."""
import json
import pathlib

import numpy as np
import sklearn
from scipy.interpolate import interp1d
from scipy.optimize import brentq
from scipy.stats import norm
from sklearn import metrics

GOLDEN = pathlib.Path(__file__).resolve().parent / "golden"

# name, examples, share of positives, how scores are rounded
CASES = [
    ("distinct", 60, 0.3, lambda s: s),
    ("rare", 200, 0.03, lambda s: s),
    ("ties", 120, 0.4, lambda s: np.round(s, 0)),
    ("all alike", 20, 0.5, lambda s: np.zeros_like(s)),
    # softmax in float32: many scores become exactly 0 or 1
    ("saturated", 150, 0.2, lambda s: (1 / (1 + np.exp(-12 * s.astype(np.float32)))).astype(np.float32).astype(float)),
    ("worse than chance", 50, 0.5, lambda s: -s),
    ("perfect", 30, 0.5, None),
]


def case(rng, name, examples, share, rounding):
    positive = (rng.permutation(examples) < round(share * examples)).astype(int)
    scores = rng.normal(1.5 * positive, 1.0)
    scores = positive + 0.1 * scores.clip(-3, 3) if rounding is None else rounding(scores)
    fpr, tpr, _ = metrics.roc_curve(positive, scores, drop_intermediate=False)
    rate = 0.1
    return {
        "name": name,
        "scores": scores.tolist(),
        "positive": positive.tolist(),
        "auroc": metrics.roc_auc_score(positive, scores),
        "eer": brentq(lambda x: 1.0 - x - interp1d(fpr, tpr)(x), 0.0, 1.0, xtol=1e-14),
        "rate": rate,
        "false_reject": float(1 - tpr[fpr <= rate].max()),
        "fpr": fpr.tolist(),
        "fnr": (1 - tpr).tolist(),
    }


def main():
    rng = np.random.default_rng(11)
    rows = ",\n".join(json.dumps(case(rng, *c)) for c in CASES)
    p = [1e-12, 1e-6, 0.001, 0.02425, 0.1, 0.3, 0.5, 0.7, 0.99, 1 - 1e-9]
    quantiles = json.dumps({"p": p, "probit": norm.ppf(p).tolist()})
    (GOLDEN / "detection.json").write_text(
        f'{{"sklearn": "{sklearn.__version__}", "quantiles": {quantiles}, "cases": [\n{rows}\n]}}\n')


if __name__ == "__main__":
    main()
