"""Trains a fixture network for an epoch or more with PyTorch and prints what that took: torch_epoch.py --help.

The whole data set is one tensor in memory, shuffled by index: there is no loader that could be slow. Convolutional networks
run channels last, which is what PyTorch's convolutions are fastest with.
"""

import argparse
import gzip
import json
import pathlib
import resource
import sys
import time

import numpy as np
import torch
from torch.nn import functional

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "fixtures"))
from networks import NETWORKS  # noqa: E402


def read_idx(path):
    opened = gzip.open(path, "rb") if path.endswith(".gz") else open(path, "rb")
    with opened as file:
        data = file.read()
    rank = data[3]
    shape = [int.from_bytes(data[4 + 4 * i : 8 + 4 * i], "big") for i in range(rank)]
    return np.frombuffer(data, np.uint8, offset=4 + 4 * rank).reshape(shape)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("network", choices=sorted(NETWORKS))
    parser.add_argument("--images", required=True)
    parser.add_argument("--labels", required=True)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--threads", type=int, required=True)
    options = parser.parse_args()

    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    pixels = torch.from_numpy(read_idx(options.images).astype(np.float32)[:, None] / 255)
    labels = torch.from_numpy(read_idx(options.labels).astype(np.int64))
    model = NETWORKS[options.network]()
    last = torch.channels_last if options.network != "dense" else torch.contiguous_format
    model = model.to(memory_format=last).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    seconds, losses = [], []
    for _ in range(options.epochs):
        start = time.perf_counter()
        order = torch.randperm(len(pixels))
        total = 0.0
        for first in range(0, len(order), options.batch):
            chosen = order[first : first + options.batch]
            x = pixels[chosen].contiguous(memory_format=last)
            optimizer.zero_grad(set_to_none=True)
            loss = functional.cross_entropy(model(x), labels[chosen])
            loss.backward()
            optimizer.step()
            total += loss.item() * len(chosen)
        seconds.append(time.perf_counter() - start)
        losses.append(total / len(order))
    print(json.dumps({
        "samples": len(pixels),
        "seconds": seconds,
        "loss": losses[-1],
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }))


main()
