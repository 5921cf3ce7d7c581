"""A shell script that completes commands, options and their choices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grader.cli.arguments import DEBUG, Command
from grader.cli.command_line import COMMANDS

_COMPLETION = """\
# Completion of the command grader for bash; zsh reads it through bashcompinit.
[ -n "${{ZSH_VERSION-}}" ] && autoload -U +X bashcompinit && bashcompinit
_grader() {{
    local current="${{COMP_WORDS[COMP_CWORD]}}" before="${{COMP_WORDS[*]:1:$((COMP_CWORD - 1))}}" offered="" options=""
    case "$before " in
{cases}
    esac
    case "$current" in -*) offered="$options" ;; esac
    COMPREPLY=($(compgen -W "$offered" -- "$current"))
}}
complete -o default -F _grader grader
"""


def completion_script() -> str:
    """Return the script: options after a dash, else names and choices, else the shell's files."""
    top = f'        " ") offered="{" ".join(c.name for c in COMMANDS)}" options="--help --version" ;;'
    return _COMPLETION.format(cases="\n".join([*_shell_cases(COMMANDS), top]))


def _shell_cases(commands: Sequence[Command], parent: str = "") -> Iterator[str]:
    """Yield the script's cases by what stands before the cursor; the first match is taken."""
    for command in commands:
        path = f"{parent}{command.name}"
        yield from _shell_cases(command.subcommands, f"{path} ")
        options = [a for a in (*command.arguments, DEBUG) if a.flags[0].startswith("-")]
        for option in options:
            if choices := option.options.get("choices"):
                yield from (f'        "{path} "*"{flag} ") offered="{" ".join(choices)}" ;;' for flag in option.flags)
        flags = [flag for option in options if not command.subcommands for flag in option.flags]
        names = " ".join(c.name for c in command.subcommands)
        yield f'        "{path} "*) offered="{names}" options="{" ".join((*flags, "--help"))}" ;;'
