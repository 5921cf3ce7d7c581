"""The prelude: the names a notebook expects, and a from_pretrained that needs no network."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import matplotlib.pyplot as plt
import pytest
import torch
from transformer_lens import HookedTransformer

from tests.load_file import load_file

PRELUDE = Path(__file__).parents[2] / "assignments" / "transformer_interp" / "prelude.py"
PROMPT = "James Potter went to school. James"


@pytest.fixture(scope="module")
def prelude() -> ModuleType:
    """The prelude, run by path as the kernels' parent process runs it."""
    return load_file(PRELUDE)


@pytest.fixture(scope="module")
def loaded(prelude: ModuleType) -> Any:
    """The embedded model as the prelude loads it."""
    return prelude.load("embedded")


@pytest.fixture
def provided(prelude: ModuleType, loaded: Any) -> Iterator[dict[str, Any]]:
    """The names of a fresh kernel.

    What ``provide`` changes in this process is put back afterwards.
    """
    real, show, grad = HookedTransformer.__dict__["from_pretrained"], plt.show, torch.is_grad_enabled()
    yield prelude.provide(loaded)
    HookedTransformer.from_pretrained, plt.show = real, show
    torch.set_grad_enabled(grad)


def test_provided_names_are_those_announced(prelude: ModuleType, provided: dict[str, Any]) -> None:
    """``provide`` returns exactly the names of PROVIDED."""
    assert set(provided) == set(prelude.PROVIDED)


def test_provided_names_are_the_notebooks(loaded: Any, provided: dict[str, Any]) -> None:
    """The model, its tokenizer and the aliases are what the notebook's own cells would make."""
    assert provided["gpt2_small"] is loaded
    assert provided["gpt2_tokenizer"] is loaded.tokenizer
    assert provided["t"] is provided["torch"] is torch
    assert provided["device"] == torch.device("cpu")
    assert not torch.is_grad_enabled()


@pytest.mark.parametrize("name", ["embedded", "random"])
def test_every_announced_model_loads(prelude: ModuleType, name: str) -> None:
    """Each model of MODELS loads under its name and has a digest of its own."""
    assert name in prelude.MODELS
    assert prelude.load(name).cfg.n_layers == {"embedded": 8, "random": 6}[name]
    assert len(prelude.digest(name)) == 64
    assert prelude.digest("embedded") != prelude.digest("random")


@pytest.mark.parametrize("name", ["gpt2", "gpt2-small", "openai-community/gpt2", "GPT2"])
def test_gpt2_by_any_name_is_the_loaded_model(loaded: Any, provided: dict[str, Any], name: str) -> None:
    """Loading again costs nothing and gives the model that is there."""
    assert provided["HookedTransformer"].from_pretrained(name) is loaded
    assert provided["HookedTransformer"].from_pretrained(model_name=name, device="cpu", dtype=torch.float32) is loaded


def test_loading_again_resets_hooks(loaded: Any, provided: dict[str, Any]) -> None:
    """A model that is loaded again carries no hooks of an earlier experiment."""
    clean = loaded(PROMPT)
    loaded.add_hook("blocks.0.hook_resid_post", lambda value, hook: value * 0)
    assert not torch.equal(loaded(PROMPT), clean)
    assert torch.equal(provided["HookedTransformer"].from_pretrained("gpt2")(PROMPT), clean)


def test_no_processing_gives_the_unprocessed_twin(loaded: Any, provided: dict[str, Any]) -> None:
    """The unprocessed model has the norms' own weights, predicts the same, and is built once."""
    unprocessed = provided["HookedTransformer"].from_pretrained_no_processing("gpt2-small", device="cpu")
    assert (unprocessed.cfg.normalization_type, loaded.cfg.normalization_type) == ("LN", "LNPre")
    torch.testing.assert_close(unprocessed(PROMPT).log_softmax(-1), loaded(PROMPT).log_softmax(-1), atol=1e-4, rtol=0)
    assert provided["HookedTransformer"].from_pretrained_no_processing("gpt2") is unprocessed


def test_single_kinds_of_processing_can_be_left_out(loaded: Any, provided: dict[str, Any]) -> None:
    """Processing options give a model processed that way."""
    uncentred = provided["HookedTransformer"].from_pretrained("gpt2", center_unembed=False)
    assert uncentred.W_U.mean(-1).abs().max() > 1e-3 > loaded.W_U.mean(-1).abs().max()


def test_other_models_are_refused_in_one_sentence(provided: dict[str, Any]) -> None:
    """There is no network to fetch another model from."""
    with pytest.raises(ValueError, match=r"There is no network here; this assignment provides gpt2-small, not 'pythia"):
        provided["HookedTransformer"].from_pretrained("pythia-70m")


@pytest.mark.parametrize("option", [{"n_devices": 2}, {"first_n_layers": 2}, {"dtype": "float16"}])
def test_options_that_would_change_the_model_are_refused(provided: dict[str, Any], option: dict[str, Any]) -> None:
    """An option that cannot be met is named, not ignored."""
    with pytest.raises(ValueError, match=f"{next(iter(option))}=.* is not available here"):
        provided["HookedTransformer"].from_pretrained("gpt2", **option)


@pytest.mark.parametrize("device", ["cuda", "cuda:0", "mps", torch.device("cuda")])
def test_a_model_sent_to_a_gpu_stays_where_it_is(loaded: Any, provided: dict[str, Any], device: Any) -> None:
    """A notebook from a machine with a GPU gives the same answers here."""
    model = provided["HookedTransformer"].from_pretrained("gpt2", device=device)

    assert model is loaded
    assert model.to(device) is model.cuda() is model
    assert model(PROMPT).device.type == "cpu"
    assert model.to("cpu") is model


def test_progress_bars_as_widgets_are_plain_ones(provided: dict[str, Any]) -> None:
    """``tqdm.notebook`` counts without a page to draw on."""
    from tqdm.notebook import tqdm, trange

    assert [*tqdm([1, 2]), *trange(1)] == [1, 2, 0]


def test_showing_a_figure_is_harmless(provided: dict[str, Any]) -> None:
    """``plt.show`` neither waits nor warns, and figures do not pile up."""
    provided["plt"].plot([1, 2])
    provided["plt"].show()
    assert not plt.get_fignums()


def test_model_works_after_a_fork(loaded: Any) -> None:
    """A forked child computes the same numbers, in one thread."""
    expected = loaded(PROMPT).sum().item()
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(write, f"{loaded(PROMPT).sum().item()!r} {torch.get_num_threads()}".encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as answers:
        answer = answers.read()
    os.waitpid(child, 0)
    assert answer == f"{expected!r} 1"
