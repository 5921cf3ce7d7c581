"""Run a program of ours in a process that is forked with the grader loaded.

Importing it anew is a second of CPU.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from grader.fork_server import PRELOADED

_CHILD = """
import os, sys
os.chdir(FOLDER)
os.environ.clear()
os.environ.update(ENVIRONMENT)
for number, file in ((1, OUT), (2, ERR)):
    os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
sys.argv = ARGUMENTS
exec(SOURCE)
"""
PRELOADED[-1:-1] = [
    "grader.plugin.options",
    "grader.cli.hand_over",
    "grader.cli.run",
    "grader.cli.commands",
]  # whichever test starts the server


def run_forked(
    source: str, arguments: tuple[object, ...], folder: Path, environment: Mapping[str, str] = os.environ
) -> subprocess.CompletedProcess[str]:
    """Run Python source with arguments in a folder; return how it ended and what it printed."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)  # of no effect once it runs
    with tempfile.TemporaryDirectory() as streams:
        out, err = Path(streams, "out"), Path(streams, "err")
        given = {
            "FOLDER": str(folder),
            "ENVIRONMENT": dict(environment),
            "OUT": str(out),
            "ERR": str(err),
            "ARGUMENTS": ["python", *map(str, arguments)],
            "SOURCE": source,
        }
        process = context.Process(target=exec, args=(_CHILD, given))
        process.start()
        process.join(timeout=300)
        assert process.exitcode is not None, "it did not end"
        return subprocess.CompletedProcess(given["ARGUMENTS"], process.exitcode, out.read_text(), err.read_text())


WITH_SERVER = """
import sys
from grader.cli import main
sys.exit(main())
"""
"""The console script, which starts a server for its examiners."""

COMMAND = f"""
from grader import fork_server, worker
fork_server.context = fork_server.fork_context
worker.Examiners._start_server = staticmethod(lambda: None)
{WITH_SERVER}
"""
"""The same whose examiners are forks of it: it has loaded what the server would load."""
