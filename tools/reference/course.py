"""The two networks of every introductory course, trained and written in every form.

    course.py FOLDER [--seed N] moons     Keras: Dense(10, relu) on 2 inputs, Dense(1, sigmoid), on two half moons
    course.py FOLDER [--seed N] order     PyTorch: nn.RNN(10, 8) and a linear layer on the last step

FOLDER gets what exporting.py says, and NAME.train.npz and NAME.test.npz (x and y), 1000 samples each. A sequence of
`order` has twelve one-hot symbols of ten, two of which are A or B, amid noise of the eight others; the class is which
came in which order (Hochreiter and Schmidhuber, "Long Short-Term Memory", 1997, experiment 6a, but shorter).
"""

import argparse
from pathlib import Path

import numpy as np

from exporting import save_keras, save_torch

COUNT = 1000
STEPS, SYMBOLS = 12, 10


def moons(generator):
    angle = generator.uniform(0, np.pi, COUNT)
    y = np.arange(COUNT) % 2
    x = np.where(
        y[:, None] == 0,
        np.stack([np.cos(angle), np.sin(angle)], 1),
        np.stack([1 - np.cos(angle), 0.5 - np.sin(angle)], 1),
    )
    x += generator.normal(0, 0.15, x.shape)
    return x.astype(np.float32), y


def order(generator):
    symbols = generator.integers(0, SYMBOLS - 2, (COUNT, STEPS))
    first = generator.integers(0, STEPS // 2, COUNT)
    second = generator.integers(STEPS // 2, STEPS, COUNT)
    kinds = generator.integers(0, 2, (COUNT, 2))
    rows = np.arange(COUNT)
    symbols[rows, first] = SYMBOLS - 2 + kinds[:, 0]
    symbols[rows, second] = SYMBOLS - 2 + kinds[:, 1]
    x = np.eye(SYMBOLS, dtype=np.float32)[symbols]
    return x, kinds[:, 0] * 2 + kinds[:, 1]


def run_moons(train, test, arguments):
    import keras
    from keras import layers

    keras.utils.set_random_seed(arguments.seed)
    model = keras.Sequential(
        [
            keras.Input((2,)),
            layers.Dense(10, activation="relu"),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(keras.optimizers.Adam(0.02), "binary_crossentropy", metrics=["accuracy"])
    model.fit(*train, batch_size=32, epochs=60, verbose=0)
    x, y = test
    right = int(((model.predict(x, verbose=0)[:, 0] > 0.5) == y).sum())
    save_keras(model, x, arguments.folder, "moons", right=right, accuracy=right / COUNT)


def run_order(train, test, arguments):
    import torch
    from torch import nn

    class Classifier(nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn = nn.RNN(SYMBOLS, 8, batch_first=True)
            self.fc = nn.Linear(8, 4)

        def forward(self, x):
            steps, _ = self.rnn(x)
            return self.fc(steps[:, -1, :])

    torch.set_num_threads(1)
    torch.manual_seed(arguments.seed)
    model = Classifier()
    optimizer = torch.optim.Adam(model.parameters(), 0.01)
    x, y = (torch.from_numpy(part) for part in train)
    for _ in range(60):
        for chosen in torch.randperm(COUNT).split(32):
            loss = nn.functional.cross_entropy(model(x[chosen]), y[chosen])
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
    x, y = test
    with torch.no_grad():
        right = int((model(torch.from_numpy(x)).argmax(1).numpy() == y).sum())
    save_torch(model, x, arguments.folder, "order", right=right, accuracy=right / COUNT)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="+", choices=("moons", "order"))
    parser.add_argument("--seed", type=int, default=20261124)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for name in arguments.names:
        print(f"== {name}", flush=True)
        draw, run = {"moons": (moons, run_moons), "order": (order, run_order)}[name]
        generator = np.random.default_rng(arguments.seed)
        parts = [draw(generator) for _ in ("train", "test")]
        for part, (x, y) in zip(("train", "test"), parts):
            np.savez(arguments.folder / f"{name}.{part}.npz", x=x, y=y)
        run(*parts, arguments)


if __name__ == "__main__":
    main()
