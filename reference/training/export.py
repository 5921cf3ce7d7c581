"""Write network and tokenizer as an ordinary Hugging Face GPT-2 folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer

from reference.training.network import GPT2
from reference.training.optimise import Recipe
from reference.training.tokenizer import END_OF_TEXT


def export(network: GPT2, tokenizer: Tokenizer, recipe: Recipe, folder: Path) -> None:
    """Write the configuration, weights and tokenizer into ``folder``.

    The files: config.json, model.safetensors, tokenizer.json, tokenizer_config.json. Weights are stored in float16 to
    keep the repository small; the configuration says float32, which is what they are loaded as.
    """
    folder.mkdir(parents=True, exist_ok=True)
    weights = {name: weight.to(torch.float16).contiguous() for name, weight in network.state_dict().items()}
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    tokenizer.save(str(folder / "tokenizer.json"))
    _write(folder / "config.json", _config(tokenizer, recipe))
    _write(folder / "tokenizer_config.json", _tokenizer_config(recipe))


def _config(tokenizer: Tokenizer, recipe: Recipe) -> dict[str, Any]:
    end = tokenizer.token_to_id(END_OF_TEXT)
    return {
        "architectures": ["GPT2LMHeadModel"],
        "model_type": "gpt2",
        "activation_function": "gelu_new",
        "attn_pdrop": 0.0,
        "embd_pdrop": 0.0,
        "resid_pdrop": 0.0,
        "bos_token_id": end,
        "eos_token_id": end,
        "layer_norm_epsilon": 1e-5,
        "n_ctx": recipe.context,
        "n_positions": recipe.context,
        "n_embd": recipe.width,
        "n_head": recipe.heads,
        "n_layer": recipe.layers,
        "vocab_size": tokenizer.get_vocab_size(),
        "tie_word_embeddings": True,
        "torch_dtype": "float32",
        "initializer_range": 0.02,
    }


def _tokenizer_config(recipe: Recipe) -> dict[str, Any]:
    return {
        "tokenizer_class": "GPT2Tokenizer",
        "bos_token": END_OF_TEXT,
        "eos_token": END_OF_TEXT,
        "unk_token": END_OF_TEXT,
        "add_prefix_space": False,
        "model_max_length": recipe.context,
    }


def _write(path: Path, data: dict[str, Any]) -> None:
    path.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
