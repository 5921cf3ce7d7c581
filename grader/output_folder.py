"""A batch's output folder: one writer at a time; rows, gradebook and pages."""

from __future__ import annotations

import contextlib
import logging
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from filelock import FileLock, Timeout

from grader import messages
from grader.assignment import Assignment, load_assignment
from grader.atomic_write import write_atomically, write_page
from grader.corrections import Corrections, FinalGrade, FinalGrades, read_corrections, remember_course
from grader.errors import UsageError
from grader.export import is_torn, read_results, write_csv, write_results
from grader.report import batch_page, staff_page, student_page, with_neighbours
from grader.result import GradingResult, SubmissionStatus

log = logging.getLogger(__name__)

ROWS, GRADEBOOK, INDEX, EARLIER = "results.jsonl", "grades.csv", "index.html", "earlier"
FOLLOWED = ".corrections"
"""The file with the digest of the corrections that the pages were made with, if there are any."""
INTAKE = "intake.txt"
"""The file that lists what was found and not graded."""
PAGES = {"feedback": student_page, "review": staff_page}


@contextlib.contextmanager
def only_writer(out: Path, *, wait_s: float = 0.0) -> Iterator[None]:
    """Hold a folder for one batch at a time, making it when there is none.

    Two writers would lose each other's rows. Raises UsageError when the folder cannot be written, or is still being
    written to after ``wait_s`` seconds.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        lock = _lock(out, wait_s)
    except OSError as error:
        raise UsageError(messages.cannot_write(out, error.strerror)) from error
    with lock:
        for name in (*PAGES, EARLIER):
            if (out / name).is_symlink():
                raise UsageError(messages.is_link(out / name))
        yield


def _lock(out: Path, wait_s: float = 0.0) -> contextlib.AbstractContextManager[object]:
    """Lock a folder; raises UsageError where a batch has locked it."""
    try:
        return FileLock(out / ".lock", timeout=wait_s).acquire()
    except Timeout as error:
        raise UsageError(messages.is_being_written(out)) from error


def read_rows(out: Path) -> list[GradingResult]:
    """Return a folder's rows, for whoever then writes them anew.

    Raises UsageError as ``read_results`` does. The file as it is is kept below ``earlier`` where a kill tore its last
    line, which is no row.
    """
    results = read_results(out / ROWS)
    if is_torn(out / ROWS):
        kept = shutil.copy2(out / ROWS, place_for_earlier(out))
        log.warning("%s", messages.last_line_cut(out / ROWS, kept))
    return results


def holds_gradebook(out: Path) -> bool:
    """Return whether a folder has a gradebook with more in it than its heading."""
    try:
        return len((out / GRADEBOOK).read_bytes().splitlines()) > 1
    except FileNotFoundError:
        return False


def set_aside(out: Path) -> None:
    """Move what an earlier batch wrote into a folder below ``earlier``, to be replayed there."""
    written = [out / name for name in (INDEX, GRADEBOOK, INTAKE, *PAGES, ROWS) if (out / name).exists()]
    if not (out / ROWS).exists() and not holds_gradebook(out):
        return
    place = place_for_earlier(out)
    for path in written:  # the rows last: as long as they are here, this is done again
        path.rename(place / path.name)


def place_for_earlier(out: Path) -> Path:
    """Make a folder below ``earlier``, named by the time, and return it."""
    now = datetime.now().astimezone().strftime("%Y-%m-%dT%H-%M-%S")
    (out / EARLIER).mkdir(exist_ok=True)
    place = Path(tempfile.mkdtemp(prefix=f"{now}-", dir=out / EARLIER))
    place.chmod(0o755)
    return place


def write_pages(out: Path, grade: FinalGrade, title: str) -> None:
    """Write a submission's page for the student and the one for staff.

    Who handed in nothing has some only where staff corrected that.
    """
    if grade.raw.status is SubmissionStatus.NOT_SUBMITTED and not grade.changed:
        remove_pages(out, [grade.raw.submission.id])
        return
    name = f"{grade.raw.submission.id}.html"
    for folder, page in PAGES.items():
        _write(out / folder / name, partial(page, grade, assignment_title=title))


def write_intake(out: Path, listed: str) -> None:
    """Write the list of what was found and not graded, or remove an earlier one if empty."""
    if listed:
        write_page(out / INTAKE, listed)
    else:
        (out / INTAKE).unlink(missing_ok=True)


def remove_pages(out: Path, ids: Iterable[str]) -> None:
    """Remove the pages of submissions that are no longer there, where there are any."""
    for id_ in ids:
        for folder in PAGES:
            (out / folder / f"{id_}.html").unlink(missing_ok=True)


def write_rows(out: Path, results: Sequence[GradingResult]) -> None:
    """Write the rows in order."""
    write_results(out / ROWS, results)


def write_grades(
    out: Path,
    results: Sequence[GradingResult],
    corrections: Corrections,
    assignment: Assignment | None,
    *,
    before: Corrections | None = None,
    written: Mapping[str, FinalGrade] | None = None,
    missing: int = 0,
) -> FinalGrades:
    """Write the gradebook, the batch's page, and the pages that say no longer what counts.

    Pages that were ``written`` for another grade are such; of the others, all are if they were made with other
    corrections, or, if these were those of ``before``, those whose grade was another then. ``missing`` is how many
    submissions are not among the results because they are not graded yet. The batch's page names what the folder's
    ``intake.txt`` lists.
    """
    title, exercises = (assignment.title, assignment.names) if assignment else ("", ())
    grades, follow = corrections.grades(results), _pages_follow(out)
    stale, said = follow != corrections.digest, grades.by_id
    if stale:
        said = before.grades(results).by_id if before and before.digest == follow else {}
        write_atomically(out / FOLLOWED, b"")  # of neither, should this process end before all pages are written
    for id_, grade in grades.by_id.items():
        if (written or {}).get(id_, said.get(id_)) != grade:
            write_pages(out, grade, title)
    intake = (out / INTAKE).read_text(encoding="utf-8", errors="replace") if (out / INTAKE).is_file() else ""
    of_all = tuple(grades.by_id.values())
    write_csv(out / GRADEBOOK, of_all, exercises)
    _link_reviews(out, grades.results)
    page = partial(batch_page, of_all, assignment_title=title, missing=missing, intake=intake, problems=grades.problems)
    _write(out / INDEX, page)
    if corrections.digest == Corrections().digest:
        (out / FOLLOWED).unlink(missing_ok=True)
    elif stale:
        write_atomically(out / FOLLOWED, corrections.digest.encode())
    return grades


def _link_reviews(out: Path, results: Sequence[GradingResult]) -> None:
    """Let each staff page link to those before and after it, which are known only now."""
    paths = [out / "review" / f"{r.submission.id}.html" for r in results]
    there = [(r, path) for r, path in zip(results, paths, strict=True) if path.is_file()]
    for place, (_, path) in enumerate(there):
        before = there[place - 1][0] if place else None
        after = there[place + 1][0] if place + 1 < len(there) else None
        page = path.read_text(encoding="utf-8")
        if (linked := with_neighbours(page, before, after)) != page:
            write_page(path, linked)


def _pages_follow(out: Path) -> str:
    """Return the digest of the corrections that a folder's pages were made with."""
    try:
        return (out / FOLLOWED).read_text(encoding="ascii", errors="replace")
    except FileNotFoundError:
        return Corrections().digest


