"""From the answers that a check saw to the mistakes that explain them."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from grader.diagnosis.arrangement import FORMS, arrangement
from grader.diagnosis.compared_calls import ComparedCall, ComparedParts
from grader.diagnosis.misconceptions import Misconceptions
from grader.result import Diagnosis

CERTAIN, LIKELY, PARTLY = 0.99, 0.9, 0.5
LEAST = 0.2
"""Below this, naming a mistake would be guessing."""

Where = frozenset[tuple[int, int]]
"""Wrong parts of answers, each as (case, part)."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """How sure it is that a mistake made the answers, and the wrong parts that it explains."""

    confidence: float
    explained: Where = frozenset()


def diagnose(cases: Sequence[ComparedCall], known: Misconceptions, likely: Sequence[str] = ()) -> tuple[Diagnosis, ...]:
    """Return the mistakes that explain best how answers to all calls of a check differ from the right ones.

    ``bank`` is that of one exercise. What explains the answers equally well shares the confidence; none when nothing
    explains any of them. Two mistakes that meet are one diagnosis with the id "a+b". Ids in ``likely`` are tried first,
    and one that explains everything is taken without asking for the others.
    """
    examined = [ComparedParts(c) for c in cases]
    if not any(e.wrong for e in examined):
        return ()
    for id in likely:
        if _read(examined, id).confidence == CERTAIN:
            return (_diagnosis(known, id, CERTAIN),)
    singles = {m.id: r for m in known.singles if (r := _read(examined, m.id)).confidence}
    sure = {id: r for id, r in singles.items() if r.confidence >= LIKELY}
    levels: tuple[Callable[[], Mapping[str, _Reading]], ...] = (
        lambda: sure,
        lambda: _of_form(examined),
        lambda: _in_a_form(examined, known) or _declared(examined, known) or _by_parts(examined, singles),
        lambda: singles,
    )
    readings = next(filter(None, (level() for level in levels)), {})
    return tuple(_diagnosis(known, id, confidence) for id, confidence in _best(readings))


def _read(examined: Sequence[ComparedParts], id: str) -> _Reading:
    """Hold a variant, or a declared pair of them, against all answers: those that are right must be its own too."""
    confidence, explained = CERTAIN, set()
    for number, case in enumerate(examined):
        agrees = case.agrees(id)
        if agrees is None or (not case.wrong and len(agrees) < len(case.given)):
            return _Reading(0.0)
        found = agrees.intersection(case.wrong)
        explained |= {(number, part) for part in found}
        if len(agrees) < len(case.given):
            share = len(found) / len(case.wrong)
            confidence = min(confidence, LIKELY if share == 1 else PARTLY * share)
        if not confidence:  # no need to ask what it answers to the other calls
            break
    return _Reading(confidence, frozenset(explained))


def _of_form(examined: Sequence[ComparedParts]) -> dict[str, _Reading]:
    """Read the answers as right ones in a wrong arrangement."""
    forms = {arrangement(c.given, c.wanted, c.wrong) for c in examined if c.wrong}
    return {form: _Reading(CERTAIN) for form in forms if form and len(forms) == 1}


def _in_a_form(examined: Sequence[ComparedParts], known: Misconceptions) -> dict[str, _Reading]:
    """Read the answers as a variant's in a wrong arrangement."""
    return {f"{m.id}+{f}": _Reading(LIKELY) for m in known.singles if (f := _common_form(examined, m.id))}


def _common_form(examined: Sequence[ComparedParts], id: str) -> str:
    """Return the one form in which all answers are a variant's; empty when there is none."""
    forms = set()
    for case in examined:
        variant = case.variant(id)
        form = arrangement(case.given, variant, case.wrong or range(len(case.given))) if variant else None
        if not form:  # no need to ask what it answers to the other calls
            return ""
        forms.add(form)
    return forms.pop() if len(forms) == 1 else ""


def _declared(examined: Sequence[ComparedParts], known: Misconceptions) -> dict[str, _Reading]:
    """Read the answers as those of two mistakes that may meet."""
    readings = {f"{a}+{b}": _read(examined, f"{a}+{b}") for a, b in known.pairs}
    return {id: r for id, r in readings.items() if r.confidence >= LIKELY}


def _by_parts(examined: Sequence[ComparedParts], singles: Mapping[str, _Reading]) -> dict[str, _Reading]:
    """Read some parts of the answers as one variant's and the others as another's."""
    everything = {(number, part) for number, case in enumerate(examined) for part in case.wrong}
    return {
        f"{a}+{b}": _Reading(LIKELY, one.explained | two.explained)
        for (a, one), (b, two) in itertools.combinations(_in_order(singles), 2)
        if one.explained | two.explained == everything
    }


def _in_order(singles: Mapping[str, _Reading]) -> list[tuple[str, _Reading]]:
    return sorted(singles.items(), key=lambda item: min(part for _, part in item[1].explained))


def _best(readings: Mapping[str, _Reading]) -> Iterator[tuple[str, float]]:
    """Return the surest readings; those that explain the same share the confidence."""
    best = max((r.confidence for r in readings.values()), default=0.0)
    rivals = Counter(r.explained for r in readings.values() if r.confidence == best)
    for id, reading in readings.items():
        confidence = round(best / rivals[reading.explained], 2)
        if reading.confidence == best and confidence >= LEAST:
            yield id, confidence


def _diagnosis(known: Misconceptions, id: str, confidence: float) -> Diagnosis:
    """Put a reading into words; of two mistakes the first one's hint: once that is mended, the other one is alone.

    What the instructor accepts is no mistake beside another one.
    """
    ids = id.split("+")
    ids = [i for i in ids if not ((found := known.get(i)) and found.accepted)] or ids
    words = [_words(known, i) for i in ids]
    title, hint, stage = words[0]
    if len(words) > 1:
        title = f"Two mistakes at once: {'; '.join(word[0] for word in words)}"
    return Diagnosis("+".join(ids), title, hint, confidence, stage)


def _words(known: Misconceptions, id: str) -> tuple[str, str, str]:
    """Return a mistake's title and hint, and the title of the stage that goes wrong."""
    found = known.get(id)
    if found is None:
        return (*FORMS[id], "")
    stages = known.stages.get(found.exercise, ())
    return found.title, found.hint, next((s.title for s in stages if s.id == found.stage), "")
