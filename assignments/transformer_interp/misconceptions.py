# ruff: noqa: F821 - gpt2_small, HookedTransformer and t are there when this file runs, in a kernel of the reference
"""The mistakes students make: a title and a hint for each, and a wrong variant of the reference that makes it.

``MISCONCEPTIONS`` is a literal, so that it can be read without running anything. For each entry there is a function
named as its ``id``, with the signature of its exercise. They run after ``solution.py`` in a kernel of the reference.
"""

from __future__ import annotations

import functools
from typing import Any

Triple = tuple[Any, Any, Any]

MISCONCEPTIONS = [
    {
        "id": "kl_reversed",
        "exercise": "logit_lens_analysis",
        "title": "The KL divergence runs the other way",
        "hint": (
            "KL is not symmetric. Which of the two distributions weighs the sum: the layer's, or the final one? "
            "Compare with the formula in the notebook, then with the argument order of your function."
        ),
    },
    {
        "id": "kl_in_bits",
        "exercise": "logit_lens_analysis",
        "title": "The KL divergence is in bits, not in nats",
        "hint": (
            "Your values are off by one constant factor. Which base does your logarithm have, and which one does "
            "the task ask for?"
        ),
    },
    {
        "id": "kl_mean_over_vocabulary",
        "exercise": "logit_lens_analysis",
        "title": "The KL divergence is averaged over the vocabulary",
        "hint": (
            "Your values are too small by the size of the vocabulary. What does the formula do with the terms, one "
            "for each token?"
        ),
    },
    {
        "id": "kl_target_without_softmax",
        "exercise": "logit_lens_analysis",
        "title": "The final logits are used as if they were probabilities",
        "hint": (
            "A distribution has no negative entries and sums to one. Check that for both things that go into your "
            "KL divergence."
        ),
    },
    {
        "id": "kl_input_without_log_softmax",
        "exercise": "logit_lens_analysis",
        "title": "The layers' logits are used as if they were log-probabilities",
        "hint": (
            "Take exp of what you hand over as the layers' log-probabilities and sum over the vocabulary: is it one?"
        ),
    },
    {
        "id": "kl_input_without_log",
        "exercise": "logit_lens_analysis",
        "title": "The layers' probabilities are used where log-probabilities belong",
        "hint": (
            "The documentation of the function you call says which of its arguments it expects as logarithms. Check "
            "which of yours are."
        ),
    },
    {
        "id": "kl_softmax_over_positions",
        "exercise": "logit_lens_analysis",
        "title": "The softmax runs over the wrong axis",
        "hint": (
            "Every position makes one prediction, over all words of the vocabulary. Along which axis should the "
            "probabilities sum to one?"
        ),
    },
    {
        "id": "kl_negative",
        "exercise": "logit_lens_analysis",
        "title": "The KL divergence has the wrong sign",
        "hint": (
            "A KL divergence is never negative. Where does a sign come from in your formula: the fraction, or the "
            "difference of logarithms?"
        ),
    },
    {
        "id": "kl_to_last_lens_layer",
        "exercise": "logit_lens_analysis",
        "title": "Layers are compared with the last layer of the lens, not with the model's own prediction",
        "hint": (
            "Your last layer has a divergence of exactly zero. Does the last layer of the lens see everything that "
            "the model's final logits see?"
        ),
    },
    {
        "id": "kl_to_last_position",
        "exercise": "logit_lens_analysis",
        "title": "Every position is compared with the final prediction of the last position",
        "hint": (
            "The model makes a prediction at each position. Compare a layer at some position with the final "
            "prediction at that same position."
        ),
    },
    {
        "id": "lens_resid_post_ln_final",
        "exercise": "logit_lens_analysis",
        "title": "The lens reads the stream after the MLP, through the final layer norm",
        "hint": (
            "That is the lens of the literature; this notebook reads another place. The text above the exercise "
            "says where the stream of a layer is taken."
        ),
    },
    {
        "id": "lens_resid_post",
        "exercise": "logit_lens_analysis",
        "title": "The lens reads the stream after the MLP, without normalising it",
        "hint": (
            "What comes before the unembedding when the model itself predicts? And at which place of a layer does "
            "the notebook read?"
        ),
    },
    {
        "id": "lens_resid_mid",
        "exercise": "logit_lens_analysis",
        "title": "The lens reads the stream without normalising it",
        "hint": (
            "You read the right place of the layer, but before its normalisation. The model never unembeds a stream "
            "that is not normalised."
        ),
    },
    {
        "id": "lens_ln1",
        "exercise": "logit_lens_analysis",
        "title": "The lens reads the stream before the attention of each layer",
        "hint": (
            "A block normalises the stream twice. Look at the keys of the cache again: which of the two stands "
            "between attention and MLP?"
        ),
    },
    {
        "id": "lens_mlp_out",
        "exercise": "logit_lens_analysis",
        "title": "The lens reads what the MLP adds, not the stream",
        "hint": (
            "A layer only adds to the residual stream. You unembed the addition of one layer; the lens needs the "
            "sum so far."
        ),
    },
    {
        "id": "lens_shifted_by_a_layer",
        "exercise": "logit_lens_analysis",
        "title": "The layers are shifted by one",
        "hint": (
            "Your layer 0 holds the values of layer 1. Print the names of the activations in the order in which you "
            "collect them."
        ),
    },
    {
        "id": "lens_without_bos",
        "exercise": "logit_lens_analysis",
        "title": "The model runs without the token that begins every text",
        "hint": (
            "GPT-2 expects a special token before the first word. Look at the first token that `to_tokens` gives, "
            "and at the first one you use."
        ),
    },
    {
        "id": "top_least_likely",
        "exercise": "logit_lens_analysis",
        "title": "The least likely token is taken for the most likely",
        "hint": (
            "Print the tokens you return for the last layer as text: would a language model say that? Which end of "
            "the order do you take?"
        ),
    },
    {
        "id": "axes_swapped",
        "exercise": "logit_lens_analysis",
        "title": "Layers and positions are swapped",
        "hint": (
            "Your tensors have the axes (layer, position). The task asks for the position first: which axis do you "
            "stack along?"
        ),
    },
    {
        "id": "batch_dimension_kept",
        "exercise": "logit_lens_analysis",
        "title": "The batch axis is still there",
        "hint": (
            "Your tensors have an extra axis of length 1. There is one prompt: where does the batch axis come from, "
            "and which option takes it off?"
        ),
    },
    {
        "id": "last_position_only",
        "exercise": "logit_lens_analysis",
        "title": "Only the last position is analysed",
        "hint": (
            "The lens looks at every position of the prompt. Print the shapes on the way and see where the axis of "
            "positions goes."
        ),
    },
    {
        "id": "results_in_another_order",
        "exercise": "logit_lens_analysis",
        "title": "Best tokens and divergences change places",
        "hint": "The values are right. Compare the order of your `return` with the one in the task.",
    },
    {
        "id": "model_without_processing",
        "exercise": "logit_lens_analysis",
        "title": "The model was loaded without TransformerLens's processing",
        "hint": (
            "You load a model of your own. The provided `gpt2_small` has the final norm's weights folded into its "
            "unembedding; how is yours loaded?"
        ),
    },
    {
        "id": "last_token_of_prompt",
        "exercise": "prompt_to_residual_stream_activations",
        "title": "The last token of the whole prompt is read",
        "hint": (
            "The prompt may go on after the telling token. Try one whose answer is two tokens long, or that has "
            "another sentence behind it."
        ),
    },
    {
        "id": "demarcation_token_itself",
        "exercise": "prompt_to_residual_stream_activations",
        "title": "The demarcation token itself is read",
        "hint": "At the colon the model has not read the answer yet. Print the token at the position you use.",
    },
    {
        "id": "one_token_too_far",
        "exercise": "prompt_to_residual_stream_activations",
        "title": "The second token after the demarcation token is read",
        "hint": (
            "You are one token too far. Print the token at the position you use, for a prompt that goes on after "
            "the answer."
        ),
    },
    {
        "id": "last_demarcation_token",
        "exercise": "prompt_to_residual_stream_activations",
        "title": "The last demarcation token is used, not the first",
        "hint": (
            "A prompt may hold the demarcation token more than once. Which of them does the notebook's first line "
            "of code find?"
        ),
    },
    {
        "id": "mean_over_tokens",
        "exercise": "prompt_to_residual_stream_activations",
        "title": "The stream is averaged over the tokens",
        "hint": "One token carries the information. An average mixes it with all the tokens before it.",
    },
    {
        "id": "all_positions",
        "exercise": "prompt_to_residual_stream_activations",
        "title": "All positions are returned",
        "hint": (
            "The result should have the axes (layer, d_model). Which axis is left over, and which of its entries is "
            "asked for?"
        ),
    },
    {
        "id": "last_layer_only",
        "exercise": "prompt_to_residual_stream_activations",
        "title": "Only the last layer is returned",
        "hint": "The result should have the axes (layer, d_model). Check along which axis you take the last entry.",
    },
    {
        "id": "activations_axes_swapped",
        "exercise": "prompt_to_residual_stream_activations",
        "title": "The axes of layers and dimensions are swapped",
        "hint": "The result should have the axes (layer, d_model), in this order.",
    },
    {
        "id": "activations_batch_kept",
        "exercise": "prompt_to_residual_stream_activations",
        "title": "An extra axis of length 1 is still there",
        "hint": (
            "There is one prompt and one token. Which indexing or option keeps an axis of length 1 that nobody needs?"
        ),
    },
    {
        "id": "activations_resid_mid",
        "exercise": "prompt_to_residual_stream_activations",
        "title": "The stream is read without normalising it",
        "hint": (
            "You read the right place of the layer, but before its normalisation. Compare the name of the "
            "activation with the one in the text."
        ),
    },
    {
        "id": "activations_resid_post",
        "exercise": "prompt_to_residual_stream_activations",
        "title": "The stream is read after the MLP, without normalising it",
        "hint": (
            "The text above the exercise names the activation to read. Yours lies further on in the layer, and is "
            "not normalised."
        ),
    },
    {
        "id": "activations_resid_pre",
        "exercise": "prompt_to_residual_stream_activations",
        "title": "The stream is read at the beginning of each layer, without normalising it",
        "hint": (
            "The text above the exercise names the activation to read. Yours lies before the attention of the "
            "layer, and is not normalised."
        ),
    },
    {
        "id": "activations_ln1",
        "exercise": "prompt_to_residual_stream_activations",
        "title": "The stream is read before the attention of each layer",
        "hint": "A block normalises the stream twice. Which of the two stands between attention and MLP?",
    },
    {
        "id": "activations_softmax",
        "exercise": "prompt_to_residual_stream_activations",
        "title": "A softmax is taken over the activations",
        "hint": (
            "Each of your rows sums to one. Activations are no scores of a vocabulary: return what the model holds, "
            "as it is."
        ),
    },
    {
        "id": "activations_without_bos",
        "exercise": "prompt_to_residual_stream_activations",
        "title": "The model runs without the token that begins every text",
        "hint": (
            "GPT-2 expects a special token before the first word. Look at the first token of the list you run the "
            "model on."
        ),
    },
]

