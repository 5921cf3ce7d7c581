"""Hand notebooks in by the API while the service fails, as a patient client does."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

from tests.service.conftest import RIGHT, Service, notebook

_CLIENTS = 3
_AHEAD = 24
"""How many uploads there may be that are not graded yet, so that faults meet uploads and gradings alike."""


@dataclass
class Uploads:
    """Uploads of so many notebooks, each repeated under one key until it is acknowledged."""

    service: Service
    count: int
    graded: Callable[[], int]
    acknowledged: list[str] = field(default_factory=list)
    refused: dict[int, int] = field(default_factory=dict)
    broken: int = 0
    hurry: bool = False
    """Whether to wait for no grading, so that uploads meet what only lasts a while."""
    _begun: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _end: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        """Begin."""
        self._threads = [threading.Thread(target=self._client, daemon=True) for _ in range(_CLIENTS)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Upload no more."""
        self._end.set()
        for thread in self._threads:
            thread.join()

    def _client(self) -> None:
        while not self._end.is_set():
            if not self.hurry and self._begun - self.graded() > _AHEAD:
                time.sleep(0.1)
                continue
            with self._lock:
                if (number := self._begun) >= self.count:
                    return
                self._begun += 1
            self._hand_in(number)

    def _hand_in(self, number: int) -> None:
        content = notebook(*RIGHT, f"# {number}\n" * 50)
        while not self._end.is_set():
            try:
                answer = self.service.hand_in(content, **{"Idempotency-Key": f"upload-{number}"})
            except httpx.TransportError:
                self.broken += 1
            else:
                if answer.is_success:
                    self.acknowledged.append(answer.json()["id"])
                    return
                self.refused[answer.status_code] = self.refused.get(answer.status_code, 0) + 1
            time.sleep(0.2)
