"""Uploads to a service at given times, whatever the answers to those before take."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Sequence

import httpx

from benchmarks.service_process import RunningService


def hand_in_at_a_rate(made: RunningService, tokens: Sequence[str], count: int, seconds: float) -> list[float]:
    """Hand in so many notebooks in so many seconds, one student after the other.

    Returns the seconds from when each was to be handed in to its answer; raises ValueError for any answer but 202.
    """
    return asyncio.run(_open_loop(made, tokens, count, seconds))


async def _open_loop(made: RunningService, tokens: Sequence[str], count: int, seconds: float) -> list[float]:
    limits = httpx.Limits(max_connections=count, max_keepalive_connections=0)
    async with httpx.AsyncClient(limits=limits, timeout=60) as client:
        start = time.perf_counter() + 0.1

        async def one(number: int) -> float:
            due = start + number * seconds / count
            await asyncio.sleep(due - time.perf_counter())
            answer = await client.post(
                f"{made.service.url}/api/v1/submissions",
                headers={"Authorization": f"Bearer {tokens[number % len(tokens)]}"},
                data={"course": "demo", "assignment": made.slug},
                files={"notebook": (f"notebook-{number}.ipynb", made.notebook)},
            )
            if answer.status_code != 202:
                raise ValueError(f"upload {number} was answered {answer.status_code}: {answer.text[:300]}")
            return time.perf_counter() - due

        return await asyncio.gather(*map(one, range(count)))


def percentile(values: Sequence[float], percent: int) -> float:
    """Return a percentile of values."""
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]
