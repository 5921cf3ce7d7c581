"""Ask for activations and compare them with the reference, for the checks of them."""

from __future__ import annotations

from typing import Any

from grader import compare

AXES = ("layer", "d_model")
NAME = "activations"
COLON = " :"


def ask(student: Any, reference: Any, prompt: str, demarcation: str = COLON) -> Any:
    """Return the student's answer for a prompt and the text of a demarcation token."""
    return student.prompt_to_residual_stream_activations(prompt, reference.demarcation_token(demarcation))


def check_form(given: Any, reference: Any) -> None:
    """Check shape and type of activations."""
    layers, width = reference.model_sizes()[:2]
    compare.shape(given, (layers, width), axes=AXES, name=NAME)
    compare.dtype(given, "floating", name=NAME)
    compare.finite(given, axes=AXES, name=NAME)


def check(student: Any, reference: Any, prompt: str, demarcation: str = COLON) -> Any:
    """Compare the student's answer with the reference's, element by element, and return it."""
    expected = reference.prompt_to_residual_stream_activations(prompt, reference.demarcation_token(demarcation))
    given = ask(student, reference, prompt, demarcation)
    compare.close(given, expected, axes=AXES, name=NAME)
    return given
