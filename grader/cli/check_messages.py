"""The sentences of the commands on a notebook of one's own."""

from __future__ import annotations

from pathlib import Path

# --- warm ---

NOTHING_LOADED = "Nothing is loaded."
CANNOT_LAST = (
    "the models cannot stay loaded: GRADER_IDLE_S is 0, the state folder cannot be written, or this is no Linux; "
    "`grader check` loads them each time."
)


def loaded(label: str, idle_s: float) -> str:
    """Say that the models of an assignment are loaded."""
    return f"{label}: loaded; ends after {idle_s:g} s without use."


def is_loaded(label: str) -> str:
    """Say that the models of an assignment are found to be loaded."""
    return f"{label}: loaded."


def stopped(label: str) -> str:
    """Say that the models of an assignment stay loaded no longer."""
    return f"{label}: ends, at once or when the command that uses it has ended."


# --- hook ---

GRADED_HERE = "grader: the service cannot be reached; grading here, and the service does not know of it."
NOT_GRADED = "It could not be graded through a fault that is not the student's; try again."
NOT_READ = "It could not be read as a notebook."
NO_POINTS = "It has no points."


def got_points(score: str, most: str) -> str:
    """Say what a submission got."""
    return f"It got {score} of {most} points."


# --- check ---

WATCHING = "Checked; it is checked again when you save the notebook. Ctrl-C ends this."
UNSANDBOXED = "Your code was run without the sandbox (--sandbox=off)."
HTML_HINT = "With --html page.html you get the same as a page, with pictures of what differs."


def saved(time: str) -> str:
    """Tell one check from the one before, when a notebook is watched."""
    return f"\n--- saved; checked again at {time} ---"


def no_sandbox(system: str) -> str:
    """Say that a student's own code is run like any other program of theirs."""
    return (
        f"{system} has no sandbox: your code is run as any program of yours is. Check only a notebook of your own here."
    )


def checked_by(title: str, slug: str) -> str:
    """Say by which assignment a notebook was checked."""
    return f"Checked by the assignment {title!r} ({slug})."


def ask_for_trust(title: str, folder: str) -> str:
    """Ask whether the checks of a release may run."""
    return (
        f"{folder} holds the checks of {title!r}. They are programs that run on this computer, so answer yes only if "
        "the folder comes from your course. Run them from now on? [y/N]"
    )


def not_trusted(folder: str) -> str:
    """Say that a release is not trusted, and what to do."""
    return (
        f"the checks in {folder} were not run, because you have not said that you trust them; if they come from your "
        f"course, say `grader trust {folder}` once."
    )


def trusted(title: str, digest: str) -> str:
    """Say that a release is trusted."""
    return f"The checks of {title!r} (sha256 {digest[:16]}…) may run on this computer until their files change."


def only_a_release(folder: Path) -> str:
    """Say that a release is not enough for what was asked."""
    return f"{folder} is a release, without solution and hidden checks; name the assignment that it was made from."


def not_one_release(folder: Path, count: int) -> str:
    """Say that a folder does not hold one release."""
    return f"{folder} holds {count or 'no'} releases; name the folder that your course gave you."


def needs_other_option(option: str, other: str) -> str:
    """Say that an option means nothing without another."""
    return f"{option} is for {other} alone; give both, or leave it out."


def named_cell(cell: str, first_line: str) -> str:
    """Name a cell, which is called by its number among all cells, also by its first line."""
    return f"{cell} (`{first_line}`)" if first_line else cell


def page_written(page: Path) -> str:
    """Say where the same is told with pictures."""
    return f"The same with pictures: {page}"
