"""Comparators: what checks call to judge an answer, its form first and then its values.

Every comparator takes the student's value first and raises :class:`MismatchError` with a sentence for the student: what
was expected, what came back, where, how far off, how much is allowed. A right answer in an unusual form passes with a
remark. The caller names the axes: ``axes=("position", "layer")``.
"""

from grader.compare.contract import contract, dtype, finite, number, parts, shape, tensor
from grader.compare.formatting import describe
from grader.compare.items import ordered, unordered
from grader.compare.mismatch import MismatchError, Tolerance, collecting, remark
from grader.compare.tensors import CLOSE, argmax, close, integers, kl, probabilities
from grader.compare.tokens import tokens
from grader.compare.tolerance_share import measuring

__all__ = [
    "CLOSE",
    "MismatchError",
    "Tolerance",
    "argmax",
    "close",
    "collecting",
    "contract",
    "describe",
    "dtype",
    "finite",
    "integers",
    "kl",
    "measuring",
    "number",
    "ordered",
    "parts",
    "probabilities",
    "remark",
    "shape",
    "tensor",
    "tokens",
    "unordered",
]
