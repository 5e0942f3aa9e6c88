"""Compares Pith's integer runtime with ONNX Runtime on the same quantized model.

    compress quantize model.onnx --calibrate DATA --export-qdq qdq.onnx -o model.pith
    compress run model.pith --input x.npy -o y.npy
    compare_qdq.py qdq.onnx x.npy y.npy

The QDQ model has the scales of the .pith file. Graph optimizations are off, so that ONNX Runtime computes what the
file says and not what its kernels make of it. Prints the share of output elements that agree to the unit and to one
unit of the output's scale.
"""

import argparse
import json

import numpy as np
import onnx
import onnxruntime as ort


def output_scale(path):
    """The scale of the DequantizeLinear that makes the first output."""
    model = onnx.load(path)
    constants = {t.name: onnx.numpy_helper.to_array(t) for t in model.graph.initializer}
    producers = {name: node for node in model.graph.node for name in node.output}
    node = producers[model.graph.output[0].name]
    while node.op_type not in ("DequantizeLinear",):
        node = producers[node.input[0]]
    return float(constants[node.input[1]])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("input")
    parser.add_argument("output", help="what compress run wrote")
    parser.add_argument("--batch", type=int, default=64)
    arguments = parser.parse_args()

    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = ort.InferenceSession(arguments.model, options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    samples = np.load(arguments.input)
    parts = [
        session.run(None, {name: samples[start : start + arguments.batch]})[0]
        for start in range(0, len(samples), arguments.batch)
    ]
    expected = np.concatenate(parts)
    actual = np.load(arguments.output).reshape(expected.shape)
    units = np.rint(np.abs(expected - actual) / output_scale(arguments.model))
    print(
        json.dumps(
            {
                "elements": int(units.size),
                "equal": float(np.mean(units == 0)),
                "within_one_unit": float(np.mean(units <= 1)),
                "largest_difference_in_units": int(units.max()),
                "same_prediction": float(np.mean(expected.argmax(1) == actual.argmax(1))),
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main()
