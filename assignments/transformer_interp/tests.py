"""The checks that run inside the notebook.

Each takes your function and the model, and says what it finds. They need no reference solution. Most of what they know
comes from *planted signals* (``planted.py``): for a moment the model is silenced, and something known is written into
its residual stream. What your function then returns tells which place it reads, in which layer, at which token. Where
the model is one whose answers are recorded in ``answers.json``, your answers are compared with those as well. More
checks, on other prompts and another model, run when you are graded.
"""

from __future__ import annotations

import functools
import json
import math
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

try:
    from grader import compare
    from grader.value import Opaque, Tensor
except ImportError as error:
    raise ImportError("Install the package that came with this notebook: %pip install ./interp_grader-*.whl") from error

from planted import Marks, distance_from_uniform, known_signal, planted, read_marks

SCHOOL = "James Potter went to school. James"
STORE = "Alice and Bob went to the store. Alice gave the milk to"
OPPOSITE, GERMAN = "fast : slow", "fast : schnell"
# Texts for planted signals alone: a function that keeps its answers must not keep these for another check.
SILENT, SIGNAL, GOES_ON = "nothing at all", "somebody speaks", "one : two three : four and five"
AXES = ("position", "layer")
ANSWERS = Path(__file__).resolve().parent / "answers.json"

Check = Callable[[Callable[..., Any], Any], None]


class NotMade(Exception):  # noqa: N818 - neither passed nor failed
    """A check cannot be made on this function."""


class CheckFailed(AssertionError):  # noqa: N818 - the word that a student reads first
    """A check found something; shown in the notebook without a traceback through this file."""

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]


def test_logit_lens_analysis(function: Callable[..., Any], model: Any) -> None:
    """Check ``logit_lens_analysis``; raises CheckFailed at the first check that does not pass."""
    checks: dict[str, Check] = {
        "returns three things": _lens_returns_three_things,
        "tokens": _lens_tokens,
        "shapes": _lens_shapes,
        "types and ranges": _lens_ranges,
        "KL divergence": _lens_divergence,
        "text that goes on": _lens_prefix,
        "place of the stream": _lens_place,
    }
    _run("logit_lens_analysis", checks, _lens_recorded, function, model)


def test_prompt_to_residual_stream_activations(function: Callable[..., Any], model: Any) -> None:
    """Check ``prompt_to_residual_stream_activations``.

    Raises CheckFailed at the first check that does not pass.
    """
    checks: dict[str, Check] = {
        "shape": _activations_shape,
        "types": _activations_types,
        "token and place": _activations_planted,
        "normalisation": _activations_normalised,
    }
    _run("prompt_to_residual_stream_activations", checks, _activations_recorded, function, model)


def _run(name: str, checks: dict[str, Check], recorded: Check, function: Callable[..., Any], model: Any) -> None:
    answers = _recorded_answers(model)
    if answers:
        checks = {**checks, "recorded answers": recorded}
    passed: list[str] = []
    for title, check in checks.items():
        try:
            with torch.no_grad():
                check(function, model)
            passed.append(title)
        except NotMade:
            continue
        except compare.MismatchError as mismatch:
            hint = f"\n  Try: {mismatch.mismatch.hint}" if mismatch.mismatch.hint else ""
            count = f"\n  ({len(passed)} of {len(checks)} visible checks pass; this one looks at: {title})"
            raise CheckFailed(f"{mismatch}{hint}{count}") from None
    print(f"{name}: {len(passed)} of {len(checks)} visible checks pass ({', '.join(passed)}).")
    if len(passed) < len(checks):
        print("The others could not be made: your function did not run the model that it is tested with.")
    if not answers:
        print("No answers are recorded for this model, so only properties were checked, not the values themselves.")
    print("More checks, on other prompts and another model, run when you are graded.")


def _call(function: Callable[..., Any], *args: Any) -> Any:
    """Call the student's function and return its answer as data for the comparators."""
    try:
        return _data(function(*args))
    except NameError as error:
        line = traceback.extract_tb(error.__traceback__)[-1].line
        raise CheckFailed(
            f"{error}: your function stopped at `{line}`. If it is not finished yet, that is as it should be: "
            "fill in the steps below the comments, then run this cell again."
        ) from None


