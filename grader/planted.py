"""Planted signals: weights with which each part of a model leaves its own mark.

Instead of what it has learned, each part of a TransformerLens model then writes one known thing into the residual
stream: the embedding the bits of the token's id, the positions their number, and the attention and the MLP of each
layer a dimension of their own. The unembedding gives each of these parts a word; the part that wrote last has the most
likely one. So an answer tells which token, position and place it was read from, whatever the weights were before, and
what a right answer is follows from a few sizes.

Runs in kernels too, where nothing else of the grader is: it imports only numpy.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

_POSITIONS = 24
"""How many positions leave a mark."""

_HEIGHT = 10.0
"""The logit of the last part's word; higher, and rounding would show in a probability."""


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """Log-probabilities (..., word): of the words that parts have, then of any other.

    ``count`` (word) says how many words of the vocabulary each entry stands for.
    """

    logs: Array
    count: Array

    def divergence(self, other: Prediction) -> Array:
        """Return KL(self || other) in nats; both broadcast."""
        return np.asarray((np.exp(self.logs) * (self.logs - other.logs) * self.count).sum(-1))

    def __getitem__(self, places: Any) -> Prediction:
        """Return the predictions at some places, all words of them."""
        return Prediction(self.logs[places], self.count)


@dataclass(frozen=True, slots=True)
class Marks:
    """What a vector that was read from the stream holds.

    ``token`` is the id of the token that it belongs to, None for none or a mixture. ``positions``, ``attentions`` and
    ``mlps`` (of these layers) left their marks; ``mixed`` is whether some marks are higher than others, ``more`` is
    whether something is there that no part has written.
    """

    token: int | None
    positions: tuple[int, ...]
    attentions: tuple[int, ...]
    mlps: tuple[int, ...]
    mixed: bool
    more: bool


@dataclass(frozen=True)
class Signals:
    """What a planted model of these sizes holds and says.

    Raises ValueError for one that is too small for a mark of each part.
    """

    layers: int
    width: int
    vocabulary: int
    eps: float = 1e-5

    def __post_init__(self) -> None:
        if self.width <= self._writers + 2 * self.layers or self.vocabulary < 2 * self.layers + 3:
            raise ValueError(f"a model of width {self.width} and {self.layers} layers has no room for all signals.")

    @property
    def _bits(self) -> int:
        return max(1, (self.vocabulary - 1).bit_length())

    @property
    def _writers(self) -> int:
        """The first dimension of attentions and MLPs, which take turns from there."""
        return 2 * self._bits + _POSITIONS

    def embedding(self, tokens: Array) -> Array:
        """Return what the embedding writes for ids: (token, width)."""
        bits = (tokens[:, None] >> np.arange(self._bits)) & 1  # (token, bit)
        return self._placed(np.stack([1.0 - bits, bits], axis=-1).reshape(len(tokens), -1), 0)

    def positions(self, number: int) -> Array:
        """Return what the first positions write: (position, width).

        The marks grow, so that predictions differ from position to position.
        """
        marks = np.diag(1 + np.arange(_POSITIONS) / 3)[:number]
        rows = self._placed(marks, 2 * self._bits)
        return np.concatenate([rows, np.zeros((number - len(rows), self.width))])

    def attention(self, layer: int) -> Array:
        """Return what the attention of a layer writes, at every position: (width,)."""
        return self._mark(2 * layer)

    def mlp(self, layer: int) -> Array:
        """Return what the MLP of a layer writes, at every position: (width,)."""
        return self._mark(2 * layer + 1)

    def stream(self, tokens: Sequence[int], attentions: int, mlps: int) -> Array:
        """Return the stream (position, width) after the first so many attentions and MLPs."""
        written = self.embedding(np.asarray(tokens)) + self.positions(len(tokens))
        written += sum(map(self.attention, range(attentions)), np.zeros(self.width))
        return np.asarray(written + sum(map(self.mlp, range(mlps)), np.zeros(self.width)))

    def normalised(self, stream: Array) -> Array:
        """Return a stream as a layer norm without weights leaves it."""
        centred = stream - stream.mean(-1, keepdims=True)
        return np.asarray(centred / np.sqrt((centred**2).mean(-1, keepdims=True) + self.eps))

    def predict(self, stream: Array) -> Prediction:
        """Return what a stream (..., width) is unembedded to."""
        weights, bias = self.unembedding
        logits = np.concatenate([stream @ weights, np.full((*stream.shape[:-1], 1), bias)], axis=-1)
        count = np.append(np.ones(weights.shape[1]), self.vocabulary - weights.shape[1])
        highest = logits.max(-1, keepdims=True)
        total = (np.exp(logits - highest) * count).sum(-1, keepdims=True)
        return Prediction(logits - highest - np.log(total), count)

    @cached_property
    def unembedding(self) -> tuple[Array, float]:
        """Weights (width, part) of the words that parts have, and the bias of all others.

        The words have the ids from 1: that of the embedding first, then those of layer 0's attention and MLP, ...
        """
        parts = 2 * self.layers + 1
        last = np.sqrt(self.width / (self._bits + 1 + 2 * self.layers))  # about what a mark is once it is normalised
        gains = _HEIGHT / last * (0.6 + 0.4 * np.arange(parts) / (parts - 1))
        weights = np.zeros((self.width, parts))
        weights[: 2 * self._bits, 0] = gains[0] / self._bits
        for part in range(1, parts):
            weights[self._writers + part - 1, part] = gains[part]
        # All other words together are about as likely as the best one, but none is ahead of a part's.
        return weights, min(_HEIGHT - float(np.log(self.vocabulary)), _HEIGHT / 4)

    def word(self, attentions: int, mlps: int) -> int:
        """Return the id of the most likely word once so many attentions and MLPs have written."""
        return 1 + attentions + mlps

    def part(self, word: int) -> str:
        """Name the part whose word an id is, in words; "" for another word."""
        if word == 1:
            return "the embedding"
        layer, mlp = divmod(word - 2, 2)
        return f"the {'MLP' if mlp else 'attention'} of layer {layer}" if 0 <= layer < self.layers else ""

    def read(self, vector: Array) -> Marks:
        """Return which marks a vector (width,) holds."""
        found = vector > 1e-3
        alike = np.delete(vector, slice(2 * self._bits, self._writers))  # where marks have one height
        near = 1e-3 * np.ptp(alike)
        zeros, ones = found[: 2 * self._bits].reshape(-1, 2).T
        writers = found[self._writers :][: 2 * self.layers]
        return Marks(
            token=int(ones @ (1 << np.arange(self._bits))) if (zeros ^ ones).all() else None,
            positions=_where(found[2 * self._bits : self._writers]),
            attentions=_where(writers[::2]),
            mlps=_where(writers[1::2]),
            mixed=bool(((alike.max() - alike > near) & (alike - alike.min() > near)).any()),
            more=bool(found[self._writers + 2 * self.layers :].any()),
        )

    def _mark(self, writer: int) -> Array:
        return np.asarray(np.eye(1, self.width, self._writers + writer)[0])

    def _placed(self, marks: Array, first: int) -> Array:
        """Return rows of marks as rows of the stream, from a dimension on."""
        rows = np.zeros((len(marks), self.width))
        rows[:, first : first + marks.shape[1]] = marks
        return rows


