"""Reference values for comparisons, bands and smoothing, made with SciPy and NumPy: golden/comparison.json. See README.md."""
import itertools
import json
import math
import pathlib

import mpmath
import numpy as np
import scipy
from scipy import ndimage, special, stats

GOLDEN = pathlib.Path(__file__).resolve().parent / "golden"


def correction(dof):
    return float(special.gamma(dof / 2) / (np.sqrt(dof / 2) * special.gamma((dof - 1) / 2)))


def noncentral_t(t, dof, shift):
    """By mpmath over the density of χ/√dof; SciPy's, which is not a number in some places, agrees elsewhere."""
    dof = mpmath.mpf(dof)
    scale = 2 * (dof / 2) ** (dof / 2) / mpmath.gamma(dof / 2)
    density = lambda s: scale * s ** (dof - 1) * mpmath.exp(-dof * s * s / 2)
    ends = [max(mpmath.mpf(0), 1 + k / mpmath.sqrt(2 * dof)) for k in range(-12, 17)]
    value = float(mpmath.quad(lambda s: mpmath.ncdf(t * s - shift) * density(s), sorted(set(ends))))
    with np.errstate(all="ignore"):
        theirs = stats.nct.cdf(t, float(dof), shift)
    assert not np.isfinite(theirs) or abs(theirs - value) < 1e-8, (t, dof, shift, theirs, value)
    return value


def power(d, n, paired):
    dof, shift = (n - 1, abs(d) * math.sqrt(n)) if paired else (2 * n - 2, abs(d) * math.sqrt(n / 2))
    t = stats.t.ppf(0.975, dof)
    with np.errstate(all="ignore"):
        return stats.nct.sf(t, dof, shift) + np.nan_to_num(stats.nct.cdf(-t, dof, shift))


def needed(d, paired):
    """By bisection, each step of it SciPy's; power rises with n."""
    low, high = 1, 2
    while power(d, high, paired) < 0.8:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if power(d, middle, paired) >= 0.8 else (middle, high)
    # SciPy's own rounding must not decide.
    assert power(d, high, paired) - 0.8 > 1e-8 and (high == 2 or 0.8 - power(d, high - 1, paired) > 1e-8), (d, paired)
    return high


def contrast(rng, name, n, m, paired, shift):
    a = rng.normal(0.7, 0.02, n)
    b = a + rng.normal(shift, 0.01, n) if paired else rng.normal(0.7 + shift, 0.04, m)
    if paired:
        test, moved = stats.ttest_rel(b, a), b - a
        dof, error, spread = n - 1, moved.std(ddof=1) / math.sqrt(n), moved.std(ddof=1)
        effect = moved.mean() / spread * correction(n - 1) if n > 2 else None
        interval = test.confidence_interval(0.95)
        low, high = interval.low, interval.high
    else:
        test = stats.ttest_ind(b, a, equal_var=False)
        va, vb = a.var(ddof=1) / n, b.var(ddof=1) / m
        dof = (va + vb) ** 2 / (va**2 / (n - 1) + vb**2 / (m - 1))
        error = math.sqrt(va + vb)
        pooled = math.sqrt(((n - 1) * a.var(ddof=1) + (m - 1) * b.var(ddof=1)) / (n + m - 2))
        effect = (b.mean() - a.mean()) / pooled * correction(n + m - 2)
        low, high = stats.t.interval(0.95, dof, b.mean() - a.mean(), error)
    return {"name": name, "paired": paired, "reference": a.tolist(), "values": b.tolist(), "statistic": test.statistic,
            "error": error, "dof": dof, "p": test.pvalue, "low": low, "high": high, "effect": effect,
            "needed": needed(effect, paired) if effect is not None else 0}


def enumerated(rng, n, centre):
    """The centre of each of the nⁿ resamples: the bootstrap's distribution itself."""
    values = rng.normal(1, 0.3, n)
    all_centres = sorted(getattr(np, centre)(values[list(drawn)]) for drawn in itertools.product(range(n), repeat=n))
    return {"centre": centre, "values": values.tolist(), "distribution": all_centres}


