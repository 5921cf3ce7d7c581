"""Every sentence of a validation report; numbers are given as text where they are rounded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from grader.english import plural

# --- right answers ---


def right_but_failed(name: str, check: str, message: str) -> str:
    """Say that something right does not pass a check, with the check's message."""
    return f"{name} is right, yet {check} says: {message}"


def notebook_earns(name: str, score: float, most: float, statuses: Iterable[str]) -> str:
    """Tell what a notebook of the assignment earns, and how its exercises ended."""
    return f"{name} earns {score:g} of {most:g} ({', '.join(statuses)})"


def notebook_not_graded(name: str, message: str) -> str:
    """Say that a notebook of the assignment has no grade."""
    return f"{name} could not be graded: {message}"


def stub_attempted(name: str, exercise: str, status: str, score: float) -> str:
    """Say that the notebook without answers is taken for an attempt, or lacks an exercise."""
    return f"{name} is what students start from, yet {exercise} is {status} with {plural(score, 'point')}."


# --- visible checks ---


def visible_points(worth: Iterable[tuple[str, float, float]]) -> str:
    """Tell what visible checks are worth: for each exercise its visible points and points."""
    return f"They are worth {' and '.join(f'{visible:g} of the {most:g} points of {e}' for e, visible, most in worth)}."


def too_many_visible_points(exercise: str, visible: float, most: float, share: float) -> str:
    """Say that visible checks are worth more than the assignment allows."""
    return (
        f"the visible checks of {exercise} are worth {visible:g} of its {plural(most, 'point')}, and assignment.toml "
        f"allows {share * most:g} (visible_share = {share:g})."
    )


# --- known mistakes ---


def mistakes_caught(singles: tuple[int, int], pairs: tuple[int, int]) -> str:
    """Count how many misconceptions, and pairs of them, are caught and named, out of how many."""
    counts = (f"{singles[0]} of {plural(singles[1], 'misconception')}", f"{pairs[0]} of {plural(pairs[1], 'pair')}")
    return f"{' and '.join(counts)} of them are caught and named for what they are."


def mistake_not_caught(mistake: str, exercise: str) -> str:
    """Say that a mistake passes every check."""
    return f"{mistake}: no check of {exercise} catches it."


def mistake_misnamed(mistake: str, other: str | None) -> str:
    """Say that a mistake is caught and then named another one, or none."""
    return f"{mistake}: it is caught, but {f'named {other}' if other else 'nothing names it'}."


# --- tolerances ---

NO_VARIANTS = " The noise was not measured: there are no right variants (variants.py)."


def margins(comparisons: int, noise: float, nearest: float | None) -> str:
    """Sum up how far tolerances are from right answers and from the nearest mistakes."""
    verb = "uses" if comparisons == 1 else "use"
    near = "" if nearest is None else f"; the nearest mistakes are off by at least {nearest:.2g} times the tolerance"
    right = f"{plural(comparisons, 'comparison')} {verb} at most {noise:.2g} of the tolerance on right answers"
    return f"{right}{near}."


def right_beyond_tolerance(place: str, name: str, share: float) -> str:
    """Say that a right answer is beyond the tolerance."""
    return f"{place}: {name} is right, yet it is off by {share:.2g} times what is allowed."


def mistake_near_noise(place: str, name: str, times: float) -> str:
    """Say that a mistake fails a check by little more than right answers differ."""
    near = f"only {times:.2g} times as far off as right answers are"
    return f"{place}: {name} is {near}; other inputs must tell them apart."


def tolerance_too_wide(place: str, name: str, share: float) -> str:
    """Say that a mistake is within the tolerance."""
    return f"{place}: the tolerance is too wide, {name} is off by {share:.2g} of it and passes."


# --- mutants ---


def mutants_caught(caught: int, total: int, same: int, different: int) -> str:
    """Count the mutants by how they ended."""
    return (
        f"{caught} of {plural(total, 'mutant')} of the solution {'is' if total == 1 else 'are'} caught, {same} "
        f"{'gives' if same == 1 else 'give'} the reference's own answers, {different} "
        f"{'differs and is' if different == 1 else 'differ and are'} not caught."
    )


def mutant_place(file: str, line: int, kind: str) -> str:
    """Say where a mutant differs from the solution, and what kind of change it is."""
    return f"{file}, line {line} ({kind})"


def mutant_not_caught(place: str, exercise: str, distance: float | None, call: str, diff: str) -> str:
    """Say that a mutant passes although its answers differ; None stands for another form."""
    differ = "are of another form" if distance is None else f"differ by {distance:.2g}"
    return f"{place}: it passes every check of {exercise}, but its answers {differ}, most for {call}.\n{diff}"


def mutant_with_same_answers(place: str, exercises: Iterable[str], distance: float, diff: str) -> str:
    """Say that a mutant leaves the answers of exercises as they are."""
    return f"{place}: the answers of {' and '.join(exercises)} differ by {distance:.2g}.\n{diff}"


# --- assignments that cannot be validated ---

CHECKS_PROCESS_ENDED = "a process that ran the checks ended before it had a result; try again."
_VARIANTS = "VARIANTS must be a literal dictionary from exercises to lists of the functions that answer them rightly"
NOT_IN_FILE = f"{_VARIANTS}; there is no such assignment in it."


def unreadable_variants(reason: str) -> str:
    """Say why the list of right functions cannot be read."""
    return f"{_VARIANTS}: {reason}"


def no_exercise_for_variants(name: str) -> str:
    """Say that right functions are listed for something else than an exercise."""
    return f"VARIANTS names {name!r}, which is no exercise."


# --- the whole ---


def validation_result(slug: str, failed: Sequence[str]) -> str:
    """Say whether an assignment's validation passed, and else which of its sections did not."""
    return f"{slug}: validation failed: {', '.join(failed)}." if failed else f"{slug}: validation passed."


def fails_title(exercise: str) -> str:
    """Head the table of known mistakes and the checks that catch them."""
    return f"{exercise}: what each check fails (✗)"


def margins_title(exercise: str) -> str:
    """Head the table of distances of answers, right and wrong, as shares of the tolerance."""
    return f"{exercise}: how far off answers are, in tolerances"


def not_carried_out(check: str, candidate: str, reason: str) -> str:
    """For a check that ended in an error on a candidate, so that there is no report."""
    return f"{check} could not be carried out on {candidate}: {reason}"
