"""Times are read in every zone and language, and no attempt is chosen by an unread one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.intake import discover
from grader.intake.times import ranks, read_time

Write = Callable[..., Path]

READ = {
    "2015-02-02 14:58:23.948203 America/Los_Angeles": "2015-02-02T22:58:23+00:00",
    "2025-03-28 18:00:00.000000 CET": "2025-03-28T17:00:00+00:00",
    "2025-04-02 09:00:00.000000 CEST": "2025-04-02T07:00:00+00:00",
    "2025-03-07 10:00:00 EST": "2025-03-07T15:00:00+00:00",
    "2025-03-10 10:00:00 EDT": "2025-03-10T14:00:00+00:00",
    "2025-07-10 10:00:00 AEST": "2025-07-10T00:00:00+00:00",
    "2025-07-10 10:00:00 JST": "2025-07-10T01:00:00+00:00",
    "2025-07-10 10:00:00 MESZ": "2025-07-10T08:00:00+00:00",
    "2025-07-10 10:00:00 BRT": "2025-07-10T13:00:00+00:00",
    "2025-07-10 10:00:00 EST5EDT": "2025-07-10T14:00:00+00:00",
    "2025-07-10 10:00:00 Singapore": "2025-07-10T02:00:00+00:00",
    "2025-07-10 10:00:00 ChST": "2025-07-10T00:00:00+00:00",
    "2025-07-10 10:00:00 utc": "2025-07-10T10:00:00+00:00",
    "\ufeff2025-07-10 10:00:00 (CEST)": "2025-07-10T08:00:00+00:00",
    "2025-07-10 10:00:00 -0330": "2025-07-10T13:30:00+00:00",
    "2025-07-10T10:00:00Z": "2025-07-10T10:00:00+00:00",
    "Wednesday, November 12, 2025 10:11:12 PM EST": "2025-11-13T03:11:12+00:00",
    "Tue Mar 11 10:11:12 PDT 2025": "2025-03-11T17:11:12+00:00",
    "Mittwoch, 12. März 2025 10:11:12 Uhr MEZ": "2025-03-12T09:11:12+00:00",
    "Sep 24, 2025 926 PM": "2025-09-24T21:26:00",
    "Nov 3, 2025 12:05 AM": "2025-11-03T00:05:00",
    "mardi 11 novembre 2025, 15 h 14": "2025-11-11T15:14:00",
    "mié, 12 nov 2025 3:14 p. m.": "2025-11-12T15:14:00",
    "3 févr. 2025 08:05": "2025-02-03T08:05:00",
    "2025年11月12日 09:00": "2025-11-12T09:00:00",
    "25/11/2025 9.00": "2025-11-25T09:00:00",
    "2025-11-12-10-11-12": "2025-11-12T10:11:12",
    "20251112151400000": "2025-11-12T15:14:00",
    "Nov 12, 2025 at 3:14pm": "2025-11-12T15:14:00",
    "12 November 2025 3pm": "2025-11-12T15:00:00",
    "12.11.2025 15:14:03": "2025-11-12T15:14:03",
    "12 Kas\N{LATIN SMALL LETTER DOTLESS I}m 2025 Çarşamba, 15:14": "2025-11-12T15:14:00",
    "środa, 12 listopada 2025, 15:14": "2025-11-12T15:14:00",
    "2025年11月12日(水曜日) 15:14": "2025-11-12T15:14:00",
    "2025-11-02 01:30:00 EST": "2025-11-02T06:30:00+00:00",
    "2025-11-02 00:30:00 America/New_York": "2025-11-02T04:30:00+00:00",
    "2025-10-26 02:30:00 MESZ": "2025-10-26T00:30:00+00:00",
}


@pytest.mark.parametrize("text", READ)
def test_times_are_read(text: str) -> None:
    """In UTC where the zone is told, as the clock showed them where not."""
    assert read_time(text).iso() == READ[text]


UNCLEAR = {
    "soon": "the time 'soon' cannot be read",
    "2015-99-02 14:58:23 UTC": "the time '2015-99-02 14:58:23 UTC' cannot be read",
    "2025-03-10 10:00:00 XYZT": "'XYZT' is no time zone that is known",
    "2025-03-10 10:00:00 Mars/Olympus": "'Mars/Olympus' is no time zone that is known",
    "2025-03-10 10:00:00 CST": "'CST' is the name of several time zones",
    "2025-11-02 01:30 US/Eastern": "'2025-11-02 01:30 US/Eastern' came twice, as clocks were set back",
    "11/12/2025 10:00": "'11/12/2025 10:00' may be two days",
}


@pytest.mark.parametrize("text", UNCLEAR)
def test_what_is_not_understood_of_a_time_is_said(text: str) -> None:
    """And no instant is made up for it."""
    time = read_time(text)

    assert (time.iso(), time.unclear) == ("", UNCLEAR[text])


ORDERED = [
    ("2025-03-28 18:00 CET", "2025-04-02 09:00 CEST"),
    ("2025-03-07 10:00 CST", "2025-03-10 10:00 CDT"),  # of America or of Cuba, in both the second is later
    ("2025-03-07 10:00 CST", "2025-03-07 10:01 CST"),  # one server writes both
    ("2025-03-07 10:00 XYZT", "2025-03-10 10:00 XYZT"),
    ("2025-03-07 10:00 UTC", "2025-03-10 10:00 XYZT"),  # no zone is three days off
    ("Sep 24, 2025 926 PM", "Sep 25, 2025 1015 AM"),
    ("3/4/2025 10:00", "4/5/2025 10:00"),  # in either order of day and month
    ("2025-11-02 01:30 EDT", "2025-11-02 01:10 EST"),  # clocks were set back between them
    ("2025-11-02 00:40 America/New_York", "2025-11-02 01:10 America/New_York"),
    ("2025-11-02 01:50 America/New_York", "2025-11-02 02:10 America/New_York"),
    ("2025-11-02 01:50 America/New_York", "2025-11-02 06:51 UTC"),
    ("Nov 2, 2025 130 AM", "Nov 2, 2025 235 AM"),
    ("Nov 5, 2025 110 AM", "Nov 5, 2025 130 AM"),  # no clock is set back on that day
]


@pytest.mark.parametrize("times", ORDERED)
def test_what_is_surely_later_is_later(times: tuple[str, str]) -> None:
    """Also where an abbreviation, a zone or the order of day and month is not known."""
    first, second = map(read_time, times)

    assert (ranks([first, second]), ranks([second, first])) == (([0, 1], True), ([1, 0], True))


@pytest.mark.parametrize(
    "times",
    [
        ("2025-03-07 10:00 CST", "2025-03-07 12:00 UTC"),
        ("3/4/2025 10:00", "4/3/2025 10:00"),
        ("soon", "later"),
        ("2025-11-02 01:30 America/New_York", "2025-11-02 01:10 America/New_York"),
        ("2025-11-02 01:30 America/New_York", "2025-11-02 05:45 UTC"),
        ("Nov 2, 2025 130 AM", "Nov 2, 2025 110 AM"),
        ("26. Oktober 2025, 02:30", "26. Oktober 2025, 02:10"),
    ],
)
def test_what_may_be_earlier_or_later_is_not_sure(times: tuple[str, str]) -> None:
    """Nothing is taken for certain that is not."""
    assert not ranks([*map(read_time, times)])[1]


@pytest.mark.parametrize("zones", [("CET", "CEST"), ("EST", "EDT"), ("UTC", "UTC"), ("NZDT", "NZST"), ("ACDT", "ACST")])
def test_the_later_attempt_counts_in_every_zone(zones: tuple[str, str], written: Write) -> None:
    """Also when daylight saving begins or ends between two attempts."""
    for n, (day, zone) in enumerate(zip(("2025-03-28", "2025-04-08"), zones, strict=True)):
        folder = written("{}", f"in/ada+lens+{day} 18:00:00.000000 {zone}+{9 - n}/lens.ipynb").parents[1]
    [submission] = discover([folder])

    assert submission.label.startswith("ada+lens+2025-04-08")
    assert (submission.conflicts, submission.remarks) == ((), ())


@pytest.mark.parametrize("stamp", ["soon", "2025-99-01 10:00:00 UTC", "gestern 10:00"])
def test_a_time_that_cannot_be_read_never_decides_alone(stamp: str, written: Write) -> None:
    """Which attempt was taken is said, and that it is to be checked."""
    folder = written("{}", "in/ada+lens+2025-x 1+1/hw.ipynb").parents[1]
    written("{}", "in/ada+lens+2025-03-07 10:00:00 UTC+2/hw.ipynb")
    written(stamp, "in/ada+lens+2025-x 1+1/timestamp.txt")
    [submission] = discover([folder])

    assert f"the time {stamp!r} cannot be read" in submission.remarks
    assert [submission.label in sentence for sentence in submission.conflicts] == [True]


def test_gradescope_s_zone_counts(written: Write) -> None:
    """Its times may have an offset."""
    entry = "submission_{}:\n  :submitters:\n  - :name: Ann\n    :sid: '{}'\n  :created_at: 2025-11-12 10:00:00.5 {}\n"
    folder = written(entry.format(1, 1, "-08:00") + entry.format(2, 2, "Z"), "in/submission_metadata.yml").parent
    for number in (1, 2):
        written("{}", f"in/submission_{number}/hw.ipynb")

    assert [s.submitted for s in discover([folder])] == ["2025-11-12T18:00:00+00:00", "2025-11-12T10:00:00+00:00"]
