"""What LiteRT computes with a float .tflite, to compare other forms of the same network with.

    python keras_litert.py run MODEL.tflite FOLDER [--count 200] [--seed 20260125]
    python keras_litert.py compare FOLDER OUTPUTS.npy
    python keras_litert.py strip MODEL.h5 COPY.h5

`run` draws inputs between 0 and 1 and writes them to FOLDER/x.npy, samples first, and LiteRT's
outputs to FOLDER/y.npy. `compare` reads the outputs of

    compress run MODEL.h5 --input FOLDER/x.npy -o OUTPUTS.npy

and fails where one is off by more than 1e-4.

`strip` zeroes the biases of layers whose outputs are normalized. TensorFlow's converter once lost
these biases: MLPerf Tiny's ad01_fp32.tflite lacks nine that ad01.h5 has, so that the two are 0.64
apart in Keras and LiteRT alike, and the copy is what the .tflite is to be compared with.
"""

import argparse
import json
import pathlib
import sys

import numpy as np


def run(model, folder, count, seed):
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model, num_threads=1)
    interpreter.allocate_tensors()
    (taken,) = interpreter.get_input_details()
    given = interpreter.get_output_details()[0]
    x = np.random.default_rng(seed).uniform(0, 1, (count, *taken["shape"][1:])).astype(np.float32)
    outputs = []
    for sample in x:
        interpreter.set_tensor(taken["index"], sample[None])
        interpreter.invoke()
        outputs.append(interpreter.get_tensor(given["index"])[0])
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / "x.npy", x)
    np.save(folder / "y.npy", np.stack(outputs))
    print(f"{model}: {count} samples of {list(x.shape[1:])} give {list(outputs[0].shape)}")


def compare(folder, path):
    expected, actual = np.load(folder / "y.npy"), np.load(path)
    if expected.shape != actual.shape:
        sys.exit(f"{path} has shape {actual.shape}, but LiteRT gave {expected.shape}")
    difference, largest = np.abs(expected - actual).max(), np.abs(expected).max()
    print(f"{path}: off by at most {difference:.2e}, the largest output being {largest:.3g}")
    if not difference <= 1e-4:
        sys.exit("that is more than 1e-4")


def strip(model, copy):
    import h5py

    pathlib.Path(copy).write_bytes(pathlib.Path(model).read_bytes())
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


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    runner = commands.add_parser("run")
    runner.add_argument("model")
    runner.add_argument("folder", type=pathlib.Path)
    runner.add_argument("--count", type=int, default=200)
    runner.add_argument("--seed", type=int, default=20260125)
    comparer = commands.add_parser("compare")
    comparer.add_argument("folder", type=pathlib.Path)
    comparer.add_argument("outputs")
    stripper = commands.add_parser("strip")
    stripper.add_argument("model")
    stripper.add_argument("copy")
    arguments = parser.parse_args()
    if arguments.command == "run":
        run(arguments.model, arguments.folder, arguments.count, arguments.seed)
    elif arguments.command == "strip":
        strip(arguments.model, arguments.copy)
    else:
        compare(arguments.folder, arguments.outputs)


if __name__ == "__main__":
    main()
