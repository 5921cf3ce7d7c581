"""Every attack is stopped by the layers that are said to stop it, and costs nobody points.

The attacks stand in ``specimens/``; ``python -m tests.attacks`` prints them as a table. Every run carries out one of
each kind: a probe for each set of layers, and of each category one in a batch.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Hashable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import nbformat
import pytest

from grader.assignment import load_assignment
from grader.extract import extract
from grader.intake import read_stub
from tests.attacks.isolated_run import TIMEOUT_S, namespace_command, run_attacks
from tests.attacks.mixed_batch import EACH_HONEST, MOST_HONEST
from tests.attacks.modes import REMOVABLE
from tests.attacks.specimens import ATTACKS, PROBES, Attack
from tests.attacks.targets import ASSIGNMENT
from tests.first_of_each import first_of_each

pytestmark = pytest.mark.timeout(2 * TIMEOUT_S)  # much is waiting, on machines that are busy


def each(attacks: Iterable[Attack], kind: Callable[[Attack], Hashable]) -> pytest.MarkDecorator:
    """Return the mark that tries a test on each attack, by category and name."""
    return pytest.mark.parametrize("attack", first_of_each(attacks, kind, lambda a: f"{a.category}-{a.name}"))


EACH = each(ATTACKS, lambda a: (a.category, bool(a.probe)))
EACH_PROBE = each(PROBES, lambda a: a.layers)
PROVED = each((a for a in PROBES if a.proved), lambda a: a.layers)

# What is learned where; each in a process of its own.
MODES = {"probed": "--probes", "graded": "--graded", "in_container": "--container", "uploaded": "--service"}


@pytest.fixture(scope="session")
def reports(request: pytest.FixtureRequest) -> Iterator[dict[str, Future[dict[str, Any]]]]:
    """What the selected tests need to know.

    It is found out at the same time where that can be isolated, because much is waiting.
    """
    needed: dict[str, set[str]] = {}
    for item in (i for i in request.session.items if isinstance(i, pytest.Function)):
        for mode in MODES.keys() & set(item.fixturenames):
            attack = item.callspec.params.get("attack") if hasattr(item, "callspec") else None
            needed.setdefault(mode, set()).update([attack.name] if attack else [])
    with ThreadPoolExecutor(len(MODES) if namespace_command() else 1) as pool:
        yield {mode: pool.submit(run_attacks, MODES[mode], *sorted(names)) for mode, names in needed.items()}


@pytest.fixture(scope="session")
def probed(reports: dict[str, Future[dict[str, Any]]]) -> dict[str, Any]:
    """What became of the probes, with all layers and without some."""
    return reports["probed"].result()


@pytest.fixture(scope="session")
def graded(reports: dict[str, Future[dict[str, Any]]]) -> dict[str, Any]:
    """What became of all attacks when they were handed in."""
    return reports["graded"].result()


@pytest.fixture(scope="session")
def in_container(reports: dict[str, Future[dict[str, Any]]]) -> dict[str, Any]:
    """What became of the probes under a container engine's profile, without namespaces."""
    return reports["in_container"].result()


@pytest.fixture(scope="session")
def uploaded(reports: dict[str, Future[dict[str, Any]]]) -> dict[str, Any]:
    """What became of attacks that were uploaded to a service."""
    return dict(reports["uploaded"].result()["service"])


@pytest.mark.parametrize("attack", [pytest.param(a, id=f"{a.category}-{a.name}") for a in ATTACKS if a.plain])
def test_all_that_a_notebook_attacks_with_is_run(attack: Attack) -> None:
    """Extraction leaves nothing of it out: what is not run attacks nobody."""
    assignment = load_assignment(str(ASSIGNMENT))
    notebook = nbformat.reads(attack.notebook({}), 4)
    found = extract(notebook, assignment.names, assignment.provided, read_stub(assignment))
    kept = {ast.unparse(s) for segment in found.segments for s in ast.parse(segment.source).body}

    written = [ast.unparse(s) for kind, source in attack.cells if kind == "cell" for s in ast.parse(source).body]

    assert [statement for statement in written if statement not in kept] == []


def test_every_attack_says_what_it_must() -> None:
    """Names are unique, and each attack says what it tries, what stops it and what it gets."""
    assert len({a.name for a in ATTACKS}) == len(ATTACKS)
    for attack in ATTACKS:
        assert attack.tries, attack.name
        assert attack.one("Stopped by"), attack.name
        assert attack.one("Answer" if attack.probe else "Verdict"), attack.name
        assert not attack.proved or set(attack.layers) <= REMOVABLE, attack.name


