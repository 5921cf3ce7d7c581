"""Whether a student's submission is taken now, by the course's terms."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from grader.errors import UsageError
from grader.intake import messages as intake_messages
from grader.intake.filetype import name_of_bytes
from grader.service import messages
from grader.service.models import Account, CourseAssignment, Member, Role, State, Upload

_MINUTE = timedelta(minutes=1)
HEAD = 1 << 16
"""How many bytes at the start of a file tell its kind."""


class NotAcceptedError(UsageError):
    """A submission is refused and counts as no attempt; the text is for the student.

    ``status`` is that of HTTP, ``code`` a word for programs, ``wait`` how long until it would be taken.
    """

    def __init__(self, status: int, code: str, sentence: str, wait: timedelta | None = None) -> None:
        super().__init__(sentence)
        self.status, self.code, self.wait = status, code, wait

    @property
    def headers(self) -> dict[str, str]:
        """The headers of the answer."""
        return {} if self.wait is None else {"Retry-After": str(-(-self.wait // timedelta(seconds=1)))}


def attempts_allowed(assignment: CourseAssignment, member: Member) -> int | None:
    """Return how many attempts a member has, None for any number."""
    own = assignment.extensions.filter(member=member, attempts__isnull=False).order_by("-pk").first()
    return own.attempts if own else assignment.attempts


def attempts_used(assignment: CourseAssignment, member: Member) -> int:
    """Return how many attempts count; those that failed by a fault of ours do not."""
    return Upload.objects.filter(assignment=assignment, member=member).exclude(state=State.ERROR).count()


def _cooldown_left(assignment: CourseAssignment, member: Member, now: datetime) -> timedelta:
    """Return how long a member waits before the next attempt.

    What failed through a fault of ours counts here: who finds a way to make it fail is not to fill the queue.
    """
    cooldown_s = settings.CONFIG.cooldown_s if assignment.cooldown_s is None else assignment.cooldown_s
    own = Upload.objects.filter(assignment=assignment, member=member, received__lte=now)
    last = own.order_by("-received").first()
    return max(last.received + timedelta(seconds=cooldown_s) - now, timedelta()) if last else timedelta()


def require_accepted(assignment: CourseAssignment, member: Member, by: Account | None, now: datetime) -> None:
    """Raise NotAcceptedError where a student's own submission is not taken now.

    What staff hands in, for others or to try, is bound by no terms. In a transaction that locks ``by``, submissions at
    the same time are counted one after the other. After a clock was set back, uploads with a later time than ``now`` do
    not count as attempts of the last minute or for the time to wait.
    """
    if by is None or member.account_id != by.pk or member.role != Role.STUDENT:
        return
    if assignment.opens and now < assignment.opens:
        raise NotAcceptedError(409, "not-open", messages.not_open(assignment.opens))
    if wait := _cooldown_left(assignment, member, now):
        raise NotAcceptedError(429, "cool-down", messages.cooling_down(wait), wait)
    allowed = attempts_allowed(assignment, member)
    if allowed is not None and attempts_used(assignment, member) >= allowed:
        raise NotAcceptedError(409, "no-attempts-left", messages.no_attempts_left(allowed))
    lately = Upload.objects.filter(by=by, received__gt=now - _MINUTE, received__lte=now).order_by("-received")
    limit = settings.CONFIG.uploads_per_minute
    if (times := list(lately.values_list("received", flat=True)[:limit])) and len(times) == limit:
        wait = times[-1] + _MINUTE - now
        raise NotAcceptedError(429, "too-many-uploads", messages.too_many_uploads(limit, wait), wait)


def require_notebook(file_name: str, size: int, head: bytes) -> None:
    """Raise NotAcceptedError for a file that by size or first bytes is no notebook.

    A zip may hold one, and is looked into when it is graded.
    """
    if size > settings.CONFIG.upload_limit:
        raise NotAcceptedError(413, "too-large", messages.too_large(file_name, size, settings.CONFIG.upload_mb))
    if why := _no_notebook(head):
        raise NotAcceptedError(415, "no-notebook", messages.no_notebook(file_name, why))


def _no_notebook(head: bytes) -> str | None:
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n\0")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):  # UTF-16
        return None
    if not text:
        return intake_messages.BLANK if head else intake_messages.EMPTY
    if (named := name_of_bytes(head)) or text.startswith(b"{"):
        return None if named == intake_messages.ZIP else named
    return intake_messages.WEB_PAGE if text.startswith(b"<") else intake_messages.NO_NOTEBOOK
