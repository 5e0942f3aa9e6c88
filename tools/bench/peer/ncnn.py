"""ncnn: converted by pnnx, quantized as its ncnn2int8 does.

Its wheels have no tool for int8, so this writes such a model itself: weights per channel and inputs per layer, symmetric
by their largest value, and convolutions that feed one other convolution give integers right away.
"""

import importlib.util
import struct
import subprocess
from pathlib import Path

import ncnn
import numpy as np

from peer.command import calibration, main
from peer.rows import ROWS

# Where a layer's parameters say how many outputs and weights it has, and whether a bias.
WEIGHTED = {"Convolution": (0, 6, 5), "ConvolutionDepthWise": (0, 6, 5), "InnerProduct": (0, 2, 1)}
PLAIN = {"Input", "Split", "Pooling", "ReLU", "BinaryOp", "Reshape", "Flatten", "Clip"}
INT8 = 0x000D4B38  # what stands before int8 weights


class Layer:
    """A line of a .param file: type, name, counts, inputs, outputs, and parameters as KEY=VALUE."""

    def __init__(self, line):
        self.type, self.name, inputs, outputs, *words = line.split()
        inputs, outputs = int(inputs), int(outputs)
        self.inputs, self.outputs = words[:inputs], words[inputs : inputs + outputs]
        self.parameters = words[inputs + outputs :]

    def value(self, key, default=0):
        return next((int(word.split("=")[1]) for word in self.parameters if word.startswith(f"{key}=")), default)

    def line(self):
        counts = [str(len(self.inputs)), str(len(self.outputs))]
        return " ".join([self.type, self.name, *counts, *self.inputs, *self.outputs, *self.parameters])


def load(path):
    net = ncnn.Net()
    net.load_param(f"{path}.param")
    net.load_model(f"{path}.bin")
    return net


def largest(path, blobs, samples):
    """The largest value of each blob over the samples."""
    net, result = load(path), dict.fromkeys(blobs, 0.0)
    for sample in samples:
        extractor = net.create_extractor()
        extractor.set_light_mode(False)
        extractor.input("in0", ncnn.Mat(sample).clone())
        for blob in blobs:
            result[blob] = max(result[blob], float(np.abs(np.array(extractor.extract(blob)[1])).max()))
    return result


def write_int8(source, target, samples):
    magic, counts, *lines = Path(f"{source}.param").read_text().splitlines()
    layers = [Layer(line) for line in lines]
    unknown = {layer.type for layer in layers} - WEIGHTED.keys() - PLAIN
    if unknown:
        raise SystemExit(f"its wheels have no tool to quantize {', '.join(sorted(unknown))}")
    weighted = [layer for layer in layers if layer.type in WEIGHTED]
    ranges = largest(source, [layer.inputs[0] for layer in weighted], samples)
    scale = {blob: np.float32(127 / value if value else 1) for blob, value in ranges.items()}
    readers = {layer.inputs[0]: layer for layer in weighted if layer.type != "InnerProduct"}

    data, out = memoryview(Path(f"{source}.bin").read_bytes()), bytearray()
    for layer in weighted:
        outputs, size, bias = (layer.value(key) for key in WEIGHTED[layer.type])
        assert bytes(data[:4]) == bytes(4), "fp32 weights"
        weights = np.frombuffer(data[4 : 4 + 4 * size], np.float32).reshape(outputs, -1)
        data = data[4 + 4 * size :]
        biases = bytes(data[: 4 * outputs * bias])
        data = data[len(biases) :]
        scales = (127 / np.maximum(np.abs(weights).max(1), 1e-12)).astype(np.float32)
        integers = np.clip(np.rint(weights * scales[:, None]), -127, 127).astype(np.int8).tobytes()
        out += struct.pack("<I", INT8) + integers + bytes(-len(integers) % 4) + biases
        out += scales.tobytes() + scale[layer.inputs[0]].tobytes()
        term = 1 if layer.type == "ConvolutionDepthWise" else 2
        if layer.type != "InnerProduct" and layer.outputs[0] in readers:
            out += scale[layer.outputs[0]].tobytes()
            term += 100
        layer.parameters.append(f"8={term}")
    assert not data, "weights that no layer reads"
    Path(f"{target}.param").write_text("\n".join([magic, counts, *[layer.line() for layer in layers]]) + "\n")
    Path(f"{target}.bin").write_bytes(out)


def quantize(row, networks, out):
    if ROWS[row].batch > 1:
        raise SystemExit("runs no batches")
    # Its Python imports torch, whose build with CUDA its wheel asks for; its program needs neither.
    pnnx = Path(importlib.util.find_spec("pnnx").origin).parent / "pnnx"
    samples = calibration(row, networks)
    model = out / "model.onnx"
    model.write_bytes((networks / f"{row}.onnx").read_bytes())
    shape = ",".join(map(str, samples[0].shape))
    run = subprocess.run(
        [str(pnnx), model.name, f"inputshape=[{shape}]", "fp16=0"], cwd=out, capture_output=True, text=True
    )
    converted = out / "model.ncnn"
    if not Path(f"{converted}.param").exists():
        raise SystemExit(f"pnnx failed with {run.returncode}")
    write_int8(converted, out / "static", [sample[0] for sample in samples])
    return {"static": out / "static"}, []


class Session:
    def __init__(self, path, threads, example):
        # ncnn runs no batches: a sample without the first axis.
        self.array = example[0].copy()
        ncnn.set_omp_num_threads(threads)
        self.net = ncnn.Net()
        self.net.opt.num_threads = threads
        self.net.load_param(f"{path}.param")
        self.net.load_model(f"{path}.bin")

    def run(self):
        extractor = self.net.create_extractor()
        extractor.input("in0", ncnn.Mat(self.array))
        _, self.result = extractor.extract("out0")

    def set(self, array):
        self.array[...] = array[0]

    def get(self):
        return np.array(self.result).reshape(1, -1)


if __name__ == "__main__":
    main(quantize, Session)
