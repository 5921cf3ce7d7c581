"""The sentences of the command line; errors raised elsewhere bring their own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from grader import english
from grader.english import listed, plural

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


def batch_counts(total: int, statuses: Iterable[tuple[str, int]], *, kept: int, earlier: int) -> str:
    """Count the submissions of a batch by status, and only statuses that there are.

    ``kept`` are those of this run that had not changed, ``earlier`` those that were not in it.
    """
    counts = ", ".join(f"{count} {label}" for label, count in statuses if count)
    old = [f"{kept} unchanged and not graded again"] * (kept > 0)
    old += [f"{plural(earlier, 'row')} from earlier runs"] * (earlier > 0)
    return f"{plural(total, 'submission')}: {counts}" + (f" ({'; '.join(old)})" if old else "")


def batch_mean(mean: str, most: str) -> str:
    """Tell the mean score of what was graded."""
    return f"Mean of the graded submissions: {mean} of {most} points"


def common_mistakes(mistakes: Iterable[tuple[str, int]]) -> str:
    """List mistakes with how many submissions made them."""
    return f"Most common mistakes: {'; '.join(f'{title} ({count})' for title, count in mistakes)}"


def outdated(ids: Sequence[str]) -> str:
    """List the results that were made under other versions of what decides a grade."""
    rows = f"{plural(len(ids), 'row')} {'was' if len(ids) == 1 else 'were'}"
    return f"{rows} made under other versions and {'is' if len(ids) == 1 else 'are'} not in this run: {first_of(ids)}"


def replaced(ids: Sequence[str], folder: str) -> str:
    """List the results that other notebooks took the place of, and say where they are kept."""
    rows = f"{plural(len(ids), 'row')} {'was' if len(ids) == 1 else 'were'}"
    return f"{rows} replaced by another notebook under the same name: {first_of(ids)}. The earlier results: {folder}"


def first_of(names: Sequence[str]) -> str:
    """List the first names, and say how many more there are."""
    return english.first_of(names, MOST_NAMED)


def earlier_attempts(count: int) -> str:
    """Say that files were followed by a later attempt."""
    was = "was" if count == 1 else "were"
    return f"{plural(count, 'file')} {was} handed in before a later one and {was} not graded"


def not_notebooks(count: int) -> str:
    """Say that files are no notebooks."""
    many = "files are not notebooks and were not graded"
    return "1 file is not a notebook and was not graded" if count == 1 else f"{count} {many}"


def passed_over(count: int, kind: str) -> str:
    """Say why files and folders were not looked at."""
    what = "1 file or folder was" if count == 1 else f"{count} files or folders were"
    return f"{what} passed over ({kind})"


def not_on_roster(count: int) -> str:
    """Say that the roster knows nobody who handed in some submissions."""
    return f"{plural(count, 'submission')} {'is' if count == 1 else 'are'} by nobody on the roster"


def conflicting(count: int) -> str:
    """Say that what is known of some submissions does not agree."""
    return f"{plural(count, 'submission')} {'has' if count == 1 else 'have'} evidence that does not agree"


def all_absent(count: int) -> str:
    """Say that nobody on a roster handed anything in."""
    people = "the 1 person" if count == 1 else f"the {count} people"
    return f"nothing was handed in by any of {people} on the roster"


def unclear_times(count: int, what: str) -> str:
    """Say what of the times of some submissions was not understood."""
    return f"{plural(count, 'submission')} {'has' if count == 1 else 'have'} a time that is not clear ({what})"


LOOK_FIRST = "LOOK AT THIS BEFORE YOU USE THE GRADES"
LOOK_ABOVE = "Before you use the grades, look at the first lines above; intake.txt has them too."


def strict_roster(doubts: Sequence[str]) -> str:
    """Say that nothing is graded because the roster and the submissions do not agree."""
    return f"nothing was graded: {'; '.join(doubts)}. Correct the roster or the files, or leave --strict-roster out."


STRICT_NEEDS_ROSTER = "--strict-roster needs --roster CSV."


def several_rows(count: int) -> str:
    """Say that some people have several submissions."""
    return f"{plural(count, 'submission')} {'is' if count == 1 else 'are'} by people with several rows"


def replayed(id: str, score: str, seed: int | None, *, same: bool) -> str:
    """Say whether grading again gave the same grade."""
    return f"{id}: {f'the same grade, {score}' if same else 'another grade'}, with the seed {seed}"


# --- warm ---

NOTHING_LOADED = "Nothing is loaded."
CANNOT_LAST = (
    "the models cannot stay loaded: GRADER_IDLE_S is 0, the state folder cannot be written, or this is no Linux; "
    "`grader check` loads them each time."
)


def loaded(label: str, idle_s: float) -> str:
    """Say that the models of an assignment are loaded."""
    return f"{label}: loaded; ends after {idle_s:g} s without use."


def is_loaded(label: str) -> str:
    """Say that the models of an assignment are found to be loaded."""
    return f"{label}: loaded."


def stopped(label: str) -> str:
    """Say that the models of an assignment stay loaded no longer."""
    return f"{label}: ends, at once or when the command that uses it has ended."


# --- check ---

WATCHING = "Checked; it is checked again when you save the notebook. Ctrl-C ends this."
UNSANDBOXED = "Your code was run without the sandbox (--sandbox=off)."
HTML_HINT = "With --html page.html you get the same as a page, with pictures of what differs."


def no_sandbox(system: str) -> str:
    """Say that a student's own code is run like any other program of theirs."""
    return (
        f"{system} has no sandbox: your code is run as any program of yours is. Check only a notebook of your own here."
    )


