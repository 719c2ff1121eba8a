"""Reference values for the model mlp, made with PyTorch: golden/forward-mlp-*. See README.md."""
import json

import torch
from torch import nn

from models import CLASSES, GOLDEN, check_conditioned, parameters, write_safetensors

ACTIVATIONS = {"tanh": nn.Tanh, "relu": nn.ReLU, "sigmoid": nn.Sigmoid, "silu": nn.SiLU, "gelu": nn.GELU, "softplus": nn.Softplus}
HIDDEN, LAYERS, FEATURES, EXAMPLES = 7, 2, 5, 9


def build(activation, layers):
    widths = [FEATURES] + [HIDDEN] * layers
    modules = []
    for inputs, outputs in zip(widths, widths[1:]):
        modules += [nn.Linear(inputs, outputs), ACTIVATIONS[activation]()]
    return nn.Sequential(*modules, nn.Linear(widths[-1], CLASSES))


def case(activation, layers, dtype):
    torch.manual_seed(20213)
    net = build(activation, layers)
    inputs = torch.randn(EXAMPLES, FEATURES)
    # Out to where the nonlinearities bend and saturate.
    inputs[0] *= 20
    inputs[1] *= -20
    labels = torch.arange(EXAMPLES) % CLASSES
    net, inputs = net.to(dtype), inputs.to(dtype)
    logits = net(inputs)
    loss = nn.functional.cross_entropy(logits, labels)
    loss.backward()
    tensors = {**parameters("model", net), "inputs": inputs, "labels": labels, "logits": logits.detach(), "loss": loss.detach(),
               **parameters("grad", net, lambda p: p.grad)}
    # What each nonlinearity gives, the first "activation/0".
    x, units = inputs, 0
    for module in net:
        x = module(x)
        if not isinstance(module, nn.Linear):
            tensors[f"activation/{units}"] = x.detach().clone()
            units += 1
    params = {"model.hidden": HIDDEN, "model.layers": layers, "model.activation": activation}
    return tensors, {"model": "mlp", "params": json.dumps(params)}


def main():
    torch.set_num_threads(1)
    for stem, activation, layers in [(name, name, LAYERS) for name in ACTIVATIONS] + [("linear", "tanh", 0)]:
        single, metadata = case(activation, layers, torch.float32)
        double, _ = case(activation, layers, torch.float64)
        check_conditioned(f"mlp {stem}", single, double)
        for tensors, dtype in ((single, "float32"), (double, "float64")):
            write_safetensors(GOLDEN / f"forward-mlp-{stem}-{dtype}.safetensors", tensors,
                              {**metadata, "dtype": dtype, "torch": torch.__version__})


if __name__ == "__main__":
    main()
