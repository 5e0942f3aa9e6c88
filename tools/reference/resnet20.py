"""ResNet-20 for CIFAR-10 in PyTorch: the architecture as ONNX, and a training run to compare with.

    resnet20.py --export resnet20.onnx          the untrained network, batch norm kept
    resnet20.py --train FOLDER --epochs 10      trains it with the recipe that README gives `compress train`

FOLDER holds train/ and test/, with a folder of images for each class. He et al., "Deep Residual Learning for Image
Recognition", 2016, section 4.2, with option A's shortcuts replaced by 1x1 convolutions.
"""

import argparse
import math
import pathlib
import time

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.nn import functional

MEAN = (0.4914, 0.4822, 0.4465)
STD = (0.2470, 0.2435, 0.2616)


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.shortcut = nn.Sequential()
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False),
                nn.BatchNorm2d(outputs),
            )

    def forward(self, x):
        y = functional.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        return functional.relu(y + self.shortcut(x))


class ResNet20(nn.Sequential):
    def __init__(self):
        layers = [nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()]
        width = 16
        for outputs, stride in ((16, 1), (32, 2), (64, 2)):
            for index in range(3):
                layers.append(Block(width, outputs, stride if index == 0 else 1))
                width = outputs
        layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10)]
        super().__init__(*layers)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_in", nonlinearity="relu")


def load(folder):
    images, labels = [], []
    classes = sorted(p.name for p in folder.iterdir() if p.is_dir())
    for label, name in enumerate(classes):
        for path in sorted((folder / name).iterdir()):
            images.append(np.asarray(Image.open(path).convert("RGB")))
            labels.append(label)
    return torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2), torch.tensor(labels)


def normalized(images):
    mean = torch.tensor(MEAN)[:, None, None]
    std = torch.tensor(STD)[:, None, None]
    return ((images.float() / 255 - mean) / std).contiguous(
        memory_format=torch.channels_last
    )


def augmented(images, generator):
    n = len(images)
    images = functional.pad(images, (4,) * 4)
    offsets = torch.randint(0, 9, (n, 2), generator=generator)
    rows = (offsets[:, 0, None] + torch.arange(32))[:, None, :, None]
    columns = (offsets[:, 1, None] + torch.arange(32))[:, None, None, :]
    index = torch.arange(n)[:, None, None, None]
    channel = torch.arange(3)[None, :, None, None]
    images = images[index, channel, rows, columns]
    mirrored = torch.rand(n, generator=generator) < 0.5
    return torch.where(mirrored[:, None, None, None], images.flip(3), images)


@torch.no_grad()
def accuracy(model, images, labels):
    model.eval()
    right = 0
    for start in range(0, len(images), 500):
        scores = model(normalized(images[start : start + 500]))
        right += (scores.argmax(1) == labels[start : start + 500]).sum().item()
    return right / len(images)


def train(folder, epochs, seed, threads):
    torch.set_num_threads(threads)
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    images, labels = load(folder / "train")
    test_images, test_labels = load(folder / "test")
    model = ResNet20().to(memory_format=torch.channels_last)
    groups = [
        dict(params=[p for p in model.parameters() if p.dim() > 1], weight_decay=5e-4),
        dict(params=[p for p in model.parameters() if p.dim() <= 1], weight_decay=0),
    ]
    optimizer = torch.optim.SGD(groups, lr=0.1, momentum=0.9, nesterov=True)
    batch = 128
    per_epoch = (len(images) + batch - 1) // batch
    total, warm = epochs * per_epoch, per_epoch
    step = 0
    for epoch in range(epochs):
        start = time.perf_counter()
        model.train()
        order = torch.randperm(len(images), generator=generator)
        for chosen in order.split(batch):
            rate = (
                (step + 1) / warm
                if step < warm
                else 0.5 + 0.5 * math.cos(math.pi * (step - warm) / (total - warm))
            )
            for group in optimizer.param_groups:
                group["lr"] = 0.1 * rate
            x = normalized(augmented(images[chosen], generator))
            loss = functional.cross_entropy(model(x), labels[chosen])
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            step += 1
        seconds = time.perf_counter() - start
        print(
            f"epoch {epoch + 1}/{epochs}: loss {loss.item():.4f}, "
            f"test {accuracy(model, test_images, test_labels):.4f}, {seconds:.1f} s",
            flush=True,
        )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--export")
    parser.add_argument("--train", type=pathlib.Path)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    if arguments.export:
        torch.manual_seed(arguments.seed)
        # PRESERVE, on a model in evaluation mode, keeps batch norm from being folded.
        model = ResNet20().eval()
        torch.onnx.export(
            model,
            torch.zeros(1, 3, 32, 32),
            arguments.export,
            input_names=["image"],
            output_names=["logits"],
            dynamic_axes={"image": {0: "batch"}, "logits": {0: "batch"}},
            opset_version=17,
            dynamo=False,
            training=torch.onnx.TrainingMode.PRESERVE,
        )
    if arguments.train:
        train(arguments.train, arguments.epochs, arguments.seed, arguments.threads)


if __name__ == "__main__":
    main()
