"""Peer of bench_ensemble: two-layer networks of many widths, one after the other, as eager PyTorch.

usage: width_sweep.py DATA TRAIN TEST DIMENSION SEEDS UPDATES WIDTH...
DATA: float32, native order: TRAIN inputs, TEST inputs, TEST targets (-1 or 1), each seed's TRAIN targets.
"""
import sys
import time

import torch

file = sys.argv[1]
train, test, dimension, seeds, updates, *widths = map(int, sys.argv[2:])
torch.set_num_threads(1)
with open(file, "rb") as data:
    numbers = torch.frombuffer(bytearray(data.read()), dtype=torch.float32)
inputs, inputs_test, wanted_test, *wanted = numbers.split([train * dimension, test * dimension, test] + [train] * seeds)
inputs, inputs_test = inputs.view(train, dimension), inputs_test.view(test, dimension)

start = time.perf_counter()
for width in widths:
    wrong = []
    for seed in range(seeds):
        torch.manual_seed(seed)
        network = torch.nn.Sequential(torch.nn.Linear(dimension, width), torch.nn.ReLU(), torch.nn.Linear(width, 1))
        optimizer = torch.optim.SGD(network.parameters(), lr=0.05, momentum=0.9)
        for _ in range(updates):
            optimizer.zero_grad()
            ((network(inputs).squeeze(1) - wanted[seed]) ** 2).mean().backward()
            optimizer.step()
        with torch.no_grad():
            wrong.append(network(inputs_test).squeeze(1).gt(0).ne(wanted_test.gt(0)).float().mean().item())
    print("errors", *wrong)
seconds = time.perf_counter() - start
print(f"us {seconds / len(widths) / seeds / updates * 1e6:.4f}")
