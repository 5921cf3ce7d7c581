"""One assignment on Moodle, through its web services."""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from grader.closing import Closing
from grader.errors import UsageError
from grader.export.spreadsheet import precise_score
from grader.person import Person
from grader.platforms import messages
from grader.platforms.answers import as_list, as_record, documented, iso_time
from grader.platforms.moodle_records import HANDED_IN, attempt_of, is_feedback, member_of, state_of
from grader.platforms.moodle_service import MoodleService
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

_PAGE = re.compile(r"(?P<site>https?://[^?#\s]+?)/mod/assign/view\.php\?(?:[^#\s]*&)?id=(?P<cmid>\d+)")
_AT_ONCE = 100


class MoodleAssignment(Closing):
    """The assignment whose page has this address; raises UsageError if it is none's."""

    name = "moodle"
    one_comment, reads_all = True, False

    def __init__(self, address: str, *, wait: Wait) -> None:
        if (match := _PAGE.match(address)) is None:
            raise UsageError(messages.no_page(address, "Moodle"))
        parts = urlsplit(match["site"])
        site, self._cmid = f"{parts.scheme}://{parts.netloc.lower()}{parts.path}", int(match["cmid"])
        self.address = f"{site}/mod/assign/view.php?id={self._cmid}"
        self._service = MoodleService(site, saved_token(self.name, site), wait=wait)
        self.pause = wait
        self._known: dict[str, Any] = {}
        self._grades: dict[str, dict[str, Any]] = {}
        self._newest = 0

    def close(self) -> None:
        """Close the connections."""
        self._service.close()

    def assignment(self) -> AssignmentInfo:
        """Return what Moodle says of it; raises UsageError if it takes no points."""
        with documented("Moodle"):
            found = self._assign()
            if int(found.get("grade", 100)) <= 0:
                raise UsageError(messages.not_by_points(self.address, "Moodle"))
            if found.get("blindmarking"):
                raise UsageError(messages.hides_names(self.address, "Moodle"))
            enabled = {c["plugin"] for c in found.get("configs") or () if is_feedback(c)}
            return AssignmentInfo(
                str(found["name"]),
                float(found.get("grade", 100)),
                iso_time(found.get("duedate")),
                comments="comments" in enabled,
                files="file" in enabled,
            )

    def members(self) -> Sequence[PlatformMember]:
        """Return who may hand in, with the course's groups as sections."""
        with documented("Moodle"):
            return [member_of(p) for p in self._participants()]

    def submissions(self, members: Sequence[PlatformMember]) -> Iterable[RemoteSubmission]:
        """Return what was handed in; of a team all members have it."""
        with documented("Moodle"):
            assign, by_id = self._assign(), {m.id: m for m in members}
            asked = self._service.ask("mod_assign_get_submissions", {"assignmentids": [assign["id"]]})
            found = as_list(asked["assignments"])
            rows = as_list(found[0]["submissions"]) if found else []
            flags = self._extensions(int(assign["id"]))
            teams = self._teams()
            by_author: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
            for row in rows:
                team = str(row.get("groupid") or "") if not row.get("userid") else ""
                by_author[str(row.get("userid") or ""), team].append(row)
            return [
                self._remote_submission(rows_, user, team, by_id, teams, flags, int(assign.get("duedate") or 0))
                for (user, team), rows_ in by_author.items()
            ]

    def person_key(self, member: PlatformMember) -> tuple[str, ...]:
        """Return what the names of Moodle's own download tell, as intake reads them."""
        return (self.name, member.person.participant or member.id, member.person.name)

    def fetch(self, file: RemoteFile, place: Path) -> None:
        """Download a file from Moodle itself."""
        self._service.fetch(file.url, place, largest=LARGEST_FILE, size=file.size)

    def states(self, ids: Sequence[str]) -> dict[str, GradeState]:
        """Return the state of several people's grades."""
        return {id_: self.state(id_) for id_ in ids}

    def state(self, id_: str) -> GradeState:
        """Return the state of one person's grade as it is now."""
        with documented("Moodle"):
            asked = {"assignid": self._assign()["id"], "userid": id_}
            status = as_record(self._service.ask("mod_assign_get_submission_status", asked))
            return state_of(status, self._newest_grades().get(id_))

    def write(self, id_: str, change: GradeChange, state: GradeState) -> GradeState:
        """Write a grade with its feedback; what stays of that is sent back as it is."""
        with documented("Moodle"):
            info = self.assignment()
            feedback: dict[str, Any] = {}
            if info.comments:
                text = state.comment_source if change.comment is None else html.escape(change.comment, quote=False)
                feedback["assignfeedbackcomments_editor"] = {"text": text, "format": 1}
            if change.file is not None:
                feedback["files_filemanager"] = self._service.upload(*change.file)
            grade = state.grade if change.grade is None else change.grade
            self._service.ask(
                "mod_assign_save_grade",
                {
                    "assignmentid": self._assign()["id"],
                    "userid": id_,
                    "grade": "-1" if grade is None else precise_score(grade),
                    "attemptnumber": state.attempt - 1 if state.attempt else -1,
                    "addattempt": 0,
                    "workflowstate": "",
                    "applytoall": 0,
                    "plugindata": feedback,
                },
                safe=False,
            )
            return self.state(id_)

    def _assign(self) -> dict[str, Any]:
        """Return the assignment's record; it is asked for once."""
        if not self._known:
            module = as_record(self._service.ask("core_course_get_course_module", {"cmid": self._cmid})["cm"])
            if module.get("modname", "assign") != "assign":
                raise UsageError(messages.another_module(self.address, str(module["modname"])))
            courses = self._service.ask(
                "mod_assign_get_assignments", {"courseids": [module["course"]], "includenotenrolledcourses": 1}
            )["courses"]
            every = [a for course in as_list(courses) for a in as_list(course["assignments"])]
            known = [a for a in every if int(a["cmid"]) == self._cmid]
            if not known:
                raise UsageError(messages.not_a_teacher(self.address))
            self._known = as_record(known[0])
        return self._known

    def _newest_grades(self) -> dict[str, dict[str, Any]]:
        """Return the grades by person, those that were not released yet included.

        The status of a submission lacks them. Only what is new since the last time is asked for.
        """
        asked = {"assignmentids": [self._assign()["id"]], "since": self._newest}
        for row in (r for a in self._service.ask("mod_assign_get_grades", asked)["assignments"] for r in a["grades"]):
            self._grades[str(row["userid"])] = row
            self._newest = max(self._newest, int(row["timemodified"]))
        return self._grades

    def _participants(self) -> Iterator[dict[str, Any]]:
        asked = {
            "assignid": self._assign()["id"],
            "groupid": 0,
            "filter": "",
            "limit": _AT_ONCE,
            "includeenrolments": 0,
        }
        skip, seen = 0, set[str]()
        while True:
            page = as_list(self._service.ask("mod_assign_list_participants", asked | {"skip": skip}))
            new = [as_record(p) for p in page if str(p["id"]) not in seen]
            yield from new
            seen |= {str(p["id"]) for p in new}
            skip += len(page)
            if len(page) < _AT_ONCE or not new:
                return

    def _teams(self) -> dict[str, tuple[str, list[str]]]:
        """Return the name and the members of each team, by its number."""
        teams: dict[str, tuple[str, list[str]]] = {}
        for person in self._participants() if self._assign().get("teamsubmission") else ():
            team = str(person.get("groupid") or "")
            teams.setdefault(team, (str(person.get("groupname") or ""), []))[1].append(str(person["id"]))
        return teams

    def _extensions(self, assign: int) -> dict[str, int]:
        found = self._service.ask("mod_assign_get_user_flags", {"assignmentids": [assign]}).get("assignments") or ()
        flags = [flag for a in found for flag in a.get("userflags") or ()]
        return {str(f["userid"]): int(f.get("extensionduedate") or 0) for f in flags}

    def _remote_submission(
        self,
        rows: Sequence[Mapping[str, Any]],
        user: str,
        team: str,
        by_id: Mapping[str, PlatformMember],
        teams: Mapping[str, tuple[str, list[str]]],
        extensions: Mapping[str, int],
        due: int,
    ) -> RemoteSubmission:
        name, ids = teams.get(team, ("", [])) if team else ("", [user])
        due = max(due, *(extensions.get(id_, 0) for id_ in ids), 0) if due else 0
        handed = [row for row in rows if row.get("status") in HANDED_IN]
        attempts = sorted((attempt_of(row, due) for row in handed), key=lambda a: a.number)
        members = tuple(by_id.get(id_) or PlatformMember(id_, Person(id=id_, name=f"user {id_}")) for id_ in ids)
        draft = any(row.get("status") == "draft" for row in rows)
        return RemoteSubmission(members, tuple(attempts), iso_time(due), name, team, draft=draft)
