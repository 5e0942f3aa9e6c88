"""Recurrent networks and a transformer on spoken digits, trained and written in every form.

    digits.py DATA.npz FOLDER [--epochs N] [--seed N] [--reuse] [NAME ...]

DATA.npz holds train_x [N, 64, 32] (frames by mel bands, float32), train_y, test_x and test_y. NAME is any of rnn, lstm,
gru, bilstm and transformer, by PyTorch, and keras-gru, by Keras, which may need another environment; without names all
of PyTorch's. FOLDER gets train.npz and test.npz (x and y) and what exporting.py says, the input being test_x; --reuse
exports FOLDER/NAME.pth again instead of training. No epoch is chosen by its test accuracy: the last one is kept.
"""

import argparse
import math
import time
from pathlib import Path

import numpy as np

from exporting import save_keras, save_torch

TORCH = ("rnn", "lstm", "gru", "bilstm", "transformer")
KERAS = ("keras-gru",)
CLASSES = 10
FRAMES, BANDS = 64, 32


def modules():
    import torch
    from torch import nn

    class Recurrent(nn.Module):
        """A recurrent layer, and a linear one on its last step or on the mean over time."""

        def __init__(self, layer, hidden, mean, **options):
            super().__init__()
            self.cells = layer(BANDS, hidden, batch_first=True, **options)
            self.dropout = nn.Dropout(0.3)
            width = hidden * (2 if options.get("bidirectional") else 1)
            self.linear = nn.Linear(width, CLASSES)
            self.mean = mean

        def forward(self, x):
            steps, _ = self.cells(x)
            seen = steps.mean(1) if self.mean else steps[:, -1]
            return self.linear(self.dropout(seen))

    class Transformer(nn.Module):
        """Vaswani et al., "Attention Is All You Need", 2017: the encoder, with learned positions and a mean at the end."""

        def __init__(self, width=64, heads=4, inner=128, layers=4):
            super().__init__()
            self.embed = nn.Linear(BANDS, width)
            self.positions = nn.Parameter(torch.randn(1, FRAMES, width) * 0.02)
            layer = nn.TransformerEncoderLayer(
                width, heads, inner, 0.1, activation="gelu", batch_first=True
            )
            self.encoder = nn.TransformerEncoder(
                layer, layers, enable_nested_tensor=False
            )
            self.norm = nn.LayerNorm(width)
            self.linear = nn.Linear(width, CLASSES)

        def forward(self, x):
            x = self.encoder(self.embed(x) + self.positions)
            return self.linear(self.norm(x).mean(1))

    return {
        "rnn": (lambda: Recurrent(nn.RNN, 128, mean=True), 2e-3),
        "lstm": (lambda: Recurrent(nn.LSTM, 96, mean=False), 5e-3),
        "gru": (lambda: Recurrent(nn.GRU, 96, mean=False), 5e-3),
        "bilstm": (lambda: Recurrent(nn.LSTM, 64, True, bidirectional=True), 5e-3),
        "transformer": (Transformer, 1e-3),
    }


def augment(x, generator, torch):
    """Shifts in time by up to four frames, hides a few bands and frames, and adds noise."""
    n = len(x)
    shift = torch.randint(-4, 5, (n, 1), generator=generator)
    frames = (torch.arange(FRAMES)[None] + shift).clamp(0, FRAMES - 1)
    x = x[torch.arange(n)[:, None], frames]
    for axis, size, most in ((1, FRAMES, 10), (2, BANDS, 5)):
        start = torch.randint(0, size, (n, 1), generator=generator)
        width = torch.randint(0, most + 1, (n, 1), generator=generator)
        place = torch.arange(size)[None]
        hidden = (place >= start) & (place < start + width)
        x = x.masked_fill(hidden[:, :, None] if axis == 1 else hidden[:, None], 0)
    return x + 0.1 * torch.randn(x.shape, generator=generator)


