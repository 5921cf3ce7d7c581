"""Sentences to students about their answers, and to authors about what their checks give.

``name`` is what the check calls the answer; ``expected`` and ``actual`` are short descriptions of values.
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.english import plural

FINE = "That is fine."
LIST_FOR_TUPLE = f"You returned a list; a tuple is asked. {FINE}"

A_TENSOR = "a tensor"
A_NUMBER = "a single number"
REFERENCES_TENSOR = "a tensor as the reference gives it"
A_LIST = "a list of texts, whole numbers or booleans"
IDS_OF_A_TEXT = "token ids in a tensor of shape (1, n)"
FINITE_NUMBERS = "finite numbers"
NOT_NEGATIVE = "values of at least 0"
FROM_0_TO_1 = "values between 0 and 1"
SUMS_OF_1 = "sums of 1"

NO_RETURN = "Your function may end without a `return`, or only print."
STACK_TENSORS = "Join them into one tensor with `torch.stack`; its `dim` says where the new axis goes."
MAKE_TENSOR = "Make it a tensor with `torch.tensor`."
BATCH_OF_ONE = "Look for an axis that only counts inputs, a batch of one."
ORDER_OF_AXES = "Which axis do you stack along, and which one does the task ask for first?"
ORDER_OF_ITEMS = "Which order does the task ask for?"
FIND_NOT_FINITE = "Look for the logarithm of zero, a division by zero, or an overflow; `log_softmax` avoids the first."
SIGN_OF_KL = "Look at the sign, and at which of the two arguments is a logarithm."
APPLY_SOFTMAX = "Are these logits or log-probabilities? Apply `softmax`."
SOFTMAX_AXIS = "Over which `dim` do you take the softmax?"
TOKENIZE_ALL = "Tokenize the whole text that the function was given, with the model's own tokenizer."

ELEMENTS = {"floating": "floating-point numbers", "integer": "integers", "bool": "booleans"}
OTHER_ELEMENTS = "other values"
HINTS_ON_ELEMENTS = {
    "integer": "Ids and positions are whole numbers: `argmax` gives them as integers; else use `.long()`.",
    "floating": "Keep the values themselves; do not round or compare them.",
    "bool": "Compare, and return the result of the comparison.",
}

EXTRA_AXIS = "there is an extra axis of length 1"
SWAPPED_AXES = "the axes are swapped"
BEGINNING_MISSING = ": the first token, which marks the beginning of the text, is missing"
BEGINNING_TWICE = ": the token that marks the beginning of the text comes twice"


def instead_of(name: str, expected: str, actual: str) -> str:
    """Say what was expected and what came back."""
    return f"{name}: expected {expected}, you returned {actual}."


def other_structure(expected: str, actual: str) -> str:
    """For an answer that differs in its nesting of tuples, lists and tensors."""
    return f"Expected {expected}, you returned {actual}."


def a_tuple(names: Sequence[str]) -> str:
    """Describe the tuple that is asked for, by the names of its parts."""
    return f"a tuple of {len(names)}: ({', '.join(names)})"


def return_all(names: Sequence[str]) -> str:
    """Advise how the parts of a tuple are returned together."""
    return f"End your function with `return {', '.join(names)}`."


def object_for_tuple(type_name: str) -> str:
    """Remark that a named tuple or the like counts as the tuple asked for."""
    return f"You returned an object of type {type_name}, which unpacks into the tuple that is asked for. {FINE}"


def other_shape(name: str, expected: str, actual: str, finding: str) -> str:
    """For a tensor of another shape; ``finding`` says in what it differs, or is ""."""
    return f"{name}: expected the shape {expected}, you returned {actual}{finding and ': '}{finding}."


def keep_axis(axis: str) -> str:
    """Advise where the answer lacks an axis that the expected shape has."""
    return f"Keep a row for every {axis}: stack them, and do not sum or index that axis away."


def axis_missing(axis: str) -> str:
    """Say which axis the answer lacks."""
    return f"the {axis} axis is missing"


def other_number_of_axes(actual: int, expected: int) -> str:
    """Say how many axes the answer has."""
    return f"the number of axes is {actual} instead of {expected}"


def other_length(axis: str, actual: int, expected: int) -> str:
    """Say which axis has another length."""
    return f"the length of the {axis} axis is {actual} instead of {expected}"


def tensor_with(axes: Sequence[str]) -> str:
    """Describe a tensor by the names of its axes."""
    return f"a tensor with the {'axis' if len(axes) == 1 else 'axes'} ({', '.join(axes)})"


def not_finite(name: str, many: str, where: str, value: object) -> str:
    """For a tensor with NaN or infinity: how many, and where the first is."""
    return f"{name}: not finite {many}{where and ', first at '}{where}: {value}."


def other_kind(name: str, actual: str, expected: str) -> str:
    """Remark on an answer of another library (torch, numpy, plain Python), which is accepted."""
    return f"{name}: a {actual} value where the reference has one of {expected}. {FINE}"


def other_width(name: str, actual: str, expected: str) -> str:
    """Remark on an answer of another precision that is accepted."""
    return f"{name}: {actual} where the reference has {expected}. {FINE}"


def negative_kl(name: str, many: str, where: str, lowest: str) -> str:
    """For divergences below 0 by more than rounding: how many, and the lowest."""
    return f"{name}: negative {many}, lowest{_at(where)}: {lowest}. A KL divergence is never below zero."


def other_of_tie(name: str, many: str) -> str:
    """Remark that another of the equally likely tokens was returned."""
    return f"{name}: the other token of a tie {many}. {FINE}"


def no_probability(name: str, value: str, where: str) -> str:
    """For a value below 0 or above 1 where probabilities are asked."""
    return f"{name}: {value}{_at(where)}, and a probability is between 0 and 1."


def wrong_sum(name: str, value: str, where: str, axis: str) -> str:
    """For probabilities that do not sum to 1 along ``axis``."""
    return f"{name}: the sum is {value}{_at(where)}, and probabilities sum to 1 along the {axis} axis."


def rounding_allowed(name: str, dtype: str, share: float) -> str:
    """Remark that the answer's dtype widens the tolerance, by the share of a number."""
    return f"{name}: rounding to {dtype} may move a number by {100 * share:.1g} %, which is allowed for."


