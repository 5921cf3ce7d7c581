"""The cache of reference answers takes a bounded place, and keeps what is used."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection
from pathlib import Path

from grader.session import AnswerStore

KEYS = [f"00{n:062x}" for n in range(6)]  # all in one folder
TEXT = "x" * 4000
ROOM = 256 * 15_000  # for three of these answers in each folder


def kept(store: AnswerStore, keys: Collection[str] = KEYS) -> set[str]:
    """Return the keys that have an answer."""
    found = set()
    for key in keys:
        with contextlib.suppress(KeyError):
            store.get(key)
            found.add(key)
    return found


def store_in(folder: Path) -> AnswerStore:
    """Return a store in which each answer is a minute older than the next."""
    store = AnswerStore(folder, most_bytes=ROOM)
    for age, key in enumerate(KEYS[:3]):
        store.put(key, TEXT)
        [file] = folder.glob(f"*/{key}.npz")
        os.utime(file, ns=(10**18 + age, 10**18 + age))
    return store


def test_what_was_not_used_for_longest_goes_first(tmp_path: Path) -> None:
    """Each answer that is added takes the place of the oldest."""
    store = store_in(tmp_path)

    store.put(KEYS[3], TEXT)
    store.put(KEYS[4], TEXT)

    assert kept(store) == {*KEYS[2:5]}


def test_what_was_used_stays(tmp_path: Path) -> None:
    """An answer that was asked for is as good as a new one."""
    store = store_in(tmp_path)
    store.get(KEYS[0])

    store.put(KEYS[3], TEXT)

    assert kept(store) == {KEYS[0], KEYS[2], KEYS[3]}


def test_an_answer_larger_than_its_share_is_kept_alone(tmp_path: Path) -> None:
    """What was asked for last is likely to be asked for next."""
    store = store_in(tmp_path)

    store.put(KEYS[5], TEXT * 10)

    assert kept(store) == {KEYS[5]}
