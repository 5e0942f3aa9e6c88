"""Latency of a model by ONNX Runtime: batch 1, one thread, preallocated tensors.

    ort_latency.py MODEL.onnx [--seconds 0.6] [--warm-up 0.3]

Prints JSON; times are in microseconds.
"""

import argparse
import json
import time

import numpy as np
import onnxruntime as ort


def shape(value):
    return [d if isinstance(d, int) else 1 for d in value.shape]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("--seconds", type=float, default=0.6)
    parser.add_argument("--warm-up", type=float, default=0.3)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()

    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    session = ort.InferenceSession(
        arguments.model, options, providers=["CPUExecutionProvider"]
    )
    random = np.random.default_rng(arguments.seed)
    binding = session.io_binding()
    kept = []
    for value in session.get_inputs():
        tensor = ort.OrtValue.ortvalue_from_numpy(
            random.random(shape(value), np.float32)
        )
        binding.bind_ortvalue_input(value.name, tensor)
        kept.append(tensor)
    # What a run gives tells the shapes of the outputs.
    feeds = {v.name: t.numpy() for v, t in zip(session.get_inputs(), kept)}
    for value, result in zip(session.get_outputs(), session.run(None, feeds)):
        tensor = ort.OrtValue.ortvalue_from_numpy(np.zeros_like(result))
        binding.bind_ortvalue_output(value.name, tensor)
        kept.append(tensor)

    run, clock = session.run_with_iobinding, time.perf_counter_ns
    until = clock() + int(arguments.warm_up * 1e9)
    while clock() < until:
        run(binding)
    times = []
    until = clock() + int(arguments.seconds * 1e9)
    while (started := clock()) < until or len(times) < 20:
        run(binding)
        times.append(clock() - started)
    p10, p50 = np.percentile(times, [10, 50]) / 1000
    print(
        json.dumps(
            {
                "model": arguments.model,
                "p10_us": round(float(p10), 2),
                "p50_us": round(float(p50), 2),
                "runs": len(times),
                "onnxruntime": ort.__version__,
            }
        )
    )


if __name__ == "__main__":
    main()