def distance(off: str, allowed: str, rounded_to: str) -> str:
    """Say how far off a number is, and how far it may be; ``rounded_to`` is a type or ""."""
    return f"off by {off}, allowed {allowed}" + (f" with rounding to {rounded_to}" if rounded_to else "")


def wrong_elements(name: str, many: str, where: str, expected: str, actual: str, distance: str) -> str:
    """Say how many elements are wrong, and what stands at the worst or else the first place."""
    which = f", {'most' if distance else 'first'}{_at(where)}" if where else ""
    return f"{name}: wrong {many}{which}: expected {expected}, you returned {actual}{distance and f' ({distance})'}."


def wrong_token(name: str, position: int, expected: str, actual: str) -> str:
    """For token ids: the first that differs, as texts of the tokens."""
    return f"{name}: wrong, first at position {position}: expected {expected}, you returned {actual}."


def keep_first_token(tokenizer: str) -> str:
    """Advise where the answer lacks the token that begins every text."""
    return f"Keep the token that {tokenizer} puts first."


def add_no_first_token(tokenizer: str) -> str:
    """Advise where the token that begins every text comes twice."""
    return f"Do not add that token again: {tokenizer} puts it first by itself."


def ids_for_texts(tokenizer: str) -> str:
    """Advise where tokens were returned as texts instead of ids."""
    return f"Return ids, as {tokenizer} gives them, not their texts."


def use_tokenizer(tokenizer: str) -> str:
    """Advise where what came back is neither ids nor texts."""
    return f"Return what {tokenizer} gives for the text."


def other_form_of_tokens(name: str, actual: str, tokens: int) -> str:
    """Remark on ids in another container or shape, which are accepted."""
    return f"{name}: {actual} where the reference returns a tensor of shape (1, {tokens}). {FINE}"


def items_in_other_order(name: str, item: int, expected: str, actual: str) -> str:
    """For a list with the right items in the wrong order: the first such item."""
    there = f"expected {expected}, you returned {actual}"
    return f"{name}: the items are right, but in another order, first at item {item}: {there}."


# Sentences to authors: a check gives a comparator something that cannot be.


def must_be(name: str, argument: str, asked: str, given: object) -> str:
    """For an argument of a comparator with a value of the wrong kind."""
    return f"{name}: `{argument}` must be {asked}, not {given}."


def lengths_without_axes(name: str, lengths: int, axes: int) -> str:
    """For a shape and names of axes that differ in number."""
    return f"{name}: `expected` has {plural(lengths, 'length')}, and `axes` names {axes}."


def axes_without_names(name: str, argument: str, found: int, axes: int) -> str:
    """For a tensor and names of axes that differ in number."""
    return f"{name}: `{argument}` has {found} {'axis' if found == 1 else 'axes'}, and `axes` names {axes}."


def no_class(name: str, expected: str) -> str:
    """For an unknown class of elements that a check asks for."""
    return f"{name}: answers may be of {', '.join(ELEMENTS)} elements, not of {expected!r}."


def unlike_expected(name: str, argument: str, found: str, expected: str) -> str:
    """For an argument whose shape must be that of the expected values."""
    return f"{name}: `{argument}` has the shape {found}, and what is expected {expected}."


def holds_not_finite(name: str, argument: str) -> str:
    """For an argument with NaN or infinity."""
    return f"{name}: `{argument}` holds numbers that are not finite."


def _at(where: str) -> str:
    return where and f" at {where}"
