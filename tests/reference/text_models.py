"""Reference values for the models of texts, made with PyTorch and scikit-learn: golden/texts-*. See README.md.

Straightforward on purpose: one text at a time, never padded but to the width of the widest filter; recurrent nets also
packed, by PyTorch's own packing, which has to agree.
"""
import copy
import json

import numpy as np
import torch
from sklearn.feature_extraction.text import HashingVectorizer
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_sequence

from models import CLASSES, GOLDEN, parameters, write_safetensors

KNOWN, SIZE, WORDS = 20, 6, 26  # ids from KNOWN on are words beyond the vocabulary
LENGTHS = [7, 1, 12, 3, 12, 2, 5, 9, 4, 6]
DROPOUT = 0.25
DTYPE = torch.float64


def texts():
    generator = torch.Generator().manual_seed(11)
    return [torch.randint(2, WORDS, (length,), generator=generator) for length in LENGTHS]


def known(ids):
    return torch.where(ids >= KNOWN, torch.ones_like(ids), ids)


class Texts(nn.Module):
    """What all have: word vectors, trained (`embedding`, row 0 for padding) or given."""

    def __init__(self, vectors=None):
        super().__init__()
        self.vectors = vectors
        if vectors is None:
            self.embedding = nn.Embedding(KNOWN, SIZE, padding_idx=0)
            # As a person might leave it: padding must not be seen for its row's sake.
            with torch.no_grad():
                self.embedding.weight[0] = 3.0

    def words(self, ids):
        return self.embedding(known(ids)) if self.vectors is None else self.vectors[known(ids)]

    def forward(self, all_ids, masks):
        return torch.stack([self.one(ids, None if masks is None else masks[i] / (1 - DROPOUT)) for i, ids in enumerate(all_ids)])


class Cnn(Texts):
    KERNELS, FILTERS = (2, 3, 5), 4

    def __init__(self, vectors=None):
        super().__init__(vectors)
        self.conv = nn.ModuleList(nn.Conv1d(SIZE, self.FILTERS, k) for k in self.KERNELS)
        self.output = nn.Linear(self.FILTERS * len(self.KERNELS), CLASSES)

    def units(self):
        return self.output.in_features

    def one(self, ids, keep):
        x = self.words(ids)
        x = nn.functional.pad(x, (0, 0, 0, max(0, max(self.KERNELS) - len(x)))).t().unsqueeze(0)
        x = torch.cat([torch.relu(conv(x)).amax(2) for conv in self.conv], 1)[0]
        return self.output(x if keep is None else x * keep)


