"""Sentences of modules that are in no package: batches, folders, grading, releases."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

# To students, on a notebook that cannot be read; each goes on after "... could not be read: ".

_HAND_IN_LESS = "keep generated code, long tables and large outputs out of it, and hand it in again."
TOO_LARGE_TO_READ = f"it takes more memory to read than it may; {_HAND_IN_LESS}"
BREAKS_PYTHON = f"Python itself breaks down when it reads it; {_HAND_IN_LESS}"


def too_slow_to_read(cpu_s: float) -> str:
    """For a notebook whose reading used up its limit of processor time."""
    return f"it takes more than {cpu_s:g} s of processor time to read; {_HAND_IN_LESS}"


# To staff, on a submission that could not be graded.

BROKE_OFF = "Grading broke off before this submission was graded. Give the same command again."
EXAMINER_STOOD_STILL = "the examiner process stood still and was stopped."
EXAMINER_NOT_STARTED = "the examiner process could not be started."
KERNELS_FOLDER_LEFT = "the kernels' folder could not be removed; remove it by hand when nothing is being graded"


def examiner_ended(code: int | None) -> str:
    """For a submission whose examiner process died before it gave a result."""
    return f"the examiner process ended without a result (exit code {code})."


def reader_ended(name: str, signal: int) -> str:
    """For a submission whose reading process was killed from outside."""
    return f"{name} was not read to the end: the process that read it was ended by signal {signal}."


def disk_gave_nothing(name: str, idle_s: float) -> str:
    """For a submission whose bytes did not arrive: the reading process only waited."""
    return f"{name} was not read to the end: for {idle_s:g} s its disk gave nothing."


def reader_failed(name: str, reason: str) -> str:
    """For a submission that the reading process failed at, with an error of ours."""
    return f"{name} could not be read: {reason}"


def check_not_run(check: str, reason: str) -> str:
    """For a submission of which a check ended in an error of ours."""
    return f"The check {check} could not be carried out. {reason}{'' if reason.endswith('.') else '.'}"


# To authors, on an assignment that cannot be used.

NO_CHECKS = "has no checks: it needs a file checks/visible/test_*.py."


def checks_not_run(root: Path, reason: str) -> str:
    """For an assignment whose checks pytest cannot collect, or cannot run to the end."""
    return f"{root}: the checks cannot be run: {reason}"


def checks_do_not_end(root: Path) -> str:
    """For an assignment whose checks were still being imported when their time was over."""
    return f"{root}: importing its checks does not end."


def checks_ended_process(root: Path, code: int | None) -> str:
    """For an assignment whose checks end the interpreter while they are imported."""
    return f"{root}: importing its checks ended the process (exit code {code})."


def package_not_installed(package: str) -> str:
    """For a package that an assignment asks for and the kernels' Python lacks."""
    return f"kernel.packages names {package!r}, which is not installed where kernels run."


def model_not_loaded(model: str) -> str:
    """For a model that assignment.toml names and its prelude does not."""
    return f"MODELS lacks {model!r}, which assignment.toml names."


# On files that a grader of another version may have written; each goes on after "... cannot be read: ".

NO_SCHEMA = "it does not say of which schema it is"


def other_schema(found: object, read: int) -> str:
    """For a file in a form that this version does not know."""
    return f"it is of schema {found}, and this grader reads schema {read}"


# On who handed in nothing.

NOTHING_HANDED_IN = "Nothing was handed in."

# On results whose hidden verdicts are withheld.

FOUND_BELOW = "A visible check fails; what it found stands below."

# On the folder of a batch.

NO_PAGE = "<!doctype html><title>No page</title><p>This page could not be made. The grade is safe: ask staff."
"""What stands where a page should."""


def cannot_write(folder: Path, reason: str | None) -> str:
    """For a batch's folder that cannot be made or written."""
    return f"cannot write to {folder}: {reason}; choose another folder with -o."


def is_link(path: Path) -> str:
    """For a file of a batch's folder that somebody replaced by a link."""
    return f"{path} is a link, and what is written there would lie elsewhere; remove it."


def is_being_written(folder: Path) -> str:
    """For a batch's folder that another process has locked."""
    return f"another batch is writing to {folder}; wait for it or choose another folder with -o."


def rows_lost(rows: Path, gradebook: Path) -> str:
    """For a folder whose results.jsonl has no rows while its gradebook has some."""
    return f"{rows} holds no rows, but {gradebook} does; restore the one from a copy, or move the other away."


def no_results(file: str, folder: Path) -> str:
    """For a folder that no batch was written to."""
    return f"there is no {file} in {folder}; give the folder that `grader grade -o` wrote."


def last_line_cut(rows: Path, kept: object) -> str:
    """For a results.jsonl whose writer died in the middle of a row."""
    return f"the last line of {rows} was cut off, and is no row; the file is kept as {kept}."


def page_not_made(page: Path, rows: str) -> str:
    """For one page that failed to render while the batch went on."""
    return f"the page {page} could not be made; what it would say stands in {rows}"


def inputs_unreadable(file: Path, reason: str) -> str:
    """For a folder whose record of what it was given is damaged."""
    return f"{file} cannot be read ({reason}); remove it, and name the submissions again."