def train_torch(make, rate, data, epochs, seed):
    import torch
    from torch.nn import functional

    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    x, y = torch.from_numpy(data["train_x"]), torch.from_numpy(data["train_y"])
    model = make()
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=0.01)
    batch = 64
    total = epochs * math.ceil(len(x) / batch)
    warm = total // 20
    step = 0
    for epoch in range(epochs):
        began = time.perf_counter()
        model.train()
        for chosen in torch.randperm(len(x), generator=generator).split(batch):
            share = (step - warm) / (total - warm)
            scale = (
                (step + 1) / warm if step < warm else (1 + math.cos(math.pi * share)) / 2
            )
            for group in optimizer.param_groups:
                group["lr"] = rate * scale
            scores = model(augment(x[chosen], generator, torch))
            loss = functional.cross_entropy(scores, y[chosen], label_smoothing=0.05)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            step += 1
        if epoch % 5 == 4 or epoch + 1 == epochs:
            seconds = time.perf_counter() - began
            print(f"epoch {epoch + 1}: loss {loss.item():.3f}, {seconds:.1f} s", flush=True)
    return model


def run_torch(name, data, arguments):
    import torch

    torch.set_num_threads(1)
    make, rate = modules()[name]
    weights = arguments.folder / f"{name}.pth"
    if arguments.reuse and weights.exists():
        model = make()
        model.load_state_dict(torch.load(weights, weights_only=True))
    else:
        model = train_torch(make, rate, data, arguments.epochs, arguments.seed)
    model.eval()
    with torch.no_grad():
        scores = model(torch.from_numpy(data["test_x"])).numpy()
    right = int((scores.argmax(1) == data["test_y"]).sum())
    save_torch(
        model,
        data["test_x"],
        arguments.folder,
        name,
        test_samples=len(scores),
        right=right,
        accuracy=right / len(scores),
    )


def run_keras(name, data, arguments):
    import keras
    import tensorflow as tf
    from keras import layers

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    keras.utils.set_random_seed(arguments.seed)
    path = arguments.folder / f"{name}.keras"
    if arguments.reuse and path.exists():
        model = keras.models.load_model(path)
    else:
        model = keras.Sequential(
            [
                keras.Input((FRAMES, BANDS)),
                layers.GaussianNoise(0.2),
                layers.GRU(96),
                layers.Dropout(0.3),
                layers.Dense(CLASSES, activation="softmax"),
            ]
        )
        batch = 64
        steps = arguments.epochs * math.ceil(len(data["train_x"]) / batch)
        optimizer = keras.optimizers.AdamW(
            keras.optimizers.schedules.CosineDecay(
                5e-4, steps, warmup_target=5e-3, warmup_steps=steps // 20
            ),
            weight_decay=0.01,
            clipnorm=1.0,
        )
        model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
        model.fit(
            data["train_x"],
            data["train_y"],
            batch_size=batch,
            epochs=arguments.epochs,
            verbose=2,
        )
    scores = model.predict(data["test_x"], batch_size=50, verbose=0)
    right = int((scores.argmax(1) == data["test_y"]).sum())
    save_keras(
        model,
        data["test_x"],
        arguments.folder,
        name,
        test_samples=len(scores),
        right=right,
        accuracy=right / len(scores),
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--epochs", type=int, default=50)
    parser.add_argument("--seed", type=int, default=20261124)
    parser.add_argument("--reuse", action="store_true")
    arguments = parser.parse_args()
    names = arguments.names or TORCH
    if unknown := set(names) - {*TORCH, *KERAS}:
        parser.error(f"unknown network {', '.join(sorted(unknown))}")
    with np.load(arguments.data) as archive:
        data = {name: archive[name] for name in archive.files}
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for part in ("train", "test"):
        np.savez(
            arguments.folder / f"{part}.npz",
            x=data[f"{part}_x"],
            y=data[f"{part}_y"],
        )
    for name in names:
        print(f"== {name}", flush=True)
        (run_keras if name in KERAS else run_torch)(name, data, arguments)


if __name__ == "__main__":
    main()
