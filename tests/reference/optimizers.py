"""Reference trajectories of the optimizers, made with PyTorch: golden/optimizer-*.safetensors.

Two hundred steps of every optimizer, with several sets of options, on three problems, in float32 and float64. What torch.optim
lacks is written here a second time, from its paper's formula, in NumPy; gradient flow is SciPy's. See README.md.
"""
import json

import numpy as np
import torch
from scipy.integrate import RK23, RK45

from models import GOLDEN, write_safetensors

KEPT = (1, 2, 10, 50, 100, 200)
PROBLEMS = ("quadratic", "rosenbrock", "mlp")
SIZES = (8, 10, 10, 3)


# The problems. Their numbers are float32's, so that both precisions start from the same.

def make_problems():
    random = np.random.default_rng(20214)
    rotation, _ = np.linalg.qr(random.normal(size=(10, 10)))
    matrix = rotation @ np.diag(np.logspace(-1, 1, 10)) @ rotation.T
    inputs = random.normal(size=(64, SIZES[0]))
    targets = np.tanh(inputs @ random.normal(size=(SIZES[0], SIZES[-1])) / 2) + 0.3 * random.normal(size=(64, SIZES[-1]))
    weights = []
    for n, m in zip(SIZES, SIZES[1:]):
        weights += [random.uniform(-1, 1, (m, n)) / n ** 0.5, random.uniform(-1, 1, m) / n ** 0.5]
    data = {"quadratic/matrix": (matrix + matrix.T) / 2, "quadratic/centre": 1 + random.normal(size=10) / 4,
            "quadratic/start": 2 * random.normal(size=10), "rosenbrock/start": np.array([0.5, 0.9, 0.4, 0.7]),
            "mlp/inputs": inputs, "mlp/targets": targets,
            "mlp/start": np.concatenate([w.ravel() for w in weights])}
    return {name: torch.tensor(values, dtype=torch.float32).double() for name, values in data.items()}


DATA = make_problems()
SHAPES = {"quadratic": [(10,)], "rosenbrock": [(4,)],
          "mlp": [shape for n, m in zip(SIZES, SIZES[1:]) for shape in ((m, n), (m,))]}


