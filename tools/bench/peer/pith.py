"""Pith, by its own program, which COMPRESS names; in the commands of a peer (peer.command)."""

import json
import os
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from peer import command
from peer.rows import ROWS


def compress(*words):
    run = subprocess.run(
        [os.environ["COMPRESS"], *map(str, words)], stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    if run.returncode:
        raise SystemExit((run.stderr.strip().splitlines() or ["compress failed"])[0])
    return run.stdout


def quantize(row, networks, out):
    """Planned for this machine, and for when it is restricted to AVX2."""
    name, variants = ROWS[row].network, {}
    for target in ("host", "avx2"):
        variants[target] = out / f"{target}.pith"
        compress(
            "quantize", networks / f"{name}.onnx", "--calibrate", networks / f"{name}.calibration.npy",
            "--target", target, "-o", variants[target], "--quiet", "--json",
        )  # fmt: skip
    return variants, []


class Session:
    """Runs whole processes: good enough to look at outputs."""

    def __init__(self, path, threads, example):
        self.path = path
        self.set(example)

    def set(self, array):
        self.array = array

    def run(self):
        with tempfile.TemporaryDirectory() as folder:
            np.save(f"{folder}/x.npy", self.array)
            compress("run", self.path, "--input", f"{folder}/x.npy", "-o", f"{folder}/y.npy")
            self.result = np.load(f"{folder}/y.npy")

    def get(self):
        return self.result


def measure(path, row, threads, seconds, kernels):
    """The command line of the measurement; the driver runs it without Python."""
    words = [os.environ["COMPRESS"], "bench", path, "--seconds", str(seconds), "--threads", str(threads), "--json"]
    if ROWS[row].batch > 1:
        words += ["--batch", str(ROWS[row].batch)]
    return words + (["--kernels", kernels] if kernels else [])


if __name__ == "__main__":
    command.main(quantize, Session)
