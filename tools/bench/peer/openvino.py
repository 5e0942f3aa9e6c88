"""OpenVINO, quantized by NNCF on the calibration set."""

import nncf
import openvino as ov
from nncf import ModelType

from peer.command import calibration, main


def quantize(row, networks, out):
    model = ov.Core().read_model(networks / f"{row}.onnx")
    batches = calibration(row, networks)
    path = out / "static.xml"
    ov.save_model(
        nncf.quantize(
            model,
            nncf.Dataset(batches, lambda batch: {"input": batch}),
            model_type=ModelType.TRANSFORMER if row == "transformer" else None,
            subset_size=len(batches),
        ),
        path,
        compress_to_fp16=False,
    )
    return {"static": path}, []


class Session:
    def __init__(self, path, threads, example):
        # Bfloat16 would be no match for int8 with fp32 around it; the hint changes nothing where there is none.
        compiled = ov.Core().compile_model(
            path,
            "CPU",
            {
                "INFERENCE_PRECISION_HINT": "f32",
                "NUM_STREAMS": "1",
                "INFERENCE_NUM_THREADS": str(threads),
                "PERFORMANCE_HINT": "LATENCY",
            },
        )
        self.compiled = compiled
        self.array = example.copy()
        self.request = compiled.create_infer_request()
        self.request.set_input_tensor(ov.Tensor(self.array, shared_memory=True))
        # The binding beneath InferRequest.infer, which else looks at its arguments and wraps its results in a dictionary.
        infer = super(ov.InferRequest, self.request).infer
        self.run = lambda: infer({}, share_outputs=True, decode_strings=False)

    def set(self, array):
        self.array[...] = array

    def get(self):
        return self.request.get_output_tensor().data


if __name__ == "__main__":
    main(quantize, Session)
