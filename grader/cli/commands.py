"""Commands on batches, on assignments, and on this machine.

They call the package, print the result and return the exit code.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from grader import output_folder
from grader.assignment import Assignment, load_assignment
from grader.batch import NO_GRADES, grade_batch
from grader.batch_inputs import BatchInputs
from grader.capacity import default_jobs
from grader.cli import batch_messages, batch_report, messages
from grader.cli.check_commands import limited, load_whole, named_or_only, require_file
from grader.cli.completion import completion_script
from grader.cli.exit_codes import EXIT_DONE, EXIT_SHORT, EXIT_UNDONE, EXIT_WRONG
from grader.cli.progress import batch_progress
from grader.cli.waiting import show_waiting
from grader.errors import UsageError
from grader.export.formats import BY_NAME
from grader.export.request import Options, Request
from grader.export.run_export import run_export, write_exported
from grader.intake import are_many, doubts, find, intake_remarks, join, read_roster, remarks_text, scratch_in
from grader.replay import recall
from grader.replay import replay as grade_again
from grader.result import SubmissionStatus
from grader.sanitize import visible
from grader.wheel import build_wheel


def grade(args: argparse.Namespace) -> int:
    """Grade a batch into a folder."""
    assignment = limited(load_whole(args.assignment), args)
    if args.strict_roster and not args.roster:
        raise UsageError(batch_messages.STRICT_NEEDS_ROSTER)
    return _batch(
        args.paths, assignment, args.out, args.roster, strict_roster=args.strict_roster,
        jobs=args.jobs, fresh=args.fresh, sandbox=args.sandbox, course=args.course,
        inputs=BatchInputs.of(args.paths, args.roster, args.timeout),
    )  # fmt: skip


def demo(args: argparse.Namespace) -> int:
    """Grade the assignment's sample submissions, always afresh."""
    assignment = named_or_only(args)
    return _batch([assignment.root / "samples"], assignment, args.out, None, jobs=args.jobs, fresh=True)


def _batch(
    paths: list[Path],
    assignment: Assignment,
    out: Path,
    roster: Path | None,
    *,
    jobs: int | None,
    strict_roster: bool = False,
    **options: Any,
) -> int:
    people = read_roster(roster) if roster else []
    with scratch_in(out) as scratch:
        apart = [out, assignment.root, *filter(None, (roster, options.get("course")))]
        found = find(paths, scratch=scratch, functions=assignment.names, roster=people, apart=apart)
        if not found.submissions and not people:
            raise UsageError(messages.no_notebooks(paths))
        submissions, absences, strangers = join(found, people)
        strangers = strangers if people else []
        doubtful = doubts(submissions, strangers, absences)
        if doubtful and strict_roster:
            raise UsageError(
                batch_messages.strict_roster([f"{d.title}: {batch_messages.first_of(d.labels)}" for d in doubtful])
            )
        first = doubtful if are_many(doubtful, submissions, strangers) else []
        if first:
            batch_report.print_first(first)
        remarks = [*doubtful, *intake_remarks(submissions, found)]
        with batch_progress(len(submissions)) as report:
            summary = grade_batch(
                submissions,
                assignment,
                out,
                jobs=jobs or default_jobs(assignment.limits),
                absences=absences,
                roster=people,
                intake=remarks_text(remarks),
                progress=report,
                **options,
            )
    batch_report.print_summary(summary, assignment)
    batch_report.print_remarks(remarks[len(first) :])
    if first:
        print(batch_messages.LOOK_ABOVE)
    wanted = batch_report.print_grades(summary.grades, out)
    print(summary.index)
    if summary.counts[SubmissionStatus.ERROR]:
        return EXIT_UNDONE
    return EXIT_WRONG if wanted else EXIT_DONE


def render(args: argparse.Namespace) -> int:
    """Make the pages, the gradebook and the overview of a batch again from its results."""
    named = load_assignment(args.assignment) if args.assignment else None
    grades = output_folder.render(args.out, named, args.course)
    wanted = batch_report.print_grades(grades, args.out)
    print(args.out / output_folder.INDEX)
    return EXIT_WRONG if wanted else EXIT_DONE


def export(args: argparse.Namespace) -> int:
    """Write a batch in the form that another system reads."""
    chosen, named = BY_NAME[args.to], load_assignment(args.assignment) if args.assignment else None
    needless = named and not chosen.results
    grades, assignment = (NO_GRADES, named) if needless else output_folder.read_batch(args.out, named)
    given = {f.name: value for f in fields(Options) if (value := getattr(args, f.name, None))}
    options = replace(Options(), **dict[str, Any](given))
    exported = run_export(chosen, Request.of(grades, assignment, options))
    for remark in exported.remarks:
        print(visible(remark), file=sys.stderr)
    if isinstance(exported.content, bytes) and str(args.output or chosen.file) == "-":
        sys.stdout.buffer.write(exported.content)  # as it is, whatever the terminal's encoding and line ends are
        return EXIT_DONE
    place = args.output or (args.out / chosen.file if chosen.file else args.into)
    write_exported(exported, place)
    print(place)
    return EXIT_DONE


def replay(args: argparse.Namespace) -> int:
    """Grade one submission again as it was graded; 1 when the grade is another one."""
    before = recall(args.results, args.id)
    assignment = load_whole(args.assignment or before.assignment)
    require_file(args.notebook)
    with show_waiting():
        again = grade_again(before, args.notebook, assignment)
    batch_report.print_replay(again)
    return EXIT_SHORT if again.differences else EXIT_DONE


def release(args: argparse.Namespace) -> int:
    """Fill a folder with what students get of an assignment."""
    from grader.release import make_release  # it runs checks: only this command may pay for pytest

    assignment = load_assignment(args.assignment)
    with tempfile.TemporaryDirectory() as made:
        wheel = None if args.no_wheel else args.wheel or build_wheel(Path(made))
        for path in make_release(
            assignment, args.out, wheel, args.url, warn=lambda sentence: print(sentence, file=sys.stderr)
        ):
            print(path)
    return EXIT_DONE


def doctor(args: argparse.Namespace) -> int:
    """Show this machine's sandbox, models and versions; 3 when grading would be refused."""
    if args.service:
        from grader.cli.service_doctor import find_service_faults

        return EXIT_DONE if find_service_faults() else EXIT_UNDONE
    from grader.cli.doctor import find_capabilities  # its probes fork: only this command may pay for them

    return EXIT_DONE if find_capabilities(named_or_only(args)) else EXIT_UNDONE


def validate_assignment(args: argparse.Namespace) -> int:
    """Validate an assignment; 1 when what is right fails a check or what is wrong passes."""
    from grader.cli.validation import run_validation  # it runs checks: only this command may pay for pytest

    valid = run_validation(load_whole(args.assignment), jobs=args.jobs, json_file=args.json)
    return EXIT_DONE if valid else EXIT_SHORT


def completion(args: argparse.Namespace) -> int:
    """Print the script that completes the command line in a shell."""
    print(completion_script(), end="")
    return EXIT_DONE
