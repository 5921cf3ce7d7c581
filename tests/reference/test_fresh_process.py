"""What can only be tried where nothing is loaded yet.

One process does, because TransformerLens takes so long.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from reference.models import EMBEDDED, GPT2_DIR

ROOT = Path(__file__).parents[2]
PRELUDE = ROOT / "assignments" / "transformer_interp" / "prelude.py"

PROGRAM = """
import os, runpy, sys
prelude, root = sys.argv[1:]

before = list(sys.path)
runpy.run_path(prelude)["load"]("random")
assert sys.path == before and "reference" not in sys.modules
assert not any(name.startswith("google.colab") for name in sys.modules)
print("the prelude stands alone", flush=True)

os.dup2(os.open("loading", os.O_WRONLY | os.O_CREAT), 2)
sys.path.insert(0, root)
import torch
from transformer_lens import HookedTransformer
from reference.models import read, load_model
theirs, ours = HookedTransformer.from_pretrained("gpt2-small"), load_model("gpt2-small")
raw = HookedTransformer.from_pretrained_no_processing("gpt2-small")
assert ours.cfg.n_layers == 8, "the cache holds the embedded model"
different = [k for k in vars(ours.cfg) if getattr(ours.cfg, k) != getattr(theirs.cfg, k, None)]
assert not different, different
for name, weight in theirs.state_dict().items():
    assert torch.equal(weight, ours.state_dict()[name]), name
for name, weight in read("gpt2-small").weights.items():
    assert torch.equal(weight, raw.state_dict()[name]), name
prompt = "James Potter went to school. James"
assert torch.equal(theirs.to_tokens(prompt), ours.to_tokens(prompt))
assert torch.equal(theirs(prompt), ours(prompt))
assert theirs.tokenizer.encode(" :")[-1] == ours.tokenizer.encode(" :")[-1]
print("both ways load the same", flush=True)
"""


class Ran(NamedTuple):
    """What the program printed: to stdout, and to stderr in its first and second part."""

    stdout: str
    alone: str
    loading: str


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """The program, run away from the repository.

    A hub's cache holds the embedded model as GPT-2.
    """
    folder = tmp_path_factory.mktemp("fresh")
    hub_cache(folder, "gpt2")
    environment = os.environ | {"HF_HOME": str(folder), "HF_HUB_OFFLINE": "1"}
    environment.pop(GPT2_DIR, None)
    words = [sys.executable, "-c", PROGRAM, str(PRELUDE), str(ROOT)]
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    loading = folder / "loading"
    return Ran(done.stdout, done.stderr, loading.read_text() if loading.exists() else "")


def hub_cache(home: Path, repository: str) -> None:
    """Lay the embedded model out as the Hugging Face cache would hold a repository."""
    entry = home / "hub" / f"models--{repository.replace('/', '--')}"
    revision = "0" * 40
    (entry / "refs").mkdir(parents=True)
    (entry / "refs" / "main").write_text(revision)
    (entry / "snapshots").mkdir()
    (entry / "snapshots" / revision).symlink_to(EMBEDDED)


@pytest.mark.slow
def test_prelude_stands_alone(ran: Ran) -> None:
    """Without ``reference`` the prelude loads, warns of nothing and leaves the path alone."""
    assert ran.alone == ""
    assert "the prelude stands alone" in ran.stdout


@pytest.mark.slow
def test_real_loading_gives_what_transformer_lens_gives(ran: Ran) -> None:
    """gpt2-small from a hub cache is what from_pretrained makes of it, to the last bit."""
    assert "both ways load the same" in ran.stdout, ran.loading
