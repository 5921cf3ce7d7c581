"""Read the times that learning platforms give, and put several in order."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from grader.intake import messages
from grader.intake.accents import unaccented
from grader.intake.time_zones import anywhere, may_come_twice, offsets, zone_in

LONGEST_TIME = 200
"""Characters of a time that are read."""

_ISO = re.compile(
    r"^(?P<Y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)[ T_-]+(?P<H>\d\d)[:.-]?(?P<M>\d\d)(?:[:.-]?(?P<S>\d\d)(?:[.,]\d+)?)?(?!\d)"
)
_DIGITS = re.compile(r"^(?P<Y>\d{4})(?P<m>\d\d)(?P<d>\d\d)(?P<H>\d\d)(?P<M>\d\d)(?P<S>\d\d)(?:\d{3})?(?!\d)")
_EAST_ASIAN = re.compile(r"(?P<Y>\d{4})\s*[年년]\s*(?P<m>\d{1,2})\s*[月월]\s*(?P<d>\d{1,2})\s*[日일]")
_NUMERIC = re.compile(r"\b(?P<a>\d{1,2})(?P<sign>[./-])(?P<b>\d{1,2})[./-](?P<Y>\d{4})\b")
_YEAR = re.compile(r"\b\d{4}\b")
_DAY = re.compile(r"\s*\b(\d{1,2})(?:\.|er|st|nd|rd|th|º)?(?=[\s,.]|$)(?!\s?[:h]\s?\d)")
_CLOCK = re.compile(
    r"\b(?P<H>\d{1,2})(?:\s?[:.h]\s?(?P<M>\d\d)(?:\s?[:.]\s?(?P<S>\d\d))?|(?P<m>\d\d)|(?=\s?[ap]\.?\s?m\b))(?!\d)"
    r"(?:\s?(?P<half>[ap])\.?\s?m\b\.?)?",
    re.IGNORECASE,
)

_MONTHS = {
    word: number
    for number, words in enumerate(
        (
            "jan ene gen янв sty oca tammi led",
            "feb fev фев lut sub helmi uno",
            "mar mrz mrt maa мар maalis bre",
            "apr avr abr апр kwi nis huhti dub",
            "may mai mei mag maj мая май touko kve",
            "jun juin giu июн cze haz kesa cvn cerven",
            "jul juil lug июл lip tem heina cvc cervenec",
            "aug aou ago авг sie agu elo srp",
            "sep set сен wrz eyl syys zar",
            "oct okt ott out окт paz eki loka rij",
            "nov ноя lis kas marras",
            "dec dez dic дек gru ara joulu pro",
        ),
        start=1,
    )
    for word in words.split()
}
"""How months begin in the languages in which the platforms write dates, without accents."""


@dataclass(frozen=True, slots=True)
class HandInTime:
    """A time as a platform wrote it, empty where it told none.

    ``local`` is what the clock showed, None when that cannot be read. ``readings`` holds the instant that it would be
    in each zone and order of day and month that it may be meant in. ``twice`` tells whether the clock may have shown it
    twice, being set back. ``unclear`` says what could not be understood.
    """

    text: str = ""
    local: datetime | None = None
    readings: Mapping[str, datetime] = field(default_factory=dict)
    unclear: str = ""
    twice: bool = False

    @property
    def certain(self) -> bool:
        """Whether it is one instant."""
        return len({*self.readings.values()}) == 1

    def iso(self) -> str:
        """Return it in ISO 8601, in UTC or without an offset; empty when it is not understood."""
        if self.certain:
            return next(iter(self.readings.values())).isoformat(timespec="seconds")
        return self.local.isoformat(timespec="seconds") if self.local and not self.unclear else ""


def read_time(text: str, zone: str = "") -> HandInTime:
    """Read a time; ``zone`` is the zone of one that names none, if that is known."""
    text = " ".join(text[:LONGEST_TIME].replace("\0", " ").replace("\ufeff", " ").split())
    clocks = [*_clocks(text)]
    if not text or not clocks:
        return HandInTime(text, unclear=messages.unreadable_time(text) if text else "")
    readings: dict[str, datetime] = {}
    unclear = "" if len({clock for _, clock, _ in clocks}) == 1 else messages.two_days(text)
    for order, clock, written in clocks:
        name = written or zone
        meant = offsets(clock, name)
        if name and not meant:
            unclear = messages.unknown_zone(name)
        elif len({*meant.values()}) > 1:
            several = messages.came_twice(text) if may_come_twice(clock, name) else messages.several_zones(name)
            unclear = unclear or several
        for key, offset in (meant or anywhere()).items():
            try:
                readings[f"{order} {key}"] = (clock - offset).replace(tzinfo=UTC)
            except OverflowError:  # before the first day, or after the last
                return HandInTime(text, unclear=messages.unreadable_time(text))
    local = clocks[0][1] if len(clocks) == 1 else None
    twice = any(may_come_twice(clock, written or zone) for _, clock, written in clocks)
    return HandInTime(text, local, readings, unclear, twice)


def ranks(times: Sequence[HandInTime]) -> tuple[list[int], bool]:
    """Return a rank for each of one person's times, and whether it is sure.

    The latest has the highest. Times without a zone are compared by their clocks, since they come from one server.
    """
    if len({t.text for t in times}) == 1:
        return [0] * len(times), True
    common = set.intersection(*({*t.readings} for t in times))
    orders = {tuple(_dense([t.readings[key] for t in times])) for key in common}
    if len(orders) == 1:
        return [*orders.pop()], not _turned(times)
    if all(t.readings for t in times):
        spans = sorted((min(t.readings.values()), max(t.readings.values())) for t in times)
        if all(one[1] < other[0] for one, other in itertools.pairwise(spans)):
            return _dense([min(t.readings.values()) for t in times]), True
    return _dense([t.local or datetime.min for t in times]), False


def _turned(times: Sequence[HandInTime]) -> bool:
    """Tell whether clocks that were set back may have shown two times in the other order."""
    shown = sorted(t.local for t in times if t.twice and t.local)
    return any(timedelta() < later - earlier < timedelta(hours=1) for earlier, later in itertools.pairwise(shown))


def _dense(values: Sequence[datetime]) -> list[int]:
    places = {value: n for n, value in enumerate(sorted({*values}))}
    return [places[value] for value in values]


def _clocks(text: str) -> Iterator[tuple[str, datetime, str]]:
    """Yield times that may be meant, each with its order of day and month and its zone's text."""
    for pattern in (_ISO, _DIGITS):
        if match := pattern.match(text):
            parts = {k: int(v or 0) for k, v in match.groupdict().items()}
            half, rest = _half(text[match.end() :])
            yield from _clock(parts, half, "ymd", rest)
            return
    dates, rest = _dates(text)
    if match := _CLOCK.search(rest) if dates else None:
        found = match.groupdict()
        clock = {"H": int(found["H"]), "M": int(found["M"] or found["m"] or 0), "S": int(found["S"] or 0)}
        for order, date in dates:
            yield from _clock(date | clock, found["half"] or "", order, rest[match.end() :])


