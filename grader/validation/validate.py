"""Validate an assignment: run its checks on every candidate, in processes side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool

from grader import fork_server
from grader.assignment import Assignment
from grader.capacity import default_jobs
from grader.diagnosis import Misconceptions, load_misconceptions
from grader.errors import KernelError
from grader.validation import known_mistakes, margins, messages, mutant_checks, notebooks, points
from grader.validation.candidates import Candidate, CandidateKind, CandidateResult
from grader.validation.right_variants import load_right_variants
from grader.validation.validation_report import ValidationReport
from grader.validation.validation_session import run_validation_session
from grader.worker import Examiners

MUTANTS_A_PROCESS = 20
"""With fewer, starting processes takes long; with more, all wait for the last one."""

ValidationProgress = Callable[[int, int], None]
"""Called with how many candidates have been tried, and how many there are."""


def validate(
    assignment: Assignment, *, jobs: int | None = None, progress: ValidationProgress = lambda done, total: None
) -> ValidationReport:
    """Run an assignment's checks on all that must pass or fail, in ``jobs`` processes at once.

    Raises GraderError when that could not be done.
    """
    jobs = jobs or default_jobs(assignment.limits)
    with Examiners(assignment, jobs=jobs) as examiners:
        graded = sorted(examiners.grade(notebooks.own_notebooks(assignment)), key=lambda r: r.submission.path)
        candidates = [
            *known_candidates(assignment, load_misconceptions(assignment)),
            *mutant_checks.mutant_candidates(assignment),
        ]
        records = _run_checks(assignment, candidates, examiners.address, jobs, progress)
    known = [r for r in records if r.candidate.kind is not CandidateKind.MUTANT]
    right = [r for r in known if r.candidate.kind is CandidateKind.VARIANT]
    mutants = [r for r in records if r.candidate.kind is CandidateKind.MUTANT]
    sections = (
        notebooks.notebooks_section(assignment, graded),
        points.points_section(assignment, graded),
        known_mistakes.known_mistakes_section(known),
        margins.margins_section(known),
        mutant_checks.mutants_section(mutants, right),
    )
    return ValidationReport(assignment.slug, assignment.digest, sections)


def known_candidates(assignment: Assignment, known: Misconceptions) -> list[Candidate]:
    """Return the reference, the right variants, the misconceptions and the pairs of them."""
    exercises = {m.id: m.exercise for m in known.singles}
    return [
        *(Candidate(e, e, CandidateKind.REFERENCE) for e in assignment.names),
        *(
            Candidate(v, e, CandidateKind.VARIANT)
            for e, names in load_right_variants(assignment).items()
            for v in names
        ),
        *(
            Candidate(m.id, m.exercise, CandidateKind.ACCEPTED if m.accepted else CandidateKind.MISCONCEPTION)
            for m in known.singles
        ),
        *(Candidate("+".join(p), exercises[p[0]], CandidateKind.PAIR) for p in known.pairs),
    ]


def _run_checks(
    assignment: Assignment, candidates: Sequence[Candidate], address: str, jobs: int, progress: ValidationProgress
) -> list[CandidateResult]:
    """Run the checks on candidates in fresh processes side by side."""
    shares, done = list(_process_shares(candidates)), 0
    with ProcessPoolExecutor(jobs, mp_context=fork_server.started_context(), max_tasks_per_child=1) as pool:
        pending = {pool.submit(run_validation_session, assignment, own, address): len(own) for own in shares}
        try:
            for future in as_completed(pending):
                future.result()
                done += pending[future]
                progress(done, len(candidates))
        except BrokenProcessPool as error:
            raise KernelError(messages.CHECKS_PROCESS_ENDED) from error
        finally:
            pool.shutdown(cancel_futures=True)
    return [record for future in pending for record in future.result()]


def _process_shares(candidates: Sequence[Candidate]) -> Iterator[list[Candidate]]:
    """Yield what one process runs: an exercise's known candidates, or a few of its mutants."""
    together: dict[tuple[str, bool], list[Candidate]] = {}
    for candidate in candidates:
        together.setdefault((candidate.exercise, candidate.kind is CandidateKind.MUTANT), []).append(candidate)
    for own in together.values():
        size = MUTANTS_A_PROCESS if own[0].mutant else len(own)
        yield from (own[i : i + size] for i in range(0, len(own), size))