def _data(value: Any) -> Any:
    match value:
        case torch.Tensor():
            data = value.detach().cpu()
            dtype = str(data.dtype).removeprefix("torch.")
            return Tensor((data.float() if data.dtype == torch.bfloat16 else data).numpy(), dtype)
        case np.ndarray():
            return Tensor(value, value.dtype.name, kind="numpy")
        case list() | tuple():
            return type(value)(_data(v) for v in value) if type(value) in (list, tuple) else tuple(map(_data, value))
        case None | bool() | int() | float() | str():
            return value
        case _:
            return Opaque(type(value).__name__)


@functools.cache
def _words(model: Any) -> list[str]:
    """Return the text of every token, by its id."""
    return [model.tokenizer.decode([token]) for token in range(model.cfg.d_vocab)]


def _fail(kind: str, sentence: str, hint: str = "") -> None:
    raise compare.MismatchError(kind, sentence, "", "", hint=hint)


# -- logit_lens_analysis -----------------------------------------------------------------------------------------------

PARTS = ("tokens", "top_unembedded_residual_stream_caches", "kl_divergences")
KINDS = ("tokens", "ids", "numbers")
TOP, KL, ACTIVATIONS = "most likely tokens", "KL divergences", "activations"


def _lens(function: Callable[..., Any], prompt: str) -> tuple[Any, ...]:
    return compare.parts(_call(function, prompt), PARTS)


def _lens_returns_three_things(function: Callable[..., Any], model: Any) -> None:
    answer = _lens(function, SCHOOL)
    kinds = [_kind(part, model.to_tokens(SCHOOL).shape[1]) for part in answer]
    if kinds != [*KINDS] and sorted(kinds) == sorted(KINDS):
        order = ", ".join(PARTS[KINDS.index(kind)] for kind in kinds)
        hint = "Compare the order of your `return` with the one in the task."
        _fail("structure", f"You return ({order}); expected ({', '.join(PARTS)}).", hint)
    for part, name in zip(answer[1:], (TOP, KL), strict=True):
        compare.tensor(part, name=name)


def _kind(part: Any, length: int) -> str:
    """Say by its form which of the three parts something is.

    ``length`` is the number of the prompt's tokens.
    """
    if not isinstance(part, Tensor):
        return "tokens" if isinstance(part, list) else ""
    if part.is_integer:
        return "tokens" if part.shape in ((length,), (1, length)) else "ids"
    return "numbers" if part.is_floating else ""


def _lens_tokens(function: Callable[..., Any], model: Any) -> None:
    for prompt in (SCHOOL, STORE):
        compare.tokens(
            _lens(function, prompt)[0],
            _data(model.to_tokens(prompt)),
            vocabulary=_words(model),
            tokenizer="`to_tokens`",
        )


def _lens_shapes(function: Callable[..., Any], model: Any) -> None:
    for prompt in (SCHOOL, STORE):
        expected = (model.to_tokens(prompt).shape[1], model.cfg.n_layers)
        for name, part in zip((TOP, KL), _lens(function, prompt)[1:], strict=True):
            compare.shape(part, expected, axes=AXES, name=name)


def _lens_ranges(function: Callable[..., Any], model: Any) -> None:
    _, top, kl = _lens(function, STORE)
    compare.dtype(top, "integer", name=TOP)
    if top.data.min() < 0 or top.data.max() >= model.cfg.d_vocab:
        _fail("value", f"Your most likely tokens hold ids outside the vocabulary of {model.cfg.d_vocab} words.")
    compare.dtype(kl, "floating", name=KL)
    compare.finite(kl, axes=AXES, name=KL)
    if (lowest := float(kl.data.min())) < -1e-3:
        hint = "Look at the sign, and at which of the two arguments is a logarithm."
        _fail("kl", f"Your KL divergences go down to {lowest:.3g}. A KL divergence is never below zero.", hint)


def _lens_prefix(function: Callable[..., Any], model: Any) -> None:
    """A position knows only what stands before it, so text behind it changes nothing."""
    short, long = _lens(function, SCHOOL), _lens(function, f"{SCHOOL} and Alice")
    known = len(short[2].data) - 1  # the last token may be cut differently when the text goes on
    if not np.allclose(short[2].data[:known], long[2].data[:known], atol=1e-2, rtol=1e-2):
        hint = "Compare each position of a layer with the final prediction at that same position."
        _fail(
            "kl",
            "Your KL divergences of a text change when more text follows it; each position may use only itself.",
            hint,
        )


