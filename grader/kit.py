"""Fill a folder with what students get: notebook, in-notebook tests, wheel and README."""

from __future__ import annotations

import ast
import fnmatch
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from grader.assignment import Assignment
from grader.english import plural
from grader.errors import AssignmentError, UsageError
from grader.import_path import safe_path
from grader.intake import read_stub
from grader.settings import PACKAGE

NOT_FOR_STUDENTS = (
    "checks/*",
    "conftest.py",
    "misconceptions.py",
    "variants.py",
    "solution*",
    "assignment.toml",
    "samples/*",
)
_ANY_WHEEL = "interp_grader-*.whl"
README = """\
# {title}

Your notebook is `{notebook}`. It asks you to write

{exercises}

## Set up

In the folder with these files, with Python 3.11 to 3.13 and a virtual environment, which keeps other projects as they
are:

    python3 -m venv .venv
    . .venv/bin/activate
    pip install jupyter ./{wheel}
    jupyter notebook {notebook}

(On Windows the second line is `.venv\\Scripts\\activate`.) `pip install` fetches PyTorch, which is large, and the first
run of the notebook may download a model.
{missing}{checking}
## Hand in

Restart the kernel, run all cells from the top, save, and hand in `{notebook}` alone. Leave the names of the functions
as they are.
"""
_CHECKING = """
## Check your answers

Keep all files of this folder together. The last line of each exercise's cell, such as
`{call}`, checks your function; run that cell as often as you
like. It says what is wrong and what to try. When your notebook is graded, more checks are run, on other inputs.
"""


def make_kit(assignment: Assignment, folder: Path, wheel: Path | None) -> list[Path]:
    """Fill an empty folder with what students get, and return the files.

    ``wheel`` is the grader's own (:func:`build_wheel`), or None when students get it some other way. Raises UsageError
    when the folder is not empty or the wheel holds more than the grader, AssignmentError when the assignment hands out
    a solution, a check or a sample.
    """
    handed_out = [assignment.notebook, *assignment.handout]
    for file in handed_out:
        _require_handout(file, assignment)
    if wheel is not None:
        require_grader_wheel(wheel)
        handed_out.append(wheel)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} holds something already; name an empty folder or one that is not there yet.")
    folder.mkdir(parents=True, exist_ok=True)
    for file in handed_out:
        shutil.copyfile(file, folder / file.name)
    (folder / "README.md").write_text(_readme(assignment, wheel), encoding="utf-8")
    return sorted(folder.iterdir())


def build_wheel(into: Path) -> Path:
    """Build the grader's wheel into an empty folder; raises UsageError with the reason."""
    root = PACKAGE.parent
    if not (root / "pyproject.toml").is_file():
        raise UsageError("the grader's wheel cannot be built where its sources are not: name one with --wheel FILE.")
    command = [sys.executable, "-P", "-m", "pip", "wheel", "--no-deps", "--wheel-dir", str(into.resolve()), str(root)]
    with safe_path():
        built = subprocess.run(command, cwd=into, capture_output=True, text=True, check=False)  # noqa: S603 - a fixed command
    wheels = [*into.glob("*.whl")]
    if built.returncode or not wheels:
        reason = (built.stderr.strip().splitlines() or ["pip did not say why"])[-1]
        raise UsageError(f"the grader's wheel could not be built: {reason}; name one with --wheel FILE, or --no-wheel.")
    return wheels[0]


def _require_handout(file: Path, assignment: Assignment) -> None:
    toml = assignment.root / "assignment.toml"
    inside = assignment.root in file.parents
    name = file.relative_to(assignment.root).as_posix() if inside else file.name
    hidden = (assignment.solution, *assignment.solution_reads)
    if not inside or not file.is_file():
        raise AssignmentError(toml, f"hands out {name!r}, which is no file of the assignment's folder.")
    if any(fnmatch.fnmatch(name, pattern) for pattern in NOT_FOR_STUDENTS) or any(
        p in (file, *file.parents) for p in hidden
    ):
        raise AssignmentError(toml, f"hands out {name!r}: solutions, checks and samples are not for students.")


def require_grader_wheel(wheel: Path) -> None:
    """Raise UsageError for a file that is not the grader's wheel.

    Or for one that holds more than the grader.
    """
    try:
        with zipfile.ZipFile(wheel) as archive:
            top_level = {name.partition("/")[0] for name in archive.namelist()}
    except (OSError, zipfile.BadZipFile) as error:
        raise UsageError(f"{wheel} cannot be read as a wheel; build it with `python -m build --wheel`.") from error
    foreign = sorted(top for top in top_level if top != "grader" and not top.startswith("interp_grader-"))
    if foreign or "grader" not in top_level:
        raise UsageError(f"{wheel} is not the grader's wheel: it holds {', '.join(foreign) or 'no grader'}.")


def _readme(assignment: Assignment, wheel: Path | None) -> str:
    return README.format(
        title=assignment.title,
        notebook=assignment.notebook.name,
        exercises="\n".join(f"- `{e.name}`: {e.title}, {plural(e.points, 'point')}" for e in assignment.exercises),
        wheel=wheel.name if wheel else _ANY_WHEEL,
        missing=""
        if wheel
        else "\nYour course gives you the wheel, `interp_grader-*.whl`; put it into this folder first.\n",
        checking=_CHECKING.format(call=call) if (call := _checking_call(assignment)) else "",
    )


def _checking_call(assignment: Assignment) -> str:
    """Return the first last line of an exercise's cell that calls something of a file that is handed out, or ""."""
    modules = {file.stem for file in assignment.handout if file.suffix == ".py"}
    imported: set[str] = set()
    for cell in read_stub(assignment).cells:
        try:
            body = ast.parse(cell.source).body if cell.cell_type == "code" else []
        except SyntaxError:  # of IPython's, or a blank to fill in
            continue
        for node in body:
            if isinstance(node, ast.ImportFrom) and node.module in modules:
                imported |= {alias.asname or alias.name for alias in node.names}
        defined = {node.name for node in body if isinstance(node, ast.FunctionDef)}
        match body:
            case [*_, ast.Expr(value=ast.Call(func=ast.Name(id=name)) as call)]:
                if name in imported and not defined.isdisjoint(assignment.names):
                    return ast.unparse(call)
    return ""
