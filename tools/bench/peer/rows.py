"""The rows of the table. Only the standard library: the driver reads this too."""

from typing import NamedTuple


class Row(NamedTuple):
    title: str
    network: str  # the name of its files
    batch: int = 1


ROWS = {
    "dense": Row("dense 784-256-128-10", "dense"),
    "cnn": Row("CNN 32-64-128, 28×28", "cnn"),
    "cnn-batch64": Row("same, batch 64, images/s", "cnn", 64),
    "depthwise": Row("depthwise net, 28×28", "depthwise"),
    "rnn": Row("RNN 28→128, 28 steps", "rnn"),
    "lstm": Row("LSTM, same", "lstm"),
    "gru": Row("GRU, same", "gru"),
    "mobilenetv2": Row("MobileNetV2 224", "mobilenetv2"),
    "efficientnet-lite0": Row("EfficientNet-Lite0 224", "efficientnet-lite0"),
    "resnet18": Row("ResNet-18 224", "resnet18"),
    "resnet50": Row("ResNet-50 224", "resnet50"),
    "transformer": Row("transformer, 4 layers, d 256, 128 tokens", "transformer"),
}