def _lens_with(function: Callable[..., Any], model: Any, prompt: str, writer: str) -> tuple[Any, Any, Any, Any]:
    """Let ``writer`` alone write.

    Return the final best tokens, the lens's, its KLs, and the KL of a silent layer.
    """
    tokens = model.to_tokens(prompt)
    with planted(model, {writer: known_signal(model, tokens.shape[1])}) as runs:
        _, top, kl = _call(function, prompt)
        if not runs:
            raise NotMade
        return model(tokens)[0].argmax(-1).cpu().numpy(), top.data, kl.data, distance_from_uniform(model, tokens)


def _lens_divergence(function: Callable[..., Any], model: Any) -> None:
    last = model.cfg.n_layers - 1
    _, _, kl, expected = _lens_with(function, model, SILENT, f"blocks.{last}.hook_mlp_out")
    expected = np.broadcast_to(expected[:, None], kl.shape)
    if np.allclose(kl, expected, atol=1e-2, rtol=1e-2):
        return
    text = "The model was silenced up to its very last step, so that only its final prediction knows anything"
    if np.allclose(kl[:, -1], 0, atol=1e-2) and not np.allclose(kl * model.cfg.d_vocab, expected, atol=1e-2, rtol=1e-2):
        hint = "Read the stream where the text says, and compare with the model's own logits, not with your last layer."
        _fail("kl", f"{text}. Your last layer agrees with it all the same.", hint)
    if np.allclose(kl * math.log(2), expected, atol=1e-2, rtol=1e-2):
        _fail("kl", "Your KL divergences are in bits; the task asks for nats.", "Which base does your logarithm have?")
    if np.allclose(kl, expected[-1], atol=1e-2, rtol=1e-2):
        hint = "The model makes a prediction at each position: compare with the one at that same position."
        _fail("kl", f"{text}. Each of your positions has the divergence of the last one all the same.", hint)
    hint = "Which distribution is P and which is Q? Which argument wants logarithms? Do you sum over the words?"
    worst = int(np.abs(kl - expected).max(axis=1).argmax())
    where = f"KL(final || layer) is then {expected[worst, 0]:.4g} at position {worst}"
    _fail("kl", f"{text}. {where}; yours is {kl[worst, 0]:.4g} in layer 0.", hint)


def _lens_place(function: Callable[..., Any], model: Any) -> None:
    writer = model.cfg.n_layers // 2
    final, top, kl, silent = _lens_with(function, model, SIGNAL, f"blocks.{writer}.hook_attn_out")
    seen = [layer for layer in range(kl.shape[1]) if (kl[:, layer] < 0.5 * silent).all()]
    text = f"Nothing but the attention of layer {writer} wrote into the stream. Your lens must see that from there on"
    if seen != list(range(writer, model.cfg.n_layers)):
        hint = "Compare the name of the activation you read with the one in the text above, and count your layers."
        found = f"in layers {', '.join(map(str, seen))} only" if seen else "in no layer"
        if seen and seen[-1] == model.cfg.n_layers - 1:
            found = f"from layer {seen[0]} on"
        _fail("value", f"{text}; yours sees it {found}.", hint)
    if not (top[:, writer:] == final[:, None]).all():
        hint = "Over which axis do you look for the most likely token, and at which end?"
        _fail("argmax", f"{text}, and say the word that the model says; yours says another.", hint)
    if not np.allclose(kl[:, writer:], 0, atol=1e-2):
        hint = "Is the stream normalised before it is unembedded?"
        _fail("kl", f"{text}, with a divergence of 0; yours goes up to {np.abs(kl[:, writer:]).max():.3g}.", hint)


def _lens_recorded(function: Callable[..., Any], model: Any) -> None:
    for prompt, recorded in _recorded_answers(model)["logit_lens_analysis"].items():
        _, top, kl = _lens(function, prompt)
        top_tokens, margin, divergences = (_data(np.array(recorded[key])) for key in ("top", "margin", "kl"))
        compare.argmax(top, top_tokens, margin, axes=AXES, name=f"{TOP} for {prompt!r}", vocabulary=_words(model))
        compare.kl(kl, divergences, axes=AXES, name=f"{KL} for {prompt!r}")


# -- prompt_to_residual_stream_activations -----------------------------------------------------------------------------


def _colon(model: Any) -> int:
    return int(model.tokenizer.encode(" :")[-1])


