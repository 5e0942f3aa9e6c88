"""Compares two arrays of outputs, as `compress run` and exporting.py write them.

    agree.py OUTPUT.npy EXPECTED.npy [--tolerance 1e-4] [--axis N]

Prints the largest absolute difference, the signal to noise ratio in dB, and the share of predictions that agree: the
largest element along --axis (by default 1), or, where there is only one, whether it is above a half. Exits with 1 where
the difference is larger than the tolerance, or the shapes differ, or the output holds no finite number where it should.
"""

import argparse
import sys

import numpy as np


def predictions(scores, axis=1):
    scores = scores.reshape(len(scores), -1) if scores.ndim < 2 else scores
    if scores.shape[axis] == 1:
        return scores > 0.5
    return scores.argmax(axis)


def compare(output, expected, axis=1):
    """The largest difference, the signal to noise ratio in dB and the share of predictions that agree."""
    if output.shape != expected.shape:
        raise ValueError(f"the output is {output.shape}, expected was {expected.shape}")
    output, expected = output.astype(np.float64), expected.astype(np.float64)
    error = output - expected
    noise, signal = (error**2).sum(), (expected**2).sum()
    ratio = 10 * np.log10(signal / noise) if noise > 0 else np.inf
    same = predictions(output, axis) == predictions(expected, axis)
    return float(np.abs(error).max()), float(ratio), float(same.mean())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("output")
    parser.add_argument("expected")
    parser.add_argument("--tolerance", type=float, default=1e-4)
    parser.add_argument("--axis", type=int, default=1)
    arguments = parser.parse_args()
    try:
        difference, ratio, same = compare(
            np.load(arguments.output), np.load(arguments.expected), arguments.axis
        )
    except ValueError as error:
        sys.exit(str(error))
    print(f"largest difference {difference:.3g}, {ratio:.1f} dB, {same:.2%} agree")
    # Written so that no comparison with a NaN passes.
    sys.exit(0 if difference <= arguments.tolerance else 1)


if __name__ == "__main__":
    main()
