"""The checks that run inside the notebook: each takes your function and the model, and says what it finds.

They need no reference solution. Most of what they know comes from *planted signals*: for a moment the model is silenced,
and something known is written into its residual stream at a known place. What your function then returns tells which
place it reads, in which layer, at which token. Where the model is one whose answers are recorded in ``answers.json``,
your answers are compared with those as well. More checks, on other prompts and another model, run when you are graded.
"""

from __future__ import annotations

import contextlib
import json
import math
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch

try:
    from grader import compare
    from grader.value import Opaque, Tensor
except ImportError as error:
    raise ImportError("Install the package that came with this notebook: %pip install ./grader-*.whl") from error

SCHOOL = "James Potter went to school. James"
STORE = "Alice and Bob went to the store. Alice gave the milk to"
OPPOSITE, GERMAN = "fast : slow", "fast : schnell"
GOES_ON = "one : two three : four and five"
AXES = ("position", "layer")
ANSWERS = Path(__file__).resolve().parent / "answers.json"

Check = Callable[[Callable[..., Any], Any], None]


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
        "text that goes on": _lens_prefix,
        "place of the stream": _lens_place,
        "KL divergence": _lens_divergence,
    }
    _run("logit_lens_analysis", checks, _lens_recorded, function, model)


def test_prompt_to_residual_stream_activations(function: Callable[..., Any], model: Any) -> None:
    """Check ``prompt_to_residual_stream_activations``; raises CheckFailed at the first check that does not pass."""
    checks: dict[str, Check] = {
        "shape": _activations_shape,
        "types": _activations_types,
        "token": _activations_token,
        "place of the stream": _activations_place,
        "normalisation": _activations_normalised,
    }
    _run("prompt_to_residual_stream_activations", checks, _activations_recorded, function, model)


def _run(name: str, checks: dict[str, Check], recorded: Check, function: Callable[..., Any], model: Any) -> None:
    answers = _recorded_answers(model)
    if answers:
        checks = {**checks, "recorded answers": recorded}
    for number, (title, check) in enumerate(checks.items()):
        try:
            with torch.no_grad():
                check(function, model)
        except compare.MismatchError as mismatch:
            hint = f"\n  Try: {mismatch.mismatch.hint}" if mismatch.mismatch.hint else ""
            text = f"{mismatch}{hint}\n  ({number} of {len(checks)} visible checks pass; this one looks at: {title})"
            raise CheckFailed(text) from None
    print(
        f"{name}: {len(checks)} of {len(checks)} visible checks pass ({', '.join(checks)}); hidden ones run at grading."
    )
    if not answers:
        print("No answers are recorded for this model, so only properties were checked, not the values themselves.")


def _call(function: Callable[..., Any], *args: Any) -> Any:
    """Call the student's function and return its answer as data that the comparators understand."""
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


def _fail(kind: str, sentence: str, hint: str = "") -> None:
    raise compare.MismatchError(kind, sentence, "", "", hint=hint)


# -- planted signals ---------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _planted(model: Any, writes: dict[str, torch.Tensor]) -> Iterator[None]:
    """Silence everything that writes into the residual stream but ``writes``: hook names and (position, d_model) each.

    The hooks are PyTorch's own, so that ``reset_hooks`` in a student's function does not take them away.
    """
    writers = [name for name in model.hook_dict if name.endswith(("hook_embed", "hook_attn_out", "hook_mlp_out"))]
    bias = model.unembed.b_U.data

    def hook(name: str) -> Callable[..., torch.Tensor]:
        def write(module: Any, args: Any, output: torch.Tensor) -> torch.Tensor:
            silent = torch.zeros_like(output)
            return silent + writes[name][: output.shape[1]].to(output) if name in writes else silent

        return write

    with contextlib.ExitStack() as stack:
        for name in writers:
            stack.enter_context(model.hook_dict[name].register_forward_hook(hook(name)))
        model.unembed.b_U.data = torch.zeros_like(bias)
        stack.callback(setattr, model.unembed.b_U, "data", bias)
        yield


def _signal(model: Any, positions: int) -> torch.Tensor:
    """Return a different, repeatable vector for each position (position, d_model)."""
    return torch.randn(positions, model.cfg.d_model, generator=torch.Generator().manual_seed(0))


def _distance_from_uniform(model: Any, tokens: torch.Tensor) -> np.ndarray[Any, Any]:
    """Return how far, in nats, the model's prediction is from one that knows nothing (position)."""
    prediction = torch.distributions.Categorical(logits=model(tokens)[0].float())
    return (math.log(model.cfg.d_vocab) - prediction.entropy()).cpu().numpy()


def _lens_with(function: Callable[..., Any], model: Any, writer: str) -> tuple[Any, Any, Any, Any]:
    """Return the tokens, best tokens and divergences when only ``writer`` writes, and what a silent layer's KL is."""
    tokens = model.to_tokens(SCHOOL)
    with _planted(model, {writer: _signal(model, tokens.shape[1])}):
        _, top, kl = _call(function, SCHOOL)
        return model(tokens)[0].argmax(-1).cpu().numpy(), top.data, kl.data, _distance_from_uniform(model, tokens)