def render(out: Path, assignment: Assignment | None = None, course: Path | None = None) -> FinalGrades:
    """Make all that follows from rows, corrections and the course again; return the grades.

    The assignment gives its title and the order of its exercises; without one it is looked up by the name in the rows,
    and where it is not known its name has to do. A ``course`` file is remembered. Raises UsageError when the folder
    holds no rows.
    """
    require_rows(out)
    with only_writer(out):
        results = read_rows(out)
        if not results and holds_gradebook(out):
            raise UsageError(messages.rows_lost(out / ROWS, out / GRADEBOOK))
        if course:
            remember_course(out, course)
        corrections = read_corrections(out)
        assignment = assignment or assignment_of(results)
        write_rows(out, results)
        write_atomically(out / FOLLOWED, b"")
        return write_grades(out, results, corrections, assignment)


def read_batch(
    out: Path, assignment: Assignment | None = None, *, held: bool = False
) -> tuple[FinalGrades, Assignment | None]:
    """Return a folder's grades and their assignment, where it is known.

    The folder need not be writable. Raises UsageError when it holds no rows, or is being written to, unless the caller
    ``held`` it before: half a batch is not to be taken for all of it.
    """
    require_rows(out)
    with contextlib.ExitStack() as locked:
        if not held:
            with contextlib.suppress(OSError):
                locked.enter_context(_lock(out))
        results, corrections = read_results(out / ROWS), read_corrections(out)
    return corrections.grades(results), assignment or assignment_of(results)


def require_rows(out: Path) -> None:
    """Raise UsageError where a folder holds no rows."""
    if not (out / ROWS).is_file():
        raise UsageError(messages.no_results(ROWS, out))


def assignment_of(results: Sequence[GradingResult]) -> Assignment | None:
    """Return the assignment of a batch's results, None where it is not known here."""
    with contextlib.suppress(UsageError):
        return load_assignment(results[0].assignment) if results else None
    return None


def _write(path: Path, page: Callable[[], str]) -> None:
    try:
        text = page()
    except Exception:  # a bug in one page must not cost the batch
        log.exception("%s", messages.page_not_made(path, ROWS))
        text = messages.NO_PAGE
    write_page(path, text)