STREAM = "ln2.hook_normalized"


def _run(tokens: Any, place: str = STREAM) -> tuple[Any, Any]:
    """Return the final logits (position, vocab) and the activations at ``place`` (position, layer, d_model)."""
    logits, cache = gpt2_small.run_with_cache(tokens, remove_batch_dim=True)
    return logits[0], t.stack([cache[f"blocks.{i}.{place}"] for i in range(len(gpt2_small.blocks))], dim=1)


def _divergence(final: Any, lens: Any) -> Any:
    """Return KL(final || lens) of log-probabilities, in nats, over the last axis."""
    return (final.exp() * (final - lens)).sum(-1)


def _logits(prompt: str) -> tuple[Any, Any, Any]:
    """Return the tokens, the final logits (position, layer=1, vocab) and the lens's logits (position, layer, vocab)."""
    tokens = gpt2_small.to_tokens(prompt)
    final, stream = _run(tokens)
    return tokens, final[:, None], gpt2_small.unembed(stream)


def _lens(prompt: str, place: str = STREAM, normalise: Any = lambda stream: stream) -> Triple:
    """Return the analysis of the stream at another ``place``."""
    tokens = gpt2_small.to_tokens(prompt)
    final, stream = _run(tokens, place)
    lens = gpt2_small.unembed(normalise(stream)).log_softmax(-1)
    return tokens, lens.argmax(-1), _divergence(final.log_softmax(-1)[:, None], lens)


