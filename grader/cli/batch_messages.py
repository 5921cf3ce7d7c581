"""The sentences of the commands that grade a batch, again too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from grader import english
from grader.english import plural

MOST_NAMED = 20

# --- grade, replay ---

RETRY = "What is not graded is our fault and has no grade; the same command tries it again"


def batch_counts(total: int, statuses: Sequence[tuple[str, int]], *, kept: int, earlier: int) -> str:
    """Count the submissions of a batch by status, and only statuses that there are.

    ``kept`` are those of this run that had not changed, ``earlier`` those that were not in it.
    """
    counts = ", ".join(f"{count} {label}" for label, count in statuses if count)
    old = [f"{kept} unchanged and not graded again"] * (kept > 0)
    old += [f"{plural(earlier, 'row')} from earlier runs"] * (earlier > 0)
    rows = sum(count for _, count in statuses)
    found = plural(total, "submission") + (f" in {plural(rows, 'row')}" if rows != total else "")
    return f"{found}: {counts}" + (f" ({'; '.join(old)})" if old else "")


def batch_mean(mean: str, most: str) -> str:
    """Tell the mean score of what was graded."""
    return f"Mean of the graded submissions: {mean} of {most} points"


def common_mistakes(mistakes: Iterable[tuple[str, int]]) -> str:
    """List mistakes with how many submissions made them."""
    return f"Most common mistakes: {'; '.join(f'{title} ({count})' for title, count in mistakes)}"


def outdated(ids: Sequence[str]) -> str:
    """List the results that were made under other versions of what decides a grade."""
    rows = f"{plural(len(ids), 'row')} {'was' if len(ids) == 1 else 'were'}"
    return f"{rows} made under other versions and {'is' if len(ids) == 1 else 'are'} not in this run: {first_of(ids)}"


def replaced(ids: Sequence[str], folder: str) -> str:
    """List the results that other notebooks took the place of, and say where they are kept."""
    rows = f"{plural(len(ids), 'row')} {'was' if len(ids) == 1 else 'were'}"
    return f"{rows} replaced by another notebook under the same name: {first_of(ids)}. The earlier results: {folder}"


def first_of(names: Sequence[str]) -> str:
    """List the first names, and say how many more there are."""
    return english.first_of(names, MOST_NAMED)


LOOK_FIRST = "LOOK AT THIS BEFORE YOU USE THE GRADES"
LOOK_ABOVE = "Before you use the grades, look at the first lines above; intake.txt has them too."


def strict_roster(doubts: Sequence[str]) -> str:
    """Say that nothing is graded because the roster and the submissions do not agree."""
    return f"nothing was graded: {'; '.join(doubts)}. Correct the roster or the files, or leave --strict-roster out."


STRICT_NEEDS_ROSTER = "--strict-roster needs --roster CSV."


def replayed(id: str, score: str, seed: int | None, *, same: bool) -> str:
    """Say whether grading again gave the same grade."""
    return f"{id}: {f'the same grade, {score}' if same else 'another grade'}, with the seed {seed}"


# --- regrade ---

DIFFERS, CHANGED_SINCE = "differs", "changed since"


def nothing_to_regrade(out: Path) -> str:
    """For a folder of a batch without any results."""
    return f"{out} holds no rows, so there is nothing to grade again."


def inputs_unknown(out: Path) -> str:
    """For a folder that older versions wrote, without a record of its inputs."""
    return f"{out} does not say where its submissions are; name them: grader regrade {out} PATH."


def grade_changes(id: str, before: str, after: str) -> str:
    """Tell one grade before and after, each as text."""
    return f"{id}: {before} then, {after} now"


def counts_with_corrections(then: float | None, now: float | None) -> str:
    """Tell the scores that count, before and after; None is no grade."""
    before, after = ("none" if score is None else f"{score:g}" for score in (then, now))
    return f"counts, with corrections and lateness: {before} then, {after} now"


def not_regraded(id: str, reason: str) -> str:
    """For a submission that grading again failed at."""
    return f"{id} could not be graded again: {reason}"


def files_lost(ids: Sequence[str]) -> str:
    """List rows that could not be graded again for want of their files."""
    return (
        f"Not graded again, because the files are no longer where they were, or have changed: {first_of(ids)}. "
        "Their rows stay; `grader grade` grades what has changed."
    )
