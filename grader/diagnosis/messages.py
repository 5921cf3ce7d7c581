"""Sentences to students on mistakes in answers, to authors on ``misconceptions.py``."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from grader.english import listed

ARRANGEMENTS = {
    "returns_nothing": (
        "The function returns nothing",
        "It may end without a `return`, print its result instead, or return inside an `if` that was not taken.",
    ),
    "parts_in_another_order": (
        "The results are returned in another order",
        "The values are right. Compare the order of your `return` with the one in the task.",
    ),
    "parts_missing": (
        "Not all results are returned",
        "What you return is right. Compare your `return` with the one in the task: what is missing?",
    ),
    "axes_in_another_order": (
        "The axes are swapped",
        "The values are right. Check along which axis you stack, and the order of axes that the task asks for.",
    ),
    "extra_axis": (
        "An extra axis of length 1 is still there",
        "The values are right. Where does the extra axis of length 1 come from?",
    ),
    "list_for_tensor": (
        "A list of tensors is returned instead of one tensor",
        "The values are right. Join the list into one tensor with `torch.stack`.",
    ),
    "nested_lists": (
        "Lists of numbers are returned instead of one tensor",
        "The values are right. Make one tensor of them with `torch.tensor`.",
    ),
    "other_type": (
        "The values are right, but of another type",
        "Does the task ask for whole numbers, or for floating-point numbers? Which step changes the type?",
    ),
}
"""Title and hint of each mistake of arrangement, by id."""

RULES = {
    "MISCONCEPTIONS": "a list of literal dictionaries with id, exercise, title, hint (and credit, accepted, stage)",
    "PAIRS": "a literal dictionary from the id of a misconception to a list of ids of the same exercise",
    "STAGES": "a literal dictionary from exercises to lists of (id, title, index of a returned part or None)",
}
"""What each name of ``misconceptions.py`` must be."""

IS_MISSING = "it is missing."


def two_mistakes(titles: Sequence[str]) -> str:
    """Name two mistakes that only together explain an answer."""
    return f"Two mistakes at once: {'; '.join(titles)}"


def first_wrong(stage: str, right: Sequence[str]) -> str:
    """Say at which stage values go wrong, and the titles of those before it."""
    found = f"Your values first differ from the expected ones at {stage}"
    return f"{found} (still right: {listed(right)})" if right else found


def must_be(name: str, problem: object) -> str:
    """For a name of misconceptions.py that is no literal of the right form."""
    return f"{name} must be {RULES[name]}: {problem}"


def no_exercise_of(id: str, exercise: str) -> str:
    """For a misconception of an exercise that the assignment lacks."""
    return f"{id} names the exercise {exercise!r}, and there is none of that name"


def no_exercise(exercise: str) -> str:
    """For stages of an exercise that the assignment lacks."""
    return f"there is no exercise {exercise!r}"


def two_of_one_id(id: str) -> str:
    """For misconceptions that could not be told apart."""
    return f"two are called {id}"


def wrong_credit(id: str) -> str:
    """For a misconception that leaves no share of the points, or all."""
    return f"the credit of {id} is not between 0 and 1; for all points it can be accepted"


def not_among_them(ids: Collection[str]) -> str:
    """For decisions in assignment.toml on misconceptions that there are not."""
    are = "which is not one of them" if len(ids) == 1 else "which are not among them"
    return f"assignment.toml names {', '.join(sorted(ids))}, {are}"


def too_long_stage(exercise: str) -> str:
    """For a stage with more entries than are read."""
    return f"a stage of {exercise} has more than id, title and index"


def no_pair(first: str, second: str) -> str:
    """For a pair of mistakes that cannot be made at once."""
    return f"{first} and {second} are not two misconceptions of one exercise"
