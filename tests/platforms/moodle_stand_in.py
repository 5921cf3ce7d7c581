"""A stand-in for Moodle's web services, from their documentation."""

from __future__ import annotations

import re
from typing import Any

from tests.platforms.stand_in import HttpAnswer, HttpRequest, serve

TOKEN = "moodlesecrettoken"  # noqa: S105
NOW = 1_800_000_000


class Moodle:
    """A site below /moodle with one assignment (cmid 34, id 5).

    ``state`` holds the assignment, participants, submissions, grades by user, files.
    """

    def __init__(self, state: dict[str, Any]) -> None:
        self.state = state
        self.drafts: dict[int, list[str]] = {}

    def __call__(self, request: HttpRequest) -> HttpAnswer:
        good = self.state.get("token", TOKEN)
        if request.path == "/moodle/webservice/upload.php":
            if request.value("token") != good:
                return HttpAnswer({"error": "Invalid token", "errorcode": "invalidtoken"})
            number = 900 + len(self.drafts)
            self.drafts[number] = [name for name, _ in request.files.values()]
            return HttpAnswer([{"itemid": number, "filename": name} for name in self.drafts[number]])
        if request.path.startswith("/moodle/webservice/pluginfile.php/"):
            name = request.path.rsplit("/", 1)[-1]
            if request.value("token") != good or name not in self.state["files"]:
                return HttpAnswer({"error": "no", "errorcode": "filenotfound"}, 404)
            return HttpAnswer(body=self.state["files"][name].encode())
        assert request.path == "/moodle/webservice/rest/server.php"
        assert not request.query  # where a token would be written into logs
        if request.value("wstoken") != good:
            return error("invalidtoken", "Invalid token - token not found")
        function = getattr(self, request.value("wsfunction"), None)
        return function(request) if function else error("accessexception", "Access control exception")

    def core_course_get_course_module(self, request: HttpRequest) -> HttpAnswer:
        if request.value("cmid") != "34":
            return error("invalidrecord", "Can't find data record in database")
        return HttpAnswer({"cm": {"id": 34, "course": 12, "modname": "assign", "instance": 5}, "warnings": []})

    def mod_assign_get_assignments(self, request: HttpRequest) -> HttpAnswer:
        assert request.value("courseids[0]") == "12"
        return HttpAnswer({"courses": [{"id": 12, "assignments": [self.state["assignment"]]}], "warnings": []})

    def mod_assign_list_participants(self, request: HttpRequest) -> HttpAnswer:
        skip, limit = int(request.value("skip", "0")), int(request.value("limit", "0"))
        people = self.state["participants"]
        return HttpAnswer(people[skip : skip + limit] if limit else people[skip:])

    def mod_assign_get_submissions(self, request: HttpRequest) -> HttpAnswer:
        site = f"http://{request.headers['Host']}/moodle"
        rows = [self.filled(row, site) for row in self.state["submissions"]]
        return HttpAnswer({"assignments": [{"assignmentid": 5, "submissions": rows}], "warnings": []})

    def filled(self, row: dict[str, Any], site: str) -> dict[str, Any]:
        """Return a submission with its files' addresses."""
        files = [
            {"filename": f, "filepath": p, "filesize": len(self.state["files"][f].encode()), "timemodified": t,
             "fileurl": f"{self.state.get('elsewhere') or site}/webservice/pluginfile.php/1/assignsubmission_file/{f}"}
            for p, f, t in row.get("uploads", ())
        ]  # fmt: skip
        plugins: list[dict[str, Any]] = [
            {"type": "file", "fileareas": [{"area": "submission_files", "files": files}]},
            {"type": "onlinetext", "editorfields": [{"name": "onlinetext", "text": row.get("text", ""), "format": 1}]},
        ]
        return {k: v for k, v in row.items() if k not in ("uploads", "text")} | {"plugins": plugins}

    def mod_assign_get_user_flags(self, request: HttpRequest) -> HttpAnswer:
        return HttpAnswer({"assignments": [{"assignmentid": 5, "userflags": self.state.get("flags", [])}]})

    def mod_assign_get_grades(self, request: HttpRequest) -> HttpAnswer:
        since = int(request.value("since", "0"))
        rows = [
            {
                "userid": int(user),
                "attemptnumber": g["attempt"],
                "timemodified": g["time"],
                "grade": f"{g['grade']:.5f}",
            }
            for user, g in self.state["grades"].items()
            if g["time"] >= since
        ]
        return HttpAnswer({"assignments": [{"assignmentid": 5, "grades": rows}], "warnings": []})

    def mod_assign_get_submission_status(self, request: HttpRequest) -> HttpAnswer:
        user = request.value("userid")
        rows = [r for r in self.state["submissions"] if user == str(r["userid"]) or self.in_team(user, r)]
        data: dict[str, Any] = {"lastattempt": {"gradingstatus": "notgraded"}}
        if rows:
            row = max(rows, key=lambda r: int(r["attemptnumber"]))
            kept = {k: row[k] for k in ("id", "userid", "attemptnumber", "timemodified", "status")}
            data["lastattempt"]["submission" if row["userid"] else "teamsubmission"] = kept
        grade = self.state["grades"].get(user)
        if grade and not self.state.get("unreleased"):
            files = [{"filename": f, "filepath": "/"} for f in grade.get("files", ())]
            fields = [{"name": "comments", "text": grade.get("comment", ""), "format": 1}]
            data["feedback"] = {
                "grade": {"grade": f"{grade['grade']:.5f}", "attemptnumber": grade["attempt"]},
                "plugins": [
                    {"type": "comments", "editorfields": fields},
                    {"type": "file", "fileareas": [{"area": "feedback_files", "files": files}]},
                ],
            }
        return HttpAnswer(data)

    def in_team(self, user: str, row: dict[str, Any]) -> bool:
        """Return whether a submission is of a person's team."""
        team = next((p.get("groupid") for p in self.state["participants"] if str(p["id"]) == user), None)
        return not row["userid"] and row.get("groupid") == team

    def mod_assign_save_grade(self, request: HttpRequest) -> HttpAnswer:
        user, number = request.value("userid"), int(request.value("attemptnumber"))
        if user in self.state.get("locked", ()):
            return HttpAnswer(None)  # Moodle says nothing
        before = self.state["grades"].get(user, {})
        draft = request.value("plugindata[files_filemanager]")
        self.state["grades"][user] = {
            "grade": float(request.value("grade")),
            "attempt": max(number, 0),
            "time": NOW + sum(len(g.get("writes", ())) for g in self.state["grades"].values()),
            # What is not sent along is gone, as in assignfeedback_comments.
            "comment": re.sub(
                r"&(?!amp;|lt;|gt;)", "&amp;", request.value("plugindata[assignfeedbackcomments_editor][text]")
            ),
            "files": self.drafts[int(draft)] if draft else before.get("files", []),
            "writes": [*before.get("writes", ()), float(request.value("grade"))],
        }
        return HttpAnswer(None)


def error(code: str, message: str) -> HttpAnswer:
    """Return an error as Moodle tells it: with the status of success."""
    return HttpAnswer({"exception": "moodle_exception", "errorcode": code, "message": message})


if __name__ == "__main__":
    serve(Moodle)
