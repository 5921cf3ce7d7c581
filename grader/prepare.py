"""Extract a submission's functions and choose the seed of its inputs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from grader.assignment import Assignment
from grader.errors import GraderError, UnreadableError
from grader.extract import Extraction, Stub
from grader.kernel.exclusive_run import no_beat
from grader.secret import Secret, load_secret
from grader.submission import Submission, seed_of
from grader.submission_reader import read_submission


@dataclass(frozen=True, slots=True)
class Seed:
    """What a submission's random inputs are drawn from, and where that comes from."""

    number: int
    source: str


@dataclass(frozen=True, slots=True)
class PreparedSubmission:
    """What a notebook holds of the exercises, and the seed of the inputs that it is asked."""

    extraction: Extraction
    seed: Seed


def choose_seed(submission: Submission, *, given: int | None = None, secret: Secret | None = None) -> Seed:
    """Return the seed that is given, else one from the submission's bytes and a secret.

    By default that is this installation's secret, so that grading again asks the same. Raises UsageError for a secret
    that is damaged.
    """
    if given is not None:
        return Seed(given, "given")
    secret = secret or load_secret()
    return Seed(seed_of(submission.sha256, secret.text), "secret" if secret.kept else "ephemeral secret")


def prepare(
    submission: Submission,
    assignment: Assignment,
    seed: Seed,
    *,
    stub: Stub | None = None,
    beat: Callable[[], None] = no_beat,
) -> PreparedSubmission:
    """Read a submission and extract its functions.

    ``beat`` is called again and again meanwhile. ``stub`` is what students were given, where it is parsed already.

    Raises UnreadableError when it is no notebook, was refused, or takes too much to be read; another GraderError when
    that is not its own fault.
    """
    if submission.unavailable:
        raise GraderError(submission.unavailable)
    if submission.refused:
        raise UnreadableError(submission.path, submission.refused)
    return PreparedSubmission(read_submission(submission.path, assignment, stub, beat, submission.files), seed)
