"""``grader completion``: what a shell offers that has loaded the script."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from importlib import import_module

import pytest

from grader.cli.command_line import COMMANDS, TEST
from grader.cli.completion import completion_script

COMPLETE = """
{script}
COMP_WORDS=({words})
COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
_grader
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


# As zsh's own bridge to completion functions of bash calls them.
IN_ZSH = "autoload -U +X compinit && compinit -u -D\n{script}\nemulate sh; setopt kshglob noshglob braceexpand\n"

SHELLS = [shell for shell in ("bash", "zsh") if shutil.which(shell)]


def completed(words: str, shell: str = "bash") -> list[str]:
    """Return what a shell offers for the last of these words."""
    script = completion_script() if shell == "bash" else IN_ZSH.format(script=completion_script())
    option, current = "-u" if shell == "bash" else "-f", shlex.split(words)[-1]
    program = COMPLETE.format(script=script, words=words)
    done = subprocess.run(  # noqa: S603 - our own script
        [shutil.which(shell) or shell, option, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stderr == ""
    return [word for word in done.stdout.split() if shell == "bash" or word.startswith(current)]  # as zsh does itself


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("grader gr", ["grade"]),
        ("grader --v", ["--version"]),
        ("grader assignment ''", ["test", "release"]),
        ("grader assignment test --js", ["--json"]),
        ("grader grade in.zip --ros", ["--roster"]),
        ("grader check my.ipynb --sandbox ''", ["on", "off", "strict"]),
        ("grader grade in.zip --sandbox s", ["strict"]),
        ("grader hook up.ipynb --view st", ["student", "staff"]),
        ("grader check --sandbox on --ht", ["--html"]),
        ("grader assignment release tiny --no", ["--no-wheel"]),
    ],
)
@pytest.mark.parametrize("shell", SHELLS)
def test_commands_options_and_choices_are_completed(words: str, offered: list[str], shell: str) -> None:
    """Each in its place, and of another command nothing."""
    assert completed(words, shell) == offered


@pytest.mark.parametrize("words", ["grader check ''", "grader grade in.zip -o ''"])
def test_a_file_is_left_to_the_shell(words: str) -> None:
    """Where a file is asked for nothing is offered, so that the shell offers files."""
    assert completed(words) == []


def test_every_command_is_offered_and_can_be_run() -> None:
    """The table names only functions that there are."""
    assert completed("grader ''") == [c.name for c in COMMANDS]
    assert all(callable(getattr(import_module(c.module), c.runner)) for c in (*COMMANDS, TEST) if not c.subcommands)
