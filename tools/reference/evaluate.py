"""Accuracy of a classifier by ONNX Runtime, its input being pixels / 255.

    evaluate.py MODEL.onnx IMAGES.idx.gz LABELS.idx.gz [--no-optimizations]

With --no-optimizations a QDQ model is computed as its file says, in floating point
between quantized values. Otherwise ONNX Runtime fuses it to integer operators, which
on x86 without VNNI add pairs of 8-bit products in 16 bits and may saturate there.
"""

import argparse
import sys
from pathlib import Path

import onnxruntime as ort

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "fixtures"))
import idx


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("images")
    parser.add_argument("labels")
    parser.add_argument("--no-optimizations", action="store_true")
    arguments = parser.parse_args()
    images, labels = idx.read(arguments.images), idx.read(arguments.labels)
    if len(images) != len(labels):
        sys.exit(f"{len(images)} images but {len(labels)} labels")
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    if arguments.no_optimizations:
        level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
        options.graph_optimization_level = level
    session = ort.InferenceSession(
        arguments.model, options, providers=["CPUExecutionProvider"]
    )
    name = session.get_inputs()[0].name
    right = 0
    for start in range(0, len(images), 250):
        part = slice(start, start + 250)
        logits = session.run(None, {name: idx.pixels(images[part])})[0]
        right += int((logits.argmax(1) == labels[part]).sum())
    print(f"{right / len(images):.4f} ({right} of {len(images)})")


if __name__ == "__main__":
    main()
