"""Reference values for the losses, made with PyTorch's own: golden/losses.json. See README.md.

For each case the loss of each example as reported and as descended, and the gradient of the latter's sum.
"""
import json

import torch
from torch import nn

from models import GOLDEN

EXAMPLES = 7


def softened(labels, classes, smoothing, over):
    """The share of each class in each label."""
    one_hot = nn.functional.one_hot(labels, classes).double()
    if over == "all":
        return one_hot * (1 - smoothing) + smoothing / classes
    return one_hot * (1 - smoothing) + (1 - one_hot) * smoothing / (classes - 1)


def square(form):
    def loss(outputs, wanted):
        whole = nn.MSELoss(reduction="none")(outputs, wanted).sum(1)
        return whole if form == "full" else whole / 2
    return loss


def wanted_of(shape, labels, smoothing, over):
    shares = softened(labels, shape["classes"], smoothing, over)
    if shape["outputs"] != 1:
        return shares
    return shares @ torch.tensor(shape["sides"], dtype=torch.float64).unsqueeze(1)


def entropy(shape):
    def loss(outputs, labels, smoothing, over):
        if shape["outputs"] == 1:
            share = softened(labels, 2, smoothing, over)[:, 1:]
            return nn.BCEWithLogitsLoss(reduction="none")(outputs, share).squeeze(1)
        if over == "all":
            return nn.CrossEntropyLoss(reduction="none", label_smoothing=smoothing)(outputs, labels)
        return nn.CrossEntropyLoss(reduction="none")(outputs, softened(labels, shape["classes"], smoothing, over))
    return loss


def apart(regime):
    """How far outputs are from numbers, summed over the outputs."""
    if regime.get("loss") == "l1":
        return lambda outputs, wanted: nn.L1Loss(reduction="none")(outputs, wanted).sum(1)
    if regime.get("loss") == "huber":
        return lambda outputs, wanted: nn.HuberLoss("none", regime.get("huber_delta", 1.0))(outputs, wanted).sum(1)
    return square(regime.get("mse_form", "half"))


def focal(shape, gamma):
    """Lin et al. 2017 from PyTorch's cross-entropy."""
    def loss(outputs, labels, *_):
        ce = entropy(shape)(outputs, labels, 0.0, "all")
        return (1 - torch.exp(-ce)) ** gamma * ce
    return loss


def likelihood(outputs, labels, smoothing, over):
    if smoothing == 0:
        return nn.NLLLoss(reduction="none")(outputs, labels)
    return -(softened(labels, outputs.shape[1], smoothing, over) * outputs).sum(1)


def poisson(outputs, labels, smoothing, over):
    wanted = softened(labels, outputs.shape[1], smoothing, over)
    return nn.PoissonNLLLoss(log_input=True, full=False, reduction="none")(outputs, wanted).sum(1)


def scores_of(shape, regime, outputs):
    if shape["classes"] == 0:
        return None
    of_numbers = regime.get("loss") in ("mse", "l1", "huber")
    if shape["outputs"] != 1:
        return (outputs if of_numbers else outputs.softmax(1)).tolist()
    low, high = shape["sides"]
    second = (outputs - low) / (high - low) if of_numbers else outputs.sigmoid()
    return torch.cat([1 - second, second], 1).tolist()


