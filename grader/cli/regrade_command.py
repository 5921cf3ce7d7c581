"""The command ``grader regrade``: grade a folder again, or say what that would change."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from grader import fork_server, messages
from grader.assignment import Assignment
from grader.batch_inputs import BatchInputs, read_inputs
from grader.capacity import default_jobs
from grader.cli import batch_messages
from grader.cli.batch_report import score_text
from grader.cli.check_commands import load_whole
from grader.cli.exit_codes import EXIT_DONE, EXIT_UNDONE
from grader.cli.progress import batch_progress
from grader.corrections import Corrections, FinalGrade, FinalGrades, read_corrections
from grader.errors import UsageError
from grader.intake import find, read_roster
from grader.output_folder import read_batch
from grader.regrade import RegradedGrade, Regrading, find_again, preview
from grader.regrade import regrade as grade_again
from grader.replay import Replay
from grader.result import GradingResult, SubmissionStatus
from grader.sanitize import visible
from grader.submission import Submission
from grader.typed_json import plain


def regrade(args: argparse.Namespace) -> int:
    """Grade again what was made under other versions; 3 when a submission could not be graded."""
    inputs = read_inputs(args.out)
    grades, _ = read_batch(args.out)
    slug = args.assignment or next((grade.raw.assignment for grade in grades.by_id.values()), "")
    if not slug:
        raise UsageError(batch_messages.nothing_to_regrade(args.out))
    assignment = load_whole(slug).with_call_limit(inputs.timeout_s)
    with fork_server.scratch() as scratch:
        submissions = _submissions(args, inputs, assignment, scratch)
        regrading = find_again((grade.raw for grade in grades.by_id.values()), submissions)
        again, held = _graded_again(args, assignment, regrading)
    counting = _grades_that_count(grades, read_corrections(args.out), again)
    if args.json:
        print(json.dumps(_regrade_facts(again, held, regrading, counting)))
    else:
        _print_report(again, held, regrading, counting, previewed=args.preview)
    return EXIT_UNDONE if any(_failed(r) for r in again) else EXIT_DONE


def _submissions(
    args: argparse.Namespace, inputs: BatchInputs, assignment: Assignment, scratch: Path
) -> Sequence[Submission]:
    """Return what is still there of what the folder's batches were given."""
    paths = args.paths or [path for path in map(Path, inputs.paths) if path.exists()]
    if not args.paths and not inputs.paths:
        raise UsageError(batch_messages.inputs_unknown(args.out))
    roster = Path(inputs.roster) if inputs.roster and Path(inputs.roster).is_file() else None
    apart = [args.out, assignment.root, *([roster] if roster else [])]
    people = read_roster(roster) if roster else []
    return find(paths, scratch=scratch, functions=assignment.names, roster=people, apart=apart).submissions


def _graded_again(
    args: argparse.Namespace, assignment: Assignment, regrading: Regrading
) -> tuple[Sequence[Replay], int]:
    """Return the grades that were given again, and how many rows hold as they are."""
    jobs = args.jobs or default_jobs(assignment.limits)
    with batch_progress(len(regrading.found)) as report:
        if args.preview:
            found = preview(args.out, assignment, regrading, jobs=jobs, progress=report)
            return found.again, found.held
        summary = grade_again(args.out, assignment, regrading.submissions, jobs=jobs, progress=report)
    pairs = [(row, summary.graded[s.id]) for row, s in regrading.found if s.id in summary.graded]
    again = [Replay(row, after) for row, after in pairs if after.provenance != row.provenance or _is_error(row)]
    return again, summary.kept


def _grades_that_count(
    before: FinalGrades, corrections: Corrections, again: Sequence[Replay]
) -> Mapping[str, tuple[FinalGrade, FinalGrade]]:
    """Return what counts, then and now, of who was graded again."""
    now = {r.before.submission.id: r.after for r in again}
    rows = [now.get(id_, grade.raw) for id_, grade in before.by_id.items()]
    after = corrections.grades(rows).by_id
    return {id_: (before.by_id[id_], after[id_]) for id_ in now}


def _print_report(
    again: Sequence[Replay],
    held: int,
    regrading: Regrading,
    counting: Mapping[str, tuple[FinalGrade, FinalGrade]],
    *,
    previewed: bool,
) -> None:
    changed = [r for r in again if r.differences and not _failed(r)]
    for replay in changed:
        before, after = score_text(replay.before), score_text(replay.after)
        print(visible(batch_messages.grade_changes(replay.before.submission.id, before, after)))
        then, now = counting[replay.before.submission.id]
        if then.changed or now.changed:
            print(f"  {batch_messages.counts_with_corrections(then.score, now.score)}")
        for sentence in replay.differences:
            print(visible(f"  {batch_messages.DIFFERS}: {sentence}"))
        for sentence in replay.changed:
            print(visible(f"  {batch_messages.CHANGED_SINCE}: {sentence}"))
    for replay in filter(_failed, again):
        print(visible(batch_messages.not_regraded(replay.before.submission.id, replay.after.message)))
    failed = sum(map(_failed, again))
    same = len(again) - len(changed) - failed
    print(messages.regraded(len(changed), same, held, failed, previewed=previewed))
    if regrading.lost:
        print(batch_messages.files_lost([visible(row.submission.id) for row in regrading.lost]))


def _regrade_facts(
    again: Sequence[Replay],
    held: int,
    regrading: Regrading,
    counting: Mapping[str, tuple[FinalGrade, FinalGrade]],
) -> dict[str, object]:
    return {
        "graded_again": [plain(RegradedGrade.of(r, *counting[r.before.submission.id])) for r in again],
        "held": held,
        "lost": [row.submission.id for row in regrading.lost],
    }


def _failed(replay: Replay) -> bool:
    return _is_error(replay.after)


def _is_error(result: GradingResult) -> bool:
    return result.status is SubmissionStatus.ERROR
