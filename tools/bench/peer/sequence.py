"""The recurrent networks and the transformer of the table."""

import math

from torch import nn


class Recurrent(nn.Module):
    """A recurrent layer over the rows of a 28×28 image, and a dense layer on its last step."""

    def __init__(self, layer):
        super().__init__()
        self.recurrent = layer(28, 128, batch_first=True)
        self.head = nn.Linear(128, 10)

    def forward(self, x):
        steps, _ = self.recurrent(x)
        return self.head(steps[:, -1])


class Attention(nn.Module):
    """Self-attention written out, so that every exporter sees the same plain operators."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value, self.out = (nn.Linear(width, width) for _ in range(4))

    def split(self, x):
        batch, tokens, width = x.shape
        return x.reshape(batch, tokens, self.heads, width // self.heads).transpose(1, 2)

    def forward(self, x):
        query, key, value = self.split(self.query(x)), self.split(self.key(x)), self.split(self.value(x))
        scores = query @ key.transpose(2, 3) * (1 / math.sqrt(query.shape[-1]))
        return self.out((scores.softmax(-1) @ value).transpose(1, 2).reshape(x.shape))


class EncoderLayer(nn.Module):
    """Post-norm with GELU, as in BERT."""

    def __init__(self, width, heads, hidden):
        super().__init__()
        self.attention = Attention(width, heads)
        self.feed_forward = nn.Sequential(nn.Linear(width, hidden), nn.GELU(), nn.Linear(hidden, width))
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)

    def forward(self, x):
        x = self.norm1(x + self.attention(x))
        return self.norm2(x + self.feed_forward(x))


class Encoder(nn.Sequential):
    def __init__(self, layers=4, width=256, heads=4, hidden=1024):
        super().__init__(*[EncoderLayer(width, heads, hidden) for _ in range(layers)])
