"""The proof of an assignment: everything that takes a student's place, judged by the real checks side by side."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor

from grader.assignment import Assignment
from grader.diagnose import load_bank
from grader.proof import bank, notebooks
from grader.proof.candidates import Candidate, Kind, Record
from grader.proof.report import Proof
from grader.proof.trial import run_trial
from grader.worker import Examiners


def prove(assignment: Assignment, *, jobs: int = os.cpu_count() or 1) -> Proof:
    """Try an assignment's checks on all that must pass and all that must not.

    Raises GraderError when that could not be done.
    """
    with Examiners(assignment, jobs=jobs) as examiners:
        graded = sorted(examiners.grade(notebooks.handed_out(assignment)), key=lambda r: r.submission["path"])
        records = _tried(assignment, _known(assignment), examiners.address, jobs)
    sections = (notebooks.judge(assignment, graded), bank.judge(records))
    return Proof(assignment.slug, assignment.digest, sections)


def _known(assignment: Assignment) -> list[Candidate]:
    """Return the reference and the misconceptions of each exercise."""
    references = [Candidate(e, e, Kind.REFERENCE) for e in assignment.names]
    return [*references, *(Candidate(m.id, m.exercise, Kind.MISCONCEPTION) for m in load_bank(assignment.root))]


def _tried(assignment: Assignment, candidates: Sequence[Candidate], address: str, jobs: int) -> list[Record]:
    """Judge candidates in fresh processes, an exercise's in one: they share a kernel and what it has answered."""

    context = multiprocessing.get_context("forkserver")
    with ProcessPoolExecutor(jobs, mp_context=context, max_tasks_per_child=1) as pool:
        pending: list[Future[list[Record]]] = [
            pool.submit(run_trial, assignment, own, address)
            for e in assignment.names
            if (own := [c for c in candidates if c.exercise == e])
        ]
        return [record for future in pending for record in future.result()]
