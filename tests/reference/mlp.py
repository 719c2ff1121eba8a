"""Reference values for the model mlp, made with PyTorch: golden/forward-mlp-*. See README.md."""
import json

import torch
from torch import nn

from models import CLASSES, GOLDEN, check_conditioned, parameters, write_safetensors

ACTIVATIONS = {"tanh": nn.Tanh, "relu": nn.ReLU, "sigmoid": nn.Sigmoid, "silu": nn.SiLU, "gelu": nn.GELU, "softplus": nn.Softplus}
HIDDEN, LAYERS, FEATURES, EXAMPLES = 7, 2, 5, 9


class Step(torch.autograd.Function):
    """z > 0, with the gradient of hard-tanh."""

    @staticmethod
    def forward(ctx, z):
        ctx.save_for_backward(z)
        return (z > 0).to(z.dtype)

    @staticmethod
    def backward(ctx, gradient):
        z, = ctx.saved_tensors
        return gradient * (z.abs() <= 1)


class Threshold(nn.Module):
    def forward(self, z):
        return Step.apply(z)


# Without a second derivative worth the name: curvature.py leaves them out.
PIECEWISE = {"hard-sigmoid": nn.Hardsigmoid, "hard-tanh": nn.Hardtanh, "threshold": Threshold, "identity": nn.Identity}
OUTPUTS = ("sigmoid", "tanh", "hard-sigmoid", "hard-tanh", "threshold", "silu")
OVER_CLASSES = {"softmax": (lambda: nn.Softmax(1), "mse"), "log-softmax": (lambda: nn.LogSoftmax(1), "nll")}


def build(activation, layers, output="identity", bias=True):
    modules = {**ACTIVATIONS, **PIECEWISE, **{name: make for name, (make, _) in OVER_CLASSES.items()}}
    widths = [FEATURES] + [HIDDEN] * layers
    net = []
    for inputs, outputs in zip(widths, widths[1:]):
        net += [nn.Linear(inputs, outputs, bias), modules[activation]()]
    net.append(nn.Linear(widths[-1], CLASSES, bias))
    return nn.Sequential(*net, *([] if output == "identity" else [modules[output]()]))


def case(activation, layers, dtype, output="identity", bias=True, loss_name="cross-entropy"):
    torch.manual_seed(20213)
    net = build(activation, layers, output, bias)
    inputs = torch.randn(EXAMPLES, FEATURES)
    # Out to where the nonlinearities bend and saturate.
    inputs[0] *= 20
    inputs[1] *= -20
    labels = torch.arange(EXAMPLES) % CLASSES
    net, inputs = net.to(dtype), inputs.to(dtype)
    logits = net(inputs)
    if loss_name == "mse":
        loss = ((logits - nn.functional.one_hot(labels, CLASSES)) ** 2).sum(1).mean() / 2
    elif loss_name == "nll":
        loss = nn.functional.nll_loss(logits, labels)
    else:
        loss = nn.functional.cross_entropy(logits, labels)
    loss.backward()
    tensors = {**parameters("model", net), "inputs": inputs, "labels": labels, "logits": logits.detach(), "loss": loss.detach(),
               **parameters("grad", net, lambda p: p.grad)}
    # What each nonlinearity gives, the first "activation/0".
    x, units = inputs, 0
    for module in net[:2 * layers]:
        x = module(x)
        if not isinstance(module, nn.Linear):
            tensors[f"activation/{units}"] = x.detach().clone()
            units += 1
    params = {"model.hidden": HIDDEN, "model.layers": layers, "model.activation": activation}
    if output != "identity" or not bias or loss_name != "cross-entropy":
        params |= {"model.output": output, "model.bias": bias, "regime.loss": loss_name}
    return tensors, {"model": "mlp", "params": json.dumps(params)}


def main():
    torch.set_num_threads(1)
    cases = [(name, name, LAYERS, {}) for name in (*ACTIVATIONS, *PIECEWISE)] + [("linear", "tanh", 0, {})]
    cases += [(f"output-{name}", "tanh", 1, {"output": name, "loss_name": "mse"}) for name in OUTPUTS]
    cases += [(f"output-{name}", "tanh", 1, {"output": name, "loss_name": loss})
              for name, (_, loss) in OVER_CLASSES.items()]
    cases += [("no-bias", "softplus", LAYERS, {"bias": False})]
    for stem, activation, layers, others in cases:
        single, metadata = case(activation, layers, torch.float32, **others)
        double, _ = case(activation, layers, torch.float64, **others)
        check_conditioned(f"mlp {stem}", single, double)
        for tensors, dtype in ((single, "float32"), (double, "float64")):
            write_safetensors(GOLDEN / f"forward-mlp-{stem}-{dtype}.safetensors", tensors,
                              {**metadata, "dtype": dtype, "torch": torch.__version__})


if __name__ == "__main__":
    main()
