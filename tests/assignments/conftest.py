"""The assignment's files, run in this process on its real models.

Importing TransformerLens costs ten seconds, so one process does it once.
"""

from __future__ import annotations

import functools
import inspect
import random
import runpy
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, Protocol

import einops
import pytest
import torch
from _pytest.pathlib import import_path

from grader import value_codec
from grader.kernel.inside.encode import encode
from grader.result import Visibility

ASSIGNMENT = Path(__file__).resolve().parents[2] / "assignments" / "transformer_interp"


CHECKS = {
    "logit_lens_analysis": "test_logit_lens.py",
    "prompt_to_residual_stream_activations": "test_activations.py",
}
"""The file of each exercise's checks, in both folders."""

PROCESSING = ("fold_ln", "center_writing_weights", "center_unembed", "fold_value_biases")


def load(file: str) -> ModuleType:
    """Import a file of the assignment by its path and let it import what lies beside it."""
    return import_path(ASSIGNMENT / file, mode="importlib", root=ASSIGNMENT.parent, consider_namespace_packages=False)


@pytest.fixture(autouse=True)
def no_gradients() -> Iterator[None]:
    """Compute without gradients, as kernels do and the course's first cell asks for."""
    with torch.no_grad():
        yield


@pytest.fixture(scope="session")
def answers() -> Iterator[Callable[[str], dict[str, Any]]]:
    """By a model's name: it, its facts, solution, mistakes, right and constant answers."""
    threads = torch.get_num_threads()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # those of the libraries, while they are being imported
        kernel = runpy.run_path(str(ASSIGNMENT / "prelude.py"))

    @functools.cache
    def of(model: str) -> dict[str, Any]:
        # What provide() gives, but for its hold on from_pretrained, which would outlive these tests.
        build = functools.partial(kernel["_build"], model)
        provided = {
            "gpt2_small": kernel["load"](model),
            "HookedTransformer": SimpleNamespace(
                from_pretrained=lambda name, **options: build(**options),
                from_pretrained_no_processing=lambda name: build(**dict.fromkeys(PROCESSING, False)),
            ),
            "t": torch,
            "repeat": einops.repeat,
        }
        facts = kernel["facts"](provided)
        solution = runpy.run_path(str(ASSIGNMENT / "solution.py"), init_globals=provided | facts)
        names = runpy.run_path(str(ASSIGNMENT / "misconceptions.py"), init_globals={**solution, **provided})
        for file in (ASSIGNMENT / "variants.py", Path(__file__).with_name("constant_answers.py")):
            names = runpy.run_path(str(file), init_globals=names)
        return names

    yield of
    torch.set_num_threads(threads)


def as_value(answer: Any) -> Any:
    """Return an answer as it comes through a kernel."""
    return value_codec.decode(*encode(answer, 1 << 30))


@pytest.fixture(scope="session")
def called(answers: Callable[[str], dict[str, Any]]) -> Callable[[str], SimpleNamespace]:
    """By a model's name: the functions of ``answers``, which give data and remember it.

    The data are as they come through a kernel.
    """

    def data(function: Callable[..., Any]) -> Callable[..., Any]:
        remembered = functools.cache(lambda *args: as_value(function(*args)))
        return lambda *args: remembered(*(tuple(a) if isinstance(a, list) else a for a in args))

    @functools.cache
    def of(model: str) -> SimpleNamespace:
        return SimpleNamespace(**{k: data(v) for k, v in answers(model).items() if callable(v)})

    return of


class Failures(Protocol):
    """Return the failing checks when a ``variant`` answers for ``exercise``, and points.

    There is no kernel. With ``drawn`` only the checks that draw their inputs are made, from ``seed``; with ``visible``
    only the visible ones.
    """

    def __call__(
        self, exercise: str, variant: str, *, seed: int = 0, drawn: bool = False, visible: bool = False
    ) -> Iterator[tuple[str, float]]: ...


@pytest.fixture(scope="session")
def failures(called: Callable[[str], SimpleNamespace]) -> Failures:
    """See :class:`Failures`."""
    modules = {exercise: [load(f"checks/{v}/{file}") for v in Visibility] for exercise, file in CHECKS.items()}

    def of(
        exercise: str, variant: str, *, seed: int = 0, drawn: bool = False, visible: bool = False
    ) -> Iterator[tuple[str, float]]:
        made = modules[exercise][:1] if visible else modules[exercise]
        for name, model, check, parameters, points in (item for m in made for item in items(m)):
            names = inspect.signature(check).parameters
            if drawn and "rng" not in names:
                continue
            fixtures = {
                "student": SimpleNamespace(**{exercise: getattr(called(model), variant)}),
                "reference": called(model),
                "figure": lambda figure: None,
                "rng": random.Random(f"{seed} {name}"),  # noqa: S311 - prompts, not secrets
            }
            try:
                check(**{k: v for k, v in {**fixtures, **parameters}.items() if k in names})
            except AssertionError:
                yield name, points

    return of


@pytest.fixture(scope="session")
def lens_checks() -> ModuleType:
    """The visible checks of the logit lens."""
    return load("checks/visible/test_logit_lens.py")


@pytest.fixture(scope="session")
def hidden_lens_checks() -> ModuleType:
    """The hidden checks of the logit lens."""
    return load("checks/hidden/test_logit_lens.py")


@pytest.fixture(scope="session")
def hidden_activations_checks() -> ModuleType:
    """The hidden checks of the activations."""
    return load("checks/hidden/test_activations.py")


def items(module: ModuleType) -> Iterator[tuple[str, str, Callable[..., None], dict[str, Any], float]]:
    """Yield every check of a module: name, model, function, parameters and points."""
    for name, check in vars(module).items():
        if not name.startswith("test_"):
            continue
        marks = {mark.name: mark for mark in getattr(check, "pytestmark", [])}
        model = marks["model"].args[0] if "model" in marks else "embedded"
        key, values = marks["parametrize"].args if "parametrize" in marks else (None, [None])
        for value in values:
            parameters = {key: value.values[0]} if key else {}
            yield name, model, check, parameters, marks["points"].args[0]