def _where(found: Array) -> tuple[int, ...]:
    return tuple(np.flatnonzero(found).tolist())


def plant(model: Any) -> Signals:
    """Overwrite the weights of a HookedTransformer with signals, in place.

    It has layer norms, learned positions and MLPs. Raises ValueError for another architecture, and for a model that is
    too small.
    """
    cfg = model.cfg
    if cfg.normalization_type not in ("LN", "LNPre") or cfg.positional_embedding_type != "standard" or cfg.attn_only:
        raise ValueError("signals can be planted only in a model with layer norms, learned positions and MLPs.")
    signals = Signals(cfg.n_layers, cfg.d_model, cfg.d_vocab, cfg.eps)
    weights = {name: parameter.data for name, parameter in model.named_parameters()}
    for name, weight in weights.items():
        weight.fill_(1 if name.endswith(".w") else 0)  # of a layer norm, where it has weights of its own
    signal_of = {
        "embed.W_E": signals.embedding(np.arange(cfg.d_vocab)),
        "pos_embed.W_pos": signals.positions(cfg.n_ctx),
        **{f"blocks.{i}.attn.b_O": signals.attention(i) for i in range(cfg.n_layers)},
        **{f"blocks.{i}.mlp.b_out": signals.mlp(i) for i in range(cfg.n_layers)},
    }
    for name, values in signal_of.items():
        weights[name].copy_(weights[name].new_tensor(values))
    words, bias = signals.unembedding
    weights["unembed.b_U"].fill_(bias)
    weights["unembed.b_U"][1 : 1 + words.shape[1]] = 0
    weights["unembed.W_U"][:, 1 : 1 + words.shape[1]] = weights["unembed.W_U"].new_tensor(words)
    return signals


@contextlib.contextmanager
def planted(model: Any) -> Iterator[Signals]:
    """Plant signals in a model for a while; afterwards its weights are as they were.

    Raises as :func:`plant`.
    """
    kept = [(parameter, parameter.data, parameter.data.clone()) for parameter in model.parameters()]
    try:
        yield plant(model)
    finally:
        for parameter, weight, before in kept:
            weight.copy_(before)
            parameter.data = weight  # what was called meanwhile may have cast or moved it
