"""What every peer written in Python does on the command line; the driver runs it in the peer's own environment.

    python -m peer.PEER quantize ROW NETWORKS OUT       makes OUT/VARIANT.*; prints {"variants": {NAME: FILE}, "notes": []}
    python -m peer.PEER agree FILE ROW NETWORKS         prints how near its outputs are to fp32's
    python -m peer.PEER measure FILE ROW NETWORKS --threads N --seconds S

The last line of standard output is one JSON object. A peer gives two functions: quantize(row, networks, out), and
open_session(path, threads, example), whose result has run(), set(array) and get(): run is the peer's cheapest call from a
float input that is in place to a float output in place.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np

from peer.rows import ROWS

WARM_UP = 0.3


def measure(run, seconds):
    """Median and 10th percentile in microseconds."""
    clock, times = time.perf_counter_ns, []
    until = clock() + int(WARM_UP * 1e9)
    while clock() < until:
        run()
    until = clock() + int(seconds * 1e9)
    while (started := clock()) < until or len(times) < 5:
        run()
        times.append(clock() - started)
    p10, p50 = np.percentile(times, [10, 50]) / 1000
    return {"p10": float(p10), "p50": float(p50), "runs": len(times)}


def agreement(outputs, expected):
    """The cosine of what two models say of the samples, as they are and less the mean over the samples.

    The second tells a network that says the same of every sample from one that looks at it.
    """

    if outputs.shape != expected.shape:
        raise SystemExit(f"gives outputs of shape {outputs.shape}, not {expected.shape}")

    def cosine(a, b):
        return float((a * b).sum() / max(np.sqrt((a * a).sum() * (b * b).sum()), 1e-30))

    a, b = outputs.astype(np.float64), expected.astype(np.float64)
    return {"cosine": cosine(a, b), "centred": cosine(a - a.mean(0), b - b.mean(0))}


def batches(samples, batch):
    """The samples in full batches of a fixed size; those of the last are repeated."""
    for start in range(0, len(samples), batch):
        part = samples[start : start + batch]
        yield np.resize(part, (batch, *part.shape[1:])), len(part)


def calibration(row, networks, batch=None):
    """The calibration samples of a row, in batches as its network takes them."""
    samples = np.load(Path(networks) / f"{ROWS[row].network}.calibration.npy")
    return [part for part, _ in batches(samples, batch or ROWS[row].batch)]


def main(quantize, open_session):
    parser = argparse.ArgumentParser()
    parser.add_argument("action", choices=["quantize", "agree", "measure"])
    parser.add_argument("words", nargs="+")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=0.6)
    options = parser.parse_args()
    if options.action == "quantize":
        row, networks, out = options.words
        Path(out).mkdir(parents=True, exist_ok=True)
        variants, notes = quantize(row, Path(networks), Path(out))
        result = {"variants": {name: str(path) for name, path in variants.items()}, "notes": notes}
    else:
        path, row, networks = options.words
        name, batch = ROWS[row].network, ROWS[row].batch
        checked = np.load(Path(networks) / f"{name}.check.npy")
        session = open_session(path, options.threads, next(batches(checked, batch))[0])
        if options.action == "measure":
            result = measure(session.run, options.seconds)
        else:
            outputs = []
            for part, count in batches(checked, batch):
                session.set(part)
                session.run()
                outputs.append(np.array(session.get())[:count])
            result = agreement(np.concatenate(outputs), np.load(Path(networks) / f"{name}.expected.npy"))
    print(json.dumps(result), flush=True)
