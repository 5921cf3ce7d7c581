"""GPT-2 in plain torch, with Hugging Face's parameter names.

So weights are exported as they are. Source: Radford et al., "Language Models are Unsupervised Multitask Learners",
2019. The same arithmetic as ``GPT2LMHeadModel`` with "gelu_new" and a tied head, without its cost per call.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - torch's own convention


class Projection(nn.Module):
    """A linear map whose weight is (inputs, outputs), as GPT-2 stores it."""

    def __init__(self, inputs: int, outputs: int, std: float = 0.02) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(inputs, outputs))
        self.bias = nn.Parameter(torch.zeros(outputs))
        nn.init.normal_(self.weight, std=std)

    def forward(self, x: Tensor) -> Tensor:
        """Map (batch, position, inputs) to (batch, position, outputs)."""
        return torch.addmm(self.bias, x.flatten(0, 1), self.weight).view(*x.shape[:2], -1)


class Attention(nn.Module):
    """Causal self-attention."""

    def __init__(self, width: int, heads: int, out_std: float) -> None:
        super().__init__()
        self.heads = heads
        self.c_attn = Projection(width, 3 * width)
        self.c_proj = Projection(width, width, out_std)

    def forward(self, x: Tensor) -> Tensor:
        """Map (batch, position, width) to the same shape."""
        batch, position, width = x.shape
        parts = self.c_attn(x).view(batch, position, 3, self.heads, width // self.heads)
        q, k, v = parts.permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        mapped: Tensor = self.c_proj(mixed.transpose(1, 2).flatten(2))
        return mapped


class Feedforward(nn.Module):
    """Two projections with GPT-2's approximate GELU between them."""

    def __init__(self, width: int, out_std: float) -> None:
        super().__init__()
        self.c_fc = Projection(width, 4 * width)
        self.c_proj = Projection(4 * width, width, out_std)

    def forward(self, x: Tensor) -> Tensor:
        """Map (batch, position, width) to the same shape."""
        mapped: Tensor = self.c_proj(F.gelu(self.c_fc(x), approximate="tanh"))
        return mapped


class Block(nn.Module):
    """Attention and feedforward, each added to the residual stream."""

    def __init__(self, width: int, heads: int, out_std: float) -> None:
        super().__init__()
        self.ln_1 = nn.LayerNorm(width)
        self.attn = Attention(width, heads, out_std)
        self.ln_2 = nn.LayerNorm(width)
        self.mlp = Feedforward(width, out_std)

    def forward(self, x: Tensor) -> Tensor:
        """Map (batch, position, width) to the same shape."""
        x = x + self.attn(self.ln_1(x))
        x = x + self.mlp(self.ln_2(x))
        return x


class Transformer(nn.Module):
    """Embeddings, blocks and the final norm."""

    def __init__(self, vocabulary: int, context: int, width: int, layers: int, heads: int) -> None:
        super().__init__()
        self.wte = nn.Embedding(vocabulary, width)
        self.wpe = nn.Embedding(context, width)
        # Outputs into the residual stream start smaller the more of them there are (GPT-2, section 2.3).
        self.h = nn.ModuleList([Block(width, heads, 0.02 / math.sqrt(2 * layers)) for _ in range(layers)])
        self.ln_f = nn.LayerNorm(width)
        nn.init.normal_(self.wte.weight, std=0.02)
        # Positions that start as waves are learnt in a few hundred steps, which random ones are not.
        self.wpe.weight.data.copy_(0.02 * math.sqrt(2) * waves(context, width))


class GPT2(nn.Module):
    """The whole model; the head is the token embedding."""

    def __init__(self, *, vocabulary: int, context: int, width: int, layers: int, heads: int) -> None:
        super().__init__()
        self.transformer = Transformer(vocabulary, context, width, layers, heads)

    def forward(self, tokens: Tensor) -> Tensor:
        """Map tokens (batch, position) to logits (batch, position, vocabulary)."""
        body = self.transformer
        x = body.wte(tokens) + body.wpe.weight[: tokens.shape[1]]
        for block in body.h:
            x = block(x)
        return F.linear(body.ln_f(x), body.wte.weight)


def waves(positions: int, width: int) -> Tensor:
    """Return sines and cosines (position, width) of falling frequency.

    Source: Vaswani et al., 2017, section 3.5.
    """
    frequency = torch.exp(torch.arange(0, width, 2) * (-math.log(10_000) / width))
    angle = torch.arange(positions)[:, None] * frequency
    return torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(1)
