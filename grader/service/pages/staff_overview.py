"""The overview of an assignment's checks and mistakes, and answers that are alike."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from grader.assignment import load_assignment
from grader.errors import GraderError
from grader.extract import parse_stub
from grader.intake import read_stub
from grader.report import batch_page
from grader.service import access
from grader.service.models import ApprovedAssignment
from grader.service.pages import staff_messages as messages
from grader.service.pages.report_views import with_own_policy
from grader.service.pages.staff_links import staff_site
from grader.service.requests import account_of
from grader.service.upload_grades import count_waiting, counting_results, grades_of


@require_GET
def overview(request: HttpRequest, course: str, slug: str) -> HttpResponseBase:
    """Show the page of a batch, made of each student's latest attempt."""
    found = access.assignment_for(account_of(request), course, slug, access.STAFF)
    grades, waits = grades_of(found), count_waiting(found)
    problems = [*grades.problems, *([messages.waiting(waits)] if waits else [])]
    rows = tuple(grades.by_id.values())
    page = batch_page(rows, assignment_title=found.title, problems=problems, site=staff_site(found))
    return with_own_policy(request, page)


@require_GET
def similar(request: HttpRequest, course: str, slug: str) -> HttpResponseBase:
    """Show answers of several students that are alike."""
    from grader.similarity import alike_answers, similar_page  # no other page needs numpy

    found = access.assignment_for(account_of(request), course, slug, access.STAFF)
    alike = alike_answers(counting_results(found), _handed_out(found.files))
    return with_own_policy(request, similar_page(alike, assignment_title=found.title, site=staff_site(found)))


def _handed_out(files: ApprovedAssignment) -> tuple[str, ...]:
    """Return the code that everybody got, none where its files are not here any more."""
    try:
        return tuple(parse_stub(read_stub(load_assignment(files.path))).cells)
    except GraderError:
        return ()
