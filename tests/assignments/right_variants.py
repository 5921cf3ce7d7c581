# ruff: noqa: F821 - gpt2_small, t and repeat are there when this file runs, as in misconceptions.py
"""Right answers written in other ways: no check may fail one of them."""

from __future__ import annotations

from typing import Any

PLACE = "blocks.{}.ln2.hook_normalized"


def _read(tokens: Any) -> tuple[Any, Any]:
    logits, cache = gpt2_small.run_with_cache(tokens)
    return logits, t.stack([cache[PLACE.format(i)] for i in range(gpt2_small.cfg.n_layers)], dim=2)


def lens_by_layer(input_prompt: str) -> Any:
    """One layer at a time, divergences by PyTorch with a logarithmic target."""
    tokens = gpt2_small.to_tokens(input_prompt)
    logits, cache = gpt2_small.run_with_cache(tokens)
    final = logits[0].log_softmax(-1)
    rows = [gpt2_small.unembed(cache[PLACE.format(i)])[0].log_softmax(-1) for i in range(gpt2_small.cfg.n_layers)]
    kl = [t.nn.functional.kl_div(row, final, reduction="none", log_target=True).sum(-1) for row in rows]
    return tokens, t.stack([row.argmax(-1) for row in rows], 1), t.stack(kl, 1)


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
    """The stream between attention and MLP, normalised by the model's own last norm; cross entropy minus entropy."""
    tokens = gpt2_small.to_tokens(input_prompt)
    logits, cache = gpt2_small.run_with_cache(tokens, remove_batch_dim=True)
    middle = t.stack([cache["resid_mid", i] for i in range(gpt2_small.cfg.n_layers)], dim=1)
    log_q, p = gpt2_small.unembed(gpt2_small.ln_final(middle)).log_softmax(-1), logits[0].softmax(-1)[:, None]
    return [tokens, log_q.argmax(-1), -(p * log_q).sum(-1) - t.special.entr(p).sum(-1)]


def lens_in_numpy(input_prompt: str) -> Any:
    """Arrays of numpy instead of tensors."""
    tokens, top, kl = lens_by_layer(input_prompt)
    return tokens.numpy(), top.numpy(), kl.numpy()


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
