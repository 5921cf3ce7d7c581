"""The right answers, with the students' own signatures.

Run in a reference kernel, after the names of the prelude are there and ``reference`` can be imported.
"""

from __future__ import annotations

from torch import Tensor
from transformer_lens import HookedTransformer

from reference import activations, lens


def _model() -> HookedTransformer:
    return gpt2_small  # type: ignore[name-defined]  # noqa: F821 - the prelude has put it there


def logit_lens_analysis(input_prompt: str) -> tuple[Tensor, Tensor, Tensor]:
    """Return tokens (1, position), best tokens and divergences (position, layer).

    A divergence is KL(final ‖ layer) in nats.
    """
    return lens.logit_lens_analysis(_model(), input_prompt)


def prompt_to_residual_stream_activations(prompt: str, demarcation_token: int) -> Tensor:
    """Return the stream (layer, width) at the first token after the demarcation token."""
    return activations.prompt_to_residual_stream_activations(_model(), prompt, demarcation_token)


def lens_margins(input_prompt: str) -> Tensor:
    """Return the lead of the best token over the second best in log-probability.

    (position, layer).
    """
    return lens.top_margins(lens.look(_model(), input_prompt).by_layer)