def other_assignments(folder: Path, found: Collection[str], slug: str) -> str:
    """For a folder that a batch of another assignment is to be written to."""
    return f"{folder} holds results of {', '.join(sorted(found))}, not of {slug}; choose another folder with -o."


# On a grade that is given again.


def no_such_submission(id: str, rows: Path, known: str) -> str:
    """For an id that no row has; ``known`` lists ids like it, or all."""
    return f"there is no submission {id!r} in {rows}; there are: {known}."


def was_not_graded(id: str) -> str:
    """For a row that has no grade, or no seed to grade again with."""
    return f"{id} was not graded, so there is no grade to give again."


def other_file(notebook: Path) -> str:
    """For a notebook whose digest is not the one in the row."""
    return f"{notebook} is not the file that was graded: its contents differ; give the file that was handed in."


def files_beside_lost(files: str, notebook: Path) -> str:
    """For a replay whose notebook is there while files beside it are gone or changed."""
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
    """For a submission that a regrade failed at; its row stays."""
    return f"it could not be graded again: {reason}"


# On a release, and the assignment that a notebook belongs to.


def checks_not_here(notebook: Path, slug: str) -> str:
    """For a student's notebook that names an assignment whose release is not beside it."""
    return (
        f"{notebook} belongs to the assignment {slug!r}, whose checks are not here: keep the folder {slug} that came "
        "with the notebook beside it, or name another assignment with -a."
    )


def several_beside(notebook: Path, slugs: Sequence[str]) -> str:
    """For a student's notebook with several releases beside it, none of which it names."""
    return (
        f"several assignments lie beside {notebook} ({', '.join(slugs)}), and the notebook does not say which one it "
        "belongs to; name it with -a."
    )


def compiled_beside(file: Path) -> str:
    """For checks beside compiled files, which could run in place of what was digested."""
    return f"lies beside compiled code, {file}; remove that first."


def link_beside(link: Path) -> str:
    """For a release with a link in it, whose target no digest covers."""
    return f"holds a link, {link}, and what that leads to may change; put the file itself there."


# On the secret that fresh inputs are drawn from.

KEEP_SECRET = "set GRADER_STATE to a folder that can be written, or GRADER_SECRET_FILE to the file of a secret"  # noqa: S105 - advice


def secret_not_kept(path: Path, reason: object) -> str:
    """For a secret that could not be made or stored; goes on with what follows from that."""
    return f"The secret that fresh inputs are drawn from cannot be kept in {path} ({reason})"


def secret_for_once(not_kept: str) -> str:
    """For a run that drew a secret of its own because none could be kept."""
    return f"{not_kept}, so this run uses one of its own, and grading again will ask something else; {KEEP_SECRET}."


def secret_no_file(path: Path) -> str:
    """For a path of the secret that is no regular file, such as a folder or a pipe."""
    return f"{path} is no file: a secret stands in a file of its own; remove it, or name another."


def secret_not_private(path: Path) -> str:
    """For a secret's file that others can read, or that belongs to another user."""
    return f"{path} can be read by others: give it to yourself and `chmod 600` it, or remove it."


def secret_damaged(path: Path) -> str:
    """For a secret's file whose contents are no secret."""
    return (
        f"{path} is empty or damaged: a secret is one line of 32 characters or more; put the right one back, "
        "or remove the file and a new one is made."
    )


# On the grader's wheel.

NO_SOURCES = "the grader's wheel cannot be built where its sources are not: name one with --wheel FILE."
PIP_GAVE_NO_REASON = "pip did not say why"


def wheel_not_built(reason: str) -> str:
    """For a release or export for which pip failed to build the grader's wheel."""
    return f"the grader's wheel could not be built: {reason}; name one with --wheel FILE, or --no-wheel."


def no_wheel(wheel: Path) -> str:
    """For a file given as a wheel that is no zip with a wheel's metadata."""
    return f"{wheel} cannot be read as a wheel; build it with `python -m build --wheel`."


def other_wheel(wheel: Path, holds: Sequence[str]) -> str:
    """For a wheel that is another project's, or that holds more than the grader."""
    return f"{wheel} is not the grader's wheel: it holds {', '.join(holds) or 'no grader'}."


# On tables that staff names; ``what`` is a "roster", or the like.


def unreadable_table(path: Path, what: str, reason: str | None) -> str:
    """For a table that the system did not let be read."""
    return f"cannot read the {what} {path}: {reason}."


def too_large_table(path: Path, what: str) -> str:
    """For a table that is larger than any real one."""
    return f"{path} is too large to be a {what}."


# On environment variables.


def no_seconds(variable: str, value: str) -> str:
    """For an environment variable that must hold a number of seconds."""
    return f"{variable} is a number of seconds, not {value!r}."


def relative_path(name: str, value: str) -> str:
    """For an environment variable that must hold an absolute path."""
    return f"{name} names {value!r}, which depends on the folder you are in; give an absolute path."


# To staff, on corrections.

OLDER_CORRECTIONS = "%s What it said before counts until then; afterwards `grader render` makes the pages again."