def resampled(rng, n, centre):
    """Where an interval of 200,000 draws has to end: SciPy's quantiles at the tail's share ± 5 deviations of the
    share that two such samples differ by."""
    draws = 200_000
    values = rng.gamma(2, 1, n)
    result = stats.bootstrap((values,), getattr(np, centre), n_resamples=draws, method="percentile", batch=10_000,
                             random_state=np.random.default_rng(3))
    off = 5 * math.sqrt(2 * 0.025 * 0.975 / draws)
    at = lambda p: [float(np.quantile(result.bootstrap_distribution, q)) for q in (p - off, p + off)]
    return {"centre": centre, "values": values.tolist(), "draws": draws, "low": at(0.025), "high": at(0.975),
            "scipy": [result.confidence_interval.low, result.confidence_interval.high]}


def folded(rng):
    """Five replicates at x of their own, interpolated by numpy.interp at the union of all."""
    replicates = []
    for i in range(5):
        x = np.unique(rng.integers(0, 60, 25)).astype(float)
        replicates.append((x, rng.normal(i, 1 + i, len(x))))
    union = np.unique(np.concatenate([x for x, _ in replicates]))
    rows = np.array([np.interp(union, x, y, left=np.nan, right=np.nan) for x, y in replicates])
    keep = lambda f: [f(column[np.isfinite(column)]) for column in rows.T]
    safe = lambda f: lambda v: f(v) if len(v) > 1 else None
    return {"x": [x.tolist() for x, _ in replicates], "y": [y.tolist() for _, y in replicates], "union": union.tolist(),
            "count": keep(len), "mean": keep(np.mean), "median": keep(np.median),
            "sd": keep(safe(lambda v: v.std(ddof=1))), "q25": keep(safe(lambda v: np.quantile(v, 0.25))),
            "q75": keep(safe(lambda v: np.quantile(v, 0.75))), "min": keep(safe(np.min)), "max": keep(safe(np.max))}


def smoothed(rng):
    n = 80
    y = np.cumsum(rng.normal(0, 1, n))
    x = np.sort(rng.uniform(-20, 60, n))
    ema, last, out = 0.85, 0.0, []
    for i, v in enumerate(y):  # as TensorBoard does it
        last = last * ema + (1 - ema) * v
        out.append(last / (1 - ema ** (i + 1)))
    ones = np.ones(n)
    kernel = lambda d: np.where(np.abs(d) <= 5 * 2.5, np.exp(-0.5 * (d / 2.5) ** 2), 0)
    irregular = kernel(x[:, None] - x[None, :])
    past = np.where(x[None, :] <= x[:, None], np.exp2(-(x[:, None] - x[None, :]) / 4), 0)
    filter_of = lambda v: ndimage.gaussian_filter1d(v, 3, mode="constant", truncate=5.0)
    return {"y": y.tolist(), "x": x.tolist(), "ema 0.85": out,
            "gaussian 3 at 0, 1, …": (filter_of(y) / filter_of(ones)).tolist(),
            "gaussian 2.5": (irregular @ y / irregular.sum(1)).tolist(),
            "time-ema 4": (past @ y / past.sum(1)).tolist(),
            "running 7": (np.convolve(y, np.ones(7), "same") / np.convolve(ones, np.ones(7), "same")).tolist()}


def main():
    rng = np.random.default_rng(11)
    contrasts = [contrast(rng, *c) for c in [
        ("two pairs", 2, 2, True, 0.01), ("three pairs", 3, 3, True, -0.02), ("five pairs, alike", 5, 5, True, 0.002),
        ("twelve pairs", 12, 12, True, 0.03), ("two and two", 2, 2, False, 0.1), ("three and five", 3, 5, False, -0.02),
        ("five and five, alike", 5, 5, False, 0.01), ("nine and four", 9, 4, False, 0.15)]]
    nct = [[t, dof, shift, noncentral_t(t, dof, shift)] for t in (-3, 0, 0.7, 2.1, 4.3, 12.7)
           for dof in (1, 2, 4.5, 8, 60, 2000) for shift in (0, 0.4, 1.5, 2.8, 6)]
    (GOLDEN / "comparison.json").write_text(json.dumps({
        "scipy": scipy.__version__, "contrasts": contrasts, "nct": nct,
        "needed": [[d, paired, needed(d, paired)] for d in (-0.03, 0.1, 0.25, 0.5, -0.8, 1.2, 2, 3.5, 10)
                   for paired in (True, False)],
        "enumerated": [enumerated(rng, n, c) for n in (2, 3, 4) for c in ("mean", "median")],
        "resampled": [resampled(rng, n, c) for n in (7, 8, 20) for c in ("mean", "median")],
        "folded": folded(rng), "smoothed": smoothed(rng)}) + "\n")


if __name__ == "__main__":
    main()
