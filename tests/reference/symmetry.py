"""Reference values for the mirror symmetry problem, made with PyTorch: golden/symmetry-*.safetensors. See README.md.

Full-batch descent with momentum from given weights, in float64.
"""
import itertools
import json

import torch
from torch import nn

from models import GOLDEN, parameters, write_safetensors

UPDATES = 500
# name -> (hidden units, hidden and output nonlinearity, least input, least target, factor on the class "mirror", ½, sum or
# mean, lr)
CASES = {
    "paper": (2, "sigmoid", "sigmoid", 0, 0, 1, 0.5, "sum", 0.1),
    "weighted-full": (3, "sigmoid", "sigmoid", 0, 0, 7, 1.0, "mean", 0.5),
    "plus-minus": (2, "tanh", "tanh", -1, -1, 1, 0.5, "sum", 0.02),
}
MODULES = {"sigmoid": nn.Sigmoid, "tanh": nn.Tanh}


def case(hidden, activation, output, low, target_low, weight, half, reduction, lr):
    torch.manual_seed(20218)
    bits = torch.tensor(list(itertools.product([0, 1], repeat=6)))
    mirrored = (bits == bits.flip(1)).all(1)
    x = torch.where(bits == 1, 1.0, float(low)).double()
    y = torch.where(mirrored, 1.0, float(target_low)).double().unsqueeze(1)
    net = nn.Sequential(nn.Linear(6, hidden), MODULES[activation](), nn.Linear(hidden, 1), MODULES[output]()).double()
    for parameter in net.parameters():
        nn.init.uniform_(parameter, -0.3, 0.3)
    tensors = parameters("model", net)
    optimizer = torch.optim.SGD(net.parameters(), lr=lr, momentum=0.9)
    losses = []
    for _ in range(UPDATES):
        optimizer.zero_grad()
        each = half * (net(x) - y).square().squeeze(1)
        losses.append(each.detach().mean())
        weighted = each * torch.where(mirrored, float(weight), 1.0)
        (weighted.sum() if reduction == "sum" else weighted.mean()).backward()
        optimizer.step()
    tensors |= {"losses": torch.stack(losses), "outputs": net(x).detach(), **parameters("after", net)}
    params = {"model.hidden": hidden, "model.activation": activation, "model.output": output,
              "task.inputs": "plus-minus" if low < 0 else "zero-one",
              "task.targets": "plus-minus" if target_low < 0 else "zero-one",
              "regime.positive_weight": weight, "regime.mse_form": "half" if half == 0.5 else "full",
              "regime.reduction": reduction, "optimizer.lr": lr}
    return tensors, {"params": json.dumps(params), "torch": torch.__version__}


def main():
    torch.set_num_threads(1)
    for name, settings in CASES.items():
        write_safetensors(GOLDEN / f"symmetry-{name}.safetensors", *case(*settings))


if __name__ == "__main__":
    main()
