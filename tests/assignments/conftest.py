"""The assignment's files, run in this process on its real models: importing TransformerLens once costs ten seconds."""

from __future__ import annotations

import functools
import importlib.util
import inspect
import runpy
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import einops
import pytest
import torch

ASSIGNMENT = Path(__file__).resolve().parents[2] / "assignments" / "transformer_interp"


def load(file: str) -> ModuleType:
    """Import a file of the assignment by its path."""
    spec = importlib.util.spec_from_file_location(f"transformer_interp_{Path(file).stem}", ASSIGNMENT / file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def answers() -> Iterator[Callable[[str], dict[str, Any]]]:
    """By a model's name: the solution, the misconceptions and the right variants, with a model for each."""
    threads = torch.get_num_threads()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # those of the libraries, while they are being imported
        kernel = runpy.run_path(str(ASSIGNMENT / "kernel.py"))

    @functools.cache
    def of(model: str) -> dict[str, Any]:
        # What provide() gives, but for its hold on from_pretrained, which would outlive these tests.
        provided = {"gpt2_small": kernel["load"](model), "t": torch, "repeat": einops.repeat}
        solution = runpy.run_path(str(ASSIGNMENT / "solution.py"), init_globals=provided)
        wrong = runpy.run_path(str(ASSIGNMENT / "misconceptions.py"), init_globals={**provided, **solution})
        return runpy.run_path(str(Path(__file__).with_name("right_variants.py")), init_globals=wrong)

    yield of
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def in_notebook() -> Iterator[ModuleType]:
    """The tests.py that students import, beside its planted.py as in their folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(ASSIGNMENT)
        yield load("tests.py")


@pytest.fixture(scope="session")
def called(answers: Callable[[str], dict[str, Any]], in_notebook: ModuleType) -> Callable[[str], SimpleNamespace]:
    """By a model's name: the functions of ``answers``, giving data as through a kernel, and remembering it."""

    def data(function: Callable[..., Any]) -> Callable[..., Any]:
        remembered = functools.cache(lambda *args: in_notebook._data(function(*args)))
        return lambda *args: remembered(*(tuple(a) if isinstance(a, list) else a for a in args))

    @functools.cache
    def of(model: str) -> SimpleNamespace:
        return SimpleNamespace(**{k: data(v) for k, v in answers(model).items() if inspect.isfunction(v)})

    return of


@pytest.fixture(scope="session")
def failures(called: Callable[[str], SimpleNamespace]) -> Callable[[str, str], Iterator[str]]:
    """Grade without a kernel: give the checks that fail when a ``variant`` answers for ``exercise``, as they fail."""

    def of(exercise: str, variant: str) -> Iterator[str]:
        file = {"logit_lens_analysis": "test_logit_lens.py"}.get(exercise, "test_activations.py")
        for name, model, check, parameters in items(load(file)):
            student = SimpleNamespace(**{exercise: getattr(called(model), variant)})
            fixtures = {"student": student, "reference": called(model), "figure": lambda figure: None} | parameters
            try:
                check(**{k: v for k, v in fixtures.items() if k in inspect.signature(check).parameters})
            except AssertionError:
                yield name

    return of


def items(module: ModuleType) -> Iterator[tuple[str, str, Callable[..., None], dict[str, Any]]]:
    """Give every check of a module: its name, its model, the function and its parameters."""
    for name, check in vars(module).items():
        if not name.startswith("test_"):
            continue
        marks = {mark.name: mark for mark in getattr(check, "pytestmark", [])}
        model = marks["model"].args[0] if "model" in marks else "embedded"
        key, values = marks["parametrize"].args if "parametrize" in marks else (None, [None])
        for value in values:
            parameters = {key: value.values[0]} if key else {}
            yield name, model, check, parameters
