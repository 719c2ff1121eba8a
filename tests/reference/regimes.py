"""Reference values for schedules, clipping, losses and gradient penalties, made with PyTorch: the files in golden/.

Schedules are torch.optim.lr_scheduler's. The steps are ten updates of a small net as in models.py, with what each regime
does written out in PyTorch; penalties by autograd where they are exact, and by the same differences where they are not.
"""
import copy
import json

import torch
from torch import nn
from torch.optim import lr_scheduler as schedules
from torch.optim.swa_utils import AveragedModel

import models

DOUBLE = torch.float64


# Schedules: the factor on lr after 0, 1, 2 … units.

def factors(make, total):
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=1.0)
    scheduler = make(optimizer)
    found = []
    for _ in range(total):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return found


def with_warmup(after, length, start):
    return lambda o: schedules.SequentialLR(
        o, [schedules.LinearLR(o, max(start, 1e-300), 1.0, length), after(o)], [length])


def schedule_cases():
    cosine = lambda o: schedules.CosineAnnealingLR(o, 60)
    cases = [
        ({"schedule": "step", "every": 7, "gamma": 0.3}, 40, lambda o: schedules.StepLR(o, 7, 0.3)),
        ({"schedule": "multi-step", "milestones": "5, 12, 30", "gamma": 0.5}, 40,
         lambda o: schedules.MultiStepLR(o, [5, 12, 30], 0.5)),
        ({"schedule": "exponential", "gamma": 0.9}, 40, lambda o: schedules.ExponentialLR(o, 0.9)),
        ({"schedule": "cosine", "period": 60, "floor": 0.05}, 50,
         lambda o: schedules.CosineAnnealingLR(o, 60, eta_min=0.05)),
        ({"schedule": "cosine"}, 40, lambda o: schedules.CosineAnnealingLR(o, 40)),
        ({"schedule": "polynomial", "power": 2.0}, 40, lambda o: schedules.PolynomialLR(o, 40, 2.0)),
        ({"schedule": "one-cycle", "peak_at": 0.3}, 40,
         lambda o: schedules.OneCycleLR(o, 1.0, total_steps=40, pct_start=0.3)),
        ({"schedule": "constant", "warmup": 8, "warmup_start": 0.25}, 20, lambda o: schedules.LinearLR(o, 0.25, 1.0, 8)),
        ({"schedule": "cosine", "period": 60, "warmup": 10, "warmup_start": 0.1}, 50, with_warmup(cosine, 10, 0.1)),
    ]
    return [{"params": params, "total": total, "factors": factors(make, total)} for params, total, make in cases]


def plateau_case():
    losses = [1.0, 0.8, 0.79, 0.79, 0.79, 0.79, 0.78, 0.9, 0.9, 0.9, 0.9, 0.5, 0.49999, 0.49998, 0.5, 0.5, 0.5, 0.6]
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=1.0)
    scheduler = schedules.ReduceLROnPlateau(optimizer, factor=0.5, patience=2, threshold=1e-3, min_lr=0.1, eps=0)
    found = []
    for loss in losses:
        scheduler.step(loss)
        found.append(optimizer.param_groups[0]["lr"])
    return {"losses": losses, "factors": found}


# Ten updates.

def penalty(net, params, loss, alpha, lr, form, eps, full):
    """(lr/4)·H·αg, or (lr/2), added to the gradients; g of the whole batch as one block."""
    g = torch.autograd.grad(loss(), params, create_graph=True)
    v = [alpha * x.detach() for x in g]
    norm = torch.sqrt(sum((x ** 2).sum() for x in v))
    def moved(step):
        with torch.no_grad():
            for p, x in zip(params, v):
                p.add_(x, alpha=step)
        there = [x.detach() for x in torch.autograd.grad(loss(), params)]
        with torch.no_grad():
            for p, x in zip(params, v):
                p.sub_(x, alpha=step)
        return there
    if form == "exact":
        product = torch.autograd.grad(g, params, v)
    elif form == "central":
        step = (eps / norm).item()
        product = [(a - b) / (2 * step) for a, b in zip(moved(step), moved(-step))]
    else:
        step = (eps / norm).item()
        product = [(a - b.detach()) / step for a, b in zip(moved(step), g)]
    for p, x, h in zip(params, g, product):
        p.grad = x.detach() + (lr / 2 if full else lr / 4) * h.detach()


def clip_units(params, ratio):
    """Brock et al. 2021, eq. 3."""
    for p in params:
        dims = tuple(range(1, p.dim())) or None
        def norm(x):
            return x.norm() if dims is None else x.norm(dim=dims, keepdim=True)
        most = norm(p.detach()).clamp_min(1e-3) * ratio
        have = norm(p.grad)
        p.grad.mul_(torch.where(have > most, most / have.clamp_min(1e-6), torch.ones_like(have)))


