"""Peer of bench_crnn: the convolutional recurrent network with attention, as eager PyTorch on one thread.

usage: crnn.py DATA CLIPS BANDS FRAMES CLASSES HIDDEN CHANNELS BATCH UPDATES LR CLIP
DATA: float32, native order: inputs [clips, bands, frames], labels [clips], then the weights, each in turn.
BATCH: examples of an update, in the order of the data; 0 takes all of them, 128 at a time.
Momentum 0.9 (Nesterov), weight decay 1e-5, the gradient clipped to the norm CLIP, losses weighted against the size of
their class. Prints one JSON object: microseconds of processor time a clip, by update, and the mean loss over all clips at the end.
"""
import json
import sys
import time

import torch
from torch import nn


class Crnn(nn.Module):
    def __init__(self, bands, classes, hidden, channels):
        super().__init__()
        self.conv = nn.Conv2d(1, channels, (5, 20), (2, 8))
        self.gru = nn.GRU(channels * ((bands - 5) // 2 + 1), hidden, num_layers=2, batch_first=True)
        self.attention = nn.Sequential(nn.Linear(hidden, hidden), nn.Tanh(), nn.Linear(hidden, 1))
        self.output = nn.Linear(hidden, classes)

    def forward(self, clips):
        maps = self.conv(clips[:, None])
        states, _ = self.gru(maps.flatten(1, 2).transpose(1, 2))
        shares = self.attention(states).softmax(dim=1)
        return self.output((shares * states).sum(dim=1))


def main():
    file = sys.argv[1]
    clips, bands, frames, classes, hidden, channels, batch, updates = map(int, sys.argv[2:10])
    lr, clip = map(float, sys.argv[10:12])
    torch.set_num_threads(1)
    with open(file, "rb") as data:
        numbers = torch.frombuffer(bytearray(data.read()), dtype=torch.float32)
    inputs, labels, weights = numbers.split([clips * bands * frames, clips, len(numbers) - clips * (bands * frames + 1)])
    inputs, labels = inputs.view(clips, bands, frames), labels.long()

    network = Crnn(bands, classes, hidden, channels)
    nn.utils.vector_to_parameters(weights.clone(), network.parameters())
    optimizer = torch.optim.SGD(network.parameters(), lr=lr, momentum=0.9, nesterov=True, weight_decay=1e-5)
    counts = labels.bincount(minlength=classes).float()
    importance = clips / (classes * counts)
    criterion = nn.CrossEntropyLoss(weight=importance, reduction="sum")

    times = []
    order = torch.arange(clips)
    batches = order.split(batch or clips)
    for update in range(updates):
        members = batches[update % len(batches)]
        start = time.process_time()
        optimizer.zero_grad()
        for part in members.split(128):
            (criterion(network(inputs[part]), labels[part]) / len(members)).backward()
        nn.utils.clip_grad_norm_(network.parameters(), clip)
        optimizer.step()
        times.append((time.process_time() - start) / len(members) * 1e6)

    with torch.no_grad():
        loss = sum(nn.functional.cross_entropy(network(inputs[part]), labels[part], reduction="sum").item() for part in order.split(128))
    print(json.dumps({"us_per_clip": times, "loss": loss / clips}))


if __name__ == "__main__":
    main()
