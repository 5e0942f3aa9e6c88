"""Compares Pith with LiteRT on the same seeded inputs.

    compare_litert.py [options] MODEL ...
    compare_litert.py --strip MODEL.h5 COPY.h5

Each MODEL is a .tflite that LiteRT runs as well, or any form of a network that `compress` reads (.h5, .keras, a
SavedModel's folder, .onnx), whose outputs are compared with those of --reference: a .tflite, or a SavedModel's folder,
which TensorFlow then converts. A .tflite that is quantized to 8 bits runs as the .pith file that `compress quantize`
makes of it, everything else by `compress run` in fp32.

Prints a line or two a model, and fails where a float output is off by more than --tolerance of the largest (of 1 where
all are smaller), or more than 0.5 % of a quantized model's outputs by more than one unit.

LiteRT as it comes (--kernels default) computes on XNNPACK, whose quantized layers round products of floats as Pith does.
Its built-in kernels round products of fixed-point numbers and differ from that; for a quantized model, how much is told
besides. Float models are compared with the built-in kernels unless --kernels says otherwise.

Where a float model keeps weights in int8 ("hybrid"), LiteRT rounds the inputs of those layers as well, which is no float
arithmetic: it is given the same model with the weights as floats.

--strip zeroes the biases of layers whose outputs are normalized. TensorFlow's converter once lost these biases: MLPerf
Tiny's ad01_fp32.tflite lacks nine that ad01.h5 has, so that the two are 0.64 apart in Keras and LiteRT alike, and the
copy is what the .tflite is to be compared with.

For MLPerf Tiny's files (F is their folder):

    compare_litert.py $F/ad01_int8.tflite $F/kws_ref_model.tflite $F/vww_96_int8.tflite
    compare_litert.py --range 0 1 --seed 20260125 --kernels default --reference $F/vww_96_float.tflite $F/vww_96.h5
    compare_litert.py --seed 1 --reference $F/kws_savedmodel $F/kws_savedmodel
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

import numpy as np

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools/fixtures"))
from tflite import Interpreter, OpResolverType, dequantized  # noqa: E402

KERNELS = {
    "default": OpResolverType.AUTO,
    "builtin": OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
    "reference": OpResolverType.BUILTIN_REF,
}


def interpreter(model, kernels="builtin"):
    return Interpreter(model_content=model, experimental_op_resolver_type=KERNELS[kernels], num_threads=1)


def describe(model):
    """The details of the first input and output."""
    made = interpreter(model)
    return made.get_input_details()[0], made.get_output_details()[0]


def byte_range(detail):
    """The reals that an input's smallest and largest byte mean."""
    scale, zero = detail["quantization"]
    limits = np.iinfo(detail["dtype"])
    return (limits.min - zero) * scale, (limits.max - zero) * scale


def litert(model, samples, kernels):
    """LiteRT's first outputs, as they are stored."""
    made = interpreter(model, kernels)
    made.allocate_tensors()
    source, target = made.get_input_details()[0], made.get_output_details()[0]
    results = []
    for sample in samples:
        made.set_tensor(source["index"], sample[None].astype(source["dtype"]))
        made.invoke()
        results.append(made.get_tensor(target["index"])[0].copy())
    return np.stack(results)


def converted(folder):
    """The float model that TensorFlow's converter makes of a SavedModel of any version."""
    import tensorflow as tf

    session = tf.compat.v1.Session(graph=tf.Graph())
    with session.graph.as_default():
        signature = tf.compat.v1.saved_model.load(session, ["serve"], str(folder)).signature_def["serving_default"]
        tensors = [
            [session.graph.get_tensor_by_name(port.name) for port in ports.values()]
            for ports in (signature.inputs, signature.outputs)
        ]
        return tf.compat.v1.lite.TFLiteConverter.from_session(session, *tensors).convert()


