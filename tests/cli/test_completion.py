"""``grader completion``: what a shell offers that has loaded the script."""

from __future__ import annotations

import subprocess

import pytest

from grader.cli import commands
from grader.cli.command_line import COMMANDS, TEST
from grader.cli.completion import completion_script

COMPLETE = """
{script}
COMP_WORDS=({words})
COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
_grader
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


def completed(words: str) -> list[str]:
    """Return what bash offers for the last of these words."""
    program = COMPLETE.format(script=completion_script(), words=words)
    done = subprocess.run(  # noqa: S603 - our own script
        ["/bin/bash", "-u", "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("grader gr", ["grade"]),
        ("grader --v", ["--version"]),
        ("grader assignment ''", ["test"]),
        ("grader assignment test --js", ["--json"]),
        ("grader grade in.zip --ros", ["--roster"]),
        ("grader check my.ipynb --sandbox ''", ["on", "off", "strict"]),
        ("grader grade in.zip --sandbox s", ["strict"]),
        ("grader hook up.ipynb --view st", ["student", "staff"]),
        ("grader check --sandbox on --ht", ["--html"]),
        ("grader kit tiny --no", ["--no-wheel"]),
    ],
)
def test_commands_options_and_choices_are_completed(words: str, offered: list[str]) -> None:
    """Each in its place, and of another command nothing."""
    assert completed(words) == offered


@pytest.mark.parametrize("words", ["grader check ''", "grader grade in.zip -o ''"])
def test_a_file_is_left_to_the_shell(words: str) -> None:
    """Where a file is asked for nothing is offered, so that the shell offers files."""
    assert completed(words) == []


def test_every_command_is_offered_and_can_be_run() -> None:
    """The table names only functions that there are."""
    assert completed("grader ''") == [c.name for c in COMMANDS]
    assert all(callable(getattr(commands, c.function)) for c in (*COMMANDS, TEST) if not c.subcommands)
