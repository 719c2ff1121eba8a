"""Reference values for the classification metrics, made with scikit-learn: golden/metrics.json. See README.md."""
import json
import pathlib
import warnings

import numpy as np
import sklearn
from sklearn import metrics

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


def main():
    rng = np.random.default_rng(7)
    rows = ",\n".join(json.dumps(case(rng, *c)) for c in CASES)
    (GOLDEN / "metrics.json").write_text(f'{{"sklearn": "{sklearn.__version__}", "cases": [\n{rows}\n]}}\n')


if __name__ == "__main__":
    main()
