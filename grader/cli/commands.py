"""What each command does: one call into the house, then words."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console

from grader import strict_json
from grader.assignment import Assignment, load_assignment
from grader.batch import grade_batch
from grader.cli import check_report, messages
from grader.errors import UsageError
from grader.export import write_page
from grader.folder import INTAKE, render
from grader.intake import find, find_one, join, read_roster, scratch_in
from grader.kit import build_wheel, make_kit
from grader.replay import recall, replay
from grader.report import staff_page, student_page
from grader.result import GradingResult, SubmissionStatus, redact
from grader.worker import Examiners, default_jobs, with_call_limit

EXIT_DONE, EXIT_SHORT, EXIT_UNDONE = 0, 1, 3


def grade(args: argparse.Namespace) -> int:
    """Grade a batch into a folder."""
    return _batch(
        args.paths, _assignment(args), args.out, args.roster, jobs=args.jobs, fresh=args.fresh, sandbox=args.sandbox
    )


def demo(args: argparse.Namespace) -> int:
    """Grade the assignment's sample submissions, always afresh."""
    assignment = load_assignment("transformer_interp")
    return _batch([assignment.root / "samples"], assignment, args.out, None, jobs=args.jobs, fresh=True)


def _batch(
    paths: list[Path], assignment: Assignment, out: Path, roster: Path | None, *, jobs: int | None, **options: Any
) -> int:
    options["jobs"] = jobs or default_jobs(assignment.limits)
    people = read_roster(roster) if roster else []
    with scratch_in(out) as scratch:
        found = find(paths, scratch=scratch, functions=assignment.names)
        if not found.submissions and not people:
            raise UsageError(
                f"there are no notebooks in {', '.join(map(str, paths))}; "
                "give files, or folders or zips that hold .ipynb files."
            )
        submissions, absences, strangers = join(found, people)
        with messages.progress(len(submissions)) as report:
            summary = grade_batch(
                submissions, assignment, out, absences=absences, roster=people, progress=report, **options
            )
    messages.summary(summary, assignment)
    told = messages.left_over(submissions, found, strangers if people else [])
    messages.briefly(told)
    if told:
        write_page(out / INTAKE, messages.in_full(told))
    else:
        (out / INTAKE).unlink(missing_ok=True)
    print(summary.index)
    return EXIT_UNDONE if summary.counts[SubmissionStatus.ERROR] else EXIT_DONE


def check(args: argparse.Namespace) -> int:
    """Check one notebook with the visible checks, and say how many hidden ones are run at grading."""
    with messages.waiting():
        result = _one(args, hidden=False, sandbox=args.sandbox)
    if args.html:
        write_page(args.html, student_page(result, assignment_title=load_assignment(args.assignment).title))
    check_report.say(result, sandboxed=args.sandbox != "off", page=args.html)
    if result.status is SubmissionStatus.ERROR:
        return EXIT_UNDONE
    return EXIT_DONE if check_report.all_passed(result) else EXIT_SHORT


def hook(args: argparse.Namespace) -> int:
    """Grade one upload and print its result as one line of JSON on stdout, and nothing else."""
    result = _one(args, hidden=True, sandbox="on")
    page = student_page if args.view == "student" else staff_page
    if args.html:
        write_page(args.html, page(result, assignment_title=load_assignment(args.assignment).title))
    shown = redact(result) if args.view == "student" else result
    print(strict_json.dumps(shown.to_json()))
    return EXIT_UNDONE if result.status is SubmissionStatus.ERROR else EXIT_DONE


def _one(args: argparse.Namespace, *, hidden: bool, sandbox: str) -> GradingResult:
    assignment = _assignment(args)
    _refuse_no_file(args.notebook)
    with tempfile.TemporaryDirectory() as scratch:
        submission = find_one(args.notebook, scratch=Path(scratch), functions=assignment.names)
        with Examiners(assignment, hidden=hidden, sandbox=sandbox) as examiners:
            [result] = examiners.grade([submission])
    return result


def render_again(args: argparse.Namespace) -> int:
    """Make the pages, the gradebook and the overview of a batch again from its results."""
    print(render(args.out, load_assignment(args.assignment) if args.assignment else None))
    return EXIT_DONE


def replay_one(args: argparse.Namespace) -> int:
    """Grade one submission again as it was graded, and say whether the grade is the same; 1 when it is not."""
    before = recall(args.results, args.id)
    assignment = load_assignment(args.assignment or before.assignment)
    _refuse_no_file(args.notebook)
    with messages.waiting():
        again = replay(before, args.notebook, assignment)
    messages.replayed(again)
    return EXIT_SHORT if again.differences else EXIT_DONE


def kit(args: argparse.Namespace) -> int:
    """Fill a folder with what students get of an assignment."""
    assignment = load_assignment(args.assignment)
    with tempfile.TemporaryDirectory() as made:
        wheel = None if args.no_wheel else args.wheel or build_wheel(Path(made))
        for path in make_kit(assignment, args.out, wheel):
            print(path)
    return EXIT_DONE


def _refuse_no_file(path: Path) -> None:
    if path.is_dir():
        raise UsageError(f"{path} is a folder; give the path of one notebook, or grade the folder with `grader grade`.")
    if not path.is_file():
        raise UsageError(f"there is no file {path}; give the path of one notebook.")


def doctor(args: argparse.Namespace) -> int:
    """Show the lock-down's layers, the models and the versions of this machine; 3 when grading would be refused."""
    from grader.cli.doctor import find_capabilities  # its probes fork: only this command may pay for them

    return EXIT_DONE if find_capabilities(load_assignment(args.assignment), Console()) else EXIT_UNDONE


def test_assignment(args: argparse.Namespace) -> int:
    """Prove an assignment; 1 when something about it does not hold."""
    from grader.cli.validation import run_validation  # it runs checks: only this command may pay for pytest

    return run_validation(args)


def _assignment(args: argparse.Namespace) -> Assignment:
    return with_call_limit(load_assignment(args.assignment), args.timeout)
