"""ExecuTorch: PT2E with the XNNPACK quantizer, per channel, statically and dynamically, lowered to the XNNPACK delegate."""

import copy
import logging
import operator

import torch

from peer.command import calibration, main

aten = torch.ops.aten


def exported(model, inputs):
    """The program, with recurrent layers unrolled into the steps that the delegate knows."""
    program = torch.export.export(model, (inputs,))
    layers = [aten.rnn_tanh.input, aten.lstm.input, aten.gru.input]
    if any(node.target in layers for node in program.graph.nodes):
        program = program.run_decompositions(torch._decomp.get_decompositions(layers))
    return program.module()


def left_over(program):
    """The operators that the delegate did not take."""
    names = set()
    for node in program.exported_program().graph.nodes:
        if node.op == "call_function" and node.target is not operator.getitem:
            names.add(getattr(node.target, "__name__", str(node.target)))
    return sorted(name for name in names if "executorch_call_delegate" not in name)


def quantize(row, networks, out):
    from executorch.backends.xnnpack.partition.xnnpack_partitioner import XnnpackPartitioner
    from executorch.backends.xnnpack.quantizer.xnnpack_quantizer import (
        XNNPACKQuantizer,
        get_symmetric_quantization_config,
    )
    from executorch.exir import to_edge_transform_and_lower
    from torchao.quantization.pt2e.quantize_pt2e import convert_pt2e, prepare_pt2e

    from peer.networks import example, make
    from peer.rows import ROWS

    logging.disable(logging.WARNING)
    torch.set_num_threads(1)
    model, _ = make(ROWS[row].network)
    convolutions = any(isinstance(module, torch.nn.Conv2d) for module in model.modules())
    # The quantizer has no dynamic form of convolutions.
    variants, notes = {}, []
    for variant in ["static"] if convolutions else ["static", "dynamic"]:
        try:
            inputs = example(row)
            quantizer = XNNPACKQuantizer()
            quantizer.set_global(
                get_symmetric_quantization_config(is_per_channel=True, is_dynamic=variant == "dynamic")
            )
            with torch.no_grad():
                prepared = prepare_pt2e(exported(copy.deepcopy(model), inputs), quantizer)
                for batch in calibration(row, networks):
                    prepared(torch.from_numpy(batch))
                program = torch.export.export(convert_pt2e(prepared), (inputs,))
            edge = to_edge_transform_and_lower(program, partitioner=[XnnpackPartitioner()])
            rest = left_over(edge)
            if rest:
                notes.append(f"{variant}: not delegated: {', '.join(rest)}")
            path = out / f"{variant}.pte"
            path.write_bytes(edge.to_executorch().buffer)
            variants[variant] = path
        except Exception as error:
            notes.append(f"{variant}: {type(error).__name__}: {str(error).strip().splitlines()[0][:200] if str(error) else ''}")
    if not variants:
        raise SystemExit("; ".join(notes))
    return variants, notes


class Session:
    def __init__(self, path, threads, example):
        from executorch.extension.pybindings.portable_lib import _load_program, _unsafe_reset_threadpool

        # Its pool is as large as the machine, whatever cores the process may use.
        _unsafe_reset_threadpool(threads)
        self.program = _load_program(path)
        self.method = self.program.load_method("forward")
        self.tensors = [torch.from_numpy(example.copy())]
        call, tensors = self.method.call, self.tensors
        self.run = lambda: call(tensors, clone_outputs=False)

    def set(self, array):
        self.tensors[0].copy_(torch.from_numpy(array))

    def get(self):
        return self.method.get_outputs()[0].numpy()


if __name__ == "__main__":
    main(quantize, Session)