def drawn(source, path, options):
    """Inputs as LiteRT takes them, and the reals that they mean."""
    seed = zlib.crc32(path.name.encode()) if options.seed is None else options.seed
    random = np.random.default_rng(seed)
    shape = [options.samples, *(int(size) for size in source["shape"][1:])]
    if source["dtype"] in (np.int8, np.uint8):
        limits = np.iinfo(source["dtype"])
        samples = random.integers(limits.min, limits.max + 1, shape).astype(source["dtype"])
        scale, zero = source["quantization"]
        return samples, ((samples.astype(np.float32) - zero) * np.float32(scale)).astype(np.float32)
    low, high = options.range
    for sibling in options.like:
        other, _ = describe(Path(sibling).read_bytes())
        if list(other["shape"]) == list(source["shape"]):
            low, high = byte_range(other)
    samples = random.uniform(low, high, shape).astype(np.float32)
    return samples, samples


def compare(path, options, folder):
    reference = options.reference or path
    data = converted(reference) if reference.is_dir() else reference.read_bytes()
    source, target = describe(data)
    quantized = target["dtype"] in (np.int8, np.uint8)
    samples, reals = drawn(source, path, options)
    if not quantized:
        data = dequantized(data)
    kernels = options.kernels or ("default" if quantized else "builtin")
    expected = litert(data, samples, kernels)

    inputs, outputs, program = (folder / f"{path.stem}.{end}" for end in ("in.npy", "out.npy", "pith"))
    np.save(inputs, reals)
    model, size = path, ""
    if quantized and path.suffix == ".tflite":
        run(options.compress, "quantize", path, "-o", program)
        model, size = program, f"{path.stat().st_size} -> {program.stat().st_size} bytes"
    run(options.compress, "run", model, "--input", inputs, "-o", outputs)
    results = np.load(outputs).reshape(expected.shape)
    if not quantized:
        difference, largest = (float(np.abs(array).max()) for array in (results - expected, expected))
        rows = len(expected)
        same = np.mean(results.reshape(rows, -1).argmax(1) == expected.reshape(rows, -1).argmax(1))
        print(
            f"{path.name}: largest difference {difference:.2g}, largest output {largest:.3g}, "
            f"{100 * same:.2f} % of {rows} predictions the same"
        )
        return difference <= options.tolerance * max(1, largest)
    scale, zero = target["quantization"]
    print(f"{path.name}: {size}" if size else f"{path.name}, in fp32:")
    share = distance("Pith and LiteRT", np.rint(results / scale) + zero, expected)
    if kernels == "default":
        builtin = litert(data, samples, "builtin").astype(int)
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


def strip(model, copy):
    import h5py

    copy.write_bytes(model.read_bytes())
    with h5py.File(copy, "r+") as file:
        layers = json.loads(file.attrs["model_config"])["config"]["layers"]
        kinds = {layer["config"]["name"]: layer["class_name"] for layer in layers}
        for layer in layers:
            if layer["class_name"] != "BatchNormalization":
                continue
            source = layer["inbound_nodes"][0][0][0]
            if kinds[source] == "Dense":
                group = file["model_weights"][source]
                for name in group.attrs["weight_names"]:
                    name = name.decode() if isinstance(name, bytes) else name
                    if "/bias" in name:
                        group[name][...] = 0
                        print(f"{source}: no bias")


def run(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stderr}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", type=Path, metavar="MODEL")
    parser.add_argument(
        "--compress", default=os.environ.get("COMPRESS", ROOT / ".build/release/compress"), help="the program")
    parser.add_argument("--reference", type=Path, help="what LiteRT runs instead of the model")
    parser.add_argument("--samples", type=int, default=200)
    parser.add_argument("--seed", type=int, help="of the inputs; by default one of the model's name")
    parser.add_argument("--range", type=float, nargs=2, default=(-1, 1), metavar=("LOW", "HIGH"), help="of float inputs")
    parser.add_argument("--like", nargs="*", default=[], help="quantized models whose input range to draw from")
    parser.add_argument("--kernels", choices=KERNELS, help="LiteRT's kernels")
    parser.add_argument("--tolerance", type=float, default=1e-4)
    parser.add_argument("--work", type=Path, help="keep the intermediate files here")
    parser.add_argument("--strip", action="store_true", help="make the second file of the first")
    options = parser.parse_args()
    if options.strip:
        if len(options.models) != 2:
            parser.error("--strip takes a model and the copy to make")
        return strip(*options.models)
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.work or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        results = [compare(path, options, folder) for path in options.models]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
