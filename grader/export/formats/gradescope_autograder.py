"""Gradescope's autograder: a zip that installs the grader and grades uploads with it.

Gradescope runs ``setup.sh`` once, when it builds the image, and ``run_autograder`` for each submission, which leaves
``results.json`` (Gradescope's autograder specifications).
"""

from __future__ import annotations

import email
import hashlib
import io
import os
import re
import tempfile
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path, PurePosixPath

from grader.assignment import Assignment
from grader.errors import UsageError
from grader.export import messages
from grader.export.feedback_files import zipped
from grader.export.request import Exported, Request
from grader.ignored_files import leftover
from grader.secret import load_secret
from grader.wheel import build_wheel, require_grader_wheel

_SETUP = """\
#!/usr/bin/env bash
# Installs the grader; Gradescope runs this once, when it builds the image.
set -euo pipefail
cd /autograder/source
apt-get update
apt-get install -y --no-install-recommends libseccomp2 python3 python3-venv
for python in python3.13 python3.12 python3.11 python3 none; do
    if "$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then break; fi
done
if [ "$python" = none ]; then
    echo "The grader needs Python 3.11 to 3.13: choose a base image that has it, such as Ubuntu 24.04." >&2
    exit 1
fi
"$python" -m venv /autograder/grader
# PyTorch goes first and alone: any other order may fetch gigabytes that are for graphics cards.
/autograder/grader/bin/pip install --no-cache-dir "$(grep '^torch==' constraints.txt)"
/autograder/grader/bin/pip install --no-cache-dir --constraint constraints.txt ./{wheel}
chmod 600 secret
"""
_RUN_SCRIPT = """\
#!/usr/bin/env bash
# Grades one submission. results.json is written in one step, and only where there is a grade: without it Gradescope
# says that the autograder failed, and the submission can be graded again.
set -euo pipefail
export GRADER_ASSIGNMENTS=/autograder/source/{parent}
export GRADER_SECRET_FILE=/autograder/source/secret
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
rm -f /autograder/results/results.json
# Named as Gradescope's own export, so that all files of an upload are one person's; links stay links.
mkdir "$work/export"
cp -RP /autograder/submission "$work/export/submission_1"
/autograder/grader/bin/grader grade "$work/export" -a {slug} -o "$work/out" --jobs 1 >&2
/autograder/grader/bin/grader export "$work/out" --to gradescope --metadata /autograder/submission_metadata.json \\
    -o /autograder/results/results.json{scale}
"""
_SCRIPTS = frozenset({"setup.sh", "run_autograder"})
_LONGEST_METADATA = 1 << 20
_PLAIN_NAME = re.compile(r"\w[\w.+-]*", re.ASCII)


def export(request: Request) -> Exported:
    """Pack the grader, the assignment with its solution, and what Gradescope runs.

    Raises UsageError where the assignment is not known, or the grader's wheel cannot be had.
    """
    assignment = request.assignment
    if assignment is None:
        raise UsageError(messages.unknown_assignment(request.slug))
    if not _PLAIN_NAME.fullmatch(assignment.slug):
        raise UsageError(messages.no_plain_name(assignment.slug))
    name, wheel = _wheel(request.options.wheel)
    files, parent = _assignment_files(assignment)
    scale = " --scale" if request.options.scale else ""
    files |= {
        "setup.sh": _SETUP.format(wheel=name).encode(),
        "run_autograder": _RUN_SCRIPT.format(parent=parent, slug=assignment.slug, scale=scale).encode(),
        "constraints.txt": "".join(f"{line}\n" for line in sorted(_pinned_versions(wheel))).encode(),
        "secret": f"{_secret(assignment)}\n".encode(),
        name: wheel,
    }
    return Exported(zipped(files, executable=_SCRIPTS), (messages.KEEP_ZIP_PRIVATE,), private=True)


def _wheel(given: Path | None) -> tuple[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        wheel = given or build_wheel(Path(folder))
        require_grader_wheel(wheel)
        if not (_PLAIN_NAME.fullmatch(wheel.name) and wheel.suffix == ".whl"):
            raise UsageError(messages.renamed_wheel(wheel))
        return wheel.name, wheel.read_bytes()


def _assignment_files(assignment: Assignment) -> tuple[dict[str, bytes], str]:
    """Return the files that a grade depends on by their places, and the assignment's parent."""
    root = assignment.root
    places = [root, assignment.prelude, *assignment.prelude_reads.values(), *assignment.solution_files]
    places += [p for p in (assignment.notebook, *assignment.handout) if root not in p.parents]
    relative = [PurePosixPath(os.path.relpath(place, root)) for place in places]
    above = max(path.parts.count("..") for path in relative)
    parents = [*["course"] * (above - 2), "assignments"]
    files = {}
    for place in places:
        for file in _files_at(place, root):
            within = PurePosixPath(os.path.relpath(file, root))
            up = within.parts.count("..")
            base = [*parents, root.name]
            files["/".join([*base[: len(base) - up], *within.parts[up:]])] = file.read_bytes()
    return files, "/".join(parents)


def _files_at(place: Path, root: Path) -> Iterator[Path]:
    """Yield the files below a place that somebody put there; samples decide no grade."""
    for file in [place] if place.is_file() else sorted(p for p in place.rglob("*") if p.is_file()):
        relative = file.relative_to(place)
        if not leftover(relative) and not (place == root and relative.parts[:1] == ("samples",)):
            yield file


def _pinned_versions(wheel: bytes) -> Iterator[str]:
    """Yield the versions that are installed here of the libraries that a wheel asks for."""
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        described = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        heads = [archive.open(name).read(_LONGEST_METADATA) for name in described[:1]]
    message = email.message_from_bytes(b"".join(heads))
    for requirement in message.get_all("Requires-Dist") or ():
        name = re.split(r"[^\w.-]", requirement, maxsplit=1)[0]
        if "extra ==" not in requirement:
            yield f"{name}=={metadata.version(name).partition('+')[0]}"


def _secret(assignment: Assignment) -> str:
    """Return a secret for this assignment that tells nothing of this installation's own."""
    own = load_secret(required=True).text
    return hashlib.sha256(f"gradescope {assignment.slug} {own}".encode()).hexdigest()