def kl_reversed(input_prompt: str) -> Triple:
    tokens, final, lens = _logits(input_prompt)
    return tokens, lens.argmax(-1), _divergence(lens.log_softmax(-1), final.log_softmax(-1))


def kl_in_bits(input_prompt: str) -> Triple:
    tokens, top, kl = _lens(input_prompt)
    return tokens, top, kl / t.log(t.tensor(2.0))


def kl_mean_over_vocabulary(input_prompt: str) -> Triple:
    tokens, top, kl = _lens(input_prompt)
    return tokens, top, kl / gpt2_small.cfg.d_vocab


def kl_target_without_softmax(input_prompt: str) -> Triple:
    tokens, final, lens = _logits(input_prompt)
    final = final.expand_as(lens)
    return tokens, lens.argmax(-1), t.nn.functional.kl_div(lens.log_softmax(-1), final, reduction="none").sum(-1)


def kl_input_without_log_softmax(input_prompt: str) -> Triple:
    tokens, final, lens = _logits(input_prompt)
    return tokens, lens.argmax(-1), _divergence(final.log_softmax(-1), lens)


def kl_input_without_log(input_prompt: str) -> Triple:
    tokens, final, lens = _logits(input_prompt)
    return tokens, lens.argmax(-1), _divergence(final.log_softmax(-1), lens.softmax(-1))