@EACH_PROBE
def test_a_probe_gets_nothing_from_a_locked_kernel(attack: Attack, probed: dict[str, Any]) -> None:
    """It sees the refusal that it is said to see, and no target was touched."""
    outcome = probed["locked"][attack.name]
    refusals = [attack.one("Answer")]
    if "landlock" in attack.layers:  # where there are namespaces, what is closed cannot even be seen
        refusals.append("^FileNotFoundError")

    assert not outcome["through"], outcome
    assert any(re.search(refusal, outcome["saw"]) for refusal in refusals), outcome


@EACH_PROBE
def test_a_probe_gets_nothing_in_a_container(attack: Attack, in_container: dict[str, Any]) -> None:
    """Where namespaces are refused the same layers hold."""
    outcome = in_container["locked"][attack.name]

    assert not outcome["through"], outcome
    assert re.search(attack.one("Answer"), outcome["saw"]), outcome


@PROVED
def test_an_attack_is_stopped_by_the_layers_that_are_named(attack: Attack, probed: dict[str, Any]) -> None:
    """With all of them removed it gets through, so the suite can fail.

    With any one of them back it does not.
    """
    tried = dict(probed["without_layers"][attack.name])

    without_all = tried.pop("+".join(attack.layers))
    assert without_all["through"], without_all
    assert [removed for removed, outcome in tried.items() if outcome["through"]] == []


@pytest.mark.parametrize("layer", sorted(REMOVABLE))
def test_every_layer_is_needed(layer: str) -> None:
    """For each layer there is an attack that only it stops."""
    assert [a.name for a in PROBES if a.proved and layer in a.layers]


@EACH
def test_an_attack_earns_nothing(attack: Attack, graded: dict[str, Any]) -> None:
    """An attack gets the verdict beside it; a probe loses its exercise alone."""
    found = graded["graded"][attack.name]
    expected = attack.one("Verdict", "(crashed|failed|timed_out|out_of_memory) 0, passed 2")

    assert re.fullmatch(expected, found["verdict"]), found


@EACH
def test_an_attack_has_its_pages_and_shows_nothing_on_them(attack: Attack, graded: dict[str, Any]) -> None:
    """Both pages are there without what the attack wants to show, and no file holds a secret."""
    assert graded["pages"][attack.name]
    assert graded["shown"][attack.name] == []


@each((a for a in ATTACKS if a.category == "leaking"), lambda a: bool(a.probe))
def test_feedback_does_not_depend_on_hidden_inputs(attack: Attack, graded: dict[str, Any]) -> None:
    """Under other hidden inputs the student may see the very same things."""
    assert graded["differs"][attack.name] == []


@each(ATTACKS, lambda a: a.category)
def test_an_upload_earns_and_shows_nothing(attack: Attack, uploaded: dict[str, Any]) -> None:
    """Over HTTP an attack gets the verdict beside it; its pages hold nothing it wants."""
    expected = attack.one("Verdict", "(crashed|failed|timed_out|out_of_memory) 0, passed 2")

    assert re.fullmatch(expected, uploaded["verdicts"][attack.name])
    assert (uploaded["shown"][attack.name], uploaded["acting"][attack.name]) == ([], [])


def test_a_service_outlives_attacks(uploaded: dict[str, Any]) -> None:
    """Its processes are the same, nothing was harmed, and the honest get what they get alone."""
    assert uploaded["alive"]
    assert (uploaded["disturbed"], uploaded["harm"]) == ([], [])


def test_the_honest_get_what_they_get_alone(graded: dict[str, Any]) -> None:
    """Honest submissions among attacks have exactly the results that they have alone."""
    assert graded["honest"] == min(MOST_HONEST, 1 + len(graded["graded"]) // EACH_HONEST)
    assert graded["disturbed"] == []


def test_pages_and_tables_hold_nothing_that_acts(graded: dict[str, Any]) -> None:
    """No element, formula or control character comes from an attack."""
    assert graded["foreign"] == []


def test_nothing_is_left(probed: dict[str, Any], graded: dict[str, Any], in_container: dict[str, Any]) -> None:
    """No target was touched, no file of a kernel is left, and a new kernel answers.

    That nothing is left running is checked by isolated_main.py, which fails otherwise.
    """
    for found in (probed, in_container):
        assert found["left_files"] == []
        assert found["next_submission"] == 4
    assert graded["batch_harm"] == []
