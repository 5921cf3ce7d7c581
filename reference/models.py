"""Load the models of the exercises.

GPT-2s on the CPU, in float32, ready to be looked into. ``embedded`` is trained and small, ``random`` is smaller and
knows nothing, ``gpt2-small`` is the real one. All come out as ``HookedTransformer.from_pretrained("gpt2-small")`` would
process them, and none needs a network.

This file stands alone: it is also run by path where the rest of ``reference`` cannot be imported.
"""

from __future__ import annotations

import hashlib
import os
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformer_lens import HookedTransformer, HookedTransformerConfig
from transformer_lens.pretrained.weight_conversions import convert_gpt2_weights
from transformers import AutoTokenizer, GPT2Config, GPT2LMHeadModel
from transformers.utils import cached_file

EMBEDDED = Path(__file__).parent / "data" / "embedded"
NAMES = ("embedded", "random", "gpt2-small")
GPT2_DIR = "GRADER_GPT2_DIR"
"""The environment variable that names a folder with GPT-2 small, if none is cached."""


class ModelUnavailableError(Exception):
    """There is no such model on this machine; the text is one sentence that says what to do."""


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """A model as it was trained.

    Unprocessed ``weights`` by TransformerLens's names, configuration and tokenizer.
    """

    config: GPT2Config
    tokenizer: Any
    weights: Mapping[str, torch.Tensor]

    def digest(self) -> str:
        """Return the SHA-256 (hexadecimal) of all weights, their names and shapes."""
        total = hashlib.sha256()
        for name, weight in sorted(self.weights.items()):
            total.update(f"{name}{tuple(weight.shape)}".encode())
            total.update(weight.contiguous().numpy().tobytes())
        return total.hexdigest()


def load_model(name: str = "embedded") -> HookedTransformer:
    """Return a model by its name, processed as TransformerLens does by default.

    See ``read`` for what is raised.
    """
    return build(read(name))


def read(name: str) -> Checkpoint:
    """Return a model's checkpoint: ``embedded``, ``random`` or ``gpt2-small``.

    Raises ModelUnavailableError for another name, and for ``gpt2-small`` where this machine has no copy of it.
    """
    if name == "embedded":
        return _read_folder(EMBEDDED)
    if name == "random":
        return _checkpoint(_random_gpt2(), EMBEDDED)
    if name == "gpt2-small":
        return _read_folder(_gpt2_folder())
    raise ModelUnavailableError(f"there is no model {name!r}; known are {', '.join(NAMES)}.")


def build(
    checkpoint: Checkpoint,
    *,
    fold_ln: bool = True,
    center_writing_weights: bool = True,
    center_unembed: bool = True,
    fold_value_biases: bool = True,
) -> HookedTransformer:
    """Return the checkpoint as a HookedTransformer in evaluation mode.

    Options, defaults and every number of the result are those of ``HookedTransformer.from_pretrained``, and its weights
    ask for gradients as there.
    """
    with warnings.catch_warnings():
        # TransformerLens 3.9 announces on each construction that 4.0 replaces this class.
        warnings.simplefilter("ignore", DeprecationWarning)
        model = HookedTransformer(_config(checkpoint.config, fold_ln), checkpoint.tokenizer, move_to_device=False)
    model.load_and_process_state_dict(
        dict(checkpoint.weights),
        fold_ln=fold_ln,
        center_writing_weights=center_writing_weights,
        center_unembed=center_unembed,
        fold_value_biases=fold_value_biases,
    )
    return model.eval()


def _config(gpt2: GPT2Config, fold_ln: bool) -> HookedTransformerConfig:
    """Say in TransformerLens's words what Hugging Face's configuration says."""
    return HookedTransformerConfig(
        n_layers=gpt2.n_layer,
        d_model=gpt2.n_embd,
        n_ctx=gpt2.n_positions,
        d_head=gpt2.n_embd // gpt2.n_head,
        n_heads=gpt2.n_head,
        d_mlp=4 * gpt2.n_embd,
        d_vocab=gpt2.vocab_size,
        act_fn=gpt2.activation_function,
        eps=gpt2.layer_norm_epsilon,
        use_attn_scale=gpt2.scale_attn_weights,
        scale_attn_by_inverse_layer_idx=gpt2.scale_attn_by_inverse_layer_idx,
        normalization_type="LNPre" if fold_ln else "LN",
        model_name="gpt2",
        original_architecture="GPT2LMHeadModel",
        tokenizer_name="gpt2",
        default_prepend_bos=True,
        init_weights=False,
        device="cpu",
        dtype=torch.float32,
    )


def _read_folder(folder: Path) -> Checkpoint:
    gpt2 = GPT2LMHeadModel.from_pretrained(folder, dtype=torch.float32, local_files_only=True)
    return _checkpoint(gpt2, folder)


def _checkpoint(gpt2: GPT2LMHeadModel, tokenizer_folder: Path) -> Checkpoint:
    # HookedTransformer expects a tokenizer that puts the beginning-of-text token first by itself.
    tokenizer = AutoTokenizer.from_pretrained(tokenizer_folder, local_files_only=True, add_bos_token=True)
    gpt2.eval().requires_grad_(False)
    return Checkpoint(gpt2.config, tokenizer, convert_gpt2_weights(gpt2, _config(gpt2.config, fold_ln=False)))


def _random_gpt2() -> GPT2LMHeadModel:
    """Return an untrained GPT-2 of another depth and width, always with the same weights."""
    known = GPT2Config.from_pretrained(EMBEDDED, local_files_only=True)
    config = GPT2Config(
        n_layer=6,
        n_embd=96,
        n_head=6,
        n_positions=known.n_positions,
        vocab_size=known.vocab_size,
        bos_token_id=known.bos_token_id,
        eos_token_id=known.eos_token_id,
        initializer_range=0.2,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(20)
        gpt2 = GPT2LMHeadModel(config)
        for norm in (module for module in gpt2.modules() if isinstance(module, torch.nn.LayerNorm)):
            torch.nn.init.normal_(norm.weight, mean=1.0, std=0.3)
            torch.nn.init.normal_(norm.bias, std=0.3)
        return gpt2


def _gpt2_folder() -> Path:
    """Find GPT-2 small on this machine."""
    if named := os.environ.get(GPT2_DIR):
        if (Path(named) / "config.json").is_file():
            return Path(named)
        raise ModelUnavailableError(f"{GPT2_DIR} names {named!r}, and there is no config.json in that folder.")
    for repository in ("gpt2", "openai-community/gpt2"):
        try:
            return Path(cached_file(repository, "config.json", local_files_only=True)).parent
        except OSError:
            continue
    raise ModelUnavailableError(
        "gpt2-small is not in this machine's Hugging Face cache; download it once with "
        f"`hf download openai-community/gpt2`, or set {GPT2_DIR} to a folder that holds it."
    )
