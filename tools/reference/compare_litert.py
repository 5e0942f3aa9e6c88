"""Compares what `compress run` computes with LiteRT's interpreter on the same seeded inputs.

    compare_litert.py COMPRESS MODEL REFERENCE.tflite [--count 200] [--seed 1] [--low -1 --high 1] [--tolerance 1e-4]

MODEL is any form of the network that `compress` reads: .h5, .keras, a SavedModel's folder, .tflite, .onnx. REFERENCE may
be float or int8; inputs of an int8 one are drawn as bytes, and its outputs are also compared in units of their scale. It
may also be the folder of a SavedModel, which TensorFlow then converts.
Prints one JSON object. Fails where a float output differs by more than the tolerance, relative to the largest output
where that is above 1, or where less than 99.5 % of the integer outputs are within one unit.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType


def converted(folder, target):
    """The float model that TensorFlow's converter makes of a SavedModel of any version."""
    import tensorflow as tf

    session = tf.compat.v1.Session(graph=tf.Graph())
    with session.graph.as_default():
        signature = tf.compat.v1.saved_model.load(session, ["serve"], str(folder)).signature_def["serving_default"]
        tensors = [
            [session.graph.get_tensor_by_name(port.name) for port in ports.values()]
            for ports in (signature.inputs, signature.outputs)
        ]
        target.write_bytes(tf.compat.v1.lite.TFLiteConverter.from_session(session, *tensors).convert())
    return target


def run_litert(path, samples, plain):
    resolver = OpResolverType.BUILTIN_REF if plain else OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    interpreter = Interpreter(str(path), num_threads=1, experimental_op_resolver_type=resolver)
    interpreter.allocate_tensors()
    (source,), results = interpreter.get_input_details(), interpreter.get_output_details()
    outputs = []
    for sample in samples:
        interpreter.set_tensor(source["index"], sample[None].astype(source["dtype"]))
        interpreter.invoke()
        outputs.append(interpreter.get_tensor(results[0]["index"])[0])
    return np.stack(outputs), results[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("compress", type=pathlib.Path)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("reference", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--low", type=float, default=-1)
    parser.add_argument("--high", type=float, default=1)
    parser.add_argument("--tolerance", type=float, default=1e-4)
    parser.add_argument("--plain", action="store_true", help="LiteRT's reference kernels, which are slow")
    arguments = parser.parse_args()

    scratch = tempfile.TemporaryDirectory()
    if arguments.reference.is_dir():
        arguments.reference = converted(arguments.reference, pathlib.Path(scratch.name, "reference.tflite"))
    (source,) = Interpreter(str(arguments.reference)).get_input_details()
    shape = [arguments.count] + [int(size) for size in source["shape"][1:]]
    random = np.random.default_rng(arguments.seed)
    is_integer = np.issubdtype(source["dtype"], np.integer)
    if is_integer:
        limits = np.iinfo(source["dtype"])
        raw = random.integers(limits.min, limits.max + 1, shape)
        scale, zero = source["quantization"]
        samples = ((raw - zero) * np.float32(scale)).astype(np.float32)
    else:
        raw = samples = random.uniform(arguments.low, arguments.high, shape).astype(np.float32)
    expected, result = run_litert(arguments.reference, raw, arguments.plain)

    given, written = pathlib.Path(scratch.name, "x.npy"), pathlib.Path(scratch.name, "y.npy")
    np.save(given, samples)
    subprocess.run(
        [arguments.compress, "run", arguments.model, "--input", given, "--output", written, "--quiet"],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    actual = np.load(written).reshape(expected.shape)

    report = {"elements": int(expected.size)}
    if np.issubdtype(expected.dtype, np.integer):
        scale, zero = result["quantization"]
        units = np.abs(np.rint(actual / scale) + zero - expected)
        expected = (expected - zero) * np.float32(scale)
        report["equal"] = float(np.mean(units == 0))
        report["within_one_unit"] = float(np.mean(units <= 1))
        report["largest_difference_in_units"] = int(units.max())
        passed = report["within_one_unit"] >= 0.995
    else:
        report["largest_difference"] = float(np.abs(actual - expected).max())
        report["largest_output"] = float(np.abs(expected).max())
        passed = report["largest_difference"] <= arguments.tolerance * max(1, report["largest_output"])
    rows = len(expected)
    report["same_prediction"] = float(
        np.mean(expected.reshape(rows, -1).argmax(1) == actual.reshape(rows, -1).argmax(1))
    )
    report["passed"] = bool(passed)
    print(json.dumps(report, indent=2))
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
