"""The sentences of the command line; errors raised elsewhere bring their own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from grader.english import listed, plural

# --- progress ---

WARMING_UP = "loading the models"
LOADING_THEN_GRADING = "loading the models, then grading"


def graded(done: int, total: int, student: str, score: str, left_s: float | None) -> str:
    """Say which submission was graded and, unless it is None, how long the others will take."""
    return f"{done}/{total} {student}: {score}" + ("" if left_s is None else f", ETA {left_s:.0f} s")


def validated(done: int, total: int) -> str:
    """Say how many candidates of a validation have been tried."""
    return f"{done}/{total} tried"


# --- what is wrong: usage, files, us ---

INTERRUPTED = "interrupted."


def usage_error(command: str, message: str) -> str:
    """Return the line that a wrong command line gets."""
    return f"{command}: {message}{'' if message.endswith('?') else '.'} `{command} --help` says more.\n"


def unknown_command(name: str, near: str) -> str:
    """Name the command that was meant."""
    return f"there is no command {name!r}; did you mean {near!r}?"


def interrupted_batch(*, fresh: bool) -> str:
    """Say how an interrupted batch is continued."""
    return f"interrupted; the same command{' without --fresh' if fresh else ''} goes on where this one stopped."


def system_error(error: OSError) -> str:
    """Say what the system refused: a disk that is full, a folder that may not be written."""
    place = f"{error.filename}: " if error.filename else ""
    return f"{place}{error.strerror or error}; set it right and give the same command again."


def internal_error(error: Exception) -> str:
    """Say that the fault is the grader's own, and how to report it."""
    return (
        f"the grader itself failed ({type(error).__name__}: {error}); give the same command with --debug to see where, "
        "and report it."
    )


def lost_output(reason: str | None) -> str:
    """Say that stdout could not be written."""
    return f"stdout could not be written: {reason}; give it another place."


def no_notebooks(paths: Iterable[Path]) -> str:
    """Say that there is nothing to grade in some files and folders."""
    named = ", ".join(map(str, paths))
    return f"there are no notebooks in {named}; give files, or folders or zips that hold .ipynb files."


def folder_for_notebook(path: Path) -> str:
    """Say that a folder was given in place of a notebook."""
    return f"{path} is a folder; give the path of one notebook, or grade the folder with `grader grade`."


def no_file(path: Path) -> str:
    """Say that a file is not there."""
    return f"there is no file {path}; give the path of one notebook."


# --- doctor ---

LAYERS_TITLE = "Sandbox"
VERSIONS_TITLE = "Versions"


def what_works(missing: Sequence[str]) -> str:
    """Say that grading works, and whether missing layers make ``--sandbox=strict`` refuse."""
    if not missing:
        return "Grading works here, also with `--sandbox=strict`."
    verb = "is" if len(missing) == 1 else "are"
    return f"Grading works here. `--sandbox=strict` would be refused: {listed(missing)} {verb} missing."


def models_title(slug: str) -> str:
    """Head the list of an assignment's models."""
    return f"Models of {slug}"


def weights(digest: str) -> str:
    """Identify a model's weights."""
    return f"weights sha256 {digest[:16]}…"


def speed(loading_s: float, kernel_s: float) -> str:
    """Tell how long loading the models takes, and then starting one kernel."""
    return f"Models loaded in {loading_s:.1f} s; a sandboxed kernel every {kernel_s:.2f} s."


# --- service ---


def no_service(library: str | None) -> str:
    """For a command of the service where its optional libraries are missing."""
    return (
        f"the service needs libraries that are not installed ({library}): in the repository give "
        "`pip install '.[service]'`, or `pip install 'WHEEL[service]'` with the path of the wheel"
    )


SERVICE_TITLE = "The service"


def service_works(works: bool) -> str:
    """Sum up what `grader doctor --service` found."""
    return "The service can work here." if works else "The service cannot work here: see the lines with ✗."


def forget_for_sure(name: str) -> str:
    """For a deletion that was not confirmed on the command line."""
    return f"everything of {name} will be deleted for good: say --yes if that is meant"


def backed_up(file: Path, files: int) -> str:
    """Tell what a finished back-up holds, and how it must be kept."""
    return f"{file} holds the database, {plural(files, 'uploaded file')} and the keys. Keep it where nobody else reads."


def restored(made: str, version: str, files: int) -> str:
    """Tell what was put back, and how the service is started again."""
    return (
        f"Restored as it was on {made} (version {version}), with {plural(files, 'uploaded file')}. "
        "Start it with `grader serve`: what waited is graded."
    )
