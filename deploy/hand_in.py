#!/usr/bin/env python3
"""Hand a notebook in to the service from a job, and show its result there.

    python3 hand_in.py NOTEBOOK
    python3 hand_in.py --gradescope METADATA RESULTS NOTEBOOK

Python's standard library is enough. Variables: GRADER_URL and GRADER_TOKEN are the service's address and a token of its
API, GRADER_ASSIGNMENT and GRADER_COURSE say what it is for, GRADER_MEMBER for whom a token of staff hands in.
GRADER_LEAST is the part of the points from which on the job succeeds: 0 to 1, without it each graded one does. For
Gradescope METADATA says who hands in, and RESULTS is written for it to read.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

WAIT_S = 900
EVERY_S = 3
OPEN = ("accepted", "queued", "grading")


class NotHandedIn(Exception):  # noqa: N818 - what the job says in the end
    """Why there is no result, in a sentence."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The token goes to the service alone."""

    def redirect_request(self, *_: object) -> None:
        """Follow nothing."""


def main(words: list[str]) -> int:
    """Hand in and print the result; return the exit code."""
    metadata, results = (words[1], words[2]) if len(words) == 4 and words[0] == "--gradescope" else ("", "")
    if len(words) != (4 if metadata else 1):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        member = member_of(Path(metadata)) if metadata else os.environ.get("GRADER_MEMBER", "")
        state, result = graded(Path(words[-1]), member)
    except (NotHandedIn, OSError, ValueError, KeyError) as error:
        print(f"Not graded: {error}", file=sys.stderr)
        return 1
    lines = lines_of(state, result)
    print("\n".join(lines))
    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        with open(summary, "a", encoding="utf-8") as file:
            file.write("".join(f"    {line}\n" for line in lines))  # as it is: no title is markup
    if results and state["state"] == "graded":
        write_results(Path(results), state, result, lines)
        return 0
    needed = float(os.environ.get("GRADER_LEAST") or 0) * (state["max_score"] or 0)
    return 0 if state["state"] == "graded" and (state["score"] or 0) >= needed else 1


def graded(notebook: Path, member: str) -> tuple[dict, dict]:
    """Hand in, wait, and return state and result as the API tells them."""
    content = base64.b64encode(notebook.read_bytes()).decode()
    fields = {"assignment": variable("GRADER_ASSIGNMENT"), "course": os.environ.get("GRADER_COURSE", "")}
    body = json.dumps({**fields, "member": member, "file_name": notebook.name, "notebook": content}).encode()
    # A job that is run again with the same notebook asks for the same submission.
    made = ask("/submissions", body, {"Idempotency-Key": hashlib.sha256(body).hexdigest()})
    place, until = f"/submissions/{made['id']}", time.monotonic() + WAIT_S
    while (state := ask(place))["state"] in OPEN:
        if time.monotonic() > until:
            raise NotHandedIn("it is handed in, but grading takes long; run the job again later")
        time.sleep(EVERY_S)
    return state, ask(f"{place}/result")


def ask(path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> dict:
    """Return what the API answers; wait where it asks to."""
    url = variable("GRADER_URL").rstrip("/")
    if not url.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
        raise NotHandedIn("GRADER_URL begins with https://")
    headers = {**(headers or {}), "Authorization": f"Bearer {variable('GRADER_TOKEN')}"}
    if body is not None:
        headers["Content-Type"] = "application/json"
    opener = urllib.request.build_opener(_NoRedirect)
    for left in range(4, -1, -1):
        request = urllib.request.Request(f"{url}/api/v1{path}", body, headers)  # noqa: S310 - checked above
        try:
            with opener.open(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                if error.code not in (429, 503) or not left:
                    raise NotHandedIn(said(error)) from None
                wait = error.headers.get("Retry-After", "")
        except OSError:
            if not left:
                raise NotHandedIn("the service cannot be reached") from None
            wait = ""
        time.sleep(min(int(wait), 120) if wait.isdecimal() else EVERY_S)
    raise AssertionError


def variable(name: str) -> str:
    """Return what the job was given by this name."""
    if value := os.environ.get(name, ""):
        return value
    raise NotHandedIn(f"set the variable {name}")


def said(error: urllib.error.HTTPError) -> str:
    """Return the sentence of a problem that the API answered with."""
    try:
        return str(json.load(error)["summary"])
    except (ValueError, KeyError, TypeError):
        return f"the service answered {error.code}"


def lines_of(state: dict, result: dict) -> list[str]:
    """Return what people read: points, each exercise, and where the report is."""
    page = f"{os.environ['GRADER_URL'].rstrip('/')}/uploads/{state['id']}/"
    if state["state"] != "graded":
        return [one_line(result.get("message") or state["summary"]), page]
    points = "no grade" if state["score"] is None else f"{state['score']:g} of {state['max_score']:g} points"
    rows = [
        f"{exercise['score']:g} of {exercise['max_score']:g}: {one_line(exercise.get('title') or exercise['name'])}"
        for exercise in result["exercises"]
    ]
    return [points, *rows, page]


def one_line(text: str) -> str:
    """Return a text without what could begin a line or a command of the job's."""
    return " ".join(str(text).split()).replace("::", ": :")[:300]


def member_of(metadata: Path) -> str:
    """Return by what the service knows who handed in at Gradescope."""
    return str(json.loads(metadata.read_text(encoding="utf-8"))["users"][0]["email"])


def write_results(path: Path, state: dict, result: dict, lines: list[str]) -> None:
    """Write Gradescope's results in one step."""
    tests = [
        {"name": one_line(e.get("title") or e["name"]), "score": e["score"], "max_score": e["max_score"],
         "visibility": "visible"}
        for e in result["exercises"]
    ]  # fmt: skip
    output = "\n".join([lines[0], lines[-1]])
    data = {"score": state["score"] or 0, "output": output, "visibility": "visible", "tests": tests}
    part = path.with_suffix(".part")
    part.write_text(json.dumps(data), encoding="utf-8")
    part.replace(path)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
