"""Find the mistakes that explain best how answers differ from the right ones."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from grader.diagnosis import messages
from grader.diagnosis.arrangement import find_arrangement
from grader.diagnosis.compared_calls import ComparedCall, ComparedParts
from grader.diagnosis.misconceptions import Misconceptions
from grader.result import Diagnosis

CERTAIN, LIKELY, PARTLY = 0.99, 0.9, 0.5
LEAST = 0.2
"""Below this, naming a mistake would be guessing."""

WrongParts = frozenset[tuple[int, int]]
"""Wrong parts of answers, each as (call, part)."""


@dataclass(frozen=True, slots=True)
class _Explanation:
    """The confidence that a mistake made the answers, and the wrong parts that it explains."""

    confidence: float
    explained: WrongParts = frozenset()


def diagnose(calls: Sequence[ComparedCall], known: Misconceptions, likely: Sequence[str] = ()) -> tuple[Diagnosis, ...]:
    """Return the mistakes that explain best how all answers that a check saw are wrong.

    ``known`` are the misconceptions of one exercise. What explains the answers equally well shares the confidence;
    none when nothing explains any of them. Two mistakes that meet are one diagnosis with the id "a+b". Ids in
    ``likely`` are tried first, and one that explains everything is taken without asking for the others.
    """
    compared = [ComparedParts(c) for c in calls]
    if not any(e.wrong for e in compared):
        return ()
    # What was diagnosed before may be a form, or two mistakes that no variant makes at once.
    answered = {m.id for m in known.singles} | {f"{a}+{b}" for a, b in known.pairs}
    for id in (i for i in likely if i in answered):
        if _explains(compared, id).confidence == CERTAIN:
            return (_make_diagnosis(known, id, CERTAIN),)
    singles = {m.id: r for m in known.singles if (r := _explains(compared, m.id)).confidence}
    sure = {id: r for id, r in singles.items() if r.confidence >= LIKELY}
    levels: tuple[Callable[[], Mapping[str, _Explanation]], ...] = (
        lambda: sure,
        lambda: _by_arrangement(compared),
        lambda: (
            _by_rearranged_mistake(compared, known)
            or _by_declared_pair(compared, known)
            or _by_parts(compared, singles)
        ),
        lambda: singles,
    )
    explanations = next(filter(None, (level() for level in levels)), {})
    return tuple(_make_diagnosis(known, id, confidence) for id, confidence in _best(explanations))


def _explains(compared: Sequence[ComparedParts], id: str) -> _Explanation:
    """Compare all answers with those of a variant or of a declared pair.

    Where an answer is right, the variant's must be, too."""
    confidence, explained = CERTAIN, set()
    for number, call in enumerate(compared):
        agrees = call.agrees(id)
        if agrees is None or (not call.wrong and len(agrees) < len(call.given)):
            return _Explanation(0.0)
        found = agrees.intersection(call.wrong)
        explained |= {(number, part) for part in found}
        if len(agrees) < len(call.given):
            share = len(found) / len(call.wrong)
            confidence = min(confidence, LIKELY if share == 1 else PARTLY * share)
        if not confidence:  # no need to ask what it answers to the other calls
            break
    return _Explanation(confidence, frozenset(explained))


def _by_arrangement(compared: Sequence[ComparedParts]) -> dict[str, _Explanation]:
    """Explain the answers as right ones in a wrong arrangement."""
    found = {find_arrangement(c.given, c.expected, c.wrong) for c in compared if c.wrong}
    return {arrangement: _Explanation(CERTAIN) for arrangement in found if arrangement and len(found) == 1}


def _by_rearranged_mistake(compared: Sequence[ComparedParts], known: Misconceptions) -> dict[str, _Explanation]:
    """Explain the answers as a variant's in a wrong arrangement."""
    return {f"{m.id}+{f}": _Explanation(LIKELY) for m in known.singles if (f := _common_arrangement(compared, m.id))}


def _common_arrangement(compared: Sequence[ComparedParts], id: str) -> str:
    """Return the one arrangement in which all answers are a variant's; "" where there is none."""
    found = set()
    for call in compared:
        variant = call.variant(id)
        arrangement = find_arrangement(call.given, variant, call.wrong or range(len(call.given))) if variant else None
        if not arrangement:  # no need to ask what it answers to the other calls
            return ""
        found.add(arrangement)
    return found.pop() if len(found) == 1 else ""


def _by_declared_pair(compared: Sequence[ComparedParts], known: Misconceptions) -> dict[str, _Explanation]:
    """Explain the answers as those of two mistakes that were declared to meet."""
    explanations = {f"{a}+{b}": _explains(compared, f"{a}+{b}") for a, b in known.pairs}
    return {id: r for id, r in explanations.items() if r.confidence >= LIKELY}


def _by_parts(compared: Sequence[ComparedParts], singles: Mapping[str, _Explanation]) -> dict[str, _Explanation]:
    """Explain some parts of the answers as one variant's and the others as another's."""
    everything = {(number, part) for number, call in enumerate(compared) for part in call.wrong}
    return {
        f"{a}+{b}": _Explanation(LIKELY, one.explained | two.explained)
        for (a, one), (b, two) in itertools.combinations(_in_order(singles), 2)
        if one.explained | two.explained == everything
    }


def _in_order(singles: Mapping[str, _Explanation]) -> list[tuple[str, _Explanation]]:
    return sorted(singles.items(), key=lambda item: min(part for _, part in item[1].explained))


def _best(explanations: Mapping[str, _Explanation]) -> Iterator[tuple[str, float]]:
    """Yield the surest explanations; those of the same parts share the confidence."""
    best = max((r.confidence for r in explanations.values()), default=0.0)
    rivals = Counter(r.explained for r in explanations.values() if r.confidence == best)
    for id, explanation in explanations.items():
        confidence = round(best / rivals[explanation.explained], 2)
        if explanation.confidence == best and confidence >= LEAST:
            yield id, confidence


def _make_diagnosis(known: Misconceptions, id: str, confidence: float) -> Diagnosis:
    """Return the diagnosis of one mistake, or of two with the hint of the first.

    A variant that the instructor accepts is not named beside another mistake.
    """
    ids = id.split("+")
    ids = [i for i in ids if not ((found := known.get(i)) and found.accepted)] or ids
    described = [_describe_mistake(known, i) for i in ids]
    title, hint, stage = described[0]
    if len(described) > 1:
        title = messages.two_mistakes([title for title, *_ in described])
    return Diagnosis("+".join(ids), title, hint, confidence, stage)


def _describe_mistake(known: Misconceptions, id: str) -> tuple[str, str, str]:
    """Return a mistake's title, its hint, and the title of the stage at which it goes wrong."""
    found = known.get(id)
    if found is None:
        return (*messages.ARRANGEMENTS[id], "")
    stages = known.stages.get(found.exercise, ())
    return found.title, found.hint, next((s.title for s in stages if s.id == found.stage), "")
