"""A stand-in for Canvas, from its API's documentation."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.platforms.stand_in import HttpAnswer, HttpRequest, serve

TOKEN = "canvas-secret-token"  # noqa: S105
PAGE = 2


class Canvas:
    """One course with one assignment.

    ``state`` holds users, sections, submissions by user, files.
    """

    def __init__(self, state: dict[str, Any]) -> None:
        self.state = state
        self.uploads: dict[str, dict[str, Any]] = {}

    def __call__(self, request: HttpRequest) -> HttpAnswer:
        path = request.path
        if path.startswith("/files/"):  # a verifier in the URL opens it, not a token
            return self.file(request)
        if path.startswith("/storage/"):
            return self.storage(request)
        if request.headers.get("Authorization") != f"Bearer {self.state.get('token', TOKEN)}":
            data = {"errors": [{"message": "Invalid access token."}]}
            return HttpAnswer(data, 401, {"WWW-Authenticate": 'Bearer realm="canvas-lms"'})
        base = "/api/v1"
        if path == f"{base}/users/self":
            return HttpAnswer({"id": 99, "name": "Teacher"})
        if path == f"{base}/courses/12/sections":
            return self.page(request, self.state["sections"])
        if path in (f"{base}/courses/12/users", f"{base}/courses/12/search_users"):
            assert request.value("enrollment_type[]") == "student"
            return self.page(request, self.state["users"])
        if path == f"{base}/courses/12/assignments/34":
            return HttpAnswer(self.state["assignment"])
        if path == f"{base}/courses/12/assignments/34/submissions":
            return self.page(request, [self.shown(s, request) for s in self.state["submissions"].values()])
        if match := re.fullmatch(rf"{base}/files/(\d+)/create_success", path):
            upload = self.uploads[match[1]]
            upload["done"] = True
            return HttpAnswer({"id": int(match[1]), "display_name": upload["name"], "url": "x"})
        if match := re.fullmatch(rf"{base}/courses/12/assignments/34/submissions/(\d+)(/comments/files)?", path):
            if match[1] not in self.state["submissions"]:
                return HttpAnswer({"errors": [{"message": "The specified resource does not exist."}]}, 404)
            if match[2]:
                return self.begin_upload(request)
            submission = self.state["submissions"][match[1]]
            if request.method == "PUT":
                self.grade(submission, request)
            return HttpAnswer(self.shown(submission, request))
        return HttpAnswer({"errors": [{"message": "not documented"}]}, 404)

    def page(self, request: HttpRequest, items: list[Any]) -> HttpAnswer:
        """Return a page of a list; the links are opaque, as Canvas says of them."""
        number = int(request.value("page", "1"))
        links = [f'<{self.url(request)}{request.path}?page=1>; rel="first"']
        if number * PAGE < len(items):
            query = "&".join(f"{k}={v}" for k, v in request.query if k != "page")
            links.append(f'<{self.url(request)}{request.path}?{query}&page={number + 1}>; rel="next"')
        headers = {"Link": ",".join(links), "X-Rate-Limit-Remaining": str(self.state.get("remaining", 600.0))}
        return HttpAnswer(items[(number - 1) * PAGE : number * PAGE], headers=headers)

    def url(self, request: HttpRequest) -> str:
        return f"http://{request.headers['Host']}"

    def store(self, request: HttpRequest) -> str:
        """Return the address of the store of files, which is another machine's."""
        return self.url(request).replace("127.0.0.1", "localhost")

    def shown(self, submission: dict[str, Any], request: HttpRequest) -> dict[str, Any]:
        """Return a submission with what is included, file URLs made for this server."""
        included = {v for k, v in request.query if k == "include[]"}
        data = json.loads(json.dumps(submission).replace("{site}", self.url(request)))
        for key in ("submission_history", "submission_comments", "group", "user"):
            if key not in included and request.method == "GET":
                data.pop(key, None)
        data.pop("writes", None)
        return data

    def grade(self, submission: dict[str, Any], request: HttpRequest) -> None:
        posted, text = request.value("submission[posted_grade]"), request.value("comment[text_comment]")
        files = [v for k, v in request.form if k == "comment[file_ids][]"]
        members = [submission]
        if (group := submission.get("group", {}).get("id")) and not self.state["assignment"].get("individually"):
            members = [s for s in self.state["submissions"].values() if s.get("group", {}).get("id") == group]
        if posted:
            for member in members:
                member |= {"score": float(posted), "entered_score": float(posted), "grade": posted}
                member |= {"workflow_state": "graded", "graded_at": "2026-12-01T00:00:00Z"}
        submission.setdefault("writes", []).append({"grade": posted, "comment": text, "files": len(files)})
        if text or files:
            attached = [{"id": int(f), "display_name": self.uploads[f]["name"]} for f in files]
            assert all(self.uploads[f].get("done") for f in files)
            comments = submission.setdefault("submission_comments", [])
            comment = {"id": len(comments) + 1, "author_id": 99, "comment": text, "attachments": attached}
            comments.append(comment | {"created_at": f"2026-12-01T00:00:{len(comments):02}Z"})

    def begin_upload(self, request: HttpRequest) -> HttpAnswer:
        number = str(7000 + len(self.uploads))
        self.uploads[number] = {"name": request.value("name"), "size": int(request.value("size"))}
        params = {"key": number, "success_action_status": "201"}
        url = f"{self.store(request)}/storage/{number}"
        return HttpAnswer({"upload_url": url, "upload_params": params, "file_param": "attachment"})

    def storage(self, request: HttpRequest) -> HttpAnswer:
        """The store of files: another service, which is to get no token."""
        if "Authorization" in request.headers:
            return HttpAnswer({"error": "a token"}, 400)
        if request.method == "GET":
            return HttpAnswer(body=self.state["files"][request.path.rsplit("/", 1)[-1]].encode())
        number = request.path.rsplit("/", 1)[-1]
        if len(request.files["attachment"][1]) != self.uploads[number]["size"] or request.value("key") != number:
            return HttpAnswer({"error": "another size"}, 400)
        home = f"{self.url(request).replace('localhost', '127.0.0.1')}/api/v1/files/{number}/create_success"
        return HttpAnswer(None, 303, {"Location": home}, b"")

    def file(self, request: HttpRequest) -> HttpAnswer:
        """Canvas's own address of a file, which sends on to the store."""
        number = request.path.split("/")[2]
        if request.value("verifier") != "v":
            return HttpAnswer({"status": "unauthorized"}, 403)
        if number not in self.state["files"]:
            return HttpAnswer({"errors": [{"message": "gone"}]}, 404)
        return HttpAnswer(None, 302, {"Location": f"{self.store(request)}/storage/{number}"}, b"")


if __name__ == "__main__":
    serve(Canvas)
