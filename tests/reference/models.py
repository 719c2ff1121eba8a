"""Reference values for the models and optimizers, made with PyTorch: the files in golden/.

Straightforward on purpose: one sequence at a time through torch.nn modules, torch.optim for the steps. The engine sorts,
shares prefixes, pads and splits into micro-batches; what it computes has to agree with this. See README.md.
"""
import json
import pathlib
import struct

import torch
from torch import nn

GOLDEN = pathlib.Path(__file__).resolve().parent / "golden"
ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ .,;'"
CLASSES = 4
# Shared prefixes, a duplicate under the same label and one under another, a name of length 1.
NAMES = [("Adam", 0), ("Adams", 1), ("Ada", 2), ("Adam", 0), ("Adam", 3), ("O", 1), ("O'Neal", 1), ("de Vries", 2)]
STEPS = 10


class CharRnnLinear(nn.Module):
    """The char-RNN of the names experiment: c = [x; h], h' = i2h(c), logits = i2o(c) of the last step. No nonlinearity."""

    def __init__(self, hidden, embedding):
        super().__init__()
        assert embedding == 0
        self.hidden = hidden
        self.i2h = nn.Linear(len(ALPHABET) + hidden, hidden)
        self.i2o = nn.Linear(len(ALPHABET) + hidden, CLASSES)

    def forward(self, symbols):
        h = torch.zeros(self.hidden, dtype=self.i2h.weight.dtype)
        for x in one_hot(symbols, h.dtype):
            c = torch.cat([x, h])
            h = self.i2h(c)
        return self.i2o(c)


class Recurrent(nn.Module):
    """One recurrent layer over one-hot or embedded symbols; the last hidden state through a Linear."""

    cell = None

    def __init__(self, hidden, embedding):
        super().__init__()
        self.embedding = nn.Embedding(len(ALPHABET), embedding) if embedding else None
        self.rnn = self.cell(embedding or len(ALPHABET), hidden)
        self.output = nn.Linear(hidden, CLASSES)

    def forward(self, symbols):
        x = self.embedding(symbols) if self.embedding else one_hot(symbols, self.output.weight.dtype)
        _, h = self.rnn(x.unsqueeze(1))
        return self.output((h[0] if isinstance(h, tuple) else h)[0, 0])


class Elman(Recurrent):
    cell = nn.RNN


class Gru(Recurrent):
    cell = nn.GRU


class Lstm(Recurrent):
    cell = nn.LSTM