CASES = {
    "clip-value": {"clip_value": 0.02},
    "clip-layer": {"clip_layer": 0.1},
    "clip-agc": {"clip_agc": 0.05},
    "clip-all": {"clip_value": 0.05, "clip_layer": 0.2, "clip_agc": 0.1, "clip_norm": 0.15},
    "smoothing": {"label_smoothing": 0.2},
    "smoothing-wrong": {"label_smoothing": 0.2, "smoothing_over": "wrong"},
    "mse": {"loss": "mse"},
    "sam": {"sam_radius": 0.1},
    "penalty": {"penalty": 0.5},
    "penalty-central": {"penalty": 2.0, "penalty_difference": "central", "penalty_eps": 0.05},
    "penalty-exact": {"penalty": 2.0, "penalty_difference": "exact"},
    "penalty-full": {"penalty": 2.0, "penalty_difference": "exact", "penalty_form": "full"},
    "schedule": {"schedule": "cosine", "schedule_unit": "update", "warmup": 3, "warmup_start": 0.25, "period": 9},
    "ema": {"averaging": "ema", "ema_decay": 0.7},
    "swa": {"averaging": "swa", "swa_start": 0.35},
}


def case(regime):
    hidden = 5
    net = models.build("elman", hidden, 0, DOUBLE)
    inputs, lengths, labels = models.batch()
    params = list(net.parameters())
    lr = 0.5
    optimizer = torch.optim.SGD(params, lr=lr, momentum=0.9)
    averaged = AveragedModel(net) if regime.get("averaging") == "swa" else AveragedModel(
        net, avg_fn=lambda mean, new, n: 0.7 * mean + 0.3 * new)
    tensors = {**models.parameters("model", net), "inputs": inputs, "lengths": lengths, "labels": labels}
    losses, norms = [], []
    one_hot = nn.functional.one_hot(labels, models.CLASSES).to(DOUBLE)

    def reported():
        logits = models.logits_of(net, inputs, lengths)
        if regime.get("loss") == "mse":
            return 0.5 * ((logits - one_hot) ** 2).sum(1).mean()
        return nn.functional.cross_entropy(logits, labels)

    def descended():
        s = regime.get("label_smoothing", 0)
        if not s:
            return reported()
        logits = models.logits_of(net, inputs, lengths)
        if regime.get("smoothing_over") != "wrong":
            return nn.functional.cross_entropy(logits, labels, label_smoothing=s)
        targets = one_hot * (1 - s) + (1 - one_hot) * s / (models.CLASSES - 1)
        return nn.functional.cross_entropy(logits, targets)

    for step in range(models.STEPS):
        now = lr
        if "schedule" in regime:
            t = step - regime["warmup"]
            now = lr * (regime["warmup_start"] + (1 - regime["warmup_start"]) * step / regime["warmup"] if t < 0 else
                        0.5 * (1 + torch.cos(torch.tensor(torch.pi * t / regime["period"], dtype=DOUBLE)).item()))
        optimizer.param_groups[0]["lr"] = now
        optimizer.zero_grad()
        losses.append(reported().detach())
        if "penalty" in regime:
            penalty(net, params, descended, regime["penalty"], now, regime.get("penalty_difference", "forward"),
                    regime.get("penalty_eps", 0.01), regime.get("penalty_form") == "full")
        else:
            descended().backward()
        if "sam_radius" in regime:
            whole = torch.sqrt(sum((p.grad ** 2).sum() for p in params))
            here = [p.detach().clone() for p in params]
            with torch.no_grad():
                for p in params:
                    p.add_(p.grad * regime["sam_radius"] / (whole + 1e-12))
            optimizer.zero_grad()
            descended().backward()
            with torch.no_grad():
                for p, x in zip(params, here):
                    p.copy_(x)
        norms.append(torch.sqrt(sum((p.grad ** 2).sum() for p in params)))
        if "clip_value" in regime:
            nn.utils.clip_grad_value_(params, regime["clip_value"])
        if "clip_layer" in regime:
            for p in params:
                nn.utils.clip_grad_norm_([p], regime["clip_layer"])
        if "clip_agc" in regime:
            clip_units(params, regime["clip_agc"])
        if "clip_norm" in regime:
            nn.utils.clip_grad_norm_(params, regime["clip_norm"])
        optimizer.step()
        if regime.get("averaging") == "ema" or step + 1 > regime.get("swa_start", 1) * models.STEPS:
            averaged.update_parameters(net)
    tensors |= {"losses": torch.stack(losses), "norms": torch.stack(norms), **models.parameters("after", net)}
    if "averaging" in regime:
        tensors |= models.parameters("averaged", averaged.module)
    settings = {"model.hidden": hidden, "optimizer.lr": lr, "optimizer.momentum": 0.9}
    return tensors, {"model": "elman", "optimizer": "sgd", "dtype": "float64", "torch": torch.__version__,
                     "params": json.dumps(settings | {f"regime.{k}": v for k, v in regime.items()})}


def main():
    torch.set_num_threads(1)
    for old in models.GOLDEN.glob("regime-*.safetensors"):
        old.unlink()
    for name, regime in CASES.items():
        models.write_safetensors(models.GOLDEN / f"regime-{name}.safetensors", *case(regime))
    text = {"schedules": schedule_cases(), "plateau": plateau_case()}
    (models.GOLDEN / "schedules.json").write_text(json.dumps(text, indent=1) + "\n")


if __name__ == "__main__":
    main()
