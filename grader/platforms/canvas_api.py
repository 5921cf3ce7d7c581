"""One assignment on Canvas, through its REST API (canvas.instructure.com/doc/api).

canvasapi makes the requests and follows the pages of a list. Its objects are not used: they try to read every text of
an answer as a time, and fail at some that a student may write.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from canvasapi.paginated_list import PaginatedList
from canvasapi.requester import Requester
from canvasapi.util import combine_kwargs

from grader.closing import Closing
from grader.errors import RequestRefusedError, UsageError
from grader.export.spreadsheet import precise_score
from grader.platforms import messages
from grader.platforms.answers import as_record, documented, iso_time
from grader.platforms.canvas_records import member_of, state_of, submission_of
from grader.platforms.http_session import PlatformSession
from grader.platforms.platform import (
    LARGEST_FILE,
    AssignmentInfo,
    GradeChange,
    GradeState,
    PlatformMember,
    RemoteFile,
    RemoteSubmission,
    Wait,
)
from grader.platforms.token import saved_token

_PAGE = re.compile(
    r"(?P<site>https?://[^/?#\s]+)/courses/(?P<course>\d+)/(?:gradebook/)?assignments/(?P<assignment>\d+)"
)
_POINTS = frozenset({"points", "percent", "letter_grade", "gpa_scale"})


class _Requester(Requester):  # type: ignore[misc] # canvasapi ships no types
    """canvasapi's requests, made by a session of ours."""

    def __init__(self, session: PlatformSession) -> None:
        super().__init__(session.site, "")  # the session has the token
        self._session = session


class _Plain:
    """An element of a list as Canvas gives it."""

    def __init__(self, _requester: Requester, data: dict[str, Any]) -> None:
        self.data = data


class CanvasAssignment(Closing):
    """The assignment whose page has this address; raises UsageError if it is none's."""

    name = "canvas"
    one_comment, reads_all = False, True

    def __init__(self, address: str, *, wait: Wait) -> None:
        if (match := _PAGE.match(address)) is None:
            raise UsageError(messages.no_page(address, "Canvas"))
        site = match["site"].lower()
        self.address = f"{site}/courses/{match['course']}/assignments/{match['assignment']}"
        self._course, self._path = f"courses/{match['course']}", self.address.removeprefix(f"{site}/")
        self._session = PlatformSession(site, saved_token(self.name, site), wait=wait)
        self.pause = wait
        self._requester = _Requester(self._session)
        self._self = ""

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def assignment(self) -> AssignmentInfo:
        """Return what Canvas says of it; raises UsageError if it takes no points."""
        with documented("Canvas"):
            found = as_record(self._get(self._path))
            if found.get("grading_type", "points") not in _POINTS:
                raise UsageError(messages.not_by_points(self.address, "Canvas"))
            if found.get("anonymize_students"):
                raise UsageError(messages.hides_names(self.address, "Canvas"))
            points = found.get("points_possible")
            return AssignmentInfo(
                str(found["name"]), None if points is None else float(points), iso_time(found.get("due_at"))
            )

    def members(self) -> Sequence[PlatformMember]:
        """Return the course's students, with their sections."""
        with documented("Canvas"):
            sections = {s["id"]: str(s.get("name") or "") for s in self._list(f"{self._course}/sections")}
            people = self._list(
                f"{self._course}/users",
                enrollment_type=["student"],
                enrollment_state=["active", "invited"],
                include=["email", "enrollments"],
            )
            return [member_of(user, sections) for user in people]

    def submissions(self, members: Sequence[PlatformMember]) -> Iterable[RemoteSubmission]:
        """Return what was handed in, with earlier attempts, also by who has left the course."""
        by_id = {m.id: m for m in members}
        alike: dict[tuple[object, ...], list[RemoteSubmission]] = defaultdict(list)
        with documented("Canvas"):
            for data in self._list(f"{self._path}/submissions", include=["submission_history", "group", "user"]):
                id_ = str(data["user_id"])
                found = submission_of(data, by_id.get(id_) or member_of({"id": id_} | (data.get("user") or {}), {}))
                sources = tuple((a.number, f.source) for a in found.attempts for f in a.files)
                alike[(found.group_id, sources) if found.group_id else (id_,)].append(found)
        # Canvas gives a group's submission once for each member.
        merged = [replace(s[0], members=tuple(m for one in s for m in one.members)) for s in alike.values()]
        return [s for s in merged if s.attempts]

    def person_key(self, member: PlatformMember) -> tuple[str, ...]:
        """Return what the names of Canvas's own download tell, as intake reads them."""
        return (self.name, member.id, re.sub(r"\W", "", member.sorted_name.lower()))

    def fetch(self, file: RemoteFile, place: Path) -> None:
        """Download a file, which may lie on another server; that one gets no token."""
        size = self._session.fetch(file.url, place, largest=LARGEST_FILE)
        if file.size not in (-1, size):
            raise RequestRefusedError(messages.another_size(size, file.size))

    def states(self, ids: Sequence[str]) -> dict[str, GradeState]:
        """Return the state of several people's grades."""
        wanted = {*ids}
        with documented("Canvas"):
            found = self._list(f"{self._path}/submissions", include=["submission_comments"])
            return {id_: self._state(data) for data in found if (id_ := str(data["user_id"])) in wanted}

    def state(self, id_: str) -> GradeState:
        """Return the state of one person's grade as it is now."""
        with documented("Canvas"):
            return self._state(as_record(self._get(self._of(id_), include=["submission_comments"])))

    def write(self, id_: str, change: GradeChange, state: GradeState) -> GradeState:
        """Write a grade and a comment with its file, at once."""
        with documented("Canvas"):
            parts: dict[str, Any] = {}
            if change.grade is not None:
                parts["submission"] = {"posted_grade": precise_score(change.grade)}
            comment: dict[str, Any] = {}
            if change.comment is not None:
                comment["text_comment"] = change.comment
            if change.file is not None:
                comment["file_ids"] = [self._uploaded(id_, *change.file)]
            if comment:
                parts["comment"] = comment
            answer = self._requester.request("PUT", self._of(id_), _kwargs=combine_kwargs(**parts))
            return self._state(as_record(answer.json()))

    def _uploaded(self, id_: str, name: str, page: bytes) -> int:
        """Upload a file for a comment and return its number: ask where, send it, confirm."""
        told = {"name": name, "size": len(page), "content_type": "text/html"}
        answer = self._requester.request("POST", f"{self._of(id_)}/comments/files", _kwargs=combine_kwargs(**told))
        where = as_record(answer.json())
        field = str(where.get("file_param") or "file")
        sent = self._session.request(
            "POST",
            where["upload_url"],
            data=dict(where["upload_params"]),
            files={field: (name, page, "text/html")},
            safe=True,
            forwarded=True,
        )
        if place := sent.headers.get("Location"):
            sent = self._session.request("GET", place)
        return int(as_record(sent.json())["id"])

    def _state(self, data: Mapping[str, Any]) -> GradeState:
        return state_of(data, self._own_id())

    def _own_id(self) -> str:
        if not self._self:
            self._self = str(as_record(self._get("users/self"))["id"])
        return self._self

    def _of(self, id_: str) -> str:
        return f"{self._path}/submissions/{id_}"

    def _get(self, path: str, **asked: Any) -> Any:
        return self._requester.request("GET", path, _kwargs=combine_kwargs(**asked)).json()

    def _list(self, path: str, **asked: Any) -> Iterator[dict[str, Any]]:
        found = PaginatedList(_Plain, self._requester, "GET", path, _kwargs=combine_kwargs(**asked))
        return (item.data for item in found)
