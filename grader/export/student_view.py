"""What a student may see of a result, as records and texts for other programs' formats."""

from __future__ import annotations

from dataclasses import dataclass

from grader.errors import GraderError, UsageError
from grader.export import messages
from grader.export.grades import who
from grader.export.request import Request
from grader.report import check_text
from grader.report.display_text import cut
from grader.report.grade_sentences import grade_sentences
from grader.report.messages import score_headline, summary
from grader.report.presentation import without_our_faults
from grader.report.result_view import exercise_views, start_with
from grader.result import CheckResult, ExerciseResult, ExerciseStatus, GradingResult, Outcome, redact

_RIGHT = frozenset({ExerciseStatus.PASSED, ExerciseStatus.INCOMPLETE})


@dataclass(frozen=True, slots=True)
class ShownCheck:
    """A check of a redacted result.

    ``number`` is "1.2" for the second check of the first exercise, ``text`` what it found, in lines.
    """

    exercise: ExerciseResult
    check: CheckResult
    number: str
    title: str
    text: str


def only_result(request: Request) -> GradingResult:
    """Return the result that is meant, redacted.

    Raises UsageError for none or several, GraderError without a grade.
    """
    wanted = request.options.submission
    found = [r for r in request.results if wanted in ("", r.submission.id)]
    if len(found) != 1:
        which = messages.no_such_id(wanted) if wanted else messages.several_submissions(len(found))
        raise UsageError(messages.not_one_submission(which, [r.submission.id for r in request.results]))
    grade = request.final(found[0])
    if grade.score is None:
        raise GraderError(messages.no_grade_written(who(found[0]), grade.why_none))
    return student_view(found[0])


def student_view(result: GradingResult) -> GradingResult:
    """Return what a student may see of a result, without the texts of our own failures."""
    return without_our_faults(redact(result))


def headline(result: GradingResult) -> str:
    """Return the score, and what to begin with."""
    score, sentence = score_headline(result), summary(result, start_with(exercise_views(result)))
    return sentence if sentence == f"{score}." else f"{score}. {cut(sentence)}"


def summary_lines(request: Request, result: GradingResult) -> list[str]:
    """Return the headline, and what staff corrected and lateness cost, a line each."""
    return [headline(result), *(cut(sentence) for sentence in grade_sentences(request.final(result)))]


def shown_checks(result: GradingResult, longest: int = 4000) -> list[ShownCheck]:
    """Return the checks of a redacted result, those of an exercise without checks as one.

    Texts are cut to a length.
    """
    found, hinted = [], set[str]()
    for n, exercise in enumerate(result.exercises, 1):
        for m, check in enumerate(exercise.checks or (_check_of_exercise(exercise),), 1):
            lines = [] if check.outcome is Outcome.PASSED else check_text.sentences(check, hinted=hinted)
            title, text = cut(check_text.heading(check), 300), cut("\n".join(lines), longest)
            found.append(ShownCheck(exercise, check, f"{n}.{m}", title, text))
    return found


def _check_of_exercise(exercise: ExerciseResult) -> CheckResult:
    outcome = Outcome.PASSED if exercise.status in _RIGHT else Outcome.FAILED
    outcome = Outcome.ERROR if exercise.status is ExerciseStatus.ERROR else outcome
    title = exercise.title or exercise.name
    return CheckResult(exercise.name, title, outcome, exercise.score, exercise.max_score, message=exercise.message)
