"""A batch of every attack among honest submissions, and what results and pages then say."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from grader.assignment import Assignment, load_assignment
from grader.batch import grade_batch
from grader.intake import discover
from grader.result import GradingResult, redact
from grader.submission import Submission
from tests.attacks.specimens import ATTACKS, Attack, honest
from tests.attacks.targets import Targets

MOST_HONEST, EACH_HONEST = 20, 8  # of them, and attacks for each
_JOBS = 3  # many attacks do nothing but wait
_ACTING = set("\x00\x07\x08\x1b\x7f\x9b\u202e\u2066")  # on a terminal, or on the text around


def batches(targets: Targets, assignment: Assignment, chosen: Sequence[str]) -> dict[str, Any]:
    """Grade the honest alone, then among every attack, then leaks under other secrets."""
    folder = targets.folder / "batch"
    attacks = [a for a in ATTACKS if not chosen or a.name in chosen]
    good = _hand_in(folder / "honest", honest(min(MOST_HONEST, 1 + len(attacks) // EACH_HONEST)))
    names = {a.file: a for a in attacks}
    bad = _hand_in(folder / "attacks", ((a.file, a.notebook(targets.described)) for a in attacks))
    alone = grade_batch(good, assignment, folder / "alone", jobs=_JOBS).results
    together = grade_batch(_mixed(good, bad), assignment, folder / "out", jobs=_JOBS).results
    by_id = {r.submission.id: r for r in together}
    found = {names[Path(s.path).name].name: by_id[s.id] for s in bad}
    ids = {names[Path(s.path).name].name: s.id for s in bad}
    return {
        "honest": len(alone),
        "disturbed": [a.submission.id for a in alone if _lasting(a) != _lasting(by_id[a.submission.id])],
        "graded": {name: _told(result) for name, result in found.items()},
        "shown": _shown(folder / "out", attacks, targets),
        "foreign": sorted(_foreign(folder / "out", folder / "alone")),
        "pages": {
            name: all((folder / "out" / kind / f"{id_}.html").is_file() for kind in ("feedback", "review"))
            for name, id_ in ids.items()
        },
        "batch_harm": targets.harm(),
        "differs": _differs(targets, assignment, [a for a in attacks if a.category == "leaking"], found),
    }


def _hand_in(folder: Path, files: Any) -> list[Submission]:
    folder.mkdir(parents=True)
    for name, data in files:
        (folder / name).write_bytes(data)
    return list(discover([folder]))


def _mixed(good: list[Submission], bad: list[Submission]) -> list[Submission]:
    """Put the honest among the attacks, one after every few of them."""
    every = max(1, len(bad) // len(good))
    mixed: list[Submission] = []
    for index, submission in enumerate(good):
        mixed += bad[index * every : (index + 1) * every]
        mixed.append(submission)
    return mixed + bad[len(good) * every :]


def _lasting(result: GradingResult) -> dict[str, Any]:
    """Return a result without what differs from run to run."""
    exercises = tuple(replace(e, checks=tuple(replace(c, duration_s=0.0) for c in e.checks)) for e in result.exercises)
    return replace(result, duration_s=0.0, exercises=exercises).to_json()


def _told(result: GradingResult) -> dict[str, Any]:
    verdict = ", ".join(f"{e.status} {e.score:g}" for e in result.exercises)
    messages = [result.message, *(e.message for e in result.exercises)]
    return {"verdict": verdict if result.status == "graded" else str(result.status), "messages": messages}


def _shown(out: Path, attacks: Sequence[Attack], targets: Targets) -> dict[str, list[str]]:
    """Return, by attack, the pages that hold what must never be there, or a target's secret.

    Any file with a secret counts.
    """
    shown: dict[str, list[str]] = {a.name: [] for a in attacks}
    for path in _written(out):
        text = path.read_text(encoding="utf-8")
        for attack in attacks:
            never = [*targets.secrets.values(), *(attack.said.get("Never", ()) if path.suffix == ".html" else ())]
            shown[attack.name] += [f"{path.relative_to(out)}: {words}" for words in never if words in text]
    return shown


def _written(out: Path) -> list[Path]:
    return [p for p in out.rglob("*") if p.suffix in (".html", ".csv", ".jsonl")]


class _Elements(HTMLParser):
    """Collects what runs, loads or leads elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name.startswith("on") or (value or "").strip().lower().startswith(("javascript:", "data:", "http:")):
                self.found.append(f"{tag} {name}={value}")
        if tag in ("script", "iframe", "img", "object", "embed", "form", "base", "meta", "link", "foreignobject"):
            self.found.append(f"{tag} {sorted(k for k, _ in attrs)}")


def _elements(page: Path) -> list[str]:
    parser = _Elements()
    parser.feed(page.read_text(encoding="utf-8"))
    return parser.found


def _foreign(out: Path, alone: Path) -> Iterator[str]:
    """Yield what stands on a page beside attacks and on none without, and cells that act.

    Bytes that act count as well.
    """
    known = {element for page in alone.rglob("*.html") for element in _elements(page)}
    for page in out.rglob("*.html"):
        yield from (f"{page.relative_to(out)}: {found}" for found in _elements(page) if found not in known)
    with (out / "grades.csv").open(newline="", encoding="utf-8-sig") as table:
        for row in csv.reader(table):
            yield from (f"grades.csv: {cell!r}" for cell in row if cell[:1] in ("=", "+", "@", "\t", "\r", "|"))
            yield from (f"grades.csv: {cell!r}" for cell in row if cell[:1] == "-" and not cell[1:2].isdigit())
    for path in _written(out):
        if bad := set(path.read_text(encoding="utf-8")) & _ACTING:
            yield f"{path.name}: {sorted(bad)!r}"


def _differs(
    targets: Targets, assignment: Assignment, attacks: Sequence[Attack], found: dict[str, GradingResult]
) -> dict[str, list[str]]:
    """Return the parts of students' views that change under other hidden inputs."""
    if not attacks:
        return {}
    root = targets.folder / "other" / assignment.root.name
    shutil.copytree(assignment.root, root)
    secret = json.loads((root / "secret.json").read_text(encoding="utf-8"))
    secret = {"numbers": [[-n for n in numbers] for numbers in secret["numbers"]]}
    (root / "secret.json").write_text(json.dumps(secret), encoding="utf-8")
    other = load_assignment(str(root))
    bad = _hand_in(targets.folder / "leaks", ((a.file, a.notebook(targets.described)) for a in attacks))
    names = {a.file: a.name for a in attacks}
    results = grade_batch(bad, other, targets.folder / "leaks-out", jobs=_JOBS).results
    by_id = {r.submission.id: r for r in results}
    differences = {}
    for submission in bad:
        name = names[Path(submission.path).name]
        before, after = (_student_sees(r) for r in (found[name], by_id[submission.id]))
        differences[name] = [
            f"{key}: {before[key]!r} | {after.get(key)!r}" for key in before if before[key] != after.get(key)
        ]
    return differences


def _student_sees(result: GradingResult) -> dict[str, Any]:
    seen = _lasting(redact(result))
    return {k: seen[k] for k in ("status", "score", "message", "exercises")}
