"""The prelude: what every kernel of this assignment starts with.

Run once by path in the process that kernels are forked from, with nothing secret in it. ``load`` and ``digest`` are
called there; ``provide`` is called in each fork.
"""

from __future__ import annotations

import dataclasses
import importlib.util
import inspect
import os
import sys
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

# Before the libraries that read them once, at import. Nothing here may ask the network, open a window or start threads
# that a fork would lose.
os.environ |= {
    "MPLBACKEND": "Agg",
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "ACCELERATE_DISABLE_RICH": "1",
    "CUDA_VISIBLE_DEVICES": "",
}

import einops
import matplotlib.pyplot as plt
import numpy as np
import torch
from sklearn.decomposition import PCA
from transformer_lens import HookedTransformer
from transformers.utils.logging import disable_progress_bar

from grader.planted import plant, planted

PLANTED = "planted"
"""The embedded model with planted signals as its weights.

Signals can be planted in a notebook's model too, which then is this one if it has the same sizes.
"""

MODELS = ("embedded", "random", "planted")
PROVIDED = (
    "gpt2_small",
    "gpt2_tokenizer",
    "HookedTransformer",
    "t",
    "torch",
    "np",
    "plt",
    "einops",
    "repeat",
    "PCA",
    "device",
)

# What notebooks tend to import only when they need it; imported once here, it costs the forks nothing.
_IMPORTED_LATE = (
    "pandas",
    "scipy.stats",
    "sklearn.linear_model",
    "sklearn.discriminant_analysis",
    "sklearn.manifold",
    "sklearn.metrics",
    "sklearn.model_selection",
    "tqdm.auto",
    "tqdm.notebook",
    "torch.nn.functional",
    "transformer_lens.utils",
    "matplotlib.backends.backend_agg",
    "matplotlib.colors",
    "matplotlib.patches",
)

_GPT2_NAMES = frozenset({"gpt2", "gpt2-small", "openai-community/gpt2"})
_SIGNATURE = inspect.signature(HookedTransformer.from_pretrained)
_PROCESSING = ("fold_ln", "center_writing_weights", "center_unembed", "fold_value_biases")
# Options of from_pretrained that change nothing here.
_HARMLESS: dict[str, tuple[Any, ...]] = {
    "n_devices": (1,),
    "move_to_device": (True, False),
    "dtype": ("float32", torch.float32),
    "default_prepend_bos": (None, True),
    "default_padding_side": (None, "right"),
    "refactor_factored_attn_matrices": (False,),
    "trust_remote_code": (True, False),
    "local_files_only": (True, False),
}


def _run_by_path(path: Path) -> ModuleType:
    """Run a file as a module of its own, without its folder on the import path."""
    spec = importlib.util.spec_from_file_location(f"_prelude_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} cannot be run as Python.")
    module = importlib.util.module_from_spec(spec)
    # Dataclasses look their module up by name while it is being run.
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


_HERE = Path(__file__).resolve().parent
# In a release it lies beside this file, in a checkout among what trains the embedded model.
_models = _run_by_path(
    next(f / "models.py" for f in (_HERE, _HERE.parents[1] / "reference") if f.joinpath("models.py").is_file())
)
_loaded: dict[int, str] = {}


@cache
def _checkpoint(name: str) -> Any:
    """Return a model's unprocessed weights.

    Kept, because a fork cannot read files and may ask for them.
    """
    return _models.read("embedded" if name == PLANTED else name)


def _build(name: str, **options: bool) -> HookedTransformer:
    """Return a model, processed as TransformerLens does by default or as ``options`` say."""
    model = _models.build(_checkpoint(name), **options)
    if name == PLANTED:
        plant(model)
    return model


def load(name: str) -> HookedTransformer:
    """Return a model on the CPU, and make this process ready to be forked.

    Raises an exception with one sentence when there is no such model on this machine.
    """
    torch.set_num_threads(1)
    disable_progress_bar()
    with warnings.catch_warnings():
        # Some announce their successors; that is no news for whoever starts a kernel.
        warnings.simplefilter("ignore")
        for module in _IMPORTED_LATE:
            importlib.import_module(module)
    model = _build(name)
    _loaded[id(model)] = name
    with torch.no_grad():
        for _ in range(5):  # what a first run sets up, and what Python speeds up on the way, each fork would repeat
            model.run_with_cache("Once upon a time", remove_batch_dim=True)
    return model


def digest(name: str) -> str:
    """Return the SHA-256 that identifies a model's weights."""
    checkpoint = _checkpoint(name)
    if name == PLANTED:
        checkpoint = dataclasses.replace(checkpoint, weights=_build(name).state_dict())
    digest: str = checkpoint.digest()
    return digest


