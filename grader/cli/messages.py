"""The sentences of the command line; errors raised elsewhere bring their own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from grader.english import plural

MOST_NAMED = 20

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


# --- grade, replay ---

RETRY = "What is not graded is our fault and has no grade; the same command tries it again"


def batch_counts(total: int, statuses: Iterable[tuple[str, int]], kept: int) -> str:
    """Count the submissions of a batch by status, leaving out what no submission has."""
    counts = ", ".join(f"{count} {label}" for label, count in statuses if count)
    return f"{plural(total, 'submission')}: {counts}" + (f" ({kept} kept from before)" if kept else "")


def batch_mean(mean: str, most: str) -> str:
    """Tell the mean score of what was graded."""
    return f"On average {mean} of {most} points over what was graded"


def common_mistakes(mistakes: Iterable[tuple[str, int]]) -> str:
    """List mistakes with how many submissions made them."""
    return f"Most common mistakes: {'; '.join(f'{title} ({count})' for title, count in mistakes)}"


def outdated(ids: Sequence[str]) -> str:
    """List the results that were made under other versions of what decides a grade."""
    return f"{len(ids)} made under other versions, and not in this run: {first_of(ids)}"


def first_of(names: Sequence[str]) -> str:
    """List the first names, and say how many more there are."""
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return f"{', '.join(names[:MOST_NAMED])}{more}"


EARLIER_ATTEMPTS = "handed in before a later one and not graded"
NOT_NOTEBOOKS = "not notebooks and not graded"
NOT_ON_ROSTER = "by nobody on the roster"
SEVERAL_ROWS = "by people with several rows"


def passed_over(kind: str) -> str:
    """Say why files were not looked at."""
    return f"passed over, being {kind}"


def replayed(id: str, score: str, seed: int, *, same: bool) -> str:
    """Say whether grading again gave the same grade."""
    return f"{id}: {f'the same grade, {score}' if same else 'another grade'}, with the seed {seed}"


# --- check ---

UNSANDBOXED = "Your code was run without the sandbox (--sandbox=off)."
RIGHT_SO_FAR = "visible checks pass"
NOT_CHECKED_HERE = "not checked here, all of its checks are hidden"
HTML_HINT = "With --html page.html you get the same as a page, with pictures of what differs."


def passed_checks(passed: int, visible: int, hidden: int) -> str:
    """Count the visible checks that pass, and the hidden ones that are still to be run."""
    verb = "passes" if visible == 1 else "pass"
    more = f"; {plural(hidden, 'further check')} {'is' if hidden == 1 else 'are'} run at grading" if hidden else ""
    return f"{passed} of {plural(visible, 'visible check')} {verb}{more}."


def page_written(page: Path) -> str:
    """Say where the same is told with pictures."""
    return f"The same with pictures: {page}"


def looks_like(title: str, hint: str) -> str:
    """Name a mistake; ``hint`` is empty where it was given before."""
    return f"Looks like: {title}{f'. {hint}' if hint else ''}"


def student_line(cell: int, line: int, text: str) -> str:
    """Quote a line of the student's notebook."""
    return f"cell {cell}, line {line}: {text}"


def hint(text: str) -> str:
    """Give a hint."""
    return f"Hint: {text}"


# --- doctor ---

LAYERS_TITLE = "Sandbox"
VERSIONS_TITLE = "Versions"


def every_layer(complete: bool) -> str:
    """Say whether ``--sandbox=strict`` would grade here."""
    return f"Every layer, which grade --sandbox=strict asks for: {'yes' if complete else 'no'}.\n"


def models_title(slug: str) -> str:
    """Head the list of an assignment's models."""
    return f"Models of {slug}"


def weights(digest: str) -> str:
    """Identify a model's weights."""
    return f"weights sha256 {digest[:16]}…"


def speed(loading_s: float, kernel_s: float) -> str:
    """Tell how long loading the models takes, and then starting one kernel."""
    return f"Models loaded in {loading_s:.1f} s; a sandboxed kernel every {kernel_s:.2f} s."


# --- assignment test ---


def validation_result(slug: str, failed: Sequence[str]) -> str:
    """Say whether an assignment's validation passed, and else which of its sections did not."""
    return f"{slug}: validation failed: {', '.join(failed)}." if failed else f"{slug}: validation passed."