def _activations_shape(function: Callable[..., Any], model: Any) -> None:
    for prompt in (OPPOSITE, f"{GERMAN} and {OPPOSITE}"):
        answer = _call(function, prompt, _colon(model))
        expected = (model.cfg.n_layers, model.cfg.d_model)
        compare.shape(answer, expected, axes=("layer", "d_model"), name=ACTIVATIONS)


def _activations_types(function: Callable[..., Any], model: Any) -> None:
    answer = _call(function, GERMAN, _colon(model))
    compare.dtype(answer, "floating", name=ACTIVATIONS)
    compare.finite(answer, axes=("layer", "d_model"), name=ACTIVATIONS)


def _activations_planted(function: Callable[..., Any], model: Any) -> None:
    tokens = model.to_tokens(GOES_ON)
    marks = read_marks(model, tokens, lambda: _call(function, GOES_ON, _colon(model)).data)
    if not marks.tokens:
        raise NotMade
    if marks.elsewhere:
        hint = "Return the activation as the model holds it, without a function over its numbers."
        _fail("value", "Your activations hold more than the residual stream: numbers where nothing was written.", hint)
    words = [[model.tokenizer.decode([token]) for token in ids] for ids in (tokens[0].tolist(), marks.tokens)]
    if words[1] != words[0][: len(words[1])]:
        hint = "Keep the special token that `to_tokens` puts first."
        _fail("value", f"For {GOES_ON!r} the model was run on {words[1]}, which is no beginning of its tokens.", hint)
    _check_position(marks, words[0], asked=tokens[0].tolist().index(_colon(model)) + 1)
    _check_place(marks)


def _check_position(marks: Marks, words: list[str], asked: int) -> None:
    found = [position for position, mark in enumerate(marks.positions.any(axis=0)) if mark]
    if found == [asked]:
        return
    match found:
        case [one]:
            finding = f"your function reads position {one}, {words[one]!r}"
        case []:
            finding = "what your function returns is the residual stream of no token at all"
        case _:
            finding = f"your function mixes {len(found)} positions"
    text = f"the first token after the (first) demarcation token is {words[asked]!r}, at position {asked}"
    _fail("value", f"In {GOES_ON!r} {text}; {finding}.", "Print the tokens and the position you use.")


def _check_place(marks: Marks) -> None:
    for layer, (attentions, mlps) in enumerate(zip(marks.attentions, marks.mlps, strict=True)):
        if (attentions, mlps) != (layer + 1, layer):
            held = f"holds what {attentions} attention and {mlps} MLP layers wrote; expected {layer + 1} and {layer}"
            hint = "Compare the name of the activation you read with the one in the text above, and count your layers."
            _fail("value", f"Row {layer} of your {ACTIVATIONS} {held}.", hint)


def _activations_normalised(function: Callable[..., Any], model: Any) -> None:
    answer = _call(function, OPPOSITE, _colon(model)).data
    size = np.sqrt((answer.astype(np.float64) ** 2).mean(-1))
    if not np.allclose(size, 1, atol=0.05):
        hint = "There are two activations at this place of a layer: before and after its normalisation."
        _fail(
            "close", f"Your activations are not normalised: their root mean square goes up to {size.max():.3g}.", hint
        )


def _activations_recorded(function: Callable[..., Any], model: Any) -> None:
    for prompt, recorded in _recorded_answers(model)["prompt_to_residual_stream_activations"].items():
        answer = _call(function, prompt, _colon(model))
        expected = np.array(recorded)
        some = Tensor(answer.data[:, : expected.shape[1]], answer.dtype, answer.kind)
        compare.close(some, _data(expected), axes=("layer", "d_model"), name=f"{ACTIVATIONS} for {prompt!r}")


# -- recorded answers --------------------------------------------------------------------------------------------------


def fingerprint(model: Any) -> list[float]:
    """Return a few numbers that tell models apart.

    They survive the last-bit differences between machines.
    """
    sizes = (model.cfg.n_layers, model.cfg.d_model, model.cfg.d_vocab)
    return [*map(float, sizes), *(round(float(x), 4) for x in model.W_E[model.cfg.d_vocab // 2, :5].detach())]


def _recorded_answers(model: Any) -> dict[str, Any]:
    """Return what ``answers.json`` holds for this very model, or nothing."""
    known = json.loads(ANSWERS.read_text(encoding="utf-8")) if ANSWERS.is_file() else []
    mine = fingerprint(model)
    return next((m for m in known if np.allclose(m["fingerprint"], mine, atol=1e-3)), {})
