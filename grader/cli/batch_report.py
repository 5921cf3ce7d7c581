"""What ``grader grade`` and ``grader replay`` print on stdout."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.assignment import Assignment
from grader.batch import Summary
from grader.cli import batch_messages, review_messages
from grader.corrections import FinalGrade, FinalGrades
from grader.intake import Remark
from grader.replay import Replay
from grader.report.batch_statistics import sum_up
from grader.report.display_text import format_score
from grader.report.status_texts import EXERCISES, SUBMISSIONS
from grader.result import GradingResult, SubmissionStatus
from grader.sanitize import one_line, visible
from grader.terminal import as_shown

_MISTAKES_NAMED = 3


def print_summary(batch: Summary, assignment: Assignment) -> None:
    """Print the table of a batch, its figures and its most common mistakes."""
    Console().print(_results_table(batch, assignment))
    figures = sum_up(tuple(batch.grades.by_id.values()))
    print(
        batch_messages.batch_counts(
            figures.total, figures.statuses, kept=batch.kept, earlier=figures.total - len(batch.graded)
        )
    )
    if figures.mean is not None:
        print(batch_messages.batch_mean(format_score(figures.mean), format_score(figures.max_score)))
    if mistakes := [(visible(m.title), m.count) for m in figures.diagnoses[:_MISTAKES_NAMED]]:
        print(batch_messages.common_mistakes(mistakes))
    if batch.outdated:
        print(batch_messages.outdated([visible(r.submission.id) for r in batch.outdated]))
    if batch.aside:
        print(batch_messages.replaced([visible(r.submission.id) for r in batch.replaced], visible(str(batch.aside))))
    if batch.counts[SubmissionStatus.ERROR]:
        print(batch_messages.RETRY)


def _results_table(batch: Summary, assignment: Assignment) -> Table:
    table = Table(title=as_shown(assignment.title), title_justify="left")
    table.add_column("student", overflow="fold", max_width=32)
    table.add_column("score", justify="right", no_wrap=True)
    for exercise in assignment.exercises:
        table.add_column(as_shown(exercise.title), overflow="fold")
    for grade in batch.grades.by_id.values():
        result = grade.result
        found = {e.name: EXERCISES[e.status].label for e in result.exercises}
        graded = result.status is SubmissionStatus.GRADED
        labels = (found.get(n, "") for n in assignment.names) if graded else (SUBMISSIONS[result.status].label,)
        name = one_line(result.submission.name or result.submission.student)
        table.add_row(*(Text(as_shown(text)) for text in (name, final_text(grade), *labels)))
    return table


def print_first(remarks: Sequence[Remark]) -> None:
    """Print remarks that are to be read before anything else; sentences have a line each."""
    print(f"{batch_messages.LOOK_FIRST}:")
    for title, labels in remarks:
        if any(" " in label and label.endswith((".", "?")) for label in labels):
            print(f"- {title}:", *labels[: batch_messages.MOST_NAMED], sep="\n  ")
        else:
            print(f"- {title}: {batch_messages.first_of(labels)}")


def print_remarks(remarks: Sequence[Remark]) -> None:
    """Print each remark with the first of its labels."""
    for title, labels in remarks:
        print(f"{title}: {batch_messages.first_of(labels)}")


def print_grades(grades: FinalGrades, out: Path) -> bool:
    """Print what is open of grades; return whether days of lateness are wanted."""
    for problem in grades.problems:
        print(visible(problem))
    of_all = grades.by_id.values()
    for title, found in (
        (review_messages.not_applied, [f"{_who(g)}: {' '.join(g.problems)}" for g in of_all if g.problems]),
        (review_messages.offered, [_who(g) for g in of_all if g.offered]),
        (review_messages.too_many_attempts, [f"{_who(g)}: {g.why_none}" for g in of_all if g.beyond_attempts]),
    ):
        if found:
            print(f"{title(len(found))}: {batch_messages.first_of(found)}")
    unclear = [_who(g) for g in of_all if g.days_wanted]
    if unclear:
        print(f"grader: {review_messages.days_wanted(unclear, visible(str(out)))}", file=sys.stderr)
    return bool(unclear)


def _who(grade: FinalGrade) -> str:
    return visible(grade.raw.submission.id)


def print_replay(replay: Replay) -> None:
    """Print whether grading again gave the same grade, and what differs or has changed."""
    before = replay.before
    same, seed = not replay.differences, before.provenance.seed
    print(visible(batch_messages.replayed(before.submission.id, score_text(before), seed, same=same)))
    for title, sentences in (
        (batch_messages.DIFFERS, replay.differences),
        (batch_messages.CHANGED_SINCE, replay.changed),
    ):
        for sentence in sentences:
            print(visible(f"  {title}: {sentence}"))


def final_text(grade: FinalGrade) -> str:
    """Return the final score of the most points, or that there is none."""
    return "none" if grade.score is None else f"{grade.score:g}/{grade.result.max_score:g}"


def score_text(result: GradingResult) -> str:
    """Return the score of the most points, or that there is none: a number would be a grade."""
    return f"{result.score:g}/{result.max_score:g}" if result.has_score else "none"
