"""Makes the networks of the table from a fixed seed: PyTorch modules, their ONNX files, and the data to calibrate with.

    python -m peer.networks FOLDER ROW …

writes for each row FOLDER/ROW.onnx (fixed batch), NETWORK.calibration.npy (samples along the first axis),
NETWORK.check.npy, which are other samples, and NETWORK.expected.npy, what PyTorch computes from these in fp32.
"""

import sys
import warnings
from pathlib import Path

import numpy as np
import torch
from torch import nn

from peer.rows import ROWS
from peer.sequence import Encoder, Recurrent
from peer.vision import EfficientNetLite0, MobileNetV2, ResNet, SeparableNet

from networks import ConvNet, Dense  # isort: skip  # tools/fixtures, whose place peer.vision names

SEED = 20261130
CHECKED = 8

# How to make it, the shape of a sample, how many samples calibrate it.
NETWORKS = {
    "dense": (Dense, (1, 28, 28), 256),
    "cnn": (ConvNet, (1, 28, 28), 256),
    "depthwise": (SeparableNet, (1, 28, 28), 256),
    "rnn": (lambda: Recurrent(nn.RNN), (28, 28), 256),
    "lstm": (lambda: Recurrent(nn.LSTM), (28, 28), 256),
    "gru": (lambda: Recurrent(nn.GRU), (28, 28), 256),
    "mobilenetv2": (MobileNetV2, (3, 224, 224), 32),
    "efficientnet-lite0": (EfficientNetLite0, (3, 224, 224), 32),
    "resnet18": (lambda: ResNet((2, 2, 2, 2), False), (3, 224, 224), 32),
    "resnet50": (lambda: ResNet((3, 4, 6, 3), True), (3, 224, 224), 32),
    "transformer": (Encoder, (128, 256), 64),
}


def smooth_noise(shape, count, seed):
    """Noise whose amplitude falls with the frequency, as in photographs; each sample has mean 0 and deviation 1."""
    random = np.random.default_rng(seed)
    height, width = shape[-2:]
    frequency = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None])
    falling = 1 / np.maximum(frequency, 1 / max(height, width))
    white = np.fft.rfft2(random.standard_normal((count, *shape)))
    noise = np.fft.irfft2(white * falling, s=(height, width))
    axes = tuple(range(1, noise.ndim))
    noise -= noise.mean(axes, keepdims=True)
    return (noise / noise.std(axes, keepdims=True)).astype(np.float32)


def samples(name, count, seed):
    _, shape, _ = NETWORKS[name]
    if name == "transformer":
        # Embeddings: tokens are unlike each other.
        return np.random.default_rng(seed).standard_normal((count, *shape)).astype(np.float32)
    noise = smooth_noise(shape, count, seed)
    # Small images are pixels from 0 to 1, large ones are normalized.
    return np.clip(0.5 + noise / 4, 0, 1).astype(np.float32) if shape[-1] == 28 else noise


@torch.no_grad()
def settle(model, inputs):
    """Gives batch normalization the statistics of the inputs, as training would, so that activations are sane."""
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out")
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = None  # the average over all batches
            module.weight.uniform_(0.5, 1.5)
            module.bias.normal_(0, 0.2)
    model.train()
    for part in torch.from_numpy(inputs).split(16):
        model(part)
    return model.eval()


def make(name):
    """The network, always with the same weights, and its calibration samples."""
    build, _, count = NETWORKS[name]
    inputs = samples(name, count, SEED)
    torch.manual_seed(SEED)
    return settle(build(), inputs), inputs


def example(row):
    """What one run of a row takes, as tensors for an exporter."""
    network, batch = ROWS[row].network, ROWS[row].batch
    return torch.from_numpy(samples(network, batch, SEED + 2))


def export(model, inputs, path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            model, (inputs,), str(path), dynamo=False, opset_version=17, input_names=["input"], output_names=["output"]
        )


def main():
    folder, rows = Path(sys.argv[1]), sys.argv[2:]
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    for row in rows:
        name = ROWS[row].network
        model, inputs = make(name)
        checked = samples(name, CHECKED, SEED + 1)
        np.save(folder / f"{name}.calibration.npy", inputs)
        np.save(folder / f"{name}.check.npy", checked)
        with torch.no_grad():
            np.save(folder / f"{name}.expected.npy", model(torch.from_numpy(checked)).numpy())
        # The ONNX file comes last: it says that the others are there.
        export(model, example(row), folder / f"{row}.onnx.partial")
        (folder / f"{row}.onnx.partial").rename(folder / f"{row}.onnx")
        print(row, flush=True)


if __name__ == "__main__":
    main()
