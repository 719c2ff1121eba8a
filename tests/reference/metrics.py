"""Reference values for the classification metrics, made with scikit-learn: golden/metrics.json and
golden/class-scores.json. See README.md."""
import json
import pathlib
import warnings

import numpy as np
import sklearn
from sklearn import metrics
from sklearn.calibration import calibration_curve

GOLDEN = pathlib.Path(__file__).resolve().parent / "golden"

# (classes, examples, share of right answers, classes absent from the truth, classes never predicted)
CASES = [
    (2, 40, 0.7, [], []),
    (4, 60, 0.5, [], []),
    (4, 30, 0.5, [2], []),
    (4, 30, 0.5, [], [1]),
    (5, 50, 0.6, [0, 4], [0, 3]),
    (18, 400, 0.6, [], []),
    (18, 25, 0.3, [], []),
    (3, 12, 1.0, [], []),
    (3, 12, 0.0, [], []),
]


def case(rng, classes, examples, right, absent, never):
    present = [c for c in range(classes) if c not in absent]
    answers = [c for c in range(classes) if c not in never]
    truth = rng.choice(present, examples)
    wrong = np.array([rng.choice([a for a in answers if a != t]) for t in truth])
    predicted = np.where((rng.random(examples) < right) & ~np.isin(truth, never), truth, wrong)
    labels = list(range(classes))
    recall = metrics.recall_score(truth, predicted, labels=labels, average=None, zero_division=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "y_pred contains classes not in y_true": that is what is tested
        balanced = metrics.balanced_accuracy_score(truth, predicted)
    return {
        "classes": classes,
        "truth": truth.tolist(),
        "predicted": predicted.tolist(),
        "confusion": metrics.confusion_matrix(truth, predicted, labels=labels).tolist(),
        "accuracy": metrics.accuracy_score(truth, predicted),
        "balanced_accuracy": balanced,
        "macro_f1": metrics.f1_score(truth, predicted, average="macro", zero_division=0),
        "macro_f1_all_classes": metrics.f1_score(truth, predicted, labels=labels, average="macro", zero_division=0),
        "recall": [None if c not in truth else r for c, r in zip(labels, recall)],
    }


# (classes, examples, decimals that scores are rounded to: ties; classes absent from the truth)
SCORED = [(2, 30, 1, []), (4, 60, 1, []), (4, 60, 6, [2]), (5, 80, 1, [0, 4]), (18, 300, 2, [7]), (3, 9, 1, [])]


def delong(truth, scores):
    """Standard error of the AUC after DeLong et al. 1988, by its definition: all pairs."""
    high, low = scores[truth], scores[~truth]
    psi = (high[:, None] > low[None]) + 0.5 * (high[:, None] == low[None])
    return float(np.sqrt(psi.mean(1).var(ddof=1) / len(high) + psi.mean(0).var(ddof=1) / len(low)))


def scored(rng, classes, examples, decimals, absent):
    present = [c for c in range(classes) if c not in absent]
    truth = rng.choice(present, examples)
    raw = rng.normal(size=(examples, classes))
    raw[np.arange(examples), truth] += 1
    scores = np.round(np.exp(raw) / np.exp(raw).sum(1, keepdims=True), decimals)
    one_hot = np.eye(classes, dtype=bool)[truth]
    counts = one_hot.sum(0)
    areas = [metrics.roc_auc_score(one_hot[:, c], scores[:, c]) if counts[c] else None for c in range(classes)]
    # The mean curve at every rate of any, as scikit-learn's example of several classes makes it.
    curves = [metrics.roc_curve(one_hot[:, c], scores[:, c]) for c in present]
    rates = np.unique(np.concatenate([fpr for fpr, _, _ in curves]))
    answer = scores.argmax(1)
    confidence = scores[np.arange(examples), answer]
    bins = 15
    where = np.searchsorted(np.linspace(0, 1, bins + 1)[1:-1], confidence)
    share, mean = calibration_curve(answer == truth, confidence, n_bins=bins)
    sizes = np.bincount(where, minlength=bins)
    ece = (sizes[sizes > 0] * np.abs(share - mean)).sum() / examples
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(truth, answer, labels=range(classes), zero_division=0)
    averages = {}
    for average in ("micro", "macro", "weighted"):
        p, r, f, _ = metrics.precision_recall_fscore_support(truth, answer, average=average, zero_division=0)
        averages[average] = [p, r, f]
    return {
        "classes": classes, "truth": truth.tolist(), "scores": scores.tolist(), "areas": areas,
        "errors": [delong(one_hot[:, c], scores[:, c]) if counts[c] > 1 else None for c in range(classes)],
        "micro": metrics.roc_auc_score(one_hot.ravel(), scores.ravel()),
        "macro": float(np.mean([a for a in areas if a is not None])),
        "macro_sklearn": None if absent or classes == 2 else metrics.roc_auc_score(one_hot, scores, average="macro"),
        "rates": rates.tolist(),
        "macro_rates": np.mean([np.interp(rates, fpr, tpr) for fpr, tpr, _ in curves], 0).tolist(),
        "sizes": sizes.tolist(), "share": share.tolist(), "mean": mean.tolist(), "ece": ece,
        "precision": precision.tolist(), "recall": recall.tolist(), "f1": f1.tolist(), "averages": averages,
    }


def main():
    rng = np.random.default_rng(7)
    rows = ",\n".join(json.dumps(case(rng, *c)) for c in CASES)
    (GOLDEN / "metrics.json").write_text(f'{{"sklearn": "{sklearn.__version__}", "cases": [\n{rows}\n]}}\n')
    rng = np.random.default_rng(8)
    rows = ",\n".join(json.dumps(scored(rng, *c)) for c in SCORED)
    (GOLDEN / "class-scores.json").write_text(f'{{"sklearn": "{sklearn.__version__}", "cases": [\n{rows}\n]}}\n')


if __name__ == "__main__":
    main()