def kl_softmax_over_positions(input_prompt: str) -> Triple:
    tokens, final, lens = _logits(input_prompt)
    return tokens, lens.argmax(-1), _divergence(final.log_softmax(0), lens.log_softmax(0))


def kl_negative(input_prompt: str) -> Triple:
    tokens, top, kl = _lens(input_prompt)
    return tokens, top, -kl


def kl_to_last_lens_layer(input_prompt: str) -> Triple:
    tokens, _, lens = _logits(input_prompt)
    lens = lens.log_softmax(-1)
    return tokens, lens.argmax(-1), _divergence(lens[:, -1:], lens)


def kl_to_last_position(input_prompt: str) -> Triple:
    tokens, final, lens = _logits(input_prompt)
    return tokens, lens.argmax(-1), _divergence(final[-1:].log_softmax(-1), lens.log_softmax(-1))


def lens_resid_post_ln_final(input_prompt: str) -> Triple:
    return _lens(input_prompt, "hook_resid_post", gpt2_small.ln_final)


def lens_resid_post(input_prompt: str) -> Triple:
    return _lens(input_prompt, "hook_resid_post")


def lens_resid_mid(input_prompt: str) -> Triple:
    return _lens(input_prompt, "hook_resid_mid")


def lens_ln1(input_prompt: str) -> Triple:
    return _lens(input_prompt, "ln1.hook_normalized")


def lens_mlp_out(input_prompt: str) -> Triple:
    return _lens(input_prompt, "hook_mlp_out")


def lens_shifted_by_a_layer(input_prompt: str) -> Triple:
    tokens, top, kl = _lens(input_prompt)
    return tokens, top.roll(-1, 1), kl.roll(-1, 1)


def lens_without_bos(input_prompt: str) -> Triple:
    tokens = gpt2_small.to_tokens(input_prompt, prepend_bos=False)
    final, stream = _run(tokens)
    lens = gpt2_small.unembed(stream).log_softmax(-1)
    return tokens, lens.argmax(-1), _divergence(final.log_softmax(-1)[:, None], lens)


def top_least_likely(input_prompt: str) -> Triple:
    tokens, _, lens = _logits(input_prompt)
    return tokens, lens.argmin(-1), _lens(input_prompt)[2]


def axes_swapped(input_prompt: str) -> Triple:
    tokens, top, kl = _lens(input_prompt)
    return tokens, top.T, kl.T


