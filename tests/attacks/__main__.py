"""Carry out the attacks and print the table: attack, layers, what is left.

``python -m tests.attacks [NAME ...]``.
"""

from __future__ import annotations

import sys

from rich.console import Console
from rich.table import Table

from tests.attacks.examiner import EXAMINED, doubts
from tests.attacks.isolated_run import run_attacks
from tests.attacks.specimens import ATTACKS


def main(options: list[str]) -> int:
    """Print the table and return 1 if an attack got through."""
    report = run_attacks(*options)
    through = 0
    table = Table("attack", "tries", "stopped by", "sees / gets", "left over", title=_where(report))
    for attack in ATTACKS:
        tried = report["examined"].get(attack.name, {})
        outcome = report.get("locked", {}).get(attack.name) or tried.get("") or {"through": False, "saw": ""}
        graded = report.get("graded", {}).get(attack.name, {"verdict": ""})
        if not outcome["saw"] and not graded["verdict"]:
            continue
        through += outcome["through"]
        seen = f"[red]THROUGH: {outcome.get('harm', '')}[/red] " if outcome["through"] else ""
        table.add_row(
            f"{attack.category}/{attack.name}",
            attack.tries,
            attack.one("Stopped by"),
            seen + (outcome["saw"][:60] or graded["verdict"]).replace("[", "\\["),
            attack.one("Leaves", "nothing"),
        )
    Console(width=None if sys.stdout.isatty() else 200).print(table)
    print(f"{through} attacks got through.")
    doubtful = [doubt for a in EXAMINED for doubt in doubts(a, report["examined"].get(a.name, {}))]
    for doubt in doubtful:
        print(f"Not as it is said: {doubt}")
    return min(1, through + len(doubtful))


def _where(report: dict[str, object]) -> str:
    isolation = "in namespaces of their own" if report["isolated"] else "without namespaces of their own"
    user = f"as user {report['user']}" if report["user"] else "as the user who started them"
    return f"Attacks, {isolation}, {user}{', in a container' * bool(report['container'])}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
