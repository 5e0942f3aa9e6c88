"""ONNX Runtime: static QDQ with unsigned activations and signed weights per channel, and dynamic."""

import logging

import numpy as np
import onnx
import onnxruntime as ort
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType
from onnxruntime.quantization import quantize_dynamic, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from peer.command import calibration, main

INTEGER = {"QuantizeLinear", "DynamicQuantizeLinear", "DynamicQuantizeLSTM"}


class Reader(CalibrationDataReader):
    def __init__(self, batches):
        self.batches = iter([{"input": batch} for batch in batches])

    def get_next(self):
        return next(self.batches, None)


def operators(path):
    return {node.op_type for node in onnx.load(path, load_external_data=False).graph.node}


def quantize(row, networks, out):
    logging.getLogger().setLevel(logging.ERROR)
    prepared, variants, notes = out / "fp32.onnx", {}, []
    quant_pre_process(str(networks / f"{row}.onnx"), str(prepared))
    kinds = operators(prepared)
    if not kinds & {"RNN", "LSTM", "GRU"}:
        variants["static"] = out / "static.onnx"
        quantize_static(
            str(prepared),
            str(variants["static"]),
            Reader(calibration(row, networks)),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            calibrate_method=CalibrationMethod.MinMax,
        )
    if "Conv" not in kinds:
        dynamic = out / "dynamic.onnx"
        quantize_dynamic(str(prepared), str(dynamic), per_channel=True, weight_type=QuantType.QInt8)
        # It leaves recurrent layers that it does not know in fp32 and quantizes the small dense layer behind them.
        left = operators(dynamic) & {"RNN", "GRU"}
        if left:
            notes.append(f"does not quantize {', '.join(sorted(left))}: measured in fp32, and with the rest in int8")
            variants["fp32"] = prepared
        variants["dynamic"] = dynamic
    return variants, notes


class Session:
    def __init__(self, path, threads, example):
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
        self.session = ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        binding = self.session.io_binding()
        self.input = ort.OrtValue.ortvalue_from_numpy(example)
        binding.bind_ortvalue_input("input", self.input)
        (result,) = self.session.run(None, {"input": example})
        self.output = ort.OrtValue.ortvalue_from_numpy(np.zeros_like(result))
        binding.bind_ortvalue_output("output", self.output)
        run = self.session.run_with_iobinding
        self.run = lambda: run(binding)

    def set(self, array):
        self.input.update_inplace(array)

    def get(self):
        return self.output.numpy()


if __name__ == "__main__":
    main(quantize, Session)
