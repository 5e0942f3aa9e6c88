"""The image networks of the table that torchvision has too; they are here because its wheel brings CUDA's torch along."""

import sys
from pathlib import Path

from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "fixtures"))
from networks import InvertedResidual, conv_bn  # noqa: E402


class SeparableNet(nn.Sequential):
    """MobileNet v1's blocks for 28×28 images: depthwise 3×3, then pointwise."""

    def __init__(self):
        blocks = [(32, 64, 1), (64, 128, 2), (128, 128, 1), (128, 256, 2), (256, 256, 1), (256, 256, 1)]
        layers = conv_bn(1, 32)
        for inputs, outputs, stride in blocks:
            layers += conv_bn(inputs, inputs, 3, stride, inputs) + conv_bn(inputs, outputs, 1)
        super().__init__(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(256, 10))


class MobileNetV2(nn.Sequential):
    """Sandler et al., "MobileNetV2", 2018, at width 1."""

    def __init__(self):
        # expansion, outputs, repeats, stride
        stages = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]
        layers, width = conv_bn(3, 32, 3, 2, activation=nn.ReLU6), 32
        for expansion, outputs, repeats, stride in stages:
            for index in range(repeats):
                layers.append(InvertedResidual(width, outputs, stride if index == 0 else 1, expansion))
                width = outputs
        layers += conv_bn(width, 1280, 1, activation=nn.ReLU6)
        super().__init__(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1280, 1000))


class LiteBlock(nn.Module):
    """EfficientNet's block without squeeze and excitation."""

    def __init__(self, inputs, outputs, kernel, stride, expansion):
        super().__init__()
        hidden = inputs * expansion
        layers = conv_bn(inputs, hidden, 1, activation=nn.ReLU6) if expansion != 1 else []
        layers += conv_bn(hidden, hidden, kernel, stride, hidden, activation=nn.ReLU6)
        layers += conv_bn(hidden, outputs, 1, activation=None)
        self.body = nn.Sequential(*layers)
        self.residual = stride == 1 and inputs == outputs

    def forward(self, x):
        return x + self.body(x) if self.residual else self.body(x)


class EfficientNetLite0(nn.Sequential):
    """EfficientNet-Lite0: B0 with ReLU6, without squeeze and excitation."""

    def __init__(self):
        # repeats, kernel, stride, expansion, outputs
        stages = [
            (1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112), (4, 5, 2, 6, 192),
            (1, 3, 1, 6, 320),
        ]  # fmt: skip
        layers, width = conv_bn(3, 32, 3, 2, activation=nn.ReLU6), 32
        for repeats, kernel, stride, expansion, outputs in stages:
            for index in range(repeats):
                layers.append(LiteBlock(width, outputs, kernel, stride if index == 0 else 1, expansion))
                width = outputs
        layers += conv_bn(width, 1280, 1, activation=nn.ReLU6)
        super().__init__(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1280, 1000))


class ResidualBlock(nn.Module):
    """The basic block of two 3×3 convolutions, or the bottleneck, with the stride in its 3×3 as torchvision has it."""

    def __init__(self, inputs, width, stride, bottleneck):
        super().__init__()
        outputs = width * 4 if bottleneck else width
        if bottleneck:
            layers = conv_bn(inputs, width, 1) + conv_bn(width, width, 3, stride) + conv_bn(width, outputs, 1, activation=None)
        else:
            layers = conv_bn(inputs, width, 3, stride) + conv_bn(width, width, 3, activation=None)
        self.body = nn.Sequential(*layers)
        same = stride == 1 and inputs == outputs
        self.shortcut = nn.Identity() if same else nn.Sequential(*conv_bn(inputs, outputs, 1, stride, activation=None))
        self.relu = nn.ReLU()

    def forward(self, x):
        return self.relu(self.body(x) + self.shortcut(x))


class ResNet(nn.Sequential):
    """He et al., "Deep Residual Learning", 2015."""

    def __init__(self, repeats, bottleneck):
        layers, width = [*conv_bn(3, 64, 7, 2), nn.MaxPool2d(3, 2, 1)], 64
        for stage, count in enumerate(repeats):
            for index in range(count):
                layers.append(ResidualBlock(width, 64 << stage, 2 if index == 0 and stage else 1, bottleneck))
                width = (64 << stage) * (4 if bottleneck else 1)
        super().__init__(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, 1000))
