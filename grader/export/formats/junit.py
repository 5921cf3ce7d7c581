"""JUnit XML, as pytest writes it: a suite for each submission, a test case for each check."""

from __future__ import annotations

from collections import Counter
from xml.etree import ElementTree as ET

from grader.export.request import Exported, Request
from grader.export.student_view import ShownCheck, headline, shown_checks, student_view
from grader.result import CheckResult, ExerciseResult, ExerciseStatus, GradingResult, Outcome, SubmissionStatus
from grader.sanitize import visible

_ELEMENTS = {
    Outcome.FAILED: "failure",
    Outcome.NOT_ATTEMPTED: "failure",
    Outcome.ERROR: "error",
    Outcome.SKIPPED: "skipped",
}
_COUNTS = {"failures": "failure", "errors": "error", "skipped": "skipped"}
_WHOLE = {
    SubmissionStatus.UNREADABLE: Outcome.FAILED,
    SubmissionStatus.ERROR: Outcome.ERROR,
    SubmissionStatus.NOT_SUBMITTED: Outcome.SKIPPED,
    SubmissionStatus.EXCUSED: Outcome.SKIPPED,
}


def export(request: Request) -> Exported:
    """Write a suite for each submission, with points as properties.

    The format has no other place for them.
    """
    root = ET.Element("testsuites", name=visible(request.title))
    for result in request.results:
        root.append(_suite(request, student_view(result)))
    totals = {key: str(sum(int(suite.get(key, "0")) for suite in root)) for key in ("tests", *_COUNTS)}
    root.attrib.update(totals, time="0.000")
    ET.indent(root)
    return Exported(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _suite(request: Request, result: GradingResult) -> ET.Element:
    checks = shown_checks(result) if result.status is SubmissionStatus.GRADED else [_check_of_all(result)]
    kinds = Counter(_ELEMENTS.get(shown.check.outcome, "") for shown in checks)
    suite = ET.Element("testsuite", name=visible(result.submission.id), tests=str(len(checks)))
    suite.attrib.update({key: str(kinds[kind]) for key, kind in _COUNTS.items()}, time="0.000")
    grade = request.final(result).score
    if grade is not None:
        _properties(suite, final_score=f"{grade:g}", max_score=f"{result.max_score:g}")
    names = Counter[tuple[str, str]]()
    for shown in checks:
        key = (shown.exercise.name, shown.title)
        names[key] += 1
        suite.append(_case(shown, f"{shown.title} [{names[key]}]" if names[key] > 1 else shown.title))
    return suite


def _case(shown: ShownCheck, name: str) -> ET.Element:
    check = shown.check
    case = ET.Element("testcase", classname=visible(shown.exercise.name), name=visible(name), time="0.000")
    points, most = f"{check.points:g}", f"{check.max_points:g}"
    _properties(case, points=points, max_points=most, visibility=str(check.visibility))
    if kind := _ELEMENTS.get(check.outcome):
        text = visible(shown.text)
        ET.SubElement(case, kind, message=text.partition("\n")[0] or check.outcome, type=check.outcome).text = text
    return case


def _properties(parent: ET.Element, **values: str) -> None:
    properties = ET.SubElement(parent, "properties")
    for name, value in values.items():
        ET.SubElement(properties, "property", name=name, value=value)


def _check_of_all(result: GradingResult) -> ShownCheck:
    """Return a submission without checks as one that says why there are none."""
    exercise = ExerciseResult("notebook", ExerciseStatus.ERROR, result.score, result.max_score)
    check = CheckResult("notebook", "notebook", _WHOLE[result.status], 0.0, result.max_score)
    return ShownCheck(exercise, check, "1", "is graded", headline(result))