class Recurrent(Texts):
    HIDDEN = 5

    def __init__(self, cell, layers, bidirectional, vectors=None):
        super().__init__(vectors)
        self.rnn = cell(SIZE, self.HIDDEN, layers, bidirectional=bidirectional)
        self.output = nn.Linear(self.HIDDEN * (2 if bidirectional else 1), CLASSES)

    def units(self):
        return SIZE + self.rnn.num_layers * self.output.in_features

    def layer(self, k, x):
        """One layer of the net by itself, so that what is between layers can be masked."""
        both = self.output.in_features // self.HIDDEN
        one = type(self.rnn)(x.shape[1], self.HIDDEN, bidirectional=both == 2).to(x.dtype)
        ends = ["", "_reverse"][:both]
        weights = [getattr(self.rnn, f"{name}_l{k}{end}") for end in ends for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
        start = torch.zeros(both, 1, self.HIDDEN, dtype=x.dtype)
        run = {nn.RNN: torch.rnn_tanh, nn.LSTM: torch.lstm, nn.GRU: torch.gru}[type(one)]
        out = run(x.unsqueeze(1), (start, start) if run is torch.lstm else start, weights, True, 1, 0.0, False, both == 2, False)
        return out[0][:, 0], torch.cat(list(out[1][:, 0]))

    def one(self, ids, keep):
        x, at = self.words(ids), 0
        if keep is None:
            _, last = self.rnn(x.unsqueeze(1))
            last = last[0] if isinstance(last, tuple) else last
            return self.output(torch.cat(list(last[-(self.output.in_features // self.HIDDEN):, 0])))
        x = x * keep[:SIZE]
        at = SIZE
        for k in range(self.rnn.num_layers):
            x, last = self.layer(k, x)
            mask = keep[at:at + self.output.in_features]
            at += self.output.in_features
            x, last = x * mask, last * mask
        return self.output(last)

    def packed(self, all_ids):
        x = pack_padded_sequence(pad_sequence([self.words(ids) for ids in all_ids]), LENGTHS, enforce_sorted=False)
        _, last = self.rnn(x)
        last = last[0] if isinstance(last, tuple) else last
        return self.output(torch.cat(list(last[-(self.output.in_features // self.HIDDEN):]), 1))


ACTIVATIONS = {"relu": nn.ReLU, "sigmoid": nn.Sigmoid, "log-sigmoid": nn.LogSigmoid, "tanh": nn.Tanh, "prelu": nn.PReLU, "celu": nn.CELU,
               "selu": nn.SELU, "silu": nn.SiLU, "gelu": nn.GELU, "softplus": nn.Softplus, "hard-sigmoid": nn.Hardsigmoid,
               "hard-tanh": nn.Hardtanh, "hard-swish": nn.Hardswish}


class Average(Texts):
    WIDTHS = (9, 8, 7)

    def __init__(self, activations, vectors=None, norm=False):
        super().__init__(vectors)
        inputs = (SIZE, *self.WIDTHS)
        self.layer = nn.ModuleList(nn.Linear(a, b) for a, b in zip(inputs, self.WIDTHS))
        self.norm = nn.ModuleList(nn.LayerNorm(b) for b in self.WIDTHS) if norm else None
        if norm:
            for one in self.norm:
                nn.init.normal_(one.weight)
                nn.init.normal_(one.bias)
        self.prelu = nn.ModuleDict({str(i): nn.PReLU() for i, name in enumerate(activations) if name == "prelu"})
        self.others = [None if name == "prelu" else ACTIVATIONS[name]() for name in activations]
        self.output = nn.Linear(self.WIDTHS[-1], CLASSES)

    def units(self):
        return sum(self.WIDTHS)

    def one(self, ids, keep):
        x, at = self.words(ids).mean(0), 0
        for i, layer in enumerate(self.layer):
            x = layer(x)
            if self.norm:
                x = self.norm[i](x)
            x = self.others[i](x) if self.others[i] else self.prelu[str(i)](x.unsqueeze(0))[0]
            if keep is not None:
                x = x * keep[at:at + len(x)]
            at += len(x)
        return self.output(x)


class BatchNormAverage(Average):
    def __init__(self, activations, vectors=None):
        super().__init__(activations, vectors)
        # Momentum 1: what is kept for evaluation is that of the last batch.
        self.norm = nn.ModuleList(nn.BatchNorm1d(b, momentum=1.0) for b in self.WIDTHS)
        for one in self.norm:
            nn.init.normal_(one.weight)
            nn.init.normal_(one.bias)

    def forward(self, all_ids, masks):
        x, at = torch.stack([self.words(ids).mean(0) for ids in all_ids]), 0
        for i, layer in enumerate(self.layer):
            x = self.norm[i](layer(x))
            x = self.others[i](x) if self.others[i] else self.prelu[str(i)](x)
            if masks is not None:
                x = x * masks[:, at:at + x.shape[1]] / (1 - DROPOUT)
            at += x.shape[1]
        return self.output(x)

    def evaluated(self, some_ids):
        """Logits of some texts, normalised by the whole set's means and population variances."""
        net, n = copy.deepcopy(self).train(), len(LENGTHS)
        with torch.no_grad():
            net(texts(), None)
            for one in net.norm:
                one.running_var *= (n - 1) / n  # PyTorch keeps the unbiased one
            return net.eval()(some_ids, None)


def write(stem, model, net, logits, params, tensors):
    labels = torch.arange(len(LENGTHS)) % CLASSES
    loss = nn.functional.cross_entropy(logits, labels)
    loss.backward()
    padded = pad_sequence(texts(), batch_first=True)
    write_safetensors(GOLDEN / f"texts-{stem}.safetensors",
                      {**parameters("model", net), "inputs": padded, "lengths": torch.tensor(LENGTHS), "labels": labels,
                       "logits": logits.detach(), "loss": loss.detach(), **parameters("grad", net, lambda p: p.grad), **tensors},
                      {"model": model, "params": json.dumps(params), "dtype": "float64", "known": str(KNOWN), "torch": torch.__version__})


def case(stem, model, make, params, frozen=False, dropout=False):
    torch.manual_seed(20213)
    vectors = torch.randn(KNOWN, SIZE, dtype=DTYPE) if frozen else None
    if frozen:
        vectors[:2] = 0
    net = make(vectors).to(DTYPE)
    masks = (torch.rand(len(LENGTHS), net.units()) >= DROPOUT).to(DTYPE) if dropout else None
    logits = net(texts(), masks)
    if isinstance(net, Recurrent) and masks is None:
        assert torch.allclose(net.packed(texts()), logits, atol=1e-13)
    tensors = {} if vectors is None else {"vectors": vectors}
    if isinstance(net, BatchNormAverage):
        tensors["evaluated"] = net.evaluated(texts()[2:5])
    if dropout:
        tensors["masks"] = masks.to(torch.int64)
    embedding = {"model.embedding": "frozen" if frozen else "random", "model.embedding_size": SIZE}
    if model == "mlp-embedding-average":
        embedding |= {"model.dropout": str(DROPOUT if dropout else 0)}
    else:
        embedding |= {"model.dropout": DROPOUT if dropout else 0}
    write(stem, model, net, logits, {**embedding, **params}, tensors)


def regression(bits, alternate, norm):
    """Words are w1, w2, …: scikit-learn hashes them itself."""
    vectorizer = HashingVectorizer(n_features=2**bits, alternate_sign=alternate, norm=norm, lowercase=False, token_pattern=r"\S+")
    x = vectorizer.transform([" ".join(f"w{i}" for i in ids.tolist()) for ids in texts()]).toarray()
    torch.manual_seed(20213)
    net = nn.Linear(2**bits, CLASSES).to(DTYPE)
    params = {"model.bits": bits, "model.alternate_sign": alternate, "model.norm": norm or "none"}
    write(f"softmax-regression-{bits}-{'signed' if alternate else 'unsigned'}-{norm or 'none'}", "softmax-regression", net,
          net(torch.from_numpy(x.astype(np.float64))), params, {})


def main():
    torch.set_num_threads(1)
    cnn = {"model.kernels": "2,3,5", "model.filters": Cnn.FILTERS}
    case("cnn", "text-cnn", Cnn, cnn)
    case("cnn-frozen", "text-cnn", Cnn, cnn, frozen=True)
    case("cnn-dropout", "text-cnn", Cnn, cnn, dropout=True)
    for name, cell in (("rnn", nn.RNN), ("lstm", nn.LSTM), ("gru", nn.GRU)):
        for layers, both in ((1, False), (1, True), (2, True), (3, False)):
            params = {"model.hidden": Recurrent.HIDDEN, "model.layers": layers, "model.bidirectional": both}
            make = lambda vectors, cell=cell, layers=layers, both=both: Recurrent(cell, layers, both, vectors)
            stem = f"{name}-{layers}{'-bidirectional' if both else ''}"
            case(stem, f"text-{name}", make, params)
            if layers == 2:
                case(f"{stem}-frozen", f"text-{name}", make, params, frozen=True)
                case(f"{stem}-dropout", f"text-{name}", make, params, dropout=True)
    names = list(ACTIVATIONS)
    for i in range(0, len(names), 3):
        three = (names[i:] + names)[:3]
        params = {"model.layers": ",".join(map(str, Average.WIDTHS)), "model.activation": ",".join(three)}
        case("average-" + three[0], "mlp-embedding-average", lambda vectors, three=three: Average(three, vectors), params)
    params = {"model.layers": ",".join(map(str, Average.WIDTHS)), "model.activation": "prelu"}
    three = ["prelu"] * 3
    case("average-frozen", "mlp-embedding-average", lambda vectors: Average(three, vectors), params, frozen=True)
    case("average-dropout", "mlp-embedding-average", lambda vectors: Average(three, vectors), params, dropout=True)
    case("average-norm", "mlp-embedding-average", lambda vectors: Average(three, vectors, True), {**params, "model.norm": "layer"})
    batch = {**params, "model.norm": "batch"}
    case("average-batch-norm", "mlp-embedding-average", lambda vectors: BatchNormAverage(three, vectors), batch)
    case("average-batch-norm-dropout", "mlp-embedding-average", lambda vectors: BatchNormAverage(three, vectors), batch, frozen=True, dropout=True)
    for bits, alternate, norm in ((4, True, "l2"), (7, True, None), (5, False, "l2")):
        regression(bits, alternate, norm)


if __name__ == "__main__":
    main()
