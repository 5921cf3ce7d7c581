"""Run the service under faults: ``python -m tests.service.faults --help``.

It runs in a mount namespace of its own, where its small disk is nobody else's and goes with it; that takes root.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import tempfile
import time
from pathlib import Path

from tests.service.conftest import running_postgresql
from tests.service.faults.fault_run import LONG, OF_POSTGRESQL, OF_SQLITE, SHORT, FaultRun
from tests.service.faults.running import running

_INSIDE = "FAULTS_INSIDE"
_LOG_LINES = 60


def main() -> int:
    """Run once on each database that is asked for; return 1 where something was lost."""
    parser = argparse.ArgumentParser(prog="python -m tests.service.faults", description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--uploads", type=int, default=200)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--short", action="store_true", help="only one kill of each kind")
    parser.add_argument("--only", nargs="*", metavar="FAULT=COUNT", help="these faults alone, so many times each")
    parser.add_argument("--poison", action="store_true", help="one upload ends its worker at each try")
    parser.add_argument("--within", type=float, default=900.0, metavar="SECONDS", help="give up after so long")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="the same points as in another run")
    args = parser.parse_args()
    if not args.short and _INSIDE not in os.environ:
        os.environ[_INSIDE] = "1"
        os.execvp("unshare", ["unshare", "--mount", sys.executable, "-m", "tests.service.faults", *sys.argv[1:]])  # noqa: S606, S607 - the system's own program
    return max([_run(name, args) for name in args.database])


def _run(name: str, args: argparse.Namespace) -> int:
    begun = time.monotonic()

    def say(what: str) -> None:
        print(f"{time.monotonic() - begun:6.1f} s  {what}", flush=True)

    faults = SHORT if args.short else LONG | (OF_POSTGRESQL if name == "postgresql" else OF_SQLITE)
    if args.only is not None:
        faults = {kind: int(count) for kind, _, count in (one.partition("=") for one in args.only)}
    say(f"{name}, {args.workers} workers, seed {args.seed}")
    with (
        tempfile.TemporaryDirectory(prefix="grader-faults-", dir="/tmp") as folder,
        running_postgresql() if name == "postgresql" else contextlib.nullcontext() as database,
        running(
            Path(folder), database, workers=args.workers, small_disk=not args.short, clock=not args.short
        ) as service,
    ):
        outcome = FaultRun(service, args.uploads, faults, args.seed).run(say, args.within, poison=args.poison)
        say(f"{outcome.counts}")
        say(f"wrong: {outcome.wrong or 'nothing'}")
        expected = {"without the right score": 1} if args.poison else {}
        if outcome.wrong != expected:
            log = (service.service.folder / "log").read_text(errors="replace")
            print("\n".join([*log.splitlines()[-_LOG_LINES:], *outcome.documents]))
    return int(outcome.wrong != expected)


if __name__ == "__main__":
    sys.exit(main())