# -- logit_lens_analysis -----------------------------------------------------------------------------------------------

NAMES = ("tokens", "top tokens", "kl divergences")


def _lens(function: Callable[..., Any], prompt: str) -> tuple[Any, ...]:
    return compare.parts(_call(function, prompt), NAMES)


def _lens_returns_three_things(function: Callable[..., Any], model: Any) -> None:
    _, top, kl = _lens(function, SCHOOL)
    compare.tensor(top, name=NAMES[1])
    compare.tensor(kl, name=NAMES[2])


def _lens_tokens(function: Callable[..., Any], model: Any) -> None:
    for prompt in (SCHOOL, STORE):
        compare.tokens(_lens(function, prompt)[0], _data(model.to_tokens(prompt)))


def _lens_shapes(function: Callable[..., Any], model: Any) -> None:
    for prompt in (SCHOOL, STORE):
        expected = (model.to_tokens(prompt).shape[1], model.cfg.n_layers)
        for name, part in zip(NAMES[1:], _lens(function, prompt)[1:], strict=True):
            compare.shape(part, expected, axes=AXES, name=name)


def _lens_ranges(function: Callable[..., Any], model: Any) -> None:
    _, top, kl = _lens(function, STORE)
    compare.dtype(top, "integer", name=NAMES[1])
    if top.data.min() < 0 or top.data.max() >= model.cfg.d_vocab:
        _fail("value", f"Your top tokens hold ids outside the vocabulary of {model.cfg.d_vocab} words.")
    compare.dtype(kl, "floating", name=NAMES[2])
    compare.finite(kl, axes=AXES, name=NAMES[2])
    if (lowest := float(kl.data.min())) < -1e-3:
        hint = "Look at the sign, and at which of the two arguments is a logarithm."
        _fail("kl", f"Your kl divergences go down to {lowest:.3g}. A KL divergence is never below zero.", hint)


def _lens_prefix(function: Callable[..., Any], model: Any) -> None:
    """A position knows only what stands before it, so text behind it changes nothing."""
    short, long = _lens(function, SCHOOL), _lens(function, f"{SCHOOL} and Alice")
    known = len(short[2].data) - 1  # the last token may be cut differently when the text goes on
    if not np.allclose(short[2].data[:known], long[2].data[:known], atol=1e-2, rtol=1e-2):
        hint = "Compare each position of a layer with the final prediction at that same position."
        _fail(
            "kl",
            "Your kl divergences of a text change when more text follows it; each position may use only itself.",
            hint,
        )


def _lens_place(function: Callable[..., Any], model: Any) -> None:
    planted = model.cfg.n_layers // 2
    final, top, kl, silent = _lens_with(function, model, f"blocks.{planted}.hook_attn_out")
    if np.allclose(silent, 0, atol=1e-3):
        return  # a model without an unembedding to speak of cannot be tested like this
    seen = kl < 0.5 * silent[:, None]
    first = next((layer for layer in range(seen.shape[1]) if seen[:, layer:].all()), None)
    text = f"A signal was written by the attention of layer {planted}, and by nothing else. Your lens must see it from there on"
    if first is None:
        hint = "Is the stream normalised before it is unembedded? Compare each position with the same one of the final logits."
        _fail("value", f"{text}, and then agree with the final prediction; it never does.", hint)
    if first != planted:
        hint = "Look at the name of the activation that the text above the exercise gives, and count your layers."
        _fail("value", f"{text}; yours sees it from layer {first} on.", hint)
    if not (top[:, planted:] == final[:, None]).all():
        hint = "Over which axis do you take the best token?"
        _fail("argmax", f"{text}, and say what the model says; yours says something else.", hint)
    if not np.allclose(kl[:, planted:], 0, atol=1e-2):
        hint = "Is the stream normalised, and are both sides of the KL proper distributions over the vocabulary?"
        _fail("kl", f"{text}, with a divergence of 0; yours goes up to {np.abs(kl[:, planted:]).max():.3g}.", hint)


def _lens_divergence(function: Callable[..., Any], model: Any) -> None:
    last = model.cfg.n_layers - 1
    _, _, kl, expected = _lens_with(function, model, f"blocks.{last}.hook_mlp_out")
    expected = np.broadcast_to(expected[:, None], kl.shape)
    if np.allclose(kl, expected, atol=1e-2, rtol=1e-2):
        return
    text = "The model was silenced up to its very last step, so that every layer's prediction is uniform"
    if np.allclose(kl[:, -1], 0, atol=1e-2):
        hint = "Read the stream where the text says, and compare with the model's own logits, not with your last layer."
        _fail("kl", f"{text}, and the final one is not. Your last layer claims no difference.", hint)
    if np.allclose(kl * math.log(2), expected, atol=1e-2, rtol=1e-2):
        _fail("kl", "Your kl divergences are in bits; the task asks for nats.", "Which base does your logarithm have?")
    hint = "Check which distribution is P and which is Q, which argument wants logarithms, and that you sum over the words."
    where = f"KL(final || layer) is then {expected[-1, 0]:.4g} at the last position; yours is {kl[-1, 0]:.4g}."
    _fail("kl", f"{text}. {where}", hint)


