"""What the page and the command line say of answers that are alike."""

from __future__ import annotations

from grader.english import listed, plural
from grader.sanitize import one_line
from grader.similarity.similar_answers import AlikeAnswers

NO_ACCUSATION = (
    "That two answers are alike says nothing about how they came about: a short exercise has few solutions, and "
    "courses, books and assistants teach the same one. Read both before you ask anybody."
)
COUNTED = (
    "Names, comments, constants and the order of statements are not counted, and neither is what the course handed "
    "out. Lines in common are marked; what few others have counts more."
)
NONE = "No two answers are alike beyond what the course handed out."
NOTHING_TAKEN_OFF = "The assignment is not known here, so what it handed out is counted too; name it with -a."
MOST_NAMED = 8
MOST_LISTED = 20


def how_alike(alike: AlikeAnswers) -> str:
    """Say how much of the answers is the same."""
    if alike.same_text:
        return "the same text"
    return "the same shape" if alike.share == 1 else f"{min(round(100 * alike.share), 99)} % the same"


def of_what(alike: AlikeAnswers) -> str:
    """Say what the answers are to."""
    return alike.title or "the whole file, which is no notebook"


def who(alike: AlikeAnswers) -> str:
    """Name the people."""
    names = [one_line(a.result.submission.name or a.result.submission.student) for a in alike.answers]
    rest = len(names) - MOST_NAMED
    return listed(names if rest <= 1 else [*names[:MOST_NAMED], plural(rest, "other")])


def summary(count: int) -> str:
    """Say how many entries there are."""
    return f"{plural(count, 'set')} of answers {'is' if count == 1 else 'are'} alike." if count else NONE
