"""ONNX Runtime's own static int8 quantization of a model, to compare with.

    quantize_ort.py MODEL.onnx OUT.onnx --images IMAGES.idx.gz
        [--reduce-range] [--measure]

QDQ format, unsigned 8-bit activations, signed 8-bit weights per channel, MinMax
calibration on the given images. With --measure it prints, as JSON, the seconds
that preprocessing and quantizing took and the peak resident set of the process,
Python and its libraries included; the imports are timed apart.
"""

import argparse
import json
import logging
import resource
import sys
import tempfile
import time
from pathlib import Path

began = time.perf_counter()

from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quantize_static,
)
from onnxruntime.quantization.shape_inference import quant_pre_process
import onnxruntime as ort

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "fixtures"))
import idx

imported = time.perf_counter()


class Reader(CalibrationDataReader):
    def __init__(self, name, images, batch):
        pixels = idx.pixels(images)
        self.batches = iter(
            [
                {name: pixels[start : start + batch]}
                for start in range(0, len(pixels), batch)
            ]
        )

    def get_next(self):
        return next(self.batches, None)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("out")
    parser.add_argument("--images", required=True)
    parser.add_argument("--count", type=int, default=512)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument(
        "--reduce-range",
        action="store_true",
        help="7-bit weights, as ONNX Runtime advises for x86 without VNNI",
    )
    parser.add_argument("--measure", action="store_true")
    arguments = parser.parse_args()
    logging.getLogger().setLevel(logging.ERROR)

    started = time.perf_counter()
    images = idx.read(arguments.images)[: arguments.count]
    with tempfile.TemporaryDirectory() as folder:
        prepared = str(Path(folder) / "prepared.onnx")
        quant_pre_process(arguments.model, prepared)
        name = ort.InferenceSession(
            prepared, providers=["CPUExecutionProvider"]
        ).get_inputs()[0].name
        quantize_static(
            prepared,
            arguments.out,
            Reader(name, images, arguments.batch),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            reduce_range=arguments.reduce_range,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            calibrate_method=CalibrationMethod.MinMax,
        )
    if arguments.measure:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(
            json.dumps(
                {
                    "images": len(images),
                    "seconds": round(time.perf_counter() - started, 3),
                    "import_seconds": round(imported - began, 3),
                    "peak_rss_mib": round(peak / 1024, 1),
                    "file_bytes": Path(arguments.out).stat().st_size,
                    "onnxruntime": ort.__version__,
                }
            )
        )


if __name__ == "__main__":
    main()
