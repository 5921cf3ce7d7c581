"""Know what the names of time zones mean, and the abbreviations that servers write."""

from __future__ import annotations

import functools
import re
import zoneinfo
from collections.abc import Mapping
from datetime import datetime, timedelta

_OFFSET = re.compile(r"(?:UTC|GMT)?\s?([+-])(\d{1,2}):?(\d\d)?$")
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_+/-]+")
_ZONE = re.compile(r"(?:UTC|GMT)?\s?[+-]\d{1,2}:?(?:\d\d)?\b|[A-Za-z_]+/[A-Za-z0-9_+/-]+|\b[A-Z]{2,5}\b|\bZ\b")
_LATEST_SET_BACK = 4  # o'clock, before which clocks are set back
_NO_ZONE = re.compile(r"(?:uhr|h|hrs?|horas?|heures?|ore|uur)?\.?", re.IGNORECASE)

_OTHER_NAMES = {
    **{"MEZ": "CET", "MESZ": "CEST", "WEZ": "WET", "WESZ": "WEST", "OEZ": "EET", "OESZ": "EEST"},
    **{"HNE": "EST", "HAE": "EDT", "HNC": "CST", "HAC": "CDT", "HNR": "MST", "HAR": "MDT", "HNP": "PST", "HAP": "PDT"},
    **{"HNA": "AST", "HAA": "ADT", "HNT": "NST", "HAT": "NDT"},
}
_NO_LONGER_NAMED = {
    **{"BRT": -3, "BRST": -2, "ART": -3, "CLT": -4, "CLST": -3, "COT": -5, "PET": -5, "UYT": -3, "VET": -4, "BOT": -4},
    **{"SGT": 8, "MYT": 8, "ICT": 7, "NPT": 5.75, "BDT": 6, "GST": 4, "IRST": 3.5, "TRT": 3, "GET": 4, "AZT": 4},
    **{"UZT": 5, "PYT": -3, "ECT": -5, "MMT": 6.5, "MVT": 5, "LKT": 5.5, "BTT": 6, "AFT": 4.5, "TJT": 5, "TMT": 5},
}
"""Hours of abbreviations that servers still write and the zone database no longer has."""


def zone_in(text: str) -> str:
    """Return what a text behind a time says of its zone, even if unknown, else nothing."""
    text = text.strip(" ,.;()[]")
    if named := _ZONE.search(text):
        return named[0].strip()
    return "" if _NO_ZONE.fullmatch(text) else text


def offsets(local: datetime, zone: str) -> Mapping[str, timedelta]:
    """Return the UTC offsets that a zone's name may mean at a time; None for unknown names.

    They are given by zone.
    """
    if zone.upper() in {"Z", "UTC", "GMT", "UT"}:
        return {"UTC+0:00": timedelta()}
    if match := _OFFSET.fullmatch(zone):
        minutes = int(f"{match[1]}{int(match[2]) * 60 + int(match[3] or 0)}")
        return {_offset_name(minutes): timedelta(minutes=minutes)} if abs(minutes) < 24 * 60 else {}
    name = zone.upper()
    if re.fullmatch(r"[A-Z]{2,5}", name) and (found := _abbreviated(_OTHER_NAMES.get(name, name), local.year)):
        return found
    if not _KEY.fullmatch(zone) or (place := _zone(zone)) is None:
        return {}
    first, again = _first_and_again(local, place)
    return {zone: first} | ({f"{zone} again": again} if first > again else {})


def may_come_twice(local: datetime, zone: str) -> bool:
    """Tell whether a clock may have shown a time twice, being set back.

    ``zone`` is empty if it is not known.
    """
    if not zone:
        return local.hour < _LATEST_SET_BACK and _set_back_somewhere(local)
    place = _zone(zone) if _KEY.fullmatch(zone) and not re.fullmatch(r"[A-Z]{1,5}", zone) else None
    return place is not None and _set_back(local, place)


def anywhere() -> Mapping[str, timedelta]:
    """Return all differences from UTC that are whole hours, by zone."""
    return {_offset_name(60 * hours): timedelta(hours=hours) for hours in range(-12, 15)}


def _offset_name(minutes: int) -> str:
    return f"UTC{'-' if minutes < 0 else '+'}{abs(minutes) // 60}:{abs(minutes) % 60:02}"


@functools.lru_cache(maxsize=64)
def _set_back_somewhere(local: datetime) -> bool:
    return any(_set_back(local, zone) for key in _all_zones() if (zone := _zone(key)))


def _set_back(local: datetime, zone: zoneinfo.ZoneInfo) -> bool:
    first, again = _first_and_again(local, zone)
    return first > again


def _first_and_again(local: datetime, zone: zoneinfo.ZoneInfo) -> tuple[timedelta, timedelta]:
    """Return the UTC offsets when a clock first shows a time, and when it shows it again."""
    first, again = (local.replace(tzinfo=zone, fold=fold).utcoffset() or timedelta() for fold in (0, 1))
    return first, again


def _zone(key: str) -> zoneinfo.ZoneInfo | None:
    try:
        return zoneinfo.ZoneInfo(key)
    except (ValueError, OSError, KeyError):  # no such zone
        return None


def _all_zones() -> list[str]:
    return sorted(zoneinfo.available_timezones() - {"Factory", "localtime"})


@functools.lru_cache(maxsize=64)
def _abbreviated(name: str, year: int) -> Mapping[str, timedelta]:
    """Return the zones whose clocks bear an abbreviation in a year, with what it means there."""
    if name in _NO_LONGER_NAMED:
        return {name: timedelta(hours=_NO_LONGER_NAMED[name])}
    found: dict[str, timedelta] = {}
    for key in _all_zones():
        if (zone := _zone(key)) is None:
            continue
        for month in (1, 7, 4, 10):
            probe = datetime(year, month, 1, tzinfo=zone)
            if (probe.tzname() or "").upper() == name and (offset := probe.utcoffset()) is not None:
                found[key] = offset
                break
    return found