def batch_dimension_kept(input_prompt: str) -> Triple:
    tokens, top, kl = _lens(input_prompt)
    return tokens, top[None], kl[None]


def last_position_only(input_prompt: str) -> Triple:
    tokens, top, kl = _lens(input_prompt)
    return tokens, top[-1], kl[-1]


def results_in_another_order(input_prompt: str) -> Triple:
    tokens, top, kl = _lens(input_prompt)
    return tokens, kl, top


def model_without_processing(input_prompt: str) -> Triple:
    raw = _unprocessed()
    tokens = raw.to_tokens(input_prompt)
    logits, cache = raw.run_with_cache(tokens, remove_batch_dim=True)
    stream = t.stack([cache[f"blocks.{i}.{STREAM}"] for i in range(len(raw.blocks))], dim=1)
    lens = raw.unembed(stream).log_softmax(-1)
    return tokens, lens.argmax(-1), _divergence(logits[0].log_softmax(-1)[:, None], lens)


@functools.cache
def _unprocessed() -> Any:
    return HookedTransformer.from_pretrained_no_processing("gpt2-small")


def _tokens(prompt: str) -> list[int]:
    return gpt2_small.to_tokens(prompt)[0].tolist()


def _stream(tokens: list[int], place: str = STREAM) -> Any:
    """Return the activations at ``place`` (position, layer, d_model) when the model reads ``tokens``."""
    return _run(t.tensor(tokens)[None], place)[1]


def _at_answer(prompt: str, demarcation_token: int, place: str = STREAM) -> Any:
    """Return the activations at ``place`` (layer, d_model) at the token after the demarcation token."""
    tokens = _tokens(prompt)
    return _stream(tokens, place)[tokens.index(demarcation_token) + 1]


def last_token_of_prompt(prompt: str, demarcation_token: int) -> Any:
    return _stream(_tokens(prompt))[-1]


def demarcation_token_itself(prompt: str, demarcation_token: int) -> Any:
    tokens = _tokens(prompt)
    return _stream(tokens)[tokens.index(demarcation_token)]


def one_token_too_far(prompt: str, demarcation_token: int) -> Any:
    tokens = _tokens(prompt)
    return _stream(tokens[: tokens.index(demarcation_token) + 3])[-1]


def last_demarcation_token(prompt: str, demarcation_token: int) -> Any:
    tokens = _tokens(prompt)
    return _stream(tokens)[len(tokens) - tokens[::-1].index(demarcation_token)]


def mean_over_tokens(prompt: str, demarcation_token: int) -> Any:
    tokens = _tokens(prompt)
    return _stream(tokens[: tokens.index(demarcation_token) + 2]).mean(0)


def all_positions(prompt: str, demarcation_token: int) -> Any:
    tokens = _tokens(prompt)
    return _stream(tokens[: tokens.index(demarcation_token) + 2])


def last_layer_only(prompt: str, demarcation_token: int) -> Any:
    return _at_answer(prompt, demarcation_token)[-1]


def activations_axes_swapped(prompt: str, demarcation_token: int) -> Any:
    return _at_answer(prompt, demarcation_token).T


def activations_batch_kept(prompt: str, demarcation_token: int) -> Any:
    return _at_answer(prompt, demarcation_token)[None]


def activations_resid_mid(prompt: str, demarcation_token: int) -> Any:
    return _at_answer(prompt, demarcation_token, "hook_resid_mid")


def activations_resid_post(prompt: str, demarcation_token: int) -> Any:
    return _at_answer(prompt, demarcation_token, "hook_resid_post")


def activations_resid_pre(prompt: str, demarcation_token: int) -> Any:
    return _at_answer(prompt, demarcation_token, "hook_resid_pre")


def activations_ln1(prompt: str, demarcation_token: int) -> Any:
    return _at_answer(prompt, demarcation_token, "ln1.hook_normalized")


def activations_softmax(prompt: str, demarcation_token: int) -> Any:
    return _at_answer(prompt, demarcation_token).softmax(-1)


def activations_without_bos(prompt: str, demarcation_token: int) -> Any:
    tokens = _tokens(prompt)
    return _stream(tokens[1 : tokens.index(demarcation_token) + 2])[-1]
