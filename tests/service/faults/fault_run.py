"""Upload and grade while everything fails at random points, then count what was lost."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from tests.service.faults.running import ServiceUnderFaults
from tests.service.faults.uploading import Uploads

MOST_TRIES = 5
OPEN = ("accepted", "queued", "grading")
_HELD_S = 4.0  # how long a database is away, or a disk full
_DAY_S = 24 * 3600
_LAST_ANSWER_S = 60  # how long after the end a database may be away

SHORT: Mapping[str, int] = {"worker": 1, "zygote": 1, "web": 1}
LONG: Mapping[str, int] = {"worker": 8, "zygote": 6, "web": 6, "disk": 2, "clock": 2}
OF_POSTGRESQL: Mapping[str, int] = {"stop": 2, "crash": 2}
OF_SQLITE: Mapping[str, int] = {"queue": 1}


@dataclass
class FaultOutcome:
    """What became of the uploads; ``counts`` is for people, ``wrong`` is what must be empty."""

    counts: dict[str, object] = field(default_factory=dict)
    wrong: dict[str, object] = field(default_factory=dict)
    documents: list[str] = field(default_factory=list)
    """Results with another score than they should have."""


class FaultRun:
    """Uploads to one service, and faults at random points of them."""

    def __init__(self, running: ServiceUnderFaults, uploads: int, faults: Mapping[str, int], seed: int) -> None:
        self._running = running
        self._chance = random.Random(seed)  # noqa: S311 - the same points again where a run is to be repeated
        self._faults = [kind for kind, count in faults.items() for _ in range(count)]
        self._chance.shuffle(self._faults)
        self._graded = 0
        self._uploads = Uploads(running.service, uploads, lambda: self._graded)
        self._clock_s = 0
        self._until = 0.0
        self._done: list[str] = []

    def run(self, say: Callable[[str], None], within_s: float, *, poison: bool = False) -> FaultOutcome:
        """Do it all, and return what was found once nothing is open, or the time is up.

        With ``poison`` one upload ends its worker each time that grading it begins; it alone is to be given up.
        """
        self._until = time.monotonic() + within_s
        _ = self._running.service.token
        self._uploads.start()
        points = sorted(self._chance.uniform(0.02, 0.9) * 2 * self._uploads.count for _ in self._faults)
        if poison:
            self._poison()
        for kind, point in zip(self._faults, points, strict=True):
            while self._progress() < point and self._in_time():
                time.sleep(0.1)
            time.sleep(self._chance.uniform(0, 0.5))
            say(f"{kind} at {len(self._uploads.acknowledged)} acknowledged, {self._graded} graded")
            self._fail(kind)
        while self._progress() < 2 * self._uploads.count and self._in_time():
            time.sleep(0.2)
        self._uploads.stop()
        return self._outcome()

    def _in_time(self) -> bool:
        return time.monotonic() < self._until

    def _progress(self) -> int:
        self._graded = int(self._ask("SELECT count(*) FROM service_publishedresult")[0][0])
        return len(self._uploads.acknowledged) + self._graded

    def _poison(self) -> None:
        """Kill the worker at each try of the upload that was acknowledged first."""
        killed = 0
        while killed < MOST_TRIES and self._in_time():
            query = "SELECT state, tries FROM service_upload WHERE attempt = 1"
            for state, tries in self._ask(query):
                assert state != "graded", "the upload was graded before its worker was killed"
                if state == "grading" and int(str(tries)) > killed:
                    self._running.kill_workers()  # whichever of them grades it
                    killed = int(str(tries))
            time.sleep(0.02)

    def _fail(self, kind: str) -> None:
        server = self._running.database
        match kind:
            case "worker" | "zygote" | "web":
                while not self._running.kill(kind, self._chance) and self._in_time():
                    time.sleep(0.1)
            case "disk":
                self._running.fill_disk()
                self._hold()
                self._running.free_disk()
            case "queue":  # what it held is in the rows
                for file in self._running.data.glob("queue.sqlite3*"):
                    file.unlink()
            case "clock":
                self._clock_s -= self._chance.randint(1, 3) * _DAY_S
                self._running.set_clock(self._clock_s)
            case "stop" | "crash" if server:
                server.control("-m", "immediate", "stop") if kind == "stop" else server.kill()
                self._hold()
                server.start()

    def _hold(self) -> None:
        self._uploads.hurry = True
        time.sleep(_HELD_S * self._chance.random())
        self._uploads.hurry = False

    def _ask(self, query: str) -> Sequence[tuple[object, ...]]:
        """Ask until the database answers, or long after the time is up."""
        import sqlite3

        import psycopg

        while True:
            try:
                return self._running.rows(query)
            except (sqlite3.OperationalError, psycopg.OperationalError):
                if time.monotonic() > self._until + _LAST_ANSWER_S:
                    raise
                time.sleep(0.2)

    def _outcome(self) -> FaultOutcome:
        asked = set(self._uploads.acknowledged)
        rows = {str(pk).replace("-", ""): (state, tries) for pk, state, tries in self._ask(
            "SELECT id, state, tries FROM service_upload")}  # fmt: skip
        results = [(str(pk).replace("-", ""), score, most) for pk, score, most in self._ask(
            "SELECT upload_id, score, max_score FROM service_publishedresult")]  # fmt: skip
        names = [pk for pk, *_ in results]
        acknowledged = {pk.replace("-", "") for pk in asked}
        states = [str(state) for state, _ in rows.values()]
        counts = {
            "acknowledged": len(self._uploads.acknowledged),
            "rows": len(rows),
            "results": len(results),
            "states": {state: states.count(state) for state in sorted(set(states))},
            "tries": sorted((int(str(t)) for _, t in rows.values()), reverse=True)[:5],
            "refused": self._uploads.refused,
            "broken off": self._uploads.broken,
        }
        wrong = {
            "not acknowledged in time": self._uploads.count - len(acknowledged),
            "acknowledged and lost": len(acknowledged - set(rows)) + len(acknowledged - set(names)),
            "rows that nobody asked for": len(set(rows) - acknowledged),
            "graded twice": len(names) - len(set(names)),
            "left pending": sum(state in OPEN for state in states),
            "without the right score": sum(score != most for _, score, most in results),
        }
        documents = self._ask("SELECT document FROM service_publishedresult WHERE score <> max_score")
        return FaultOutcome(counts, {w: count for w, count in wrong.items() if count}, [str(d) for (d,) in documents])