def _clock(parts: Mapping[str, int], half: str, order: str, rest: str) -> Iterator[tuple[str, datetime, str]]:
    hour = parts["H"]
    if half and 1 <= hour <= 12:
        hour = hour % 12 + 12 * (half.lower() == "p")
    try:
        local = datetime(parts["Y"], parts["m"], parts["d"], hour, parts["M"], parts["S"])
    except ValueError:  # a day that is none
        return
    yield order, local, zone_in(rest)


def _half(rest: str) -> tuple[str, str]:
    match = re.match(r"\s?([ap])\.?\s?m\b\.?", rest, re.IGNORECASE)
    return (match[1], rest[match.end() :]) if match else ("", rest)


def _dates(text: str) -> tuple[list[tuple[str, dict[str, int]]], str]:
    """Return days that may be meant, each with its order of parts, and the text without them."""
    if match := _EAST_ASIAN.search(text):
        date = {key: int(match[key]) for key in "Ymd"}
        return [("ymd", date)], _blanked(text, match)
    if match := _NUMERIC.search(text):
        a, b = int(match["a"]), int(match["b"])
        both = [("dmy", {"Y": int(match["Y"]), "m": b, "d": a}), ("mdy", {"Y": int(match["Y"]), "m": a, "d": b})]
        meant = both[:1] if match["sign"] == "." else both  # with full stops the day stands first
        return [(order, date) for order, date in meant if date["m"] <= 12], _blanked(text, match)
    year = _YEAR.search(text)
    words = [(m, month) for m in re.finditer(r"[^\W\d_]+", text) if (month := _month(m[0]))]
    if not (year and words):
        return [], text
    word, month = words[-1]  # a weekday may begin like a month, and stands before it
    rest = _blanked(text, year, word)
    if not (day := _DAY.match(rest, word.end() + 1) or next(_DAY.finditer(rest[: word.start()]), None)):
        return [], text
    return [("ymd", {"Y": int(year[0]), "m": month, "d": int(day[1])})], _blanked(rest, day)


def _blanked(text: str, *found: re.Match[str]) -> str:
    """Return a text with blanks in the place of what was found in it."""
    for match in found:
        text = text[: match.start()] + " " * (match.end() - match.start()) + text[match.end() :]
    return text


def _month(word: str) -> int | None:
    plain = unaccented(word)
    stems = [stem for stem in _MONTHS if plain.startswith(stem)]
    return _MONTHS[max(stems, key=len)] if stems else None
