"""Reference solutions of least squares, made with NumPy: golden/least-squares.safetensors. See README.md."""
import numpy as np
import torch

from models import GOLDEN, write_safetensors

OUTPUTS = 3


def with_singular_values(rng, n, p, values):
    u, _ = np.linalg.qr(rng.standard_normal((n, len(values))))
    v, _ = np.linalg.qr(rng.standard_normal((p, len(values))))
    return u @ np.diag(values) @ v.T


def main():
    rng = np.random.default_rng(11)
    problems = {
        "tall": rng.standard_normal((40, 12)),
        "square": rng.standard_normal((20, 20)) + 6 * np.eye(20),
        "wide": rng.standard_normal((12, 70)),
        "one": rng.standard_normal((9, 1)),
        # Down to 1e-8 of the largest: the Gram matrix would have nothing left of it.
        "ill-tall": with_singular_values(rng, 30, 12, np.geomspace(1e3, 1e-5, 12)),
        "ill-wide": with_singular_values(rng, 12, 50, np.geomspace(1e3, 1e-5, 12)),
        # What is below rcond = 1e-10 counts as 0.
        "deficient-tall": with_singular_values(rng, 30, 14, [5, 4, 3, 2, 1, 1e-12]),
        "deficient-wide": with_singular_values(rng, 14, 40, [5, 4, 3, 2, 1, 1e-12]),
        "cut": with_singular_values(rng, 14, 16, [5, 4, 3, 2, 1, 0.02, 0.01]),
        "zero": np.zeros((6, 4)),
    }
    tensors = {}
    for name, features in problems.items():
        targets = rng.standard_normal((len(features), OUTPUTS))
        tensors[f"{name}/features"], tensors[f"{name}/targets"] = features, targets
        tensors[f"{name}/solution"] = np.linalg.pinv(features, rcond=1e-10) @ targets
        tensors[f"{name}/coarse"] = np.linalg.pinv(features, rcond=1e-2) @ targets
        for ridge in (0.3, 40.0):
            # As ordinary least squares of a longer problem, by another routine.
            p = features.shape[1]
            longer = np.vstack([features, np.sqrt(ridge) * np.eye(p)])
            tensors[f"{name}/ridge-{ridge}"] = np.linalg.lstsq(longer, np.vstack([targets, np.zeros((p, OUTPUTS))]), rcond=None)[0]
    write_safetensors(GOLDEN / "least-squares.safetensors", {k: torch.from_numpy(np.ascontiguousarray(v)) for k, v in tensors.items()},
                      {"numpy": np.__version__})


if __name__ == "__main__":
    main()