def case(name, shape, regime, weights=None):
    torch.manual_seed(20217)
    outputs = 3 * torch.randn(EXAMPLES, shape["outputs"] or shape["classes"], dtype=torch.float64)
    if regime.get("loss") == "nll":
        outputs = outputs.log_softmax(1)
    outputs.requires_grad_()
    labels = torch.arange(EXAMPLES) % max(1, shape["classes"])
    targets = torch.randn(outputs.shape, dtype=torch.float64)
    smoothing, over = regime.get("label_smoothing", 0.0), regime.get("smoothing_over", "all")
    if shape["classes"] == 0:
        each = lambda s: apart(regime)(outputs, targets)
    elif regime.get("loss") in ("mse", "l1", "huber"):
        each = lambda s: apart(regime)(outputs, wanted_of(shape, labels, s, over))
    elif regime.get("loss") == "focal":
        each = lambda s: focal(shape, regime.get("focal_gamma", 2.0))(outputs, labels)
    elif regime.get("loss") == "multi-margin":
        each = lambda s: nn.MultiMarginLoss(margin=regime.get("margin", 1.0), reduction="none")(outputs, labels)
    elif regime.get("loss") == "nll":
        each = lambda s: likelihood(outputs, labels, s, over)
    elif regime.get("loss") == "poisson-nll":
        each = lambda s: poisson(outputs, labels, s, over)
    else:
        each = lambda s: entropy(shape)(outputs, labels, s, over)
    descended = each(smoothing)
    if weights:
        descended = descended * torch.tensor(weights, dtype=torch.float64)[labels]
    descended.sum().backward()
    plain = outputs.detach()
    if shape["classes"] == 0:
        answers = None
    elif shape["outputs"] == 1:
        middle = sum(shape["sides"]) / 2 if regime.get("loss") in ("mse", "l1", "huber") else 0.0
        answers = (plain > middle).long().squeeze(1).tolist()
    else:
        answers = plain.argmax(1).tolist()
    return {"name": name, "shape": shape, "regime": regime, "class_weights": weights, "outputs": plain.tolist(),
            "labels": labels.tolist(), "targets": targets.tolist() if shape["classes"] == 0 else None,
            "reported": each(0.0).tolist(), "descended": descended.tolist(), "gradient": outputs.grad.tolist(),
            "answers": answers, "scores": scores_of(shape, regime, plain)}


def main():
    several = {"classes": 3, "outputs": 0, "sides": [0, 1]}
    zero_one, plus_minus = ({"classes": 2, "outputs": 1, "sides": sides} for sides in ([0, 1], [-1, 1]))
    numbers = {"classes": 0, "outputs": 2, "sides": [0, 1]}
    golden = []
    for shape_name, shape in (("classes", several), ("zero-one", zero_one), ("plus-minus", plus_minus)):
        weights = [1.0, 7.0, 1.5][:shape["classes"]]
        for loss_name, loss in (("entropy", {}), ("mse-half", {"loss": "mse"}), ("mse-full", {"loss": "mse", "mse_form": "full"})):
            stem = f"{shape_name}-{loss_name}"
            golden.append(case(stem, shape, loss))
            golden.append(case(f"{stem}-weighted", shape, loss, weights))
            for over in ("all", "wrong"):
                regime = {**loss, "label_smoothing": 0.15, "smoothing_over": over}
                golden.append(case(f"{stem}-smoothed-{over}", shape, regime))
    for shape_name, shape in (("classes", several), ("zero-one", zero_one), ("plus-minus", plus_minus)):
        weights = [1.0, 7.0, 1.5][:shape["classes"]]
        losses = [{"loss": "focal"}, {"loss": "focal", "focal_gamma": 0.5}, {"loss": "l1"}, {"loss": "huber", "huber_delta": 0.7}]
        if shape is several:
            losses += [{"loss": "nll"}, {"loss": "multi-margin"}, {"loss": "multi-margin", "margin": 2.5}, {"loss": "poisson-nll"}]
        for loss in losses:
            stem = "-".join([shape_name, *(str(word) for word in loss.values())])
            golden.append(case(stem, shape, loss))
            golden.append(case(f"{stem}-weighted", shape, loss, weights))
            if loss["loss"] in ("focal", "multi-margin"):
                continue
            for over in ("all", "wrong"):
                golden.append(case(f"{stem}-smoothed-{over}", shape, {**loss, "label_smoothing": 0.15, "smoothing_over": over}))
    golden += [case("regression-l1", numbers, {"loss": "l1"}), case("regression-huber", numbers, {"loss": "huber", "huber_delta": 0.7})]
    for form in ("half", "full"):
        golden.append(case(f"regression-mse-{form}", numbers, {"loss": "mse", "mse_form": form}))
    (GOLDEN / "losses.json").write_text("[\n" + ",\n".join(map(json.dumps, golden)) + "\n]\n")


if __name__ == "__main__":
    main()
