"""LiteRT: converted from PyTorch by litert-torch, quantized by ai-edge-quantizer, statically and dynamically."""

import os
from pathlib import Path

# The converter asks nothing of a network; this keeps its dependencies from trying.
os.environ["HF_HUB_OFFLINE"] = os.environ["HF_HUB_DISABLE_TELEMETRY"] = os.environ["DO_NOT_TRACK"] = "1"

from ai_edge_litert.interpreter import Interpreter

from peer.command import calibration, main


def quantize(row, networks, out):
    import litert_torch
    import torch
    from ai_edge_quantizer import quantizer, recipe_manager
    from ai_edge_quantizer.recipe import dynamic_wi8_afp32, static_wi8_ai8
    from ai_edge_quantizer.qtyping import TFLOperationName

    from peer.networks import example, make
    from peer.rows import ROWS

    torch.set_num_threads(1)
    model, _ = make(ROWS[row].network)
    path = out / "fp32.tflite"
    litert_torch.convert(model, (example(row),)).export(str(path))

    variants, notes = {}, []
    signature = Interpreter(str(path)).get_signature_list()
    (key,) = signature
    (name,) = signature[key]["inputs"]
    samples = {key: [{name: batch} for batch in calibration(row, networks)]}
    for variant, recipe in (("static", static_wi8_ai8()), ("dynamic", dynamic_wi8_afp32())):
        manager = recipe_manager.RecipeManager()
        manager.load_quantization_recipe(recipe)
        if variant == "static":
            # Float in and float out: the file converts.
            for end in (TFLOperationName.INPUT, TFLOperationName.OUTPUT):
                manager.add_quantization_config(".*", end, algorithm_key="no_quantize")
        work = quantizer.Quantizer(str(path), manager.get_quantization_recipe())
        try:
            ranges = work.calibrate(samples) if work.need_calibration else None
            target = out / f"{variant}.tflite"
            target.unlink(missing_ok=True)
            work.quantize(ranges).export_model(str(target))
            variants[variant] = target
        except Exception as error:
            notes.append(f"{variant}: {type(error).__name__}: {str(error).splitlines()[0][:200] if str(error) else ''}")
    if not variants:
        raise SystemExit("; ".join(notes))
    return variants, notes


class Session:
    def __init__(self, path, threads, example):
        self.interpreter = Interpreter(str(Path(path)), num_threads=threads)
        self.interpreter.allocate_tensors()
        source, target = self.interpreter.get_input_details()[0], self.interpreter.get_output_details()[0]
        if source["dtype"] != example.dtype or target["dtype"] != example.dtype:
            raise SystemExit(f"takes {source['dtype'].__name__} and gives {target['dtype'].__name__}, not floats")
        self.source, self.target = source["index"], target["index"]
        self.set(example)
        self.run = self.interpreter.invoke

    def set(self, array):
        self.interpreter.set_tensor(self.source, array)

    def get(self):
        return self.interpreter.get_tensor(self.target)


if __name__ == "__main__":
    main(quantize, Session)
