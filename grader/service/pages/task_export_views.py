"""Export the grades of an assignment; what is to be known is said before the download."""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from grader.errors import GraderError, UsageError
from grader.export.formats import BY_NAME, FORMATS, Format
from grader.service import access, audit
from grader.service.atomic_writes import atomic, own_transaction
from grader.service.export_grades import FILE_OPTIONS, MOST_FILE_MB, export_with_files, exportable, exporters
from grader.service.pages.task_views import page_context
from grader.service.requests import account_of
from grader.service.upload_grades import students
from grader.service.work import task_messages
from grader.service.work.upload_submission import base_name


@require_GET
def exports(request: HttpRequest, course: str, slug: str) -> HttpResponse:
    """Show the formats."""
    account = account_of(request)
    assignment = access.assignment_for(account, course, slug, access.STAFF)
    role = access.role_in(account, assignment.course)
    formats = [f for f in FORMATS if role in exporters(f) and exportable(f, assignment)]
    return render(request, "service/task_exports.html", page_context(request, assignment) | {"formats": formats})


@own_transaction  # nothing but that it was done is written, once the file is made
@require_http_methods(["GET", "POST"])
def export(request: HttpRequest, course: str, slug: str, name: str) -> HttpResponseBase:
    """Show the form of a format; send the file once its remarks were shown."""
    if (chosen := BY_NAME.get(name)) is None:
        raise Http404
    assignment = access.assignment_for(account_of(request), course, slug, exporters(chosen))
    if not exportable(chosen, assignment):
        raise Http404
    context: dict[str, Any] = {
        "format": chosen,
        "kept": {},
        "given": request.POST,
        "seen": "",
        "error": "",
        "remarks": [],
    }
    status = 200
    if request.method == "POST":
        try:
            context["kept"] = _files(request, chosen)
            made = export_with_files(assignment, chosen, request.POST.dict(), context["kept"])
        except GraderError as error:
            context["error"], status = task_messages.for_pages(str(error)), 422
        else:
            context["remarks"] = [task_messages.for_pages(remark) for remark in made.remarks]
            context["seen"] = hashlib.sha256("\n".join(context["remarks"]).encode()).hexdigest()
            if not made.remarks or request.POST.get("seen") == context["seen"]:
                with atomic():
                    audit.record(request, "exported", assignment.pk, course=assignment.course, format=name)
                return FileResponse(io.BytesIO(made.content), as_attachment=True, filename=made.name)
    people = [(f"member-{m.pk}", m.name) for m in students(assignment).order_by("name")]
    encoded = {key: (name, base64.b64encode(data).decode()) for key, (name, data) in context["kept"].items()}
    context |= page_context(request, assignment) | {"people": people, "kept": encoded}
    return render(request, "service/task_export.html", context, status=status)


def _files(request: HttpRequest, chosen: Format) -> dict[str, tuple[str, bytes]]:
    """Return the files that were given now, or before the remarks were shown, by their option."""
    found = {}
    for option in (o for o in FILE_OPTIONS if o in chosen.options):
        if file := request.FILES.get(option):
            if (file.size or 0) > MOST_FILE_MB << 20:
                raise UsageError(task_messages.file_too_large(MOST_FILE_MB))
            found[option] = (base_name(file.name or option), file.read())
        elif kept := request.POST.get(f"kept-{option}"):
            try:
                found[option] = (base_name(request.POST.get(f"name-{option}", "")), base64.b64decode(kept))
            except binascii.Error as error:
                raise UsageError(task_messages.CHOOSE_FILE) from error
    return found
