"""Small students for the 28x28 fixtures, untrained, batch norm kept, as ONNX for `compress distill --student`.

    student.py [--widths 12 24 32] -o student.onnx

Three 3x3 convolutions with batch norm and ReLU, as in the CNN fixture but narrower, global average pool, linear. Without
options it has 10,078 parameters, less than an eighth of the CNN's 94,186.
"""

import argparse

import torch
from torch import nn


class Student(nn.Sequential):
    def __init__(self, widths):
        layers = []
        inputs = 1
        for index, outputs in enumerate(widths):
            layers += [
                nn.Conv2d(inputs, outputs, 3, padding=1, bias=False),
                nn.BatchNorm2d(outputs),
                nn.ReLU(),
            ]
            if index + 1 < len(widths):
                layers.append(nn.MaxPool2d(2))
            inputs = outputs
        layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(inputs, 10)]
        super().__init__(*layers)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--widths", type=int, nargs="+", default=[12, 24, 32])
    parser.add_argument("-o", "--output", required=True)
    arguments = parser.parse_args()
    torch.manual_seed(0)
    model = Student(arguments.widths).eval()
    torch.onnx.export(
        model,
        torch.zeros(1, 1, 28, 28),
        arguments.output,
        dynamo=False,
        training=torch.onnx.TrainingMode.PRESERVE,
        do_constant_folding=False,
        input_names=["image"],
        output_names=["logits"],
        dynamic_axes={"image": {0: "batch"}, "logits": {0: "batch"}},
    )
    print(f"{sum(p.numel() for p in model.parameters())} parameters")


if __name__ == "__main__":
    main()
