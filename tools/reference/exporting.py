"""Writes a network in every form that a framework gives, with an input and what the network computes from it.

Of a PyTorch module NAME this makes in a folder

    NAME.pt2           torch.export, the batch being symbolic
    NAME.pth           its state dict
    NAME.onnx          by the exporter that traces TorchScript
    NAME-dyn.onnx      by the exporter that goes through torch.export

and of a Keras model

    NAME.keras         version 3, a zip with config.json and model.weights.h5
    NAME.h5            the form of versions 2 and 3, in one HDF5 file

and of either NAME.input.npy, NAME.expected.npy (what the framework computes from it in fp32) and NAME.json. A form that
its exporter cannot write is named in NAME.json and on standard error; it does not stop the others. The frameworks are
imported where they are needed, as each may live in an environment of its own.
"""

import json
import logging
import sys
import warnings
from pathlib import Path

import numpy as np


def attempt(failures, path, write):
    try:
        write(str(path))
    except Exception as error:  # An exporter may raise anything at all.
        reason = " ".join(str(error).split())[:300] or type(error).__name__
        failures[path.name] = reason
        path.unlink(missing_ok=True)
        print(f"{path.name}: {reason}", file=sys.stderr)


def record(folder, name, inputs, expected, facts):
    np.save(folder / f"{name}.input.npy", np.ascontiguousarray(inputs, np.float32))
    np.save(folder / f"{name}.expected.npy", np.ascontiguousarray(expected, np.float32))
    facts["bytes"] = {
        path.name: path.stat().st_size
        for path in sorted(folder.iterdir())
        if path.suffix in (".pt2", ".pth", ".onnx", ".keras", ".h5")
        and path.stem.removesuffix("-dyn") == name
    }
    text = json.dumps(facts, indent=2) + "\n"
    (folder / f"{name}.json").write_text(text)
    print(text, end="", flush=True)


def strip(path):
    """Removes what an exporter notes about the machine and the source files."""
    import onnx

    model = onnx.load(path)
    del model.metadata_props[:]
    graph = model.graph
    values = [*graph.input, *graph.output, *graph.value_info, *graph.initializer]
    for item in [graph, *values, *graph.node]:
        item.ClearField("doc_string")
        del item.metadata_props[:]
    onnx.save_model(model, path)


def torch_outputs(model, inputs, batch=50):
    import torch

    model.eval()
    with torch.no_grad():
        parts = [
            model(torch.from_numpy(inputs[start : start + batch])).numpy()
            for start in range(0, len(inputs), batch)
        ]
    return np.concatenate(parts)


def save_torch(model, inputs, folder, name, **facts):
    """Writes every form of a module of one input, whose first axis is the batch, and one output."""
    import torch

    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    model = model.eval()
    expected = torch_outputs(model, inputs)
    example = torch.from_numpy(inputs[:2])
    dynamic = ({0: torch.export.Dim("batch", min=1, max=4096)},)
    failures = {}

    def pt2(path):
        torch.export.save(
            torch.export.export(model, (example,), dynamic_shapes=dynamic), path
        )

    def script(path):
        # Unless told otherwise, nn.TransformerEncoder's fused kernel is traced, which no exporter knows.
        fast = torch.backends.mha.get_fastpath_enabled()
        torch.backends.mha.set_fastpath_enabled(False)
        try:
            torch.onnx.export(
                model,
                (example,),
                path,
                dynamo=False,
                opset_version=17,
                input_names=["input"],
                output_names=["output"],
                dynamic_axes={"input": {0: "batch"}, "output": {0: "batch"}},
            )
        finally:
            torch.backends.mha.set_fastpath_enabled(fast)
        strip(path)

    def dynamo(path):
        torch.onnx.export(
            model,
            (example,),
            path,
            dynamo=True,
            external_data=False,
            verbose=False,
            input_names=["input"],
            output_names=["output"],
            dynamic_shapes=dynamic,
        )
        strip(path)

    torch.save(model.state_dict(), folder / f"{name}.pth")
    attempt(failures, folder / f"{name}.pt2", pt2)
    attempt(failures, folder / f"{name}.onnx", script)
    attempt(failures, folder / f"{name}-dyn.onnx", dynamo)
    facts |= {"framework": f"torch {torch.__version__}", "not_written": failures}
    record(folder, name, inputs, expected, facts)


def save_keras(model, inputs, folder, name, **facts):
    """Writes every form of a Keras model of one input and one output."""
    import keras

    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    expected = model.predict(inputs, batch_size=50, verbose=0)
    failures = {}
    attempt(failures, folder / f"{name}.keras", model.save)
    attempt(failures, folder / f"{name}.h5", model.save)
    facts |= {"framework": f"keras {keras.__version__}", "not_written": failures}
    record(folder, name, inputs, expected, facts)
