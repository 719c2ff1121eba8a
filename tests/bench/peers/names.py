"""Peer of bench_names: recurrent nets over surnames, as one would write them with PyTorch.

usage: names.py FOLDER MODEL MODE UPDATES [HIDDEN]

FOLDER has names.txt (a line each: class, then symbols, as numbers) and weights.f32 (float32, in the order of the
network's parameters). MODEL: RNN, GRU, LSTM or linear, the recurrence without nonlinearity of the char-RNN tutorial.
MODE full: gradient descent on all of them, packed by length in chunks of 4096, the first update not timed. MODE one: a
name an update, in the order of the file. Says "us T loss L": microseconds an update, and the mean loss afterwards.
"""
import sys
import time

import torch
from torch.nn.functional import cross_entropy, one_hot
from torch.nn.utils.rnn import pack_padded_sequence

SYMBOLS, CLASSES, CHUNK = 57, 18, 4096
folder, kind, mode, updates = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
HIDDEN = int(sys.argv[5]) if len(sys.argv) > 5 else 128
torch.set_num_threads(1)


class Gated(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = getattr(torch.nn, kind)(SYMBOLS, HIDDEN, batch_first=True)
        self.output = torch.nn.Linear(HIDDEN, CLASSES)

    def forward(self, inputs, lengths):
        if lengths is not None:
            inputs = pack_padded_sequence(inputs, lengths, batch_first=True)
        _, state = self.rnn(inputs)
        return self.output((state[0] if isinstance(state, tuple) else state)[-1])


class Linear(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.i2h = torch.nn.Linear(SYMBOLS + HIDDEN, HIDDEN)
        self.i2o = torch.nn.Linear(SYMBOLS + HIDDEN, CLASSES)

    def forward(self, inputs, lengths):
        """Longest first, so that each step is of the sequences that go on."""
        lengths = [inputs.shape[1]] if lengths is None else lengths.tolist()
        hidden, active, ended = torch.zeros(len(lengths), HIDDEN), len(lengths), []
        for step in range(lengths[0]):
            both = torch.cat([inputs[:active, step], hidden], 1)
            going_on = active
            while going_on > 0 and lengths[going_on - 1] == step + 1:
                going_on -= 1
            ended.append(both[going_on:])
            active = going_on
            hidden = self.i2h(both[:active])
        return self.i2o(torch.cat(ended[::-1]))


names = [[int(word) for word in line.split()] for line in open(f"{folder}/names.txt")]
if mode == "full":
    names.sort(key=lambda name: -len(name))
labels = torch.tensor([name[0] for name in names])
lengths = torch.tensor([len(name) - 1 for name in names])
inputs = torch.zeros(len(names), int(lengths.max()), SYMBOLS)
for i, name in enumerate(names):
    inputs[i, : len(name) - 1] = one_hot(torch.tensor(name[1:]), SYMBOLS)

network = Linear() if kind == "linear" else Gated()
weights = torch.frombuffer(bytearray(open(f"{folder}/weights.f32", "rb").read()), dtype=torch.float32)
torch.nn.utils.vector_to_parameters(weights, network.parameters())


def all_of_them(descend):
    loss = 0.0
    for first in range(0, len(names), CHUNK):
        part = slice(first, first + CHUNK)
        longest = int(lengths[part].max())
        outputs = network(inputs[part, :longest], lengths[part])
        mean = cross_entropy(outputs, labels[part], reduction="sum") / len(names)
        if descend:
            mean.backward()
        loss += mean.item()
    return loss


if mode == "full":
    optimizer = torch.optim.SGD(network.parameters(), lr=1.0, momentum=0.9)
    for update in range(updates + 1):
        if update == 1:
            start = time.perf_counter()
        optimizer.zero_grad()
        all_of_them(True)
        torch.nn.utils.clip_grad_norm_(network.parameters(), 0.25)
        optimizer.step()
    seconds = time.perf_counter() - start
else:
    optimizer = torch.optim.SGD(network.parameters(), lr=0.005)
    start = time.perf_counter()
    for i in range(updates):
        optimizer.zero_grad()
        loss = cross_entropy(network(inputs[i : i + 1, : lengths[i]], None), labels[i : i + 1])
        loss.backward()
        loss.item()
        optimizer.step()
    seconds = time.perf_counter() - start
    order = torch.argsort(lengths, descending=True, stable=True)
    inputs, lengths, labels = inputs[order], lengths[order], labels[order]
with torch.no_grad():
    print(f"us {seconds / updates * 1e6:.4f} loss {all_of_them(False):.8f}")
