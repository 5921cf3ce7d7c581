"""What students begin with: an assignment's notebook, and the files that belong to it."""

from __future__ import annotations

from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from grader.errors import GraderError
from grader.export.feedback_files import zipped
from grader.service import access
from grader.service.models import ApprovedAssignment
from grader.service.requests import account_of
from grader.service.work.approved import approved


def given_files(files: ApprovedAssignment) -> tuple[Path, ...]:
    """Return the notebook and what belongs to it.

    Nothing where an assignment has none, or is not what was approved.
    """
    try:
        assignment = approved(files)
    except (GraderError, OSError):
        return ()
    return (assignment.notebook, *assignment.handout) if assignment.notebook.is_file() else ()


@require_GET
def send_given_files(request: HttpRequest, course: str, slug: str) -> HttpResponse:
    """Send the notebook to begin with; a zip where something belongs to it."""
    found = access.assignment_for(account_of(request), course, slug)
    files = given_files(found.files)
    if not files:
        raise Http404
    name, content = files[0].name, files[0].read_bytes()
    if len(files) > 1:
        name, content = f"{found.slug}.zip", zipped({file.name: file.read_bytes() for file in files})
    headers = {"Content-Disposition": content_disposition_header(True, name) or "attachment"}
    return HttpResponse(content, content_type="application/octet-stream", headers=headers)
