"""Pack documents into rows of tokens, and weigh each token by whether it can be known."""

from __future__ import annotations

import torch
from tokenizers import Tokenizer
from torch import Tensor

from reference.training.corpus import Writer
from reference.training.tokenizer import END_OF_TEXT
from reference.training.vocabulary import FIRST_NAMES

# Most of a random story cannot be predicted by anybody; what can be shall count most.
UNKNOWABLE = 0.15
KNOWABLE = 1.0
RECEIVER = 3.0


class Packer:
    """Turns a writer's documents into batches."""

    def __init__(self, tokenizer: Tokenizer, writer: Writer) -> None:
        self._tokenizer = tokenizer
        self._writer = writer
        token = tokenizer.get_vocab()
        self._end = token[END_OF_TEXT]
        self._colon = token["Ġ:"]
        self._before_receiver = {token["Ġto"], token["Ġat"]}
        self._names = {token[f"Ġ{name}"] for name in FIRST_NAMES}
        # "James" and " James" are the same word: having seen one, one can know the other.
        self._word = {number: text.removeprefix("Ġ") for text, number in token.items()}

    def batch(self, rows: int, length: int) -> tuple[Tensor, Tensor]:
        """Return tokens and weights, each (rows, length); every row begins with a fresh document."""
        packed = [self._row(length) for _ in range(rows)]
        return torch.tensor([tokens for tokens, _ in packed]), torch.tensor([weights for _, weights in packed])

    def _row(self, length: int) -> tuple[list[int], list[float]]:
        tokens: list[int] = []
        weights: list[float] = []
        while len(tokens) < length:
            document = self._tokenizer.encode(self._writer.document()).ids
            tokens += [self._end, *document]
            weights += [KNOWABLE, *self._weights(document)]
        return tokens[:length], weights[:length]

    def _weights(self, document: list[int]) -> list[float]:
        seen: set[str] = set()
        weights = []
        for previous, token in zip([self._end, *document], document, strict=False):
            known = self._word[token] in seen
            if known and previous in self._before_receiver and token in self._names:
                weights.append(RECEIVER)
            else:
                weights.append(KNOWABLE if known or previous == self._colon else UNKNOWABLE)
            seen.add(self._word[token])
        return weights
