"""Reference values for Student's t and intervals of differences, made with SciPy and mpmath: golden/intervals.json. See README.md."""
import json
import pathlib

import mpmath
import numpy as np
import scipy
from scipy import stats

mpmath.mp.dps = 40
GOLDEN = pathlib.Path(__file__).resolve().parent / "golden"


def quantile(p, dof):
    """With 40 digits by mpmath: stats.t.ppf, which it is checked against, is itself only good to about 1e-9."""
    tail = min(p, 1 - p)
    if tail == 0.5:
        return 0.0
    upper = lambda t: mpmath.betainc(mpmath.mpf(dof) / 2, 0.5, 0, dof / (dof + t * t), regularized=True) / 2
    t = float(mpmath.findroot(lambda t: mpmath.log(upper(t) / tail), stats.t.ppf(1 - tail, dof)))
    assert abs(t - stats.t.ppf(1 - tail, dof)) < 1e-7 * t
    return t if p > 0.5 else -t


def difference(rng, name, before, after, paired):
    a = rng.normal(0.7, 0.02, before)
    b = a + rng.normal(-0.02, 0.01, before) if paired else rng.normal(0.66, 0.05, after)
    if paired:
        moved = b - a
        dof, spread = len(a) - 1, moved.std(ddof=1) / np.sqrt(len(a))
    else:
        va, vb = a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)
        dof = (va + vb) ** 2 / (va**2 / (len(a) - 1) + vb**2 / (len(b) - 1))
        spread = np.sqrt(va + vb)
    half = quantile(0.975, dof) * spread
    # SciPy's own test agrees on whether 95% tells them apart.
    test = stats.ttest_rel(b, a) if paired else stats.ttest_ind(b, a, equal_var=False)
    assert (test.pvalue < 0.05) == (abs(b.mean() - a.mean()) > half), name
    return {"name": name, "paired": paired, "before": a.tolist(), "after": b.tolist(), "mean": b.mean() - a.mean(),
            "half_width": half, "dof": dof, "deviation": a.std(ddof=1)}


def main():
    rng = np.random.default_rng(7)
    p = [1e-9, 0.0005, 0.025, 0.3, 0.5, 0.6, 0.95, 0.975, 0.995, 0.9999]
    dofs = [1, 2, 2.5, 3, 4.7, 9, 30, 1000]
    t = [-40, -2.25, -0.001, 0, 0.3, 1.5, 8, 200]
    cases = [difference(rng, *c) for c in [
        ("two pairs", 2, 2, True), ("three pairs", 3, 3, True), ("ten pairs", 10, 10, True),
        ("three and three", 3, 3, False), ("five and two", 5, 2, False), ("four and nine", 4, 9, False)]]
    (GOLDEN / "intervals.json").write_text(json.dumps({
        "scipy": scipy.__version__, "dof": dofs,
        "p": p, "quantile": [[quantile(x, d) for x in p] for d in dofs],
        "t": t, "cdf": [stats.t.cdf(t, d).tolist() for d in dofs],
        "differences": cases}) + "\n")


if __name__ == "__main__":
    main()
