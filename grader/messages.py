"""Sentences of modules that are in no package: batches, folders, grading, releases."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

# To students, on a notebook that cannot be read; each goes on after "... could not be read: ".

_HAND_IN_LESS = "keep generated code, long tables and large outputs out of it, and hand it in again."
TOO_LARGE_TO_READ = f"it takes more memory to read than it may; {_HAND_IN_LESS}"
BREAKS_PYTHON = f"Python itself breaks down when it reads it; {_HAND_IN_LESS}"


def too_slow_to_read(cpu_s: float) -> str:
    return f"it takes more than {cpu_s:g} s of processor time to read; {_HAND_IN_LESS}"


# To staff, on a submission that could not be graded.

BROKE_OFF = "Grading broke off before this submission was graded. Give the same command again."
EXAMINER_STOOD_STILL = "the examiner process stood still and was stopped."
EXAMINER_NOT_STARTED = "the examiner process could not be started."
KERNELS_FOLDER_LEFT = "the kernels' folder could not be removed; remove it by hand when nothing is being graded"


def examiner_ended(code: int | None) -> str:
    return f"the examiner process ended without a result (exit code {code})."


def reader_ended(name: str, signal: int) -> str:
    return f"{name} was not read to the end: the process that read it was ended by signal {signal}."


def disk_gave_nothing(name: str, idle_s: float) -> str:
    return f"{name} was not read to the end: for {idle_s:g} s its disk gave nothing."


def reader_failed(name: str, reason: str) -> str:
    return f"{name} could not be read: {reason}"


def check_not_run(check: str, reason: str) -> str:
    return f"The check {check} could not be carried out. {reason}{'' if reason.endswith('.') else '.'}"


# To authors, on an assignment that cannot be used.

NO_CHECKS = "has no checks: it needs a file checks/visible/test_*.py."


def checks_not_run(root: Path, reason: str) -> str:
    return f"{root}: the checks cannot be run: {reason}"


def checks_do_not_end(root: Path) -> str:
    return f"{root}: importing its checks does not end."


def checks_ended_process(root: Path, code: int | None) -> str:
    return f"{root}: importing its checks ended the process (exit code {code})."


def package_not_installed(package: str) -> str:
    return f"kernel.packages names {package!r}, which is not installed where kernels run."


def model_not_loaded(model: str) -> str:
    return f"MODELS lacks {model!r}, which assignment.toml names."


# On the folder of a batch.

NO_PAGE = "<!doctype html><title>No page</title><p>This page could not be made. The grade is safe: ask staff."
"""What stands where a page should."""


def cannot_write(folder: Path, reason: str | None) -> str:
    return f"cannot write to {folder}: {reason}; choose another folder with -o."


def is_link(path: Path) -> str:
    return f"{path} is a link, and what is written there would lie elsewhere; remove it."


def is_being_written(folder: Path) -> str:
    return f"another batch is writing to {folder}; wait for it or choose another folder with -o."


def rows_lost(rows: Path, gradebook: Path) -> str:
    return f"{rows} holds no rows, but {gradebook} does; restore the one from a copy, or move the other away."


def no_results(file: str, folder: Path) -> str:
    return f"there is no {file} in {folder}; give the folder that `grader grade -o` wrote."


def last_line_cut(rows: Path, kept: object) -> str:
    return f"the last line of {rows} was cut off, and is no row; the file is kept as {kept}."


def page_not_made(page: Path, rows: str) -> str:
    return f"the page {page} could not be made; what it would say stands in {rows}"


def inputs_unreadable(file: Path, reason: str) -> str:
    return f"{file} cannot be read ({reason}); remove it, and name the submissions again."


def other_assignments(folder: Path, found: Collection[str], slug: str) -> str:
    return f"{folder} holds results of {', '.join(sorted(found))}, not of {slug}; choose another folder with -o."


# On a grade that is given again.


def no_such_submission(id: str, rows: Path, known: str) -> str:
    return f"there is no submission {id!r} in {rows}; there are: {known}."


def was_not_graded(id: str) -> str:
    return f"{id} was not graded, so there is no grade to give again."


def other_file(notebook: Path) -> str:
    return f"{notebook} is not the file that was graded: its contents differ; give the file that was handed in."


def files_beside_lost(files: str, notebook: Path) -> str:
    near = f"cannot be found as it was near {notebook}; give the notebook where it was handed in."
    return f"{files}, handed in beside the notebook that was graded, {near}"


def regraded(changed: int, same: int, held: int, failed: int, *, previewed: bool) -> str:
    """Count what grading again changes, or would change, and what failed."""
    grades = "1 grade" if changed == 1 else f"{changed} grades"
    rest = f", {failed} could not be graded again" if failed else ""
    if previewed:
        return f"{grades} would change, {same} would not, {held} still hold{rest}. Nothing was written."
    return f"{grades} changed, {same} did not, {held} still held{rest}."


def not_graded_again(reason: str) -> str:
    return f"it could not be graded again: {reason}"


# On a release, and the assignment that a notebook belongs to.


def checks_not_here(notebook: Path, slug: str) -> str:
    return (
        f"{notebook} belongs to the assignment {slug!r}, whose checks are not here: keep the folder {slug} that came "
        "with the notebook beside it, or name another assignment with -a."
    )


def several_beside(notebook: Path, slugs: Sequence[str]) -> str:
    return (
        f"several assignments lie beside {notebook} ({', '.join(slugs)}), and the notebook does not say which one it "
        "belongs to; name it with -a."
    )


def compiled_beside(file: Path) -> str:
    return f"lies beside compiled code, {file}; remove that first."


def link_beside(link: Path) -> str:
    return f"holds a link, {link}, and what that leads to may change; put the file itself there."


# On the secret that fresh inputs are drawn from.

KEEP_SECRET = "set GRADER_STATE to a folder that can be written, or GRADER_SECRET_FILE to the file of a secret"  # noqa: S105 - advice


def secret_not_kept(path: Path, reason: object) -> str:
    return f"The secret that fresh inputs are drawn from cannot be kept in {path} ({reason})"


def secret_for_once(not_kept: str) -> str:
    return f"{not_kept}, so this run uses one of its own, and grading again will ask something else; {KEEP_SECRET}."


def secret_no_file(path: Path) -> str:
    return f"{path} is no file: a secret stands in a file of its own; remove it, or name another."


def secret_not_private(path: Path) -> str:
    return f"{path} can be read by others: give it to yourself and `chmod 600` it, or remove it."


def secret_damaged(path: Path) -> str:
    return (
        f"{path} is empty or damaged: a secret is one line of 32 characters or more; put the right one back, "
        "or remove the file and a new one is made."
    )


# On the grader's wheel.

NO_SOURCES = "the grader's wheel cannot be built where its sources are not: name one with --wheel FILE."
PIP_GAVE_NO_REASON = "pip did not say why"


def wheel_not_built(reason: str) -> str:
    return f"the grader's wheel could not be built: {reason}; name one with --wheel FILE, or --no-wheel."


def no_wheel(wheel: Path) -> str:
    return f"{wheel} cannot be read as a wheel; build it with `python -m build --wheel`."


def other_wheel(wheel: Path, holds: Sequence[str]) -> str:
    return f"{wheel} is not the grader's wheel: it holds {', '.join(holds) or 'no grader'}."


# On tables that staff names; ``what`` is a "roster", or the like.


def unreadable_table(path: Path, what: str, reason: str | None) -> str:
    return f"cannot read the {what} {path}: {reason}."


def too_large_table(path: Path, what: str) -> str:
    return f"{path} is too large to be a {what}."


# On environment variables.


def no_seconds(variable: str, value: str) -> str:
    return f"{variable} is a number of seconds, not {value!r}."


def relative_path(name: str, value: str) -> str:
    return f"{name} names {value!r}, which depends on the folder you are in; give an absolute path."


# To staff, on corrections.

OLDER_CORRECTIONS = "%s What it said before counts until then; afterwards `grader render` makes the pages again."