def _lens_recorded(function: Callable[..., Any], model: Any) -> None:
    for prompt, recorded in _recorded_answers(model)["logit_lens_analysis"].items():
        _, top, kl = _lens(function, prompt)
        top_tokens, margin, divergences = (_data(np.array(recorded[key])) for key in ("top", "margin", "kl"))
        compare.argmax(top, top_tokens, margin, axes=AXES, name=f"top tokens for {prompt!r}")
        compare.kl(kl, divergences, axes=AXES, name=f"kl divergences for {prompt!r}")


# -- prompt_to_residual_stream_activations -----------------------------------------------------------------------------


def _colon(model: Any) -> int:
    return int(model.tokenizer.encode(" :")[-1])


def _activations_shape(function: Callable[..., Any], model: Any) -> None:
    for prompt in (OPPOSITE, GOES_ON):
        answer = _call(function, prompt, _colon(model))
        expected = (model.cfg.n_layers, model.cfg.d_model)
        compare.shape(answer, expected, axes=("layer", "d_model"), name="activations")


def _activations_types(function: Callable[..., Any], model: Any) -> None:
    answer = _call(function, GERMAN, _colon(model))
    compare.dtype(answer, "floating", name="activations")
    compare.finite(answer, axes=("layer", "d_model"), name="activations")


def _read_planted(function: Callable[..., Any], model: Any) -> tuple[list[str], int, np.ndarray[Any, Any]]:
    """Return the words of a prompt, the position asked for, and which planted marks the answer holds (layer, mark).

    Marks are single dimensions: one for each position, then one for each layer's attention, then one for each MLP.
    """
    tokens, layers = model.to_tokens(GOES_ON)[0], model.cfg.n_layers
    length = len(tokens)
    marks = torch.eye(model.cfg.d_model)
    writes = {}
    for layer in range(layers):
        writes[f"blocks.{layer}.hook_attn_out"] = marks[length + layer].expand(length, -1)
        writes[f"blocks.{layer}.hook_mlp_out"] = marks[length + layers + layer].expand(length, -1)
    writes["hook_embed"] = marks[:length]
    with _planted(model, writes):
        answer = _call(function, GOES_ON, _colon(model)).data
    words = [model.tokenizer.decode([int(token)]) for token in tokens]
    return words, tokens.tolist().index(_colon(model)) + 1, answer[:, : length + 2 * layers] > 1e-3


def _activations_token(function: Callable[..., Any], model: Any) -> None:
    words, asked, marks = _read_planted(function, model)
    read = [position for position in range(len(words)) if marks[:, position].any()]
    if read == [asked]:
        return
    text = (
        f"In {GOES_ON!r} the first token after the (first) demarcation token is {words[asked]!r}, at position {asked}"
    )
    hint = "Print the tokens and the position you use. The model must read the text with the special token at its beginning."
    match read:
        case [one]:
            _fail("value", f"{text}; your function reads position {one}, {words[one]!r}.", hint)
        case []:
            _fail("value", f"{text}; what your function returns is not the residual stream of any token of it.", hint)
        case _:
            _fail("value", f"{text}; your function mixes {len(read)} positions.", hint)


def _activations_place(function: Callable[..., Any], model: Any) -> None:
    words, _, marks = _read_planted(function, model)
    layers = model.cfg.n_layers
    for layer in range(layers):
        attention = int(marks[layer, len(words) : len(words) + layers].sum())
        mlp = int(marks[layer, len(words) + layers :].sum())
        if (attention, mlp) != (layer + 1, layer):
            _fail(
                "value",
                f"Row {layer} of your activations holds what {attention} attention and {mlp} MLP layers wrote; "
                f"expected {layer + 1} and {layer}.",
                "Look at the name of the activation that the text above the exercise gives, and at the order of your layers.",
            )


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
        compare.close(some, _data(expected), axes=("layer", "d_model"), name=f"activations for {prompt!r}")


# -- recorded answers --------------------------------------------------------------------------------------------------


def fingerprint(model: Any) -> list[float]:
    """Return a few numbers that tell models apart and survive the last-bit differences between machines."""
    sizes = (model.cfg.n_layers, model.cfg.d_model, model.cfg.d_vocab)
    return [*map(float, sizes), *(round(float(x), 4) for x in model.W_E[model.cfg.d_vocab // 2, :5])]


def _recorded_answers(model: Any) -> dict[str, Any]:
    """Return what ``answers.json`` holds for this very model, or nothing."""
    known = json.loads(ANSWERS.read_text(encoding="utf-8")) if ANSWERS.is_file() else []
    mine = fingerprint(model)
    return next((m for m in known if np.allclose(m["fingerprint"], mine, atol=1e-3)), {})
