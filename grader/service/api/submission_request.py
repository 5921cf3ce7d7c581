"""Read what is handed in by the API: a form or JSON, each into the same record."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from ninja import Schema
from pydantic import ConfigDict, Field, ValidationError

from grader.service.api import messages
from grader.service.api.fields import Base64, FileName, FilePath, Line, Name, checked_path
from grader.service.api.problems import RefusedRequest, sentence_of
from grader.service.api.schemas import FILE
from grader.service.messages import upload_too_large

_MOST_PARTS = 1_000_000  # of JSON: each value costs memory, and a notebook's outputs may have many
_MOST_FILES = 20  # beside a notebook, as of a form: each waits for the disk


class SubmissionFields(Schema):
    """What a submission is of, and whose.

    ``course`` and ``assignment`` are names in addresses; the course may be left out with a token that is for one alone.
    ``member`` is the login, number or email of the person who hands in, where that is not the token's own account.
    """

    model_config = ConfigDict(extra="forbid")

    assignment: Name
    course: Line = ""
    member: Line = ""


class SubmissionJson(SubmissionFields):
    """A submission as JSON: the notebook as an object or in base64, files beside it by path."""

    notebook: dict[str, Any] | Base64
    file_name: FileName = "notebook.ipynb"
    files: dict[FilePath, Base64] = Field(default_factory=dict, max_length=_MOST_FILES)


_FORM_FILES = {"notebook": FILE, "files": {"type": "array", "items": FILE}}


def documented_body() -> dict[str, Any]:
    """Return the documentation of both forms of a submission."""
    form = SubmissionFields.model_json_schema()
    form = {**form, "properties": {**form["properties"], **_FORM_FILES}, "required": ["assignment", "notebook"]}
    kinds = {"application/json": SubmissionJson.model_json_schema(), "multipart/form-data": form}
    return {"requestBody": {"required": True, "content": {kind: {"schema": made} for kind, made in kinds.items()}}}


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What a request hands in; the files beside the notebook by path."""

    fields: SubmissionFields
    file_name: str
    content: Iterable[bytes]
    files: Sequence[tuple[str, Iterable[bytes]]]


def read_handed_in(request: HttpRequest) -> HandedIn:
    """Return what a request hands in; raises RefusedRequest."""
    if request.content_type not in ("multipart/form-data", "application/json"):
        raise RefusedRequest(415, messages.MEDIA_TYPE)
    try:
        read = _read_form if request.content_type == "multipart/form-data" else _read_json
        return read(request)
    except ValidationError as error:
        raise RefusedRequest(422, sentence_of([*error.errors()])) from error


def _read_json(request: HttpRequest) -> HandedIn:
    given = SubmissionJson.model_validate(parse_json(request.read()))
    notebook = given.notebook
    content = notebook if isinstance(notebook, bytes) else json.dumps(notebook).encode()
    _require_small(len(content))
    files = _with_paths((name, [data]) for name, data in given.files.items())
    return HandedIn(given, given.file_name, [content], files)


def _read_form(request: HttpRequest) -> HandedIn:
    given = SubmissionFields.model_validate({name: request.POST[name] for name in request.POST})
    notebooks = request.FILES.getlist("notebook")
    if len(notebooks) != 1 or set(request.FILES) - {"notebook", "files"}:
        raise RefusedRequest(422, messages.ONE_NOTEBOOK)
    _require_small(notebooks[0].size or 0)
    files = _with_paths((file.name or "", _chunks(file)) for file in request.FILES.getlist("files"))
    return HandedIn(given, notebooks[0].name or "notebook.ipynb", _chunks(notebooks[0]), files)


def _chunks(file: UploadedFile[Any]) -> Iterable[bytes]:
    return file.chunks()


def _require_small(size: int) -> None:
    if size > settings.CONFIG.upload_limit:
        raise RefusedRequest(413, upload_too_large(settings.CONFIG.upload_mb))


def _with_paths(files: Iterable[tuple[str, Iterable[bytes]]]) -> list[tuple[str, Iterable[bytes]]]:
    """Return files beside a notebook with their paths as they will lie there.

    A path that leads elsewhere is refused, and so are two that are one on some file system, and a file that is a folder
    of another.
    """
    try:
        found = [(checked_path(name), content) for name, content in files]
    except ValueError as error:
        raise RefusedRequest(422, str(error), "file-name") from error
    seen: set[str] = set()
    for name in sorted((name for name, _ in found), key=str.casefold):
        folded = name.casefold()
        above = {folded[:place] for place, sign in enumerate(folded) if sign == "/"}
        if folded in seen or above & seen:
            raise RefusedRequest(422, messages.twice(name), "file-name")
        seen.add(folded)
    return found


def parse_json(data: bytes) -> Any:
    """Return what JSON says; raises RefusedRequest, also for what takes too much memory."""
    if sum(data.count(sign) for sign in (b",", b"[", b"{")) > _MOST_PARTS:
        raise RefusedRequest(413, messages.MANY_PARTS)
    try:
        return json.loads(data.decode(), object_pairs_hook=_object, parse_constant=_no_constant)
    except RecursionError as error:
        raise RefusedRequest(400, messages.DEEP_JSON) from error
    except ValueError as error:  # also numbers of too many digits
        raise RefusedRequest(400, messages.BROKEN_JSON) from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        names = [name for name, _ in pairs]
        raise RefusedRequest(400, messages.twice(repr(max(names, key=names.count))[:100]))
    return made


def _no_constant(name: str) -> Any:
    raise ValueError(name)
