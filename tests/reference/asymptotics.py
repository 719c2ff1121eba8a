"""Reference values for core/analysis/asymptotics.h: moments by SciPy's quadrature, Mei & Montanari's theorem in its own complex
variables, the Marchenko-Pastur integral for ridge regression, and simulations of all of it with NumPy."""

import json
import pathlib

import numpy as np
from scipy import integrate, special

FUNCTIONS = {
    "relu": (lambda x: np.maximum(x, 0), [0]),
    "tanh": (np.tanh, []),
    "sigmoid": (special.expit, []),
    "silu": (lambda x: x * special.expit(x), []),
    "gelu": (lambda x: x * special.ndtr(x), []),
    "softplus": (lambda x: np.logaddexp(0, x), []),
    "hard-sigmoid": (lambda x: np.clip(x / 6 + 0.5, 0, 1), [-3, 3]),
    "hard-tanh": (lambda x: np.clip(x, -1, 1), [-1, 1]),
    "threshold": (lambda x: np.where(x > 0, 1.0, 0.0), [0]),
    "identity": (lambda x: x, []),
}


def moments(name, bias=0.0):
    function, kinks = FUNCTIONS[name]
    edges = [-20.0] + sorted(k - bias for k in kinks) + [20.0]

    def mean(f):
        def integrand(z):
            return f(z, function(z + bias)) * np.exp(-z * z / 2) / np.sqrt(2 * np.pi)

        return sum(integrate.quad(integrand, a, b, epsabs=1e-14, epsrel=1e-14, limit=500)[0]
                   for low, high in zip(edges, edges[1:])
                   for a, b in zip(np.linspace(low, high, 9), np.linspace(low, high, 9)[1:]))

    m0, m1, square = mean(lambda z, s: s), mean(lambda z, s: z * s), mean(lambda z, s: s * s)
    return m0, m1, np.sqrt(max(0.0, square - m0**2 - m1**2))


def theorem(psi1, psi2, lam, mu1, rest, signal, noise):
    """Theorem 2 of arXiv 1908.05355 as it stands, Definition 1 by damped iteration from where the imaginary part is large."""
    zeta2, lam = mu1**2 / rest**2, lam / rest**2
    goal = np.sqrt(psi1 * psi2 * lam)
    xi = 1j * max(1e3, 10 * goal)
    nu1, nu2 = -psi1 / xi, -psi2 / xi
    path = np.geomspace(abs(xi), goal, 400)
    for y in path:
        for _ in range(200000):
            new1 = psi1 / (-1j * y - nu2 - zeta2 * nu2 / (1 - zeta2 * nu1 * nu2))
            new2 = psi2 / (-1j * y - nu1 - zeta2 * nu1 / (1 - zeta2 * nu1 * nu2))
            moved = abs(new1 - nu1) / abs(nu1) + abs(new2 - nu2) / abs(nu2)
            nu1, nu2 = (nu1 + new1) / 2, (nu2 + new2) / 2
            if moved < 1e-15:
                break
    chi, z = (nu1 * nu2).real, np.sqrt(zeta2)
    e0 = (-chi**5 * z**6 + 3 * chi**4 * z**4 + (psi1 * psi2 - psi2 - psi1 + 1) * chi**3 * z**6 - 2 * chi**3 * z**4
          - 3 * chi**3 * z**2 + (psi1 + psi2 - 3 * psi1 * psi2 + 1) * chi**2 * z**4 + 2 * chi**2 * z**2 + chi**2
          + 3 * psi1 * psi2 * chi * z**2 - psi1 * psi2)
    e1 = psi2 * chi**3 * z**4 - psi2 * chi**2 * z**2 + psi1 * psi2 * chi * z**2 - psi1 * psi2
    e2 = (chi**5 * z**6 - 3 * chi**4 * z**4 + (psi1 - 1) * chi**3 * z**6 + 2 * chi**3 * z**4 + 3 * chi**3 * z**2
          + (-psi1 - 1) * chi**2 * z**4 - 2 * chi**2 * z**2 - chi**2)
    return signal * e1 / e0 + noise * e2 / e0


def marchenko_pastur(gamma, ridge, signal, noise):
    """Risk of ridge regression, ridge = lambda/n, over the spectrum of X'X/n with gamma = d/n."""
    low, high = (1 - np.sqrt(gamma))**2, (1 + np.sqrt(gamma))**2

    def mean(f):  # s = the middle + half the width times cos t, which takes the roots at the edges away
        middle, half = (low + high) / 2, (high - low) / 2
        value = integrate.quad(lambda t: f(middle + half * np.cos(t)) * half**2 * np.sin(t)**2 /
                               (2 * np.pi * gamma * (middle + half * np.cos(t))), 0, np.pi, epsabs=1e-13, epsrel=1e-13)[0]
        return value + (max(0.0, 1 - 1 / gamma) * f(0.0))

    return (signal * mean(lambda s: ridge**2 / (s + ridge)**2) + noise * gamma * mean(lambda s: s / (s + ridge)**2))


