"""What pages for students show: deadlines, terms in words, attempts, progress."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from pathlib import Path

from django.conf import settings
from django.db.models import Q

from grader.assignment import Exercise, load_assignment
from grader.corrections import FinalGrade
from grader.errors import GraderError
from grader.service.admission import NotAcceptedError, attempts_allowed, attempts_used, require_accepted
from grader.service.models import Account, ApprovedAssignment, CourseAssignment, Member, State, Upload
from grader.service.pages import messages
from grader.service.pages.given_files import given_files
from grader.service.student_results import StudentView
from grader.service.worker_health import living_workers

_MOST_ATTEMPTS = 100


@dataclass(frozen=True, slots=True)
class Attempt:
    """An upload as its student sees it.

    ``grade`` is what of it is shown, ``counts`` whether it is the one that counts, ``late`` whether it came late.
    """

    upload: Upload
    grade: FinalGrade | None
    counts: bool
    late: bool


class AssignmentFacts:
    """An assignment as one member sees it at a time; without a member, as nobody's."""

    def __init__(self, assignment: CourseAssignment, member: Member | None, now: datetime) -> None:
        self.assignment, self.member, self.now = assignment, member, now

    @cached_property
    def view(self) -> StudentView | None:
        """What the member may see of results."""
        return StudentView(self.assignment, self.member, self.now) if self.member else None

    @property
    def due(self) -> datetime | None:
        """The member's own deadline."""
        return self.view.due if self.view else self.assignment.due

    @property
    def extended(self) -> bool:
        """Whether it is later than everybody's."""
        return self.due != self.assignment.due

    @property
    def overdue(self) -> bool:
        """Whether handing in now would be after the deadline."""
        return self.due is not None and self.now > self.due

    @cached_property
    def attempts(self) -> list[Attempt]:
        """The member's attempts, the latest first, which is the one that counts."""
        if self.member is None or self.view is None:
            return []
        uploads = Upload.objects.filter(assignment=self.assignment, member=self.member).order_by("-attempt")
        uploads = uploads.select_related("assignment", "member")[:_MOST_ATTEMPTS]
        return [_attempt(upload, self.view, counts=not n) for n, upload in enumerate(uploads)]

    @cached_property
    def latest(self) -> Attempt | None:
        """The attempt that counts, if there is one."""
        if self.member is None or self.view is None:
            return None
        upload = Upload.objects.filter(assignment=self.assignment, member=self.member).order_by("-attempt").first()
        return _attempt(upload, self.view, counts=True) if upload else None

    @property
    def terms(self) -> list[str]:
        """What the course says of lateness and attempts, in sentences."""
        sentences = []
        if self.view and self.due:
            policy = self.view.terms.late
            sentences = [*messages.late_now(self.now - self.due, policy), *messages.late_policy(policy)]
        cooldown_s = settings.CONFIG.cooldown_s if self.assignment.cooldown_s is None else self.assignment.cooldown_s
        return [*sentences, *messages.cool_down(cooldown_s)]

    @property
    def attempts_left(self) -> str:
        """How many attempts there are, and are left, in a sentence."""
        if self.member is None or (allowed := attempts_allowed(self.assignment, self.member)) is None:
            return messages.ANY_ATTEMPTS
        return messages.attempts_left(allowed, attempts_used(self.assignment, self.member))

    @property
    def hidden_note(self) -> str:
        """What is not shown of hidden checks, or nothing."""
        return self.view.note if self.view else ""

    @cached_property
    def refusal(self) -> NotAcceptedError | None:
        """Why nothing can be handed in now, if so."""
        account: Account | None = self.member.account if self.member else None
        try:
            if self.member:
                require_accepted(self.assignment, self.member, account, self.now)
        except NotAcceptedError as refusal:
            return refusal
        return None

    @property
    def takes_files(self) -> bool:
        """Whether there is a form: waiting a while is no reason to take it away."""
        return self.member is not None and (self.refusal is None or self.refusal.wait is not None)

    @property
    def given_files(self) -> tuple[Path, ...]:
        """What there is to begin with."""
        return given_files(self.assignment.files)

    @property
    def exercises(self) -> tuple[Exercise, ...]:
        """What is asked; nothing where the files cannot be read, or have changed."""
        files: ApprovedAssignment = self.assignment.files
        try:
            return _exercises(files.path, files.digest)
        except (GraderError, OSError):
            return ()


def _attempt(upload: Upload, view: StudentView, *, counts: bool) -> Attempt:
    late = view.due is not None and upload.received > view.due + view.terms.late.grace
    return Attempt(upload, view.result(upload), counts, late)


@cache
def _exercises(path: str, digest: str) -> tuple[Exercise, ...]:
    assignment = load_assignment(path)
    if assignment.digest != digest:
        raise GraderError(digest)
    return assignment.exercises


def progress_sentence(upload: Upload) -> str:
    """Return how far grading an upload is, in a sentence."""
    if upload.state == State.GRADING:
        return messages.BEING_GRADED if upload.tries < 2 else messages.GRADED_AGAIN_NOW
    if upload.state not in State.open():
        return messages.ENDED[upload.state]
    if not living_workers().exists():
        return messages.NOTHING_GRADES
    earlier = Q(priority__lt=upload.priority) | Q(priority=upload.priority, received__lt=upload.received)
    ahead = Upload.objects.filter(earlier, state__in=(State.ACCEPTED, State.QUEUED)).count()
    return messages.waiting(ahead)
