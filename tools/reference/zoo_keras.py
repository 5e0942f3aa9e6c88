"""The Keras networks of zoo.py; all take channels last."""

import keras
import numpy as np
from keras import layers


def normalized(x, activation="relu"):
    x = layers.BatchNormalization()(x)
    return layers.Activation(activation)(x) if activation else x


def mobilenetv2():
    return keras.applications.MobileNetV2((224, 224, 3), weights=None)


def residual(x, width, stride):
    y = layers.Conv2D(width, 3, stride, "same", use_bias=False)(x)
    y = normalized(y)
    y = layers.Conv2D(width, 3, 1, "same", use_bias=False)(y)
    y = normalized(y, None)
    if stride != 1 or x.shape[-1] != width:
        x = layers.Conv2D(width, 1, stride, use_bias=False)(x)
        x = normalized(x, None)
    return layers.ReLU()(layers.Add()([x, y]))


def resnet18():
    """He et al., "Deep Residual Learning for Image Recognition", 2016, table 1."""
    image = keras.Input((224, 224, 3))
    x = layers.ZeroPadding2D(3)(image)
    x = normalized(layers.Conv2D(64, 7, 2, use_bias=False)(x))
    x = layers.ZeroPadding2D(1)(x)
    x = layers.MaxPooling2D(3, 2)(x)
    for width, stride in ((64, 1), (128, 2), (256, 2), (512, 2)):
        x = residual(residual(x, width, stride), width, 1)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dense(1000, activation="softmax")(x)
    return keras.Model(image, x, name="resnet18")


def conv1d():
    return keras.Sequential(
        [
            keras.Input((128, 9)),
            layers.Conv1D(32, 7, padding="same"),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.MaxPooling1D(2),
            layers.SeparableConv1D(64, 5, padding="same", activation="relu"),
            layers.AveragePooling1D(2),
            layers.Conv1D(64, 3, strides=2, padding="same", use_bias=False),
            layers.BatchNormalization(),
            layers.LeakyReLU(negative_slope=0.1),
            layers.Conv1D(96, 3, padding="causal", dilation_rate=2, activation="relu"),
            layers.GlobalAveragePooling1D(),
            layers.Dropout(0.2),
            layers.Dense(6, activation="softmax"),
        ],
        name="conv1d",
    )


def double(x, width):
    for _ in range(2):
        x = normalized(layers.Conv2D(width, 3, padding="same", use_bias=False)(x))
    return x


def unet(bilinear):
    """Ronneberger et al., "U-Net", 2015, with padded convolutions and three levels."""

    def lift(x, width, kernel):
        if bilinear:
            x = layers.UpSampling2D(2, interpolation="bilinear")(x)
            return layers.Conv2D(width, 1)(x)
        return layers.Conv2DTranspose(width, kernel, 2, padding="same")(x)

    image = keras.Input((64, 64, 3))
    a = double(image, 16)
    b = double(layers.MaxPooling2D()(a), 32)
    c = double(layers.MaxPooling2D()(b), 64)
    b = double(layers.Concatenate()([b, lift(c, 32, 2)]), 32)
    a = double(layers.Concatenate()([a, lift(b, 16, 3)]), 16)
    return keras.Model(image, layers.Conv2D(4, 1)(a), name="unet")


# Name: how to make it, its input.
NETWORKS = {
    "keras-mobilenetv2": (mobilenetv2, (224, 224, 3)),
    "keras-resnet18": (resnet18, (224, 224, 3)),
    "keras-conv1d": (conv1d, (128, 9)),
    "keras-unet": (lambda: unet(False), (64, 64, 3)),
    "keras-unet-bilinear": (lambda: unet(True), (64, 64, 3)),
}


def make(name, seed, inputs):
    keras.utils.set_random_seed(seed)
    generator = np.random.default_rng(seed)
    model = NETWORKS[name][0]()
    momenta = {}
    for layer in model.layers:
        if isinstance(layer, layers.BatchNormalization):
            gamma, beta, mean, variance = layer.get_weights()
            gamma = generator.uniform(0.5, 1.5, gamma.shape)
            beta = generator.normal(0, 0.2, beta.shape)
            layer.set_weights([gamma, beta, mean, variance])
            momenta[layer], layer.momentum = layer.momentum, 0.0
    # One pass gives batch normalization the statistics of these inputs, as training would.
    model(inputs, training=True)
    for layer, momentum in momenta.items():
        layer.momentum = momentum
    return model