def solve(features, targets, ridge):
    if ridge == 0:
        return np.linalg.lstsq(features, targets, rcond=1e-12)[0]
    n, p = features.shape
    if p > n:
        return features.T @ np.linalg.solve(features @ features.T + ridge * np.eye(n), targets)
    return np.linalg.solve(features.T @ features + ridge * np.eye(p), features.T @ targets)


def simulated(rng, n, d, p, activation, bias_scale, ridge, signal, noise, spheres):
    """The excess test risk of one draw. On spheres as in the paper, else as the studio draws; ridge as the studio has it.
    p = 0: linear regression."""
    def points(count, radius):
        x = rng.standard_normal((count, d))
        return x * radius / np.linalg.norm(x, axis=1, keepdims=True) if spheres else x * radius / np.sqrt(d)

    x, fresh = points(n, np.sqrt(d)), points(2000, np.sqrt(d))
    beta = rng.standard_normal(d)
    beta *= signal / np.linalg.norm(beta)
    targets = x @ beta + noise * rng.standard_normal(n)
    if p == 0:
        features = fresh_features = None
        a, b = x, fresh
    else:
        w, bias = points(p, 1.0), bias_scale * rng.standard_normal(p)
        a, b = (FUNCTIONS[activation][0](y @ w.T + bias) / np.sqrt(p) for y in (x, fresh))
    return np.mean((b @ solve(a, targets, ridge) - fresh @ beta)**2)


def simulations():
    cases = []
    d = 200
    for n, p, activation, bias, ridge, signal, noise, spheres in [
            (400, 100, "relu", 0, 0, 1, 0.5, True), (400, 300, "relu", 0, 0, 1, 0.5, True), (400, 600, "relu", 0, 0, 1, 0.5, True),
            (400, 2000, "relu", 0, 0, 1, 0.5, True), (400, 400, "relu", 0, 0.02, 1, 0.5, True), (400, 400, "tanh", 0, 0.1, 2, 1, True),
            (150, 500, "tanh", 0, 0, 1, 0.3, True), (400, 100, "relu", 0.5, 0, 1, 0.5, False), (400, 300, "relu", 0.5, 0, 1, 0.5, False),
            (400, 600, "relu", 0.5, 0, 1, 0.5, False), (400, 1500, "relu", 0.5, 0, 1, 0.5, False),
            (400, 400, "relu", 0.5, 0.05, 1, 0.5, False), (300, 600, "tanh", 1.5, 0, 1, 0.5, False),
            (300, 200, "hard-tanh", 0.8, 0, 1, 0.5, False), (300, 600, "gelu", 1.0, 0.01, 1, 0.5, False),
            (300, 400, "threshold", 1.0, 0, 1, 0.5, False), (300, 150, "identity", 0.5, 0, 1, 0.5, False),
            (400, 0, "", 0, 0, 1, 0.5, False), (150, 0, "", 0, 0, 1, 0.5, False), (200, 0, "", 0, 20.0, 1, 0.5, False)]:
        rng = np.random.default_rng(len(cases))
        risks = [simulated(rng, n, d, p, activation, bias, ridge, signal, noise, spheres) for _ in range(24)]
        cases.append({"examples": n, "dimension": d, "features": p, "activation": activation, "bias_scale": bias, "ridge": ridge,
                      "signal": signal, "noise": noise, "spheres": spheres, "mean": np.mean(risks),
                      "error": np.std(risks, ddof=1) / np.sqrt(len(risks))})
        print(cases[-1], flush=True)
    return cases


def main():
    out = {
        "moments": [{"activation": name, "bias": bias, "values": moments(name, bias)} for name in FUNCTIONS for bias in (0.0, 0.7, -1.3)],
        "theorem": [], "ridge": [],
    }
    for name in ("relu", "tanh", "softplus"):
        _, mu1, rest = moments(name)
        for psi1, psi2, lam in [(0.5, 3, 0.1), (3, 3, 1e-2), (2.9, 3, 1e-2), (8, 3, 1.0), (0.7, 0.4, 0.03), (50, 2, 0.5)]:
            out["theorem"].append({"activation": name, "psi1": psi1, "psi2": psi2, "lambda": lam, "signal": 1.7, "noise": 0.4,
                                   "value": theorem(psi1, psi2, lam, mu1, rest, 1.7, 0.4)})
    for gamma in (0.3, 0.9, 1.0, 1.5, 6.0):
        for ridge in (0.01, 0.3, 4.0):
            out["ridge"].append({"gamma": gamma, "ridge": ridge, "signal": 1.7, "noise": 0.4,
                                 "value": marchenko_pastur(gamma, ridge, 1.7, 0.4)})
    out["simulated"] = simulations()
    file = pathlib.Path(__file__).parent / "golden" / "asymptotics.json"
    file.write_text(json.dumps(out, indent=1) + "\n")


if __name__ == "__main__":
    main()
