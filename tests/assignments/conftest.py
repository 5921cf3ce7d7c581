"""The assignment's files, run in this process on its real models: importing TransformerLens once costs ten seconds."""

from __future__ import annotations

import functools
import importlib.util
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
    """By a model's name: the names that a reference kernel has, solution and misconceptions among them."""
    threads = torch.get_num_threads()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # those of the libraries, while they are being imported
        kernel = runpy.run_path(str(ASSIGNMENT / "kernel.py"))

    @functools.cache
    def of(model: str) -> dict[str, Any]:
        # What provide() gives, but for its hold on from_pretrained, which would outlive these tests.
        provided = {"gpt2_small": kernel["load"](model), "t": torch, "repeat": einops.repeat}
        solution = runpy.run_path(str(ASSIGNMENT / "solution.py"), init_globals=provided)
        return runpy.run_path(str(ASSIGNMENT / "misconceptions.py"), init_globals={**provided, **solution})

    yield of
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def in_notebook() -> ModuleType:
    """The tests.py that students import."""
    return load("tests.py")


@pytest.fixture(scope="session")
def failures(answers: Callable[[str], dict[str, Any]], in_notebook: ModuleType) -> Callable[..., list[str]]:
    """Grade a function without a kernel: the ids of the checks that fail when ``exercise`` is answered by ``variant``."""

    def of(exercise: str, variant: str) -> list[str]:
        file = {"logit_lens_analysis": "test_logit_lens.py"}.get(exercise, "test_activations.py")
        failed = []
        for name, model, check, parameters in items(load(file)):
            reference = called(answers(model), in_notebook)
            student = SimpleNamespace(**{exercise: getattr(called(answers(model), in_notebook, variant), exercise)})
            fixtures = {"student": student, "reference": reference, "figure": lambda figure: None} | parameters
            try:
                check(
                    **{
                        k: v
                        for k, v in fixtures.items()
                        if k in check.__code__.co_varnames[: check.__code__.co_argcount]
                    }
                )
            except AssertionError:
                failed.append(name)
        return failed

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


def called(names: dict[str, Any], in_notebook: ModuleType, variant: str | None = None) -> SimpleNamespace:
    """Return functions whose answers come back as data, as through a kernel; ``variant`` answers for every exercise."""

    def data(function: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *args: in_notebook._data(function(*args))

    functions = {k: v for k, v in names.items() if callable(v)}
    exercises = ("logit_lens_analysis", "prompt_to_residual_stream_activations")
    return SimpleNamespace(
        **{k: data(functions[variant] if variant and k in exercises else v) for k, v in functions.items()}
    )