def checked_by(title: str, slug: str) -> str:
    """Say by which assignment a notebook was checked."""
    return f"Checked by the assignment {title!r} ({slug})."


def ask_for_trust(title: str, folder: str) -> str:
    """Ask whether the checks of a release may run."""
    return (
        f"{folder} holds the checks of {title!r}. They are programs that run on this computer, so answer yes only if "
        "the folder comes from your course. Run them from now on? [y/N]"
    )


def not_trusted(folder: str) -> str:
    """Say that a release is not trusted, and what to do."""
    return (
        f"the checks in {folder} were not run, because you have not said that you trust them; if they come from your "
        f"course, say `grader trust {folder}` once."
    )


def trusted(title: str, digest: str) -> str:
    """Say that a release is trusted."""
    return f"The checks of {title!r} (sha256 {digest[:16]}…) may run on this computer until their files change."


def only_a_release(folder: Path) -> str:
    """Say that a release is not enough for what was asked."""
    return f"{folder} is a release, without solution and hidden checks; name the assignment that it was made from."


def not_one_release(folder: Path, count: int) -> str:
    """Say that a folder does not hold one release."""
    return f"{folder} holds {count or 'no'} releases; name the folder that your course gave you."


def named_cell(cell: str, first_line: str) -> str:
    """Name a cell, which is called by its number among all cells, also by its first line."""
    return f"{cell} (`{first_line}`)" if first_line else cell


def page_written(page: Path) -> str:
    """Say where the same is told with pictures."""
    return f"The same with pictures: {page}"


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


# --- assignment test ---


def validation_result(slug: str, failed: Sequence[str]) -> str:
    """Say whether an assignment's validation passed, and else which of its sections did not."""
    return f"{slug}: validation failed: {', '.join(failed)}." if failed else f"{slug}: validation passed."


# --- regrade ---

DIFFERS, CHANGED_SINCE = "differs", "changed since"


def nothing_to_regrade(out: Path) -> str:
    return f"{out} holds no rows, so there is nothing to grade again."


def inputs_unknown(out: Path) -> str:
    return f"{out} does not say where its submissions are; name them: grader regrade {out} PATH."


def grade_changes(id: str, before: str, after: str) -> str:
    return f"{id}: {before} then, {after} now"


def counts_with_corrections(then: float | None, now: float | None) -> str:
    before, after = ("none" if score is None else f"{score:g}" for score in (then, now))
    return f"counts, with corrections and lateness: {before} then, {after} now"


def not_regraded(id: str, reason: str) -> str:
    return f"{id} could not be graded again: {reason}"


def regraded(changed: int, same: int, held: int, *, previewed: bool) -> str:
    """Count what grading again changes, or would change."""
    if previewed:
        return f"{plural(changed, 'grade')} would change, {same} would not, {held} still hold. Nothing was written."
    return f"{plural(changed, 'grade')} changed, {same} did not, {held} still held."


def files_lost(ids: Sequence[str]) -> str:
    return (
        f"Not graded again, because the files are no longer where they were, or have changed: {first_of(ids)}. "
        "Their rows stay; `grader grade` grades what has changed."
    )
