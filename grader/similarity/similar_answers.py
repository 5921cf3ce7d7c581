"""Which answers to an exercise are alike: exact copies, and the same under other names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from grader.result import GradingResult, SourceSpan, SubmissionStatus
from grader.similarity.code_features import CodeFeatures, features_of

LEAST = 0.8
"""From which share on two answers are shown."""
FEWEST = 4
"""How many features an answer must have of its own before its shape says anything."""


@dataclass(frozen=True, slots=True)
class Alike:
    """One answer among those that are alike.

    ``marked`` are the lines in common, as (number of the span, line).
    """

    result: GradingResult
    source: tuple[SourceSpan, ...]
    marked: frozenset[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class AlikeAnswers:
    """Answers of several people that are alike, to one exercise or, without one, whole files.

    ``share`` is how much of them is the same, from 0 to 1, where what few others have counts more. ``same_text`` tells
    that nothing but comments and space differs. Two answers, or more where all are of one shape.
    """

    exercise: str
    title: str
    share: float
    same_text: bool
    answers: tuple[Alike, ...]


@dataclass(frozen=True, slots=True)
class _Answer:
    result: GradingResult
    source: tuple[SourceSpan, ...]
    features: CodeFeatures
    own: frozenset[str]


def alike_answers(
    results: Sequence[GradingResult], handed_out: Sequence[str] = (), *, least: float = LEAST
) -> list[AlikeAnswers]:
    """Return the answers that are alike, the same text first, then by how much is the same.

    ``handed_out`` is the code of the notebook that everybody got: it is not counted, and neither are names, comments,
    constants and the order of statements. Answers that are the same in all that is counted are one entry, however
    many. ``least`` is the share from which on two answers are listed.
    """
    given = frozenset(f for text in handed_out for f in features_of((text,)).lines)
    titles = {e.name: e.title or e.name for r in results for e in r.exercises}
    found = list(_same_files(results))
    for name, title in titles.items():
        found += _of_exercise(name, title, _answers_to(results, name, given), least)
    return sorted(found, key=lambda a: (not a.same_text, -a.share, -len(a.answers)))


def _same_files(results: Sequence[GradingResult]) -> Iterator[AlikeAnswers]:
    """Yield files that are the same byte by byte and that nothing could be read from."""
    by_digest: defaultdict[str, list[Alike]] = defaultdict(list)
    for result in results:
        if result.status is SubmissionStatus.UNREADABLE and result.submission.sha256:
            by_digest[result.submission.sha256].append(Alike(result, (), frozenset()))
    for same in by_digest.values():
        if len(same) > 1:
            yield AlikeAnswers("", "", 1.0, True, tuple(same))


def _answers_to(results: Sequence[GradingResult], exercise: str, given: frozenset[str]) -> list[_Answer]:
    answers = []
    for result in results:
        source = next((e.source for e in result.exercises if e.name == exercise), ())
        features = features_of(tuple(span.text for span in source)) if source else CodeFeatures()
        if own := frozenset(features.lines) - given:
            answers.append(_Answer(result, source, features, own))
    return answers


def _of_exercise(name: str, title: str, answers: Sequence[_Answer], least: float) -> Iterator[AlikeAnswers]:
    groups: defaultdict[frozenset[str], list[_Answer]] = defaultdict(list)
    for answer in answers:
        groups[answer.own].append(answer)
    for members in groups.values():
        yield from _same_shape(name, title, members)
    kinds = [members[0] for members in groups.values() if len(members[0].own) >= FEWEST]
    for one, other, share in _near(kinds, answers, least):
        pair = _compared((one, other), one.own & other.own)
        yield AlikeAnswers(name, title, share, False, pair)


def _same_shape(name: str, title: str, members: Sequence[_Answer]) -> Iterator[AlikeAnswers]:
    """Yield those of the same text, and those of the same shape, where one says anything."""
    texts: defaultdict[str, list[_Answer]] = defaultdict(list)
    for member in members:
        texts[member.features.digest].append(member)
    for same in texts.values():
        if len(same) > 1:
            yield AlikeAnswers(name, title, 1.0, True, _compared(same, same[0].own))
    if len(texts) > 1 and len(members[0].own) >= FEWEST:
        firsts = [same[0] for same in texts.values()]
        yield AlikeAnswers(name, title, 1.0, False, _compared(firsts, firsts[0].own))


def _near(
    kinds: Sequence[_Answer], all_answers: Sequence[_Answer], least: float
) -> Iterator[tuple[_Answer, _Answer, float]]:
    """Yield pairs of different shapes and the share that they have in common.

    It is the Sorensen-Dice coefficient, weighted by rarity.
    """
    if len(kinds) < 2:
        return
    place = {feature: n for n, feature in enumerate(sorted({f for kind in kinds for f in kind.own}))}
    has = np.zeros((len(kinds), len(place)), dtype=np.float32)
    for row, kind in enumerate(kinds):
        has[row, [place[f] for f in kind.own]] = 1
    weights = _rarity(place, all_answers)
    common = (has * weights) @ has.T
    total = np.diag(common)
    shares = 2 * common / (total[:, None] + total[None, :])
    for one, other in combinations(range(len(kinds)), 2):
        if shares[one, other] >= least:
            yield kinds[one], kinds[other], float(shares[one, other])


def _rarity(place: Mapping[str, int], answers: Sequence[_Answer]) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """Return how much each feature counts: its inverse document frequency."""
    seen = np.zeros(len(place), dtype=np.float32)
    for answer in answers:
        seen[[place[f] for f in answer.own if f in place]] += 1
    return np.log1p(len(answers) / np.maximum(seen, 1)).astype(np.float32)


def _compared(answers: Sequence[_Answer], common: frozenset[str]) -> tuple[Alike, ...]:
    return tuple(
        Alike(a.result, a.source, frozenset(line for f in common for line in a.features.lines[f])) for a in answers
    )
