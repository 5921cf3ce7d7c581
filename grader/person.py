"""Record of what a roster's row or a file's name tells of a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from grader.typed_json import Sparse


@dataclass(frozen=True, slots=True)
class Person(Sparse):
    """What is known of one person; what is not known is empty.

    ``id`` is the platform's own number or the student number, ``sis`` the number in the university's records,
    ``participant`` Moodle's number of a person in one assignment, ``handle`` a word of which it is not known what it
    is: an id, a login, a name. ``depth`` says how far down in what was handed in it stands, and is 0 in a roster.
    """

    name: str = ""
    id: str = ""
    sis: str = ""
    login: str = ""
    email: str = ""
    participant: str = ""
    handle: str = ""
    depth: int = field(default=0, compare=False)

    @classmethod
    def of(cls, known: Mapping[str, str]) -> Person:
        """Return the person of whom these texts are known, by the field's name."""
        return cls(**dict[str, Any](known))

    @property
    def number(self) -> str:
        """What this person is best looked up by."""
        return self.id or self.sis or self.login or self.participant or self.email
