"""Reference values for shares, thresholds and peaks of sweeps, made with SciPy and NumPy: golden/sweeps.json. See README.md."""
import json
import pathlib

import numpy as np
import scipy
from scipy import stats

GOLDEN = pathlib.Path(__file__).resolve().parent / "golden"
DRAWS = 200_000


def wilson(hits, of):
    interval = stats.binomtest(hits, of).proportion_ci(0.95, "wilson")
    return [hits, of, interval.low, interval.high]


def fisher(a, n, b, m):
    return [a, n, b, m, stats.fisher_exact([[a, n - a], [b, m - b]]).pvalue]


def ends(rng, values, of):
    """Where the ends of a percentile bootstrap interval lie, each between the quantiles half a percent of draws away from its own."""
    drawn = np.sort(of(rng, values))
    return [float(np.quantile(drawn, q, method="linear")) for q in (0.018, 0.032, 0.968, 0.982)]


def medians(rng, values):
    return np.median(np.asarray(values)[rng.integers(0, len(values), (DRAWS, len(values)))], axis=1)


def threshold(rng, seeds):
    """Courses that fall to 0.1 somewhere on widths 1, 2, …, 40."""
    x = np.arange(1, 41)
    courses = [(0.9 * np.exp(-x / rng.uniform(4, 14)) + rng.normal(0, 0.004, len(x))).tolist() for _ in range(seeds)]
    first = [float(x[np.asarray(c) <= 0.1][0]) for c in courses]
    return {"x": x.tolist(), "courses": courses, "median": float(np.median(first)), "ends": ends(rng, first, medians)}


def peak(rng, seeds, noise):
    """Down, up around x = 16 and down again, with noise of each seed."""
    x = np.array([1, 2, 3, 4, 6, 8, 11, 16, 23, 32, 45, 64, 128])
    shape = 0.5 / x**0.3 + 0.6 * np.exp(-(np.log(x / 16) ** 2) / 0.5)
    y = shape + rng.normal(0, noise, (seeds, len(x)))
    middle = np.median(y, axis=0)
    at = max(range(1, len(x) - 1), key=lambda i: middle[i] - max(middle[:i].min(), middle[i + 1:].min()))
    before, after = int(middle[:at].argmin()), at + 1 + int(middle[at + 1:].argmin())
    return {"x": x.tolist(), "courses": y.tolist(), "at": int(x[at]), "value": float(middle[at]),
            "before": [int(x[before]), float(middle[before])], "after": [int(x[after]), float(middle[after])]}


def main():
    rng = np.random.default_rng(6)
    pairs = [(66, 200, 195, 200), (1, 25, 0, 200), (3, 40, 9, 40), (0, 7, 0, 9), (8, 8, 0, 5), (99, 100, 198, 200), (5, 11, 6, 13),
             (700, 1000, 640, 1000), (1, 90, 66, 200), (2, 4, 3, 3)]
    (GOLDEN / "sweeps.json").write_text(json.dumps({
        "scipy": scipy.__version__, "numpy": np.__version__,
        "wilson": [wilson(*c) for c in [(0, 1), (1, 1), (0, 200), (200, 200), (66, 200), (195, 200), (1, 25), (99, 100), (500, 1000)]],
        "fisher": [fisher(*c) for c in pairs],
        "likelihood": [[k, n, goal, of, float(stats.betabinom.pmf(goal, of, k + 0.5, n - k + 0.5))] for k, n, goal, of in
                       [(0, 50, 1, 25), (2, 50, 1, 25), (50, 50, 1, 25), (49, 50, 99, 100), (20, 200, 99, 100)]],
        "thresholds": [threshold(rng, n) for n in (5, 12, 31)],
        "peaks": [peak(rng, n, s) for n, s in ((5, 0.02), (10, 0.05), (40, 0.1))]}) + "\n")


if __name__ == "__main__":
    main()
