"""Masks of iterative magnitude pruning, made with NumPy: golden/pruning.json. See README.md."""
import json
import math
import pathlib

import numpy as np

GOLDEN = pathlib.Path(__file__).resolve().parent / "golden"
LAYERS = [(7, 5), (4, 7), (3, 4)]
LEVELS = 10


def keep(n, level, share):
    return n - math.floor(n * (1 - (1 - share) ** level) + 0.5)


def cut(weights, mask, count):
    """Leaves `count` of the weights, the largest; of equal magnitudes the first go."""
    standing = np.flatnonzero(mask)
    order = np.argsort(np.abs(weights[standing]), kind="stable")
    left = mask.copy()
    left[standing[order[: max(0, len(standing) - count)]]] = 0
    return left


def main():
    rng = np.random.default_rng(11)
    sizes = [a * b for a, b in LAYERS]
    ends = np.cumsum([0] + sizes)
    cases = []
    for scope in ["global", "layer"]:
        mask, levels = np.ones(sum(sizes), int), []
        for level in range(1, LEVELS + 1):
            # Eighths, so that magnitudes are often equal, and a layer that is smaller than the others.
            weights = np.round(rng.normal(0, np.repeat([1, 0.6, 0.2], sizes)) * 8) / 8
            if scope == "global":
                mask = cut(weights, mask, keep(sum(sizes), level, 0.2))
            else:
                mask = np.concatenate([cut(weights[a:b], mask[a:b], keep(b - a, level, 0.2))
                                       for a, b in zip(ends, ends[1:])])
            levels.append({"weights": weights.tolist(), "kept": mask.tolist()})
        cases.append({"scope": scope, "levels": levels})
    GOLDEN.joinpath("pruning.json").write_text(json.dumps(
        {"numpy": np.__version__, "layers": LAYERS, "share": 0.2,
         "sparsity": [1 - 0.8 ** level for level in range(1, 21)], "cases": cases}) + "\n")


if __name__ == "__main__":
    main()
