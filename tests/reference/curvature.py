"""Exact Hessians of the mean cross-entropy, column by column by double backward: golden/curvature.json.

At the weights and on the examples of golden/forward-*-float64.safetensors, which models.py and mlp.py write. See README.md.
"""
import json

import torch
from torch import nn

import mlp
import models


def cases():
    for model in models.MODELS:
        for embedding in (0,) if model == "char-rnn-linear" else (0, 5):
            net = models.build(model, 7, embedding, torch.float64)
            inputs, lengths, labels = models.batch()
            examples = [(row[:n],) for row, n in zip(inputs, lengths)]
            yield f"forward-{model}-{'embedding' if embedding else 'onehot'}-float64", net, examples, labels
    tensors, _ = models.crnn_case(False, torch.float64)
    net = models.CrnnAttention(6, 3, 9).double()
    with torch.no_grad():
        for name, parameter in net.named_parameters():
            parameter.copy_(tensors[f"model/{name}"])
    yield "forward-crnn-attention-plain-float64", net, [(tensors["inputs"],)], tensors["labels"]
    for activation in mlp.ACTIVATIONS:
        tensors, _ = mlp.case(activation, mlp.LAYERS, torch.float64)
        net = mlp.build(activation, mlp.LAYERS).double()
        with torch.no_grad():
            for name, parameter in net.named_parameters():
                parameter.copy_(tensors[f"model/{name}"])
        yield f"forward-mlp-{activation}-float64", net, [(tensors["inputs"],)], tensors["labels"]


def hessian(net, examples, labels):
    weights = list(net.parameters())

    def flat(parts):
        return torch.cat([torch.zeros(w.numel(), dtype=w.dtype) if p is None else p.flatten()
                          for p, w in zip(parts, weights)])

    logits = torch.cat([torch.atleast_2d(net(*x)) for x in examples])
    loss = nn.functional.cross_entropy(logits, labels)
    slope = flat(torch.autograd.grad(loss, weights, create_graph=True))
    return torch.stack([flat(torch.autograd.grad(s, weights, retain_graph=True, allow_unused=True)) for s in slope])


def main():
    torch.set_num_threads(1)
    golden = {}
    for name, net, examples, labels in cases():
        h = hessian(net, examples, labels)
        assert (h - h.T).norm() < 1e-10 * h.norm()
        values = torch.linalg.eigvalsh(h)
        golden[name] = {"weights": len(values), "largest": values.flip(0)[:5].tolist(), "least": values[0].item(),
                        "trace": h.trace().item(), "frobenius": h.norm().item()}
    (models.GOLDEN / "curvature.json").write_text(json.dumps(golden, indent=1) + "\n")


if __name__ == "__main__":
    main()