class Problem:
    def __init__(self, name, dtype):
        self.name, self.dtype = name, dtype
        self.data = {k: v.to(dtype) for k, v in DATA.items()}
        flat, self.weights = self.data[f"{name}/start"], []
        for shape in SHAPES[name]:
            size = int(np.prod(shape))
            self.weights.append(flat[:size].reshape(shape).clone().requires_grad_())
            flat = flat[size:]

    def loss(self):
        w, d = self.weights, self.data
        if self.name == "quadratic":
            away = w[0] - d["quadratic/centre"]
            return 0.5 * (away * torch.mv(d["quadratic/matrix"], away)).sum()
        if self.name == "rosenbrock":
            x = w[0]
            return (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()
        h = torch.tanh(torch.addmm(w[1], d["mlp/inputs"], w[0].t()))
        h = torch.tanh(torch.addmm(w[3], h, w[2].t()))
        away = torch.addmm(w[5], h, w[4].t()) - d["mlp/targets"]
        return 0.5 * (away * away).sum(1).mean() + 0.01 * sum((v * v).sum() for v in w)

    def closure(self):
        for w in self.weights:
            w.grad = None
        loss = self.loss()
        loss.backward()
        return loss

    def flat(self):
        return torch.cat([w.detach().flatten() for w in self.weights]).clone()

    def gradient(self, flat):
        """At NumPy's weights, in one vector as float64."""
        flat = torch.as_tensor(flat).to(self.dtype)
        for w in self.weights:
            with torch.no_grad():
                w.copy_(flat[:w.numel()].reshape(w.shape))
            flat = flat[w.numel():]
        self.closure()
        return torch.cat([w.grad.flatten() for w in self.weights]).numpy()


# The optimizers: parameter names are this project's.

def take(p, *names):
    return {name: p[name] for name in names if name in p}


def betas(p, default=(0.9, 0.999)):
    return {"betas": (p.get("beta1", default[0]), p.get("beta2", default[1]))}


TORCH = {
    "sgd": lambda w, p: torch.optim.SGD(w, **{"lr": 0.1, **p}),  # PyTorch 1.13 has no default
    "adam": lambda w, p: torch.optim.Adam(w, **betas(p), **take(p, "lr", "eps", "weight_decay", "amsgrad")),
    "adamw": lambda w, p: torch.optim.AdamW(w, **betas(p), **take(p, "lr", "eps", "weight_decay", "amsgrad")),
    "adamax": lambda w, p: torch.optim.Adamax(w, **betas(p), **take(p, "lr", "eps", "weight_decay")),
    "nadam": lambda w, p: torch.optim.NAdam(w, **betas(p), **take(p, "lr", "eps", "weight_decay", "momentum_decay")),
    "radam": lambda w, p: torch.optim.RAdam(w, **betas(p), **take(p, "lr", "eps", "weight_decay")),
    "rmsprop": lambda w, p: torch.optim.RMSprop(w, **p),
    "rprop": lambda w, p: torch.optim.Rprop(w, etas=(p.get("eta_minus", 0.5), p.get("eta_plus", 1.2)),
                                            step_sizes=(p.get("step_min", 1e-6), p.get("step_max", 50)), **take(p, "lr")),
    "adagrad": lambda w, p: torch.optim.Adagrad(w, **p),
    "adadelta": lambda w, p: torch.optim.Adadelta(w, **p),
    "asgd": lambda w, p: torch.optim.ASGD(w, **p),
    "lbfgs": lambda w, p: torch.optim.LBFGS(w, **{**p, "max_eval": p.get("max_eval") or None,
                                                  "line_search_fn": p.get("line_search_fn", "none").replace("-", "_")
                                                  if p.get("line_search_fn", "none") != "none" else None}),
}


def nadam_of_the_paper(p, shapes):
    """Dozat 2016, as torch.optim.NAdam's documentation states it and PyTorch 2 computes it."""
    lr, b1, b2, psi = p["lr"], p.get("beta1", 0.9), p.get("beta2", 0.999), p.get("momentum_decay", 4e-3)
    mu = lambda t: b1 * (1 - 0.5 * 0.96 ** (t * psi))
    m = v = 0
    for t in range(1, 1000):
        x, g = yield
        g = g + p.get("weight_decay", 0) * x
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g
        so_far = np.prod([mu(i) for i in range(1, t + 1)])
        look = mu(t + 1) * m / (1 - so_far * mu(t + 1)) + (1 - mu(t)) * g / (1 - so_far)
        x -= lr * look / (np.sqrt(v / (1 - b2 ** t)) + p.get("eps", 1e-8))


def normalised_gd(p, shapes):
    m, beta = 0, p.get("momentum", 0)
    while True:
        x, g = yield
        m = beta * m + (1 - beta) * (g + p.get("weight_decay", 0) * x)
        x -= p["lr"] * m / np.sqrt((m * m).sum()) ** p.get("exponent", 1)


def sign_descent(p, shapes):
    m, beta = 0, p.get("momentum", 0)
    while True:
        x, g = yield
        m = beta * m + (1 - beta) * g
        x *= 1 - p["lr"] * p.get("weight_decay", 0)
        x -= p["lr"] * np.sign(m)


def lion(p, shapes):
    m, b1, b2 = 0, p.get("beta1", 0.9), p.get("beta2", 0.99)
    while True:
        x, g = yield
        x *= 1 - p["lr"] * p.get("weight_decay", 0)
        x -= p["lr"] * np.sign(b1 * m + (1 - b1) * g)
        m = b2 * m + (1 - b2) * g


def newton_schulz(u, iterations):
    a, b, c = 3.4445, -4.7750, 2.0315
    x = u.T if u.shape[0] > u.shape[1] else u
    x = x / max(np.sqrt((x * x).sum()), 1e-7)
    for _ in range(iterations):
        s = x @ x.T
        x = a * x + b * (s @ x) + c * (s @ (s @ x))
    return x.T if u.shape[0] > u.shape[1] else x


def muon(p, shapes):
    mu, lr, wd = p.get("momentum", 0.95), p["lr"], p.get("weight_decay", 0)
    b1, b2, eps = p.get("beta1", 0.9), p.get("beta2", 0.95), p.get("eps", 1e-10)
    m = v = None
    for t in range(1, 1000):
        x, g = yield
        if m is None:
            m, v = np.zeros_like(x), np.zeros_like(x)
        x *= 1 - lr * wd
        at = 0
        for shape in shapes:
            one = slice(at, at + int(np.prod(shape)))
            at = one.stop
            if len(shape) > 1:
                m[one] = mu * m[one] + (1 - mu) * g[one]
                u = (1 - mu) * g[one] + mu * m[one] if p.get("nesterov", True) else m[one]
                scale = max(1, shape[0] / shape[1]) ** 0.5 if p.get("adjust_lr", "original") == "original" \
                    else 0.2 * max(shape) ** 0.5
                x[one] -= lr * scale * newton_schulz(u.reshape(shape), p.get("iterations", 5)).ravel()
            else:
                m[one], v[one] = b1 * m[one] + (1 - b1) * g[one], b2 * v[one] + (1 - b2) * g[one] ** 2
                step = m[one] / (1 - b1 ** t) / (np.sqrt(v[one] / (1 - b2 ** t)) + eps)
                x[one] -= lr * p.get("vector_lr", 0.015) * step


PAPERS = {"nadam": nadam_of_the_paper, "normalised-gd": normalised_gd, "sign-descent": sign_descent, "lion": lion, "muon": muon}


def gradient_flow(problem, p):
    """SciPy's solvers, started afresh at every update with the step size that they ended with."""
    solver_of = RK45 if p.get("method") == "dormand-prince" else RK23
    rtol, atol, time = p["rtol"], p["atol"], p["lr"]
    x = problem.flat().double().numpy()
    slope = lambda _, at: -problem.gradient(at).astype(np.float64)
    scale = atol + rtol * np.abs(x)
    step = 0.01 * np.linalg.norm(x / scale) / np.linalg.norm(slope(0, x) / scale)
    while True:
        solver = solver_of(slope, 0, x, time, rtol=rtol, atol=atol, first_step=min(step, time))
        while solver.status == "running":
            solver.step()
        x, step = solver.y, solver.h_abs
        yield torch.tensor(x, dtype=problem.dtype)


def trajectory(optimizer, params, name, dtype):
    """The weights after each step of KEPT."""
    torch.set_default_dtype(dtype)  # PyTorch keeps some scalars of its own in this type
    problem, kept = Problem(name, dtype), []
    if optimizer == "gradient-flow":
        flow = gradient_flow(problem, params)
        return [x for step, x in zip(range(1, KEPT[-1] + 1), flow) if step in KEPT]
    if optimizer in TORCH and (optimizer != "nadam" or params.get("product") == "pytorch-1.13"):
        rule = TORCH[optimizer](problem.weights, params)
        for step in range(1, KEPT[-1] + 1):
            if optimizer == "lbfgs":
                rule.step(problem.closure)
            else:
                problem.closure()
                rule.step()
            if step in KEPT:
                kept.append(problem.flat())
        return kept
    x = problem.flat().numpy()
    rule = PAPERS[optimizer](params, SHAPES[name])
    next(rule)
    for step in range(1, KEPT[-1] + 1):
        rule.send((x, problem.gradient(x)))
        if step in KEPT:
            kept.append(torch.tensor(x))
    return kept


# optimizer -> {case: (options, step size on the quadratic, on Rosenbrock's function, on the MLP)}. Step sizes at which rounding
# does not grow, powers of two where 1 − lr·wd would be rounded alike each time; what amplifies it for sure, as L-BFGS along the
# MLP's flat valley, is given a tolerance to stop at.
CASES = {
    "sgd": {
        "plain": ({}, 0.1, 5e-4, 0.3),
        "momentum": ({"momentum": 0.9}, 0.02, 1e-4, 0.1),
        "nesterov-decay": ({"momentum": 0.9, "nesterov": True, "weight_decay": 0.01}, 0.02, 1e-4, 0.1),
        "dampening": ({"momentum": 0.8, "dampening": 0.3, "weight_decay": 0.001}, 0.05, 3e-4, 0.2),
    },
    "adam": {
        "plain": ({}, 0.02, 0.01, 0.01),
        "decay": ({"beta1": 0.8, "beta2": 0.99, "eps": 1e-6, "weight_decay": 0.05}, 0.02, 0.01, 0.0025),
        "amsgrad": ({"beta2": 0.95, "amsgrad": True, "eps": 1e-3}, 0.02, 0.01, 0.01),
    },
    "adamw": {
        "plain": ({}, 0.01, 0.01, 0.01),
        "decay": ({"beta1": 0.8, "beta2": 0.99, "eps": 1e-6, "weight_decay": 0.2}, 0.02, 0.01, 0.005),
        "amsgrad": ({"beta2": 0.95, "amsgrad": True, "eps": 1e-3}, 0.02, 0.01, 0.01),
    },
    "adamax": {
        "plain": ({}, 0.02, 0.01, 0.01),
        "decay": ({"beta1": 0.8, "beta2": 0.99, "eps": 1e-3, "weight_decay": 0.05}, 0.02, 0.01, 0.01),
    },
    "nadam": {
        "plain": ({}, 0.02, 0.01, 0.0025),
        "decay": ({"beta1": 0.8, "beta2": 0.99, "eps": 1e-3, "weight_decay": 0.05, "momentum_decay": 0.1}, 0.02, 0.01, 0.005),
        "pytorch-1.13": ({"product": "pytorch-1.13"}, 0.02, 0.01, 0.0025),
        "pytorch-1.13-decay": ({"beta1": 0.8, "beta2": 0.99, "eps": 1e-3, "weight_decay": 0.05, "momentum_decay": 0.1,
                                "product": "pytorch-1.13"}, 0.02, 0.01, 0.005),
    },
    "radam": {
        "plain": ({}, 0.01, 1e-4, 0.01),
        "decay": ({"beta1": 0.8, "beta2": 0.95, "eps": 1e-3, "weight_decay": 0.05}, 0.01, 1e-4, 0.01),
    },
    "rmsprop": {
        "plain": ({}, 2e-3, 1e-3, 5e-4),
        "momentum": ({"alpha": 0.9, "momentum": 0.8, "eps": 1e-3}, 5e-4, 2.5e-4, 5e-4),
        "centered": ({"centered": True, "eps": 1e-3}, 2e-3, 1e-3, 1e-3),
        "centered-momentum-decay": ({"centered": True, "momentum": 0.8, "alpha": 0.95, "eps": 1e-2, "weight_decay": 0.05},
                                    1e-3, 5e-4, 5e-4),
    },
    "rprop": {
        "plain": ({}, 1e-4, 0.01, 0.1),
        "options": ({"eta_minus": 0.7, "eta_plus": 1.1, "step_min": 1e-3, "step_max": 0.05}, 0.02, 0.01, 0.01),
    },
    "adagrad": {
        "plain": ({}, 0.2, 0.05, 0.05),
        "options": ({"lr_decay": 0.01, "weight_decay": 0.05, "initial_accumulator_value": 0.1, "eps": 1e-3}, 0.2, 0.05, 0.05),
    },
    "adadelta": {
        "plain": ({}, 1.0, 0.5, 0.5),
        "options": ({"rho": 0.8, "eps": 1e-4, "weight_decay": 0.05}, 0.25, 0.05, 0.5),
    },
    "asgd": {
        "plain": ({}, 0.05, 5e-4, 0.2),
        "options": ({"lambd": 0.01, "alpha": 0.6, "t0": 50, "weight_decay": 0.01}, 0.05, 5e-4, 0.2),
    },
    "lbfgs": {
        "plain": ({"max_iter": 1}, 0.5, 0.5, {"lr": 0.5, "tolerance_grad": 0.01}),
        "history": ({"max_iter": 3, "history_size": 2, "max_eval": 2}, 0.03, 0.01, {"lr": 0.5, "tolerance_grad": 0.01}),
        "strong-wolfe": ({"line_search_fn": "strong-wolfe"}, 1.0, 0.5, {"lr": 0.2, "tolerance_grad": 0.01}),
        "strong-wolfe-short": ({"line_search_fn": "strong-wolfe", "max_iter": 10, "max_eval": 8, "history_size": 5}, 0.5, 0.5,
                               {"lr": 0.5, "tolerance_grad": 0.01, "tolerance_change": 1e-5}),
    },
    "normalised-gd": {
        "plain": ({}, 0.01, 0.003, 0.01),
        "momentum-decay": ({"momentum": 0.9, "weight_decay": 0.01}, 0.01, 0.003, 0.01),
        "exponent": ({"exponent": 0.5}, 0.02, 1e-3, 0.05),
    },
    "sign-descent": {
        "plain": ({}, 0.004, 0.001, 0.0005),
        "momentum-decay": ({"momentum": 0.9, "weight_decay": 2 ** -4}, 2 ** -8, 2 ** -10, 2 ** -10),
    },
    "lion": {
        "plain": ({}, 0.004, 0.001, 0.001),
        "options": ({"beta1": 0.8, "beta2": 0.95, "weight_decay": 2 ** -3}, 2 ** -8, 2 ** -10, 2 ** -10),
    },
    "muon": {
        "plain": ({}, 0.5, 0.1, 0.005),
        "heavy-decay": ({"momentum": 0.9, "nesterov": False, "iterations": 4, "weight_decay": 2 ** -3, "vector_lr": 0.1,
                         "beta1": 0.8, "beta2": 0.99, "eps": 1e-6}, 2 ** -3, 2 ** -6, 2 ** -8),
        "match-rms": ({"adjust_lr": "match-rms-adamw"}, 0.5, 0.1, 0.005),
    },
    "gradient-flow": {
        "bogacki-shampine": ({"rtol": 1e-5, "atol": 1e-6}, 0.02, 1e-3, 0.1),
        "dormand-prince": ({"method": "dormand-prince", "rtol": 1e-6, "atol": 1e-7}, 0.02, 1e-3, 0.1),
    },
}
# How far float32 rounding alone may move the weights in all the steps: half of the tests' tolerance.
CONDITION = 5e-6


def main():
    torch.set_num_threads(1)
    for old in GOLDEN.glob("optimizer-*.safetensors"):
        old.unlink()
    write_safetensors(GOLDEN / "optimizer-problems.safetensors", DATA, {"torch": torch.__version__})
    too_far = []
    for optimizer, cases in CASES.items():
        tensors, params = {}, {}
        for case, (options, *rates) in cases.items():
            for problem, lr in zip(PROBLEMS, rates):
                run = f"{case}/{problem}"
                params[run] = {**options, **(lr if isinstance(lr, dict) else {"lr": lr})}
                single = trajectory(optimizer, params[run], problem, torch.float32)
                double = trajectory(optimizer, params[run], problem, torch.float64)
                for step, a, b in zip(KEPT, single, double):
                    error = ((a.double() - b).norm() / b.norm()).item()
                    if not error < CONDITION:
                        too_far.append(f"{optimizer} {run}: {error:.1e} between float32 and float64 after {step} steps")
                tensors[f"{run}/float32"] = torch.stack(single)
                tensors[f"{run}/float64"] = torch.stack(double)
        metadata = {"steps": json.dumps(KEPT), "params": json.dumps(params), "torch": torch.__version__}
        if optimizer in TORCH:
            metadata["default_lr"] = json.dumps(TORCH[optimizer]([torch.zeros(1)], {}).defaults["lr"])
        write_safetensors(GOLDEN / f"optimizer-{optimizer}.safetensors", tensors, metadata)
    assert not too_far, "\n".join(too_far)


if __name__ == "__main__":
    main()