def facts(names: dict[str, Any]) -> dict[str, Callable[..., Any]]:
    """Return what checks ask of the model among these names; nothing of a solution."""
    model = names.get("gpt2_small")
    if not isinstance(model, HookedTransformer):
        return {}
    cfg, tokenizer = model.cfg, model.tokenizer
    return {
        "model_sizes": lambda: [cfg.n_layers, cfg.d_model, cfg.d_vocab, cfg.eps],
        "model_fingerprint": lambda: _fingerprint(model),
        "prompt_tokens": model.to_tokens,
        "vocabulary": lambda: [tokenizer.decode([token]) for token in range(cfg.d_vocab)],  # the text of every token
        "demarcation_token": lambda text: tokenizer.encode(text)[-1],  # the id of the last token of such as " :"
    }


def _fingerprint(model: HookedTransformer) -> list[float]:
    """Return a few numbers that change with every matrix, and hardly with how a device rounds."""
    weights = [weight.detach().float() for _, weight in sorted(model.named_parameters())]
    means = torch.tensor([float(w.mean()) for w in weights])
    sizes = torch.tensor([float(w.norm()) / w.numel() ** 0.5 for w in weights])
    samples = torch.tensor([float(w.flatten()[w.numel() // 3]) for w in weights])
    turns = torch.arange(len(weights))
    return [float(values @ wave(turns)) for values in (means, sizes, samples) for wave in (torch.cos, torch.sin)]


def turned_into(name: str, names: dict[str, Any]) -> Any:
    """Return a context in which a notebook's model is another one; None where that cannot be."""
    model = names.get("gpt2_small")
    return planted(model) if name == PLANTED and isinstance(model, HookedTransformer) else None


def provide(model: HookedTransformer) -> dict[str, Any]:
    """Return the names that the notebook has by its first exercise.

    ``from_pretrained`` is bound to ``model``.
    """
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    plt.show = _close_figures
    widgets, plain = importlib.import_module("tqdm.notebook"), importlib.import_module("tqdm")
    for name in ("tqdm", "tqdm_notebook", "trange", "tnrange"):  # bars as widgets need a page to be drawn on
        setattr(widgets, name, plain.trange if "range" in name else plain.tqdm)
    HookedTransformer.to = _staying(HookedTransformer.to)
    _bind_from_pretrained(model)
    return {
        "gpt2_small": model,
        "gpt2_tokenizer": model.tokenizer,
        "HookedTransformer": HookedTransformer,
        "t": torch,
        "torch": torch,
        "np": np,
        "plt": plt,
        "einops": einops,
        "repeat": einops.repeat,
        "PCA": PCA,
        "device": torch.device("cpu"),
    }


def _close_figures(*args: Any, **kwargs: Any) -> None:
    """Stand in for ``plt.show``: nobody looks, and open figures only cost memory."""
    plt.close("all")


def _staying(move: Callable[..., Any]) -> Callable[..., Any]:
    """Let a model that is sent to a GPU, which is not here, stay where it is."""

    def to(self: HookedTransformer, device_or_dtype: Any, print_details: bool = True) -> Any:
        dtype = isinstance(device_or_dtype, torch.dtype)
        if dtype or torch.device(device_or_dtype).type == "cpu":
            return move(self, device_or_dtype, print_details)
        return self

    return to


def _bind_from_pretrained(model: HookedTransformer) -> None:
    """Let GPT-2's names give ``model``, and every other name one sentence."""
    built = {(True,) * len(_PROCESSING): model}

    def from_pretrained(cls: type[HookedTransformer], *args: Any, **kwargs: Any) -> HookedTransformer:
        """Return the model that this assignment provides."""
        bound = _SIGNATURE.bind(*args, **kwargs)
        _refuse_what_is_not_here(bound)
        bound.apply_defaults()
        options = tuple(bool(bound.arguments[name]) for name in _PROCESSING)
        if options not in built:
            built[options] = _build(_loaded[id(model)], **dict(zip(_PROCESSING, options, strict=True)))
        found = built[options]
        found.reset_hooks(including_permanent=True)
        print(f"Loaded pretrained model {bound.arguments['model_name']} into HookedTransformer")
        return found

    # from_pretrained_no_processing calls from_pretrained with every kind of processing off, so it needs no counterpart.
    HookedTransformer.from_pretrained = classmethod(from_pretrained)


def _refuse_what_is_not_here(bound: inspect.BoundArguments) -> None:
    """Raise ValueError for another model than GPT-2 small, or an option that changes it."""
    given = dict(bound.arguments)
    name = given.pop("model_name")
    if str(name).lower() not in _GPT2_NAMES:
        raise ValueError(f"There is no network here; this assignment provides gpt2-small, not {name!r}.")
    given |= given.pop("from_pretrained_kwargs", {})
    given.pop("device", None)
    for option, value in given.items():
        if option not in _PROCESSING and value not in _HARMLESS.get(option, (None,)):
            raise ValueError(f"This assignment provides gpt2-small as it is; {option}={value!r} is not available here.")
