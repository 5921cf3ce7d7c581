"""An instructor chooses the assignment of a platform's link.

Before the link is made, or when it is opened first."""

from __future__ import annotations

import re
import uuid
from typing import Any

from csp.decorators import csp_update
from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from lti_tool.models import LtiRegistration
from pylti1p3.deep_link import DeepLink

from grader.service import access
from grader.service.audit import record
from grader.service.lti import messages
from grader.service.lti.launch_claims import ASSIGNMENT, LaunchClaims
from grader.service.lti.launch_rows import TakenLaunch
from grader.service.lti.models import LtiLink
from grader.service.lti.refusals import LaunchRefusedError
from grader.service.models import ApprovedAssignment, Course, CourseAssignment
from grader.service.pages.page_answers import done
from grader.service.requests import account_of

_ORIGIN = re.compile(r"(https?://[A-Za-z0-9.\-]+(?::\d+)?|https?://\[[0-9a-fA-F:]+\](?::\d+)?)(?:[/?#].*)?", re.DOTALL)
Options = dict[str, tuple[str, CourseAssignment | ApprovedAssignment]]


def begin_choice(request: HttpRequest, told: LaunchClaims, taken: TakenLaunch) -> uuid.UUID:
    """Remember in the session what is to be chosen.

    Returns the ticket of its page.
    """
    ticket = uuid.uuid4()
    request.session[_key(ticket)] = {
        "course": taken.course.slug,
        "resource_link": taken.resource_link.pk if taken.resource_link else None,
        "line_item": told.line_item,
        "registration": taken.deployment.registration_id,
        "deployment": taken.deployment.deployment_id,
        "settings": told.deep_linking,
    }
    return ticket


def require_way_back(told: LaunchClaims) -> None:
    """Raise LaunchRefusedError where a link is to be chosen and can be sent nowhere."""
    if not told.link:
        _origin(str(told.deep_linking.get("deep_link_return_url")))


@never_cache
@require_http_methods(["GET", "POST"])
def choose(request: HttpRequest, ticket: uuid.UUID) -> HttpResponseBase:
    """Show the assignments that a link can lead to, and make the one that is chosen its own."""
    asked = request.session.get(_key(ticket))
    if asked is None:
        raise Http404
    course = access.course_for(account_of(request), asked["course"], access.INSTRUCTORS)
    options = _options(course)
    chosen = options.get(request.POST.get("choice", "")) if request.method == "POST" else None
    if chosen is None:
        facts = {"options": options, "wrong": request.method == "POST", "lti": messages, "course": course}
        return render(request, "service/lti_choose.html", facts, status=422 if request.method == "POST" else 200)
    assignment = _in_course(request, course, chosen[1])
    if asked["resource_link"] is None:
        return _send_back(request, asked, assignment)
    with transaction.atomic():
        LtiLink.objects.update_or_create(
            resource_link_id=asked["resource_link"],
            defaults={"assignment": assignment, "line_item": asked["line_item"]},
        )
        record(request, "chose an assignment for a link", assignment.pk, course=course)
    return done(request, messages.CHOSEN, "staff-assignment", course.slug, assignment.slug)


def _options(course: Course) -> Options:
    """Return the course's own assignments, then approved ones that it has not yet."""
    own = list(course.assignments.select_related("files"))
    others = access.approved_for(course).exclude(slug__in=[a.files.slug for a in own])
    made: Options = {f"assignment-{a.pk}": (a.title, a) for a in own}
    return made | {f"files-{f.pk}": (f.title, f) for f in others.order_by("title", "-approved")}


def _in_course(request: HttpRequest, course: Course, chosen: CourseAssignment | ApprovedAssignment) -> CourseAssignment:
    """Return the course's assignment of approved files, made where there is none."""
    if isinstance(chosen, CourseAssignment):
        return chosen
    slug = slugify(chosen.slug.replace("_", "-"))[:70] or "assignment"
    if course.assignments.filter(slug=slug).exists():
        slug = f"{slug}-{uuid.uuid4().hex[:6]}"
    made = CourseAssignment.objects.create(course=course, files=chosen, slug=slug, title=chosen.title)
    record(request, "made an assignment", made.pk, course=course, files=chosen.digest)
    return made


def _send_back(request: HttpRequest, asked: dict[str, Any], assignment: CourseAssignment) -> HttpResponseBase:
    """Show the form that takes the chosen link to the platform."""
    registration = get_object_or_404(LtiRegistration.objects.active(), pk=asked["registration"])
    answer = DeepLink(registration.to_registration(), asked["deployment"], asked["settings"])
    message = answer.get_message_jwt([_Item(assignment, lines=asked["settings"].get("accept_lineitem") is not False)])
    token = answer.encode_jwt({name: value for name, value in message.items() if value is not None})
    target = str(asked["settings"]["deep_link_return_url"])
    record(request, "sent a link to a platform", assignment.pk, course=assignment.course)
    facts = {"target": target, "token": token, "lti": messages, "assignment": assignment}
    page = csp_update({"form-action": [_origin(target)]})(lambda r: render(r, "service/lti_return.html", facts))
    return page(request)


class _Item:
    """The link to an assignment as platforms take it, to be opened in a window of its own."""

    def __init__(self, assignment: CourseAssignment, *, lines: bool) -> None:
        self._assignment, self._lines = assignment, lines

    def to_dict(self) -> dict[str, Any]:
        """Return the content item."""
        made = self._assignment
        column = {"scoreMaximum": made.files.max_score, "label": made.title, "resourceId": f"assignment-{made.pk}"}
        item: dict[str, Any] = {
            "type": "ltiResourceLink",
            "title": made.title,
            "url": f"{settings.CONFIG.url}{reverse('lti-launch')}",
            "custom": {ASSIGNMENT: made.slug},
            "window": {"targetName": "_blank"},
        }
        return item | ({"lineItem": column} if self._lines else {})


def _origin(address: str) -> str:
    """Return the origin of an address, fit for a policy; raises LaunchRefusedError."""
    found = _ORIGIN.fullmatch(address)
    if found is None:
        raise LaunchRefusedError("return")
    return found[1]


def _key(ticket: uuid.UUID) -> str:
    return f"lti-choice-{ticket}"
