"""The autograder zip has what Gradescope runs, and gives the grades that are given here."""

from __future__ import annotations

import io
import json
import os
import stat
import subprocess
import sys
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.assignment import load_assignment
from grader.corrections import FinalGrades
from grader.errors import UsageError
from grader.export import write_results
from grader.export.formats import BY_NAME, gradescope_autograder
from grader.export.request import Exported, Options, Request
from grader.export.run_export import run_export
from grader.result import GradingResult, SubmissionStatus

Build = Callable[..., GradingResult]

COURSE = "transformer_interp"
TINY = Path(__file__).resolve().parents[1] / "plugin" / "tiny"
METADATA = {"created_at": "2025-03-01T10:00:00Z", "assignment": {"due_date": None, "total_points": "20.0"}}
GRADER = """\
#!/bin/bash
# In the grader's place: the rows are there, and exporting is the grader's own.
printf '%s\\n' "$*" >> {root}/calls
if [ "$1" = grade ]; then
    find "$2" > {root}/found
    mkdir -p "$6" && cp {root}/results.jsonl "$6/"
    exit "$(cat {root}/exit_code)"
fi
exec {python} -P -m grader "$@"
"""


def packed(wheel: Path, named: str = COURSE) -> Exported:
    assignment = load_assignment(named)
    request = Request.of(FinalGrades({}), assignment, Options(wheel=wheel))
    return run_export(BY_NAME["gradescope-autograder"], request)


@pytest.fixture
def image(wheel: Path, tmp_path: Path) -> Path:
    """What Gradescope makes of the zip, in a folder of ours in place of /autograder."""
    root = tmp_path / "autograder"
    with zipfile.ZipFile(io.BytesIO(packed(wheel).content)) as archive:
        archive.extractall(root / "source")
    script = (root / "source" / "run_autograder").read_text().replace("/autograder", str(root))
    (root / "run_autograder").write_text(script)
    stand_in = root / "grader" / "bin" / "grader"
    stand_in.parent.mkdir(parents=True)
    stand_in.write_text(GRADER.format(root=root, python=sys.executable))
    for path in (root / "run_autograder", stand_in):
        path.chmod(0o755)
    for name in ("submission", "results"):
        (root / name).mkdir()
    (root / "submission" / "hw1.ipynb").write_text("{}")
    (root / "submission" / "outside").symlink_to("/etc/passwd")
    (root / "submission_metadata.json").write_text(json.dumps(METADATA))
    return root


def run(image: Path, result: GradingResult, code: int = 0) -> int:
    write_results(image / "results.jsonl", [result])
    (image / "exit_code").write_text(str(code))
    environment = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME")}
    return subprocess.run([image / "run_autograder"], cwd=image, env=environment, capture_output=True).returncode  # noqa: S603


def test_scripts_stand_at_the_top_and_can_be_run(wheel: Path, tmp_path: Path) -> None:
    """Gradescope finds setup.sh and run_autograder in the zip's root; bash can read both."""
    with zipfile.ZipFile(io.BytesIO(packed(wheel).content)) as archive:
        for name in ("setup.sh", "run_autograder"):
            assert archive.getinfo(name).external_attr >> 16 & stat.S_IXUSR
            assert archive.read(name).startswith(b"#!/usr/bin/env bash\n")
            assert subprocess.run(["bash", "-n"], input=archive.read(name), check=False).returncode == 0  # noqa: S607
        assert wheel.name in archive.read("setup.sh").decode()
        assert wheel.name in archive.namelist()


def test_the_assignment_there_is_the_one_here(image: Path) -> None:
    """All files that decide a grade are where the assignment looks; samples are not there."""
    there = load_assignment(str(image / "source" / "assignments" / COURSE))

    assert there.digest == load_assignment(COURSE).digest
    assert there.solution_reads == (image / "source" / "reference",)
    assert not (there.root / "samples").exists()


def test_libraries_are_those_that_grades_are_made_with_here(image: Path) -> None:
    """Versions are pinned, so that the same notebook has the same grade."""
    import torch

    assert f"torch=={torch.__version__.partition('+')[0]}" in (image / "source" / "constraints.txt").read_text().split()


def test_inputs_follow_from_a_secret_of_this_assignment(image: Path, wheel: Path) -> None:
    """The same zip is made again; it tells neither the installation's secret nor another's."""
    from grader.secret import load_secret

    secret = (image / "source" / "secret").read_text()
    with zipfile.ZipFile(io.BytesIO(packed(wheel, str(TINY)).content)) as other:
        assert other.read("secret").decode() != secret
    assert len(secret.strip()) == 64
    assert load_secret().text not in secret
    assert packed(wheel).content == packed(wheel).content


def test_an_upload_becomes_results(image: Path, scored: Build) -> None:
    """The upload is graded as one person's into what Gradescope reads; links stay links."""
    assert run(image, scored("submission_1", 11)) == 0

    assert json.loads((image / "results" / "results.json").read_text())["score"] == 11
    assert (image / "found").read_text().count("export/submission_1/hw1.ipynb") == 1
    assert [line.split()[0] for line in (image / "calls").read_text().splitlines()] == ["grade", "export"]


@pytest.mark.parametrize(("status", "code"), [(SubmissionStatus.ERROR, 3), (SubmissionStatus.ERROR, 0)])
def test_without_a_grade_there_are_no_results(image: Path, scored: Build, status: SubmissionStatus, code: int) -> None:
    """Without a grade, neither a 0 nor an earlier run's results are left for Gradescope."""
    (image / "results" / "results.json").write_text("of an earlier run")

    assert run(image, scored("submission_1", status=status), code) != 0
    assert list((image / "results").iterdir()) == []


def test_only_the_grader_s_own_wheel_is_packed(tmp_path: Path) -> None:
    """A wheel that holds more than the grader is refused."""
    with zipfile.ZipFile(path := tmp_path / "other-1.0-py3-none-any.whl", "w") as archive:
        archive.writestr("other/__init__.py", "")

    with pytest.raises(UsageError, match="is not the grader's wheel"):
        packed(path)


def test_an_assignment_must_be_known(wheel: Path) -> None:
    """Where the results name an assignment that is not here, there is nothing to pack."""
    with pytest.raises(UsageError, match="the assignment 'lens' is not known here"):
        run_export(BY_NAME["gradescope-autograder"], Request(FinalGrades({}), "lens", "Lens", Options(wheel=wheel)))


def test_metadata_that_grow_when_unpacked_fill_no_memory() -> None:
    """On a service staff of one course could end the process that answers all of them."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("grader-1.dist-info/METADATA", b"Requires-Dist: numpy\n\n" + bytes(64 << 20))
    wheel = data.getvalue()

    tracemalloc.start()
    pinned = [line.partition("==")[0] for line in gradescope_autograder._pinned_versions(wheel)]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert pinned == ["numpy"]
    assert peak < 16 << 20
