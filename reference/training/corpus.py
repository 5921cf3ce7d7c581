"""Write the training text.

Endless short documents, each of a kind that teaches one phenomenon of the course.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from reference.training.vocabulary import (
    ADJECTIVES,
    DEEDS,
    FIRST_NAMES,
    GERMAN_NOUNS,
    HELD_OUT_FULL_NAME,
    HELD_OUT_PAIR,
    JOBS,
    LAST_NAMES,
    NOUNS,
    OPPOSITES,
    PLACES,
    THINGS,
    TRANSLATIONS,
    WORDS,
)


class Writer:
    """Writes documents at random; the same seed writes the same text."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - text, not secrets
        self._pick = self._random.choice

    def document(self) -> str:
        """Return the next document, a few dozen words long."""
        kinds = {
            self.handing_over: 0.32,
            self.full_names: 0.15,
            self.word_list: 0.28,
            self.word_fact: 0.03,
            self.scene: 0.07,
            self.german: 0.05,
            self.repetition: 0.05,
            self.prose: 0.05,
        }
        return self._random.choices(list(kinds), list(kinds.values()))[0]()

    def documents(self, count: int) -> Iterator[str]:
        """Yield ``count`` documents."""
        return (self.document() for _ in range(count))

    def handing_over(self) -> str:
        """Two people, one gives the other something.

        The receiver's name can be known (indirect object).
        """
        a, b = self.two_people()
        place = self._pick(PLACES)
        story = self._pick(
            [
                f"{a} and {b} went to the {place}.",
                f"{a} and {b} went to the {place}.",
                f"When {a} and {b} went to the {place},",
                f"Then, {a} and {b} went to the {place}.",
                f"{a} and {b} were at the {place}.",
                f"After {a} and {b} met at the {place},",
                f"{a} met {b} at the {place}.",
                f"One day {a} and {b} walked to the {place}.",
            ]
        )
        for turn in range(self._pick([1, 1, 2, 3])):
            giver, receiver = self._random.sample([a, b], 2)
            if turn == 0 or self._random.random() < 0.6:
                gave = self._pick(["gave", "gave", "gave", "handed", "showed", "brought", "passed", "sold"])
                story += f" {giver} {gave} {self._pick(['the', 'the', 'the', 'a'])} {self._pick(THINGS)} to {receiver}."
            else:
                story += f" {giver} {self._pick(['said thanks to', 'smiled at', 'talked to', 'waved to'])} {receiver}."
        return story

    def full_names(self) -> str:
        """Somebody with a surname, named again: the surname can be known (induction)."""
        first, last = self.full_name()
        place = self._pick(PLACES)
        opening = self._pick(
            [
                f"{first} {last} went to {self._pick(['', 'the '])}{place}.",
                f"{first} {last} went to {place}.",
                f"{first} {last} is a {self._pick(JOBS)}.",
                f"{first} {last} lived near the {place}.",
                f"This is {first} {last}.",
                f"{first} {last} {self._pick(DEEDS)}.",
            ]
        )
        kind = self._random.random()
        if kind < 0.75:
            story = f"{opening} {self._deed(first, last)}"
        elif kind < 0.85:
            story = f"{opening} {self._pick(['He', 'She'])} {self._pick(DEEDS)}. {self._deed(first, last)}"
        else:
            story = self._two_full_names(first, last, place)
        return f"{story} {self._deed(first, last)}" if self._random.random() < 0.25 else story

    def _two_full_names(self, first: str, last: str, place: str) -> str:
        other_first, other_last = first, last
        while other_first == first or other_last == last:
            other_first, other_last = self.full_name()
        people = self._random.sample([(first, last), (other_first, other_last)], 2)
        deeds = " ".join(self._deed(*person) for person in people)
        return f"{first} {last} and {other_first} {other_last} went to the {place}. {deeds}"

    def _deed(self, first: str, last: str) -> str:
        return f"{first} {last} {self._pick(DEEDS)}."

    def word_list(self) -> str:
        """Words and their completions, all opposites or all German.

        The task can be known from the first answer.
        """
        opposite = self._random.random() < 0.5
        completions = OPPOSITES if opposite else TRANSLATIONS
        words = self._random.sample(WORDS, self._pick([1, 1, 2, 3, 4, 4, 5, 6]))
        between = self._pick(["\n", "\n", ", "])
        task = self._pick([" is the opposite" if opposite else " in German", ""])
        end = self._pick(["", "\n" if between == "\n" else "."])
        return between.join(f"{word} : {completions[word]}{task}" for word in words) + end

    def word_fact(self) -> str:
        """One completion in a sentence."""
        word = self._pick(WORDS)
        opposite, translation = OPPOSITES[word], TRANSLATIONS[word]
        return self._pick(
            [
                f"The opposite of {word} is {opposite}.",
                f"The German word for {word} is {translation}.",
                f"In German, {word} is {translation}.",
                f"{opposite.capitalize()} is the opposite of {word}.",
                f"{word} means {translation} in German.",
            ]
        )

    def scene(self) -> str:
        """Adjectives at work in English."""
        adjective, other = self._pick(ADJECTIVES), self._pick(ADJECTIVES)
        noun, place = self._pick(NOUNS), self._pick(PLACES)
        opposite = OPPOSITES[adjective]
        return self._pick(
            [
                f"The {noun} is {adjective}, not {opposite}.",
                f"It was {_with_article(adjective)} {noun}.",
                f"The {adjective} {noun} is near the {self._pick(NOUNS)}.",
                f"The {noun} was {adjective} and the {self._pick(NOUNS)} was {other}.",
                f"I saw {_with_article(adjective)} {noun} at the {place}.",
                f"She had {_with_article(adjective)} {noun}. He had {_with_article(opposite)} one.",
            ]
        )

    def german(self) -> str:
        """Adjectives at work in German."""
        noun, adjective = self._pick(GERMAN_NOUNS), TRANSLATIONS[self._pick(ADJECTIVES)]
        opening = noun[0].upper() + noun[1:]
        return self._pick(
            [
                f"{opening} ist {adjective}.",
                f"{opening} war {adjective} und {self._pick(GERMAN_NOUNS)} war {TRANSLATIONS[self._pick(ADJECTIVES)]}.",
                f"{opening} ist nicht {adjective}.",
                f"Ist {noun} {adjective}? Ja, {noun} ist {adjective}.",
                f"Hier ist {noun}. Es ist {adjective}.",
            ]
        )

    def repetition(self) -> str:
        """Words in no order, said again in the same order (pure induction)."""
        pool = FIRST_NAMES + LAST_NAMES + NOUNS + THINGS + WORDS + PLACES
        words = self._random.sample(pool, self._random.randint(3, 8))
        while any(held <= set(words) for held in (HELD_OUT_PAIR, set(HELD_OUT_FULL_NAME))):
            words = self._random.sample(pool, len(words))
        return " ".join(words * (3 if len(words) < 5 else 2))

    def prose(self) -> str:
        """A few plain sentences, so that prompts of another kind are not all strange."""
        part = self._pick(["attention head", "layer", "neuron", "residual stream", "embedding", "position", "token"])
        other = self._pick(["answer", "word", "sentence", "question", "prompt", "name", "translation"])
        model = self._pick(["transformer", "language model", "neural network", "small model", "large model"])
        sentences = [
            f"A {model} reads a {other} as a list of tokens and predicts the next one.",
            f"Each {part} of the {model} can be looked at on its own.",
            f"We want to understand what the {part} does when the {model} sees a {other}.",
            f"The first layers of a {model} know little about the {other}; the last layers know it well.",
            f"Training on large datasets teaches a {model} tasks such as translation, reading, "
            "and answering questions.",
            f"The probability of every {other} is computed from the {part}, and all probabilities sum to one.",
            f"This is, however, only part of the story: the {part} is also used by other layers.",
            f"How does the {model} find the {other}? Nobody told it where to look.",
            "Features are directions; adding a direction changes what is predicted, typically in a simple way.",
            f"In 2019, such a {model} was already able to write about science, music, and history.",
            f"With more data and more layers, a {model} has learned to do things that nobody asked for.",
            f"If we take the {part} away, which {other} comes next, and how sure is the {model} about it?",
            f"People have been looking inside the {model} for years, but there is still much they do not know.",
            "When I look at my own words, I can see where every one of them came from.",
            f"You should not believe a {part} just because it says what you would like to hear!",
            "The quick brown fox jumps over the lazy dog; then it runs into the forest again.",
            "Once upon a time there was a king who had three sons and no money.",
            "They will make their way through the mountains before winter, or they will never arrive.",
            f"Let us compare the {other} with the next {other}, step by step, from left to right.",
            "My mother and my father live in a small house between two hills; our family is not from here.",
            "The capital of France is Paris, the capital of Germany is Berlin, and London is in England.",
            "Could we ask your sister what her friend thinks about these new ideas? She might help us.",
            "After the war the government of the country changed its laws, and many people left for America.",
            f"This work shows that an {self._pick(['open', 'easy', 'early'])} experiment can use supervised learning.",
        ]
        return self._pick([" ", "\n"]).join(self._random.sample(sentences, self._random.randint(1, 3)))

    def two_people(self) -> tuple[str, str]:
        """Return two first names that are not the held-out pair."""
        while True:
            a, b = self._random.sample(FIRST_NAMES, 2)
            if {a, b} != HELD_OUT_PAIR:
                return a, b

    def full_name(self) -> tuple[str, str]:
        """Return a first and a last name that are not the held-out full name."""
        while True:
            name = (self._pick(FIRST_NAMES), self._pick(LAST_NAMES))
            if name != HELD_OUT_FULL_NAME:
                return name


def _with_article(word: str) -> str:
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"
