"""What staff sees of the scores that platforms were sent."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from grader.service import access, audit
from grader.service.lti import messages
from grader.service.lti.models import ScorePassback, ScoreState
from grader.service.models import CourseAssignment
from grader.service.pages.page_answers import done, page_of
from grader.service.pages.staff_links import staff_context
from grader.service.requests import account_of


@require_GET
def gradebook(request: HttpRequest, course: str, slug: str) -> HttpResponse:
    """Show the newest score of each student, and what became of it."""
    found = access.assignment_for(account_of(request), course, slug, access.STAFF)
    rows = _newest(found).select_related("member", "upload").order_by("member__name", "pk")
    facts = {"page": page_of(request, rows), "lti": messages, "stuck": _stuck(found).exists()}
    return render(request, "service/lti_gradebook.html", staff_context(request, found.course, found) | facts)


@require_POST
def send_again(request: HttpRequest, course: str, slug: str) -> HttpResponse:
    """Try again what was not sent; what was changed in the platform is looked at first."""
    found = access.assignment_for(account_of(request), course, slug, access.INSTRUCTORS)
    tried = _stuck(found).update(state=ScoreState.WAITING, due=timezone.now(), tries=1, why="")
    audit.record(request, "tried scores again", found.pk, course=found.course, scores=tried)
    return done(request, messages.SENT_AGAIN, "staff-gradebook", course, slug)


def _newest(assignment: CourseAssignment) -> QuerySet[ScorePassback]:
    rows = ScorePassback.objects.filter(link__assignment=assignment)
    later = rows.filter(link=OuterRef("link"), member=OuterRef("member"), number__gt=OuterRef("number"))
    return rows.filter(~Exists(later))


def _stuck(assignment: CourseAssignment) -> QuerySet[ScorePassback]:
    found = _newest(assignment).filter(state__in=(ScoreState.HELD, ScoreState.FAILED))
    return ScorePassback.objects.filter(pk__in=list(found.values_list("pk", flat=True)))
