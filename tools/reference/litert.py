"""Compares Pith with LiteRT on TensorFlow Lite models.

    litert.py --compress PATH [--samples N] [--work FOLDER] MODEL.tflite ...

For each model it draws seeded inputs, has LiteRT's interpreter compute the outputs and
compares Pith's: for a float model those of `compress run` on the file itself, and for
one quantized to 8 bits those of the .pith file that `compress quantize` makes of it.
Inputs of quantized models are drawn over the range of their bytes; those of float
models over the range that --like names, such as that of the quantized sibling, or from
-1 to 1.

Prints a line a model and fails where a float output is off by more than 1e-4 of the
largest, or more than 0.5 % of a quantized model's outputs by more than one unit.

LiteRT as it comes runs quantized layers on XNNPACK, which rounds products of floats, as
Pith does. Its built-in kernels round products of fixed-point numbers and differ from
that; how much is told for comparison.

Where a float model keeps weights in int8 ("hybrid"), LiteRT rounds the inputs of those
layers as well, which is no float arithmetic: it is given the same model with the
weights as floats.
"""

import argparse
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "fixtures"))
from tflite import dequantized, interpreter  # noqa: E402


def describe(model):
    """The details of the first input and output."""
    made = interpreter(model)
    return made.get_input_details()[0], made.get_output_details()[0]


def byte_range(detail):
    """The reals that an input's smallest and largest byte mean."""
    scale, zero = detail["quantization"]
    limits = np.iinfo(detail["dtype"])
    return (limits.min - zero) * scale, (limits.max - zero) * scale


def litert(model, samples, delegate=True):
    """LiteRT's first outputs, as they are stored."""
    made = interpreter(model, delegate)
    made.allocate_tensors()
    source, target = made.get_input_details()[0], made.get_output_details()[0]
    results = []
    for sample in samples:
        made.set_tensor(source["index"], sample[None].astype(source["dtype"]))
        made.invoke()
        results.append(made.get_tensor(target["index"])[0].copy())
    return np.stack(results)


def compare(path, options, folder):
    data = path.read_bytes()
    source, target = describe(data)
    random = np.random.default_rng(zlib.crc32(path.name.encode()))
    shape = [options.samples, *source["shape"][1:]]
    quantized = source["dtype"] in (np.int8, np.uint8)
    if quantized:
        limits = np.iinfo(source["dtype"])
        samples = random.integers(limits.min, limits.max + 1, shape).astype(source["dtype"])
        scale, zero = source["quantization"]
        reals = (samples.astype(np.float32) - zero) * np.float32(scale)
    else:
        low, high = -1, 1
        for sibling in options.like:
            other, _ = describe(Path(sibling).read_bytes())
            if list(other["shape"]) == list(source["shape"]):
                low, high = byte_range(other)
        reals = samples = random.uniform(low, high, shape).astype(np.float32)
        data = dequantized(data)
    expected = litert(data, samples, delegate=quantized)

    inputs, outputs, program = (folder / f"{path.stem}.{end}" for end in ("in.npy", "out.npy", "pith"))
    np.save(inputs, reals)
    model = path
    if quantized:
        run(options.compress, "quantize", path, "-o", program)
        model = program
    run(options.compress, "run", model, "--input", inputs, "-o", outputs)
    results = np.load(outputs).reshape(expected.shape)
    if not quantized:
        difference = np.abs(results - expected).max()
        largest = np.abs(expected).max()
        good = difference <= 1e-4 * max(1, largest)
        print(f"{path.name}: largest difference {difference:.2g}, largest output {largest:.3g}")
        return good
    scale, zero = target["quantization"]
    print(f"{path.name}: {path.stat().st_size} -> {program.stat().st_size} bytes")
    builtin = litert(data, samples, delegate=False).astype(int)
    share = distance("Pith and LiteRT", np.rint(results / scale) + zero, expected)
    distance("LiteRT's built-in kernels and its default ones", builtin, expected)
    return share >= 0.995


def distance(what, outputs, expected):
    """Tells how far two arrays of integers are apart, and returns the share within one unit."""
    units = np.abs(outputs - expected.astype(int))
    shares = [100 * float((units <= limit).mean()) for limit in (0, 1)]
    print(
        f"  {what}: {shares[0]:.2f} % of {units.size} outputs equal, {shares[1]:.3f} % within 1 unit, "
        f"largest difference {int(units.max())}"
    )
    return shares[1] / 100


def run(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stderr}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", type=Path)
    parser.add_argument("--compress", required=True, help="the program")
    parser.add_argument("--samples", type=int, default=200)
    parser.add_argument("--like", nargs="*", default=[], help="quantized models whose input range to draw from")
    parser.add_argument("--work", type=Path, help="keep the intermediate files here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.work or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        results = [compare(path, options, folder) for path in options.models]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
