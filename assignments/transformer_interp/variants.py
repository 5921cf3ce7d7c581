# ruff: noqa: F821 - gpt2_small, t and repeat are there when this file runs, as in misconceptions.py
"""Right answers written in other ways.

No check may fail one of them, and how far they are off is the noise.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

VARIANTS = {
    "logit_lens_analysis": [
        "lens_by_layer",
        "lens_with_plain_logarithms",
        "lens_with_epsilon",
        "lens_in_float64",
        "lens_in_a_padded_batch",
        "lens_normalised_by_ln_final",
        "lens_normalised_twice",
        "lens_in_numpy",
        "lens_of_a_float64_model",
        "lens_of_a_less_processed_model",
        "lens_on_two_threads",
    ],
    "prompt_to_residual_stream_activations": [
        "activations_of_the_whole_prompt",
        "activations_by_hooks",
        "activations_transposed_and_back",
        "activations_of_a_float64_model",
        "activations_of_a_less_processed_model",
        "activations_on_two_threads",
    ],
}

PLACE = "blocks.{}.ln2.hook_normalized"


def _read(tokens: Any, model: Any = None) -> tuple[Any, Any]:
    model = model or gpt2_small
    logits, cache = model.run_with_cache(tokens, names_filter=lambda name: name.endswith("ln2.hook_normalized"))
    return logits, t.stack([cache[PLACE.format(i)] for i in range(model.cfg.n_layers)], dim=2)


@functools.cache
def _float64_model() -> Any:
    """The same model in double precision."""
    return copy.deepcopy(gpt2_small).to(t.float64)


@functools.cache
def _less_processed_model() -> Any:
    """The same weights, neither centred nor with their biases folded.

    Other logits, the same probabilities.
    """
    options = dict.fromkeys(("center_writing_weights", "center_unembed", "fold_value_biases"), False)
    return HookedTransformer.from_pretrained("gpt2", **options)


@contextmanager
def _two_threads() -> Iterator[None]:
    before = t.get_num_threads()
    t.set_num_threads(2)
    try:
        yield
    finally:
        t.set_num_threads(before)


def _lens_of(model: Any, input_prompt: str) -> Any:
    tokens = model.to_tokens(input_prompt)
    logits, stream = _read(tokens, model)
    log_p, log_q = logits[0].log_softmax(-1)[:, None], model.unembed(stream[0]).log_softmax(-1)
    return tokens, log_q.argmax(-1), (log_p.exp() * (log_p - log_q)).sum(-1)


def _activations_of(model: Any, prompt: str, demarcation_token: int) -> Any:
    tokens = model.to_tokens(prompt)
    position = tokens[0].tolist().index(demarcation_token) + 1
    return _read(tokens[:, : position + 1], model)[1][0, position]


def lens_by_layer(input_prompt: str) -> Any:
    """One layer at a time, divergences by PyTorch with a logarithmic target."""
    tokens = gpt2_small.to_tokens(input_prompt)
    logits, cache = gpt2_small.run_with_cache(tokens)
    final = logits[0].log_softmax(-1)
    rows = [gpt2_small.unembed(cache[PLACE.format(i)])[0].log_softmax(-1) for i in range(gpt2_small.cfg.n_layers)]
    kl = [t.nn.functional.kl_div(row, final, reduction="none", log_target=True).sum(-1) for row in rows]
    return tokens, t.stack([row.argmax(-1) for row in rows], 1), t.stack(kl, 1)


def lens_with_plain_logarithms(input_prompt: str) -> Any:
    """Probabilities by the softmax, logarithms of them by hand."""
    tokens = gpt2_small.to_tokens(input_prompt)
    logits, stream = _read(tokens)
    p, q = logits[0].softmax(-1)[:, None], gpt2_small.unembed(stream[0]).softmax(-1)
    return tokens, q.argmax(-1), (p * (p.log() - q.log())).sum(-1)


def lens_with_epsilon(input_prompt: str) -> Any:
    """Probabilities and logarithms by hand, guarded against the logarithm of zero."""
    tokens = gpt2_small.to_tokens(input_prompt)
    logits, stream = _read(tokens)
    p, q = logits[0].softmax(-1)[:, None], gpt2_small.unembed(stream[0]).softmax(-1)
    return tokens, q.argmax(-1), (p * ((p + 1e-10).log() - (q + 1e-10).log())).sum(-1)


def lens_in_float64(input_prompt: str) -> Any:
    """Divergences in double precision, best tokens as 32-bit integers, tokens as a list."""
    tokens = gpt2_small.to_tokens(input_prompt)
    logits, stream = _read(tokens)
    log_p, log_q = logits[0].double().log_softmax(-1)[:, None], gpt2_small.unembed(stream[0]).double().log_softmax(-1)
    return tokens[0].tolist(), log_q.argmax(-1).to(t.int32), (log_p.exp() * (log_p - log_q)).sum(-1)


def lens_in_a_padded_batch(input_prompt: str) -> Any:
    """Together with a longer text, whose padding is cut off again."""
    tokens = gpt2_small.to_tokens(input_prompt)
    end = t.full((1, 3), gpt2_small.tokenizer.eos_token_id)
    logits, stream = _read(t.cat([tokens, end], dim=1).expand(2, -1))
    length = tokens.shape[1]
    log_p, log_q = logits[0, :length].log_softmax(-1)[:, None], gpt2_small.unembed(stream[0, :length]).log_softmax(-1)
    return tokens, log_q.argmax(-1), (log_p.exp() * (log_p - log_q)).sum(-1)


def lens_normalised_by_ln_final(input_prompt: str) -> Any:
    """The stream between attention and MLP, normalised by the model's own last norm.

    Cross entropy minus entropy.
    """
    tokens = gpt2_small.to_tokens(input_prompt)
    logits, cache = gpt2_small.run_with_cache(tokens, remove_batch_dim=True)
    middle = t.stack([cache["resid_mid", i] for i in range(gpt2_small.cfg.n_layers)], dim=1)
    log_q, p = gpt2_small.unembed(gpt2_small.ln_final(middle)).log_softmax(-1), logits[0].softmax(-1)[:, None]
    return [tokens, log_q.argmax(-1), -(p * log_q).sum(-1) - t.special.entr(p).sum(-1)]


def lens_normalised_twice(input_prompt: str) -> Any:
    """The model's last norm over a stream that is normalised already.

    That changes next to nothing.
    """
    tokens = gpt2_small.to_tokens(input_prompt)
    logits, stream = _read(tokens)
    log_p = logits[0].log_softmax(-1)[:, None]
    log_q = gpt2_small.unembed(gpt2_small.ln_final(stream[0])).log_softmax(-1)
    return tokens, log_q.argmax(-1), (log_p.exp() * (log_p - log_q)).sum(-1)


def lens_in_numpy(input_prompt: str) -> Any:
    """Arrays of numpy instead of tensors."""
    tokens, top, kl = lens_by_layer(input_prompt)
    return tokens.numpy(), top.numpy(), kl.numpy()


def lens_of_a_float64_model(input_prompt: str) -> Any:
    """Weights and activations in double precision."""
    return _lens_of(_float64_model(), input_prompt)


def lens_of_a_less_processed_model(input_prompt: str) -> Any:
    """Weights that were not centred."""
    return _lens_of(_less_processed_model(), input_prompt)


def lens_on_two_threads(input_prompt: str) -> Any:
    """Sums that two threads share."""
    with _two_threads():
        return _lens_of(gpt2_small, input_prompt)


def activations_of_the_whole_prompt(prompt: str, demarcation_token: int) -> Any:
    """The whole prompt is read; a position does not see what follows it."""
    tokens = gpt2_small.to_tokens(prompt)
    return _read(tokens)[1][0, tokens[0].tolist().index(demarcation_token) + 1]


def activations_by_hooks(prompt: str, demarcation_token: int) -> Any:
    """Written down by hooks, without a cache."""
    tokens = gpt2_small.to_tokens(prompt)
    position = int((tokens[0] == demarcation_token).int().argmax()) + 1
    rows = t.empty(gpt2_small.cfg.n_layers, gpt2_small.cfg.d_model)

    def keep(value: Any, hook: Any) -> None:
        rows[hook.layer()] = value[0, position]

    gpt2_small.run_with_hooks(tokens, fwd_hooks=[(lambda name: name.endswith("ln2.hook_normalized"), keep)])
    return rows


def activations_transposed_and_back(prompt: str, demarcation_token: int) -> Any:
    """Numbers in another memory order, in double precision."""
    return activations_of_the_whole_prompt(prompt, demarcation_token).double().T.contiguous().T


def activations_of_a_float64_model(prompt: str, demarcation_token: int) -> Any:
    """Weights and activations in double precision."""
    return _activations_of(_float64_model(), prompt, demarcation_token)


def activations_of_a_less_processed_model(prompt: str, demarcation_token: int) -> Any:
    """Weights that were not centred."""
    return _activations_of(_less_processed_model(), prompt, demarcation_token)


def activations_on_two_threads(prompt: str, demarcation_token: int) -> Any:
    """Sums that two threads share."""
    with _two_threads():
        return _activations_of(gpt2_small, prompt, demarcation_token)
