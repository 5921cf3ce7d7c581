"""Models that only notebooks hold: answers are recorded, or it is said why not."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

from grader.assignment import load_assignment
from grader.release import make_release
from grader.session.answer_source import Question
from grader.session.recorded_answers import recorded_key

from .conftest import TINY


def test_answers_are_recorded_for_those_that_can_be_loaded(tmp_path: Path) -> None:
    """By their weights' digest; of another one it is said that it was left out, and why."""
    folder = shutil.copytree(TINY, tmp_path / "tiny", ignore=shutil.ignore_patterns("__pycache__"))
    toml, prelude = folder / "assignment.toml", folder / "prelude.py"
    toml.write_text(toml.read_text().replace("provided", 'notebook_models = ["four", "absent", "two"]\nprovided'))
    prelude.write_text(prelude.read_text().replace('"three": 3.0}', '"three": 3.0, "four": 4.0}'))
    said: list[str] = []

    make_release(load_assignment(str(folder)), tmp_path / "release", None, warn=said.append)

    released = load_assignment(str(tmp_path / "release" / "tiny"))
    assert released.recorded is not None
    assert {n: m.fingerprint for n, m in released.recorded.models.items()} == {
        "two": (2.0,),
        "three": (3.0,),
        "four": (4.0,),
    }
    assert (
        [
            s
            for s in said
            if "No answers are recorded for absent" in s and "here: prelude.py: line" in s and "KeyError: 'absent'" in s
        ]
        == said
        != []
    )
    with zipfile.ZipFile(released.recorded.answers) as archive:
        for model in ("two", "three", "four"):
            asked = Question(model, "scale", ([1.0, 2.0],), {})
            assert f"{recorded_key(asked, model)}/0" in archive.namelist()
