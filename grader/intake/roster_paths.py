"""Find people of a roster in names of files and folders that fit no platform's naming."""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from grader.intake.accents import unaccented
from grader.intake.people_names import turned, without_accents, words_of
from grader.intake.rounded_numbers import RoundedNumbers
from grader.person import Person

_MOST_NAME_WORDS = 8  # words of a name or an address
_MOST_WORDS = 60
_NUMBER_IN_WORD = re.compile(r"[^\W\d_]*(\d{5,})[^\W\d_]*")  # "lens47110", "s47110"
_ENOUGH = 3  # submissions: what most of them have in common is the course's or the assignment's


class PathSearch:
    """Finds a person's number, login, address or whole name among the words of a path.

    ``paths`` are those of all submissions: words that most of them share are nobody's.
    """

    def __init__(self, roster: Sequence[Person], paths: Sequence[str]) -> None:
        names = {word for person in roster for word in words_of(person.name)}
        self._by: defaultdict[str, list[Person]] = defaultdict(list)
        for person in roster:
            for key in {*_keys_in_path(person, names)}:
                self._by[key].append(person)
        self._rounded = RoundedNumbers(roster)
        counts = Counter(word for path in paths for word in {*_path_words(path)})
        most = max(len(paths) // 2, _ENOUGH - 1)
        self._shared = {word for word, count in counts.items() if count > most}

    def within(self, text: str) -> list[Person]:
        """Return the people whom a text's words tell of; words in a longer name are that name's."""
        found: dict[tuple[int, int], list[Person]] = {}
        for spelt in without_accents(text):
            words = _path_words(spelt)
            for start in range(len(words)):
                for end in range(start + 1, min(len(words), start + _MOST_NAME_WORDS) + 1):
                    if not self._shared.issuperset(words[start:end]) and (p := self._looked_up(words[start:end])):
                        found.setdefault((start, end), []).extend(p)
        whole = [
            people
            for (start, end), people in found.items()
            if not any(s <= start and end <= e and (s, e) != (start, end) for s, e in found)
        ]
        return each_once(itertools.chain(*whole))

    def _looked_up(self, words: Sequence[str]) -> list[Person]:
        joined = "".join(words)
        if found := self._by.get(joined):
            return found
        number = _NUMBER_IN_WORD.fullmatch(joined) if len(words) == 1 else None
        digits = number[1] if number else joined if joined.isdecimal() else ""
        people = self._by.get(digits) or self._by.get(digits.lstrip("0"), [])
        return people or self._rounded.people_with(digits)


def each_once(people: Iterable[Person]) -> list[Person]:
    """Return rows of a roster without repetitions; two rows that say the same are two people."""
    return [*{id(person): person for person in people}.values()]


def _path_words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())[:_MOST_WORDS]


def _keys_in_path(person: Person, names: set[str]) -> Iterator[str]:
    """Yield what tells surely of a person within a longer name, as one word."""
    if len(words_of(person.name)) > 1:
        yield from (letters for text in without_accents(person.name) for letters in turned(text))
    for number in (person.id, person.sis, person.login):
        joined = "".join(_path_words(unaccented(number)))
        if number_in_word := _NUMBER_IN_WORD.fullmatch(joined):
            yield number_in_word[1]
            yield number_in_word[1].lstrip("0")
        if joined.isdecimal():
            if len(joined) >= 4:
                yield joined
                yield joined.lstrip("0")
        elif len(joined) >= 3 and joined not in names:
            yield joined
    for address in map(unaccented, (person.email, person.login, person.id, person.sis)):
        if "@" in address:
            yield "".join(_path_words(address))
            account = _path_words(address.partition("@")[0])
            if len(account) > 1 or not "".join(account).isalpha():
                yield "".join(account)
