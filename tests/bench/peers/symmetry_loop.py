"""Peer of bench_ensemble: mirror symmetry of six bits, 6-2-1, as an eager PyTorch loop over seeds.

usage: symmetry_loop.py SEEDS EPOCHS
"""
import sys
import time

import torch

seeds, epochs = int(sys.argv[1]), int(sys.argv[2])
torch.set_num_threads(1)
bits = torch.arange(64).unsqueeze(1).bitwise_right_shift(torch.arange(6)).bitwise_and(1)
inputs = bits.float()
wanted = bits.eq(bits.flip(1)).all(1, keepdim=True).float()

solved = 0
start = time.perf_counter()
for seed in range(seeds):
    torch.manual_seed(seed)
    network = torch.nn.Sequential(torch.nn.Linear(6, 2), torch.nn.Sigmoid(), torch.nn.Linear(2, 1), torch.nn.Sigmoid())
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9)
    for _ in range(epochs):
        optimizer.zero_grad()
        ((network(inputs) - wanted) ** 2).sum().backward()
        optimizer.step()
    with torch.no_grad():
        solved += int(network(inputs).gt(0.5).eq(wanted.bool()).all())
seconds = time.perf_counter() - start
print(f"share {solved / seeds:.4f} us {seconds / seeds / epochs * 1e6:.4f}")
