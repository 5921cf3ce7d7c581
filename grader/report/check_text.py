"""What a check found, as text for the command line and pytest's terminal.

The page says the same in other markup; labels and places stand here for it too.
"""

from __future__ import annotations

from grader.result import CheckResult, Visibility

LOOKS_LIKE = "Looks like"
HINT = "Hint"
MOST_FRAMES = 12


def case(check: CheckResult) -> str:
    """Return which of several checks of one title this is, by the brackets in its id, or ""."""
    return check.id.partition("[")[2].removesuffix("]")


def heading(check: CheckResult) -> str:
    """Return the title, the case in brackets, and whether the check is hidden."""
    hidden = " (hidden check)" if check.visibility is Visibility.HIDDEN else ""
    return f"{check.title}{f' ({case(check)})' if case(check) else ''}{hidden}"


def sentences(check: CheckResult, *, hinted: set[str], most_frames: int = MOST_FRAMES) -> list[str]:
    """Return what a check found: mistake, difference, where the code stopped, what to try.

    ``hinted`` are the ids of mistakes whose hint was given before; that of this check is added. Of a traceback the last
    ``most_frames`` lines are told, outermost first.
    """
    found = []
    for mistake in check.diagnoses[:1]:
        again = mistake.id in hinted or not mistake.hint
        found.append(f"{LOOKS_LIKE}: {mistake.title}{'' if again else f'. {mistake.hint}'}")
        hinted.add(mistake.id)
    found += [check.message, check.note]
    found += [f"{frame.place}: {frame.text.strip()}" for frame in check.traceback[-most_frames:]]
    hints = (check.mismatch.hint if check.mismatch else "", check.hint)
    return [*filter(None, found), *(f"{HINT}: {hint}" for hint in hints if hint)]