class CrnnAttention(nn.Module):
    """The keyword spotter: convolution, two GRU layers with dropout between them, attention over time. Dropout is a given
    mask, so the layers are called one by one."""

    DROPOUT = 0.25

    def __init__(self, hidden, channels, bands):
        super().__init__()
        self.conv = nn.Conv2d(1, channels, (5, 20), (2, 8))
        self.gru = nn.GRU(channels * ((bands - 5) // 2 + 1), hidden, 2)
        self.attention = nn.Sequential(nn.Linear(hidden, hidden), nn.Tanh(), nn.Linear(hidden, 1))
        self.output = nn.Linear(hidden, CLASSES)

    def layer(self, k, x):
        weights = [getattr(self.gru, f"{name}_l{k}") for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
        start = torch.zeros(1, x.shape[1], self.gru.hidden_size, dtype=x.dtype)
        return torch.gru(x, start, weights, True, 1, 0.0, False, False, False)[0]

    def forward(self, x, keep=None):
        maps = self.conv(x.unsqueeze(1)).flatten(1, 2).permute(2, 0, 1)
        if keep is None:
            states, _ = self.gru(maps)
        else:
            states = self.layer(1, self.layer(0, maps) * keep.permute(1, 0, 2) / (1 - self.DROPOUT))
        return self.output((torch.softmax(self.attention(states), 0) * states).sum(0))


MODELS = {"char-rnn-linear": CharRnnLinear, "elman": Elman, "gru": Gru, "lstm": Lstm}

# name of the case -> (optimizer, its parameters, parameters of the regime)
CASES = {
    "sgd": ("sgd", {"lr": 0.5}, {}),
    "sgd-momentum": ("sgd", {"lr": 0.2, "momentum": 0.9}, {}),
    "sgd-nesterov-decay": ("sgd", {"lr": 0.2, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01}, {}),
    "sgd-dampening": ("sgd", {"lr": 0.2, "momentum": 0.9, "dampening": 0.1}, {}),
    "adam": ("adam", {}, {}),
    "adam-amsgrad-decay": ("adam", {"lr": 0.05, "beta1": 0.8, "beta2": 0.95, "amsgrad": True, "weight_decay": 0.01}, {}),
    "sgd-clip": ("sgd", {"lr": 0.5, "momentum": 0.9}, {"clip_norm": 0.25}),
    "sgd-sum": ("sgd", {"lr": 0.05}, {"reduction": "sum"}),
}
SGD = {"lr": 0.1, "momentum": 0.0, "nesterov": False, "weight_decay": 0.0, "dampening": 0.0}
ADAM = {"lr": 0.001, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weight_decay": 0.0, "amsgrad": False}


def one_hot(symbols, dtype):
    return nn.functional.one_hot(symbols, len(ALPHABET)).to(dtype)


def build(model, hidden, embedding, dtype):
    """The same weights in both precisions: drawn in float32."""
    torch.manual_seed(20211)
    return MODELS[model](hidden, embedding).to(dtype)


def batch():
    length = max(len(name) for name, _ in NAMES)
    inputs = torch.zeros(len(NAMES), length, dtype=torch.int64)
    for row, (name, _) in enumerate(NAMES):
        inputs[row, : len(name)] = torch.tensor([ALPHABET.index(c) for c in name])
    return inputs, torch.tensor([len(name) for name, _ in NAMES]), torch.tensor([label for _, label in NAMES])


def logits_of(net, inputs, lengths):
    return torch.stack([net(row[:n]) for row, n in zip(inputs, lengths)])


def parameters(prefix, net, of=lambda p: p):
    return {f"{prefix}/{name}": of(p).detach().clone() for name, p in net.named_parameters()}


def forward_case(model, embedding, dtype):
    hidden = 7
    net = build(model, hidden, embedding, dtype)
    inputs, lengths, labels = batch()
    logits = logits_of(net, inputs, lengths)
    loss = nn.functional.cross_entropy(logits, labels)
    loss.backward()
    tensors = {**parameters("model", net), "inputs": inputs, "lengths": lengths, "labels": labels,
               "logits": logits.detach(), "loss": loss.detach(), **parameters("grad", net, lambda p: p.grad)}
    return tensors, {"model": model, "params": json.dumps(model_params(model, hidden, embedding))}


def crnn_case(dropout, dtype):
    hidden, channels, bands, frames, examples = 6, 3, 9, 37, 5
    torch.manual_seed(20212)
    net = CrnnAttention(hidden, channels, bands)
    inputs = torch.randn(examples, bands, frames).to(dtype)
    labels = torch.tensor([0, 1, 3, 2, 0])
    steps = (frames - 20) // 8 + 1
    keep = (torch.rand(examples, steps, hidden) >= net.DROPOUT) if dropout else None
    net = net.to(dtype)
    logits = net(inputs, keep)
    loss = nn.functional.cross_entropy(logits, labels)
    loss.backward()
    tensors = {**parameters("model", net), "inputs": inputs, "labels": labels, "logits": logits.detach(), "loss": loss.detach(),
               **parameters("grad", net, lambda p: p.grad)}
    if dropout:
        tensors["masks"] = keep.to(torch.int64)
    params = {"model.hidden": hidden, "model.channels": channels, "model.dropout": net.DROPOUT}
    return tensors, {"model": "crnn-attention", "params": json.dumps(params)}


def model_params(model, hidden, embedding):
    params = {"model.hidden": hidden}
    if model != "char-rnn-linear":
        params["model.embedding"] = embedding
    return params


def steps_case(model, case, dtype):
    hidden = 5
    optimizer, settings, regime = CASES[case]
    net = build(model, hidden, 0, dtype)
    if optimizer == "sgd":
        p = {**SGD, **settings}
        opt = torch.optim.SGD(net.parameters(), **p)
    else:
        p = {**ADAM, **settings}
        opt = torch.optim.Adam(net.parameters(), lr=p["lr"], betas=(p["beta1"], p["beta2"]), eps=p["eps"],
                               weight_decay=p["weight_decay"], amsgrad=p["amsgrad"])
    inputs, lengths, labels = batch()
    tensors = {**parameters("model", net), "inputs": inputs, "lengths": lengths, "labels": labels}
    losses, norms = [], []
    for _ in range(STEPS):
        opt.zero_grad()
        loss = nn.functional.cross_entropy(logits_of(net, inputs, lengths), labels,
                                           reduction=regime.get("reduction", "mean"))
        loss.backward()
        limit = regime.get("clip_norm", float("inf"))
        norms.append(nn.utils.clip_grad_norm_(net.parameters(), limit))
        opt.step()
        losses.append(loss.detach() / (len(labels) if regime.get("reduction") == "sum" else 1))
    tensors |= {"losses": torch.stack(losses), "norms": torch.stack(norms).detach(), **parameters("after", net)}
    params = model_params(model, hidden, 0)
    params |= {f"optimizer.{k}": v for k, v in p.items()} | {f"regime.{k}": v for k, v in regime.items()}
    return tensors, {"model": model, "optimizer": optimizer, "params": json.dumps(params)}


def check_conditioned(case, single, double):
    """A file that float32 rounding alone moves by more than a tenth of the tests' tolerance would test nothing. A gradient
    that nearly cancels (attention's last bias does, exactly) is measured against a hundredth of the whole gradient."""
    whole = sum((g.double() ** 2).sum() for name, g in double.items() if name.startswith("grad/")) ** 0.5
    for name, value in single.items():
        if value.dtype == torch.float32:
            least = 0.01 * whole if name.startswith("grad/") else 1e-12
            error = (value.double() - double[name]).norm() / double[name].norm().clamp_min(least)
            assert error < 1e-6, f"{case}: {name} differs by {error:.1e} between float32 and float64"


DTYPES = {torch.float32: "F32", torch.float64: "F64", torch.int64: "I64"}


def write_safetensors(path, tensors, metadata):
    header, data = {"__metadata__": metadata}, b""
    for name, tensor in tensors.items():
        raw = tensor.contiguous().numpy().tobytes()
        header[name] = {"dtype": DTYPES[tensor.dtype], "shape": list(tensor.shape),
                        "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def main():
    torch.set_num_threads(1)
    GOLDEN.mkdir(exist_ok=True)
    for kind in ("forward", "steps"):
        for old in GOLDEN.glob(f"{kind}-*.safetensors"):
            if not old.name.startswith("forward-mlp-"):  # mlp.py makes those
                old.unlink()
    versions = {"torch": torch.__version__}
    for model in MODELS:
        for embedding in (0,) if model == "char-rnn-linear" else (0, 5):
            single, metadata = forward_case(model, embedding, torch.float32)
            double, _ = forward_case(model, embedding, torch.float64)
            stem = f"forward-{model}-{'embedding' if embedding else 'onehot'}"
            check_conditioned(stem, single, double)
            for tensors, dtype in ((single, "float32"), (double, "float64")):
                write_safetensors(GOLDEN / f"{stem}-{dtype}.safetensors", tensors, {**metadata, "dtype": dtype, **versions})
        for case in CASES:
            single, metadata = steps_case(model, case, torch.float32)
            check_conditioned(f"{model} {case}", single, steps_case(model, case, torch.float64)[0])
            write_safetensors(GOLDEN / f"steps-{model}-{case}.safetensors", single, {**metadata, "dtype": "float32", **versions})
    for dropout in (False, True):
        stem = f"forward-crnn-attention-{'dropout' if dropout else 'plain'}"
        single, metadata = crnn_case(dropout, torch.float32)
        double, _ = crnn_case(dropout, torch.float64)
        check_conditioned(stem, single, double)
        for tensors, dtype in ((single, "float32"), (double, "float64")):
            write_safetensors(GOLDEN / f"{stem}-{dtype}.safetensors", tensors, {**metadata, "dtype": dtype, **versions})


if __name__ == "__main__":
    main()
