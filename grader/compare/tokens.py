"""The comparator of token ids, which may come as a tensor or as a list."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grader.compare import messages
from grader.compare.contract import dtype
from grader.compare.expected import expected_tensor
from grader.compare.formatting import describe, plain_shape, token_text
from grader.compare.mismatch import MismatchError, Places, first, remark, unlike
from grader.english import plural
from grader.errors import CheckError
from grader.value import Array, Tensor, Value


def tokens(
    answer: Value,
    expected: Value,
    *,
    name: str = "tokens",
    vocabulary: Sequence[str] = (),
    tokenizer: str = "the tokenizer",
) -> None:
    """Check token ids: a tensor of shape (1, n), as the tokenizer returns it.

    One of shape (n,) and a list are right with a remark. ``vocabulary`` holds the text of each id, where sentences
    should show it; ``tokenizer`` is what hints call the function that makes ids of a text.
    """
    ids = expected_tensor(expected, "expected", name=name, kind="integer").data
    if ids.size not in ids.shape[-1:]:
        raise CheckError(messages.must_be(name, "expected", "of shape (n,) or (1, n)", plain_shape(ids.shape)))
    right, actual = ids.reshape(-1), _token_ids(answer, name, tokenizer)
    if not np.array_equal(actual, right):
        raise _wrong_tokens(actual, right, name, vocabulary, tokenizer)
    if not (isinstance(answer, Tensor) and answer.shape == (1, right.size)):
        remark(messages.other_form_of_tokens(name, describe(answer), right.size))


def _wrong_tokens(actual: Array, right: Array, name: str, vocabulary: Sequence[str], tokenizer: str) -> MismatchError:
    if actual.size == right.size:
        wrong = np.not_equal(actual, right)
        [at] = first(wrong)
        expected, got = token_text(int(right[at]), vocabulary), token_text(int(actual[at]), vocabulary)
        sentence = messages.wrong_token(name, at, expected, got)
        places = Places(("position",), wrong, (at,))
        return MismatchError("integers", sentence, expected, got, where=f"position {at}", places=places)
    finding, hint = "", messages.TOKENIZE_ALL
    if np.array_equal(actual, right[1:]):
        finding, hint = messages.BEGINNING_MISSING, messages.keep_first_token(tokenizer)
    elif actual.size and np.array_equal(actual[1:], right):
        finding, hint = messages.BEGINNING_TWICE, messages.add_no_first_token(tokenizer)
    sentence = messages.instead_of(name, str(right.size), f"{actual.size}{finding}")
    return MismatchError("integers", sentence, plural(right.size, "token"), plural(actual.size, "token"), hint=hint)


def _token_ids(answer: Value, name: str, tokenizer: str) -> Array:
    """Return token ids as a flat array; raises MismatchError for anything else."""
    match answer:
        case [list() | tuple() as inner] | [Tensor(shape=(_, *_)) as inner]:
            answer = inner  # a batch of one
    match answer:
        case Tensor() if len(answer.shape) == 1 or (len(answer.shape) == 2 and answer.shape[0] == 1):
            dtype(answer, "integer", name=name)
            return answer.data.reshape(-1)
        case [*items] if all(_is_id(i) for i in items):
            return np.asarray([int(i.data) if isinstance(i, Tensor) else i for i in items], dtype=np.int64)
        case [str(), *_]:
            hint = messages.ids_for_texts(tokenizer)
        case _:
            hint = messages.use_tokenizer(tokenizer)
    raise unlike("structure", name, messages.IDS_OF_A_TEXT, describe(answer), hint)


def _is_id(item: Value) -> bool:
    if isinstance(item, Tensor):
        if item.shape or not item.is_integer:
            return False
        item = int(item.data)
    # Far above any token id; anything larger would not fit the array.
    return isinstance(item, int) and not isinstance(item, bool) and abs(item) < 2**62
