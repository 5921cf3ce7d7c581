"""Keys by which a repeated request gets the answer of the first one."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from grader import strict_json
from grader.errors import UsageError
from grader.service import messages
from grader.service.models import ApiToken, IdempotencyKey, Upload

KEPT = timedelta(hours=48)
"""How long a key is known at least."""


class KeyReusedError(UsageError):
    """A key came with another request than before."""


@dataclass(slots=True)
class RequestKey:
    """The key that a request came with, by a token.

    What it remembers is written in the transaction that takes the upload. ``repeated`` tells afterwards whether the
    upload is that of a request before this one.
    """

    token: ApiToken
    key: str
    repeated: bool = False

    @property
    def known(self) -> bool:
        """Whether a request came with it before."""
        return IdempotencyKey.objects.filter(token=self.token, key=self.key).exists()

    def answered(self, digest: str) -> Upload | None:
        """Return the upload that a request of this digest was answered with, if there was one.

        Raises KeyReusedError where the key came with another request.
        """
        of_token = IdempotencyKey.objects.filter(token=self.token, key=self.key)
        found = of_token.select_related("upload__assignment__course", "upload__member").first()
        if found is None:
            return None
        if found.request != digest:
            raise KeyReusedError(messages.KEY_REUSED)
        self.repeated = True
        return found.upload

    def repeated_by(self, digest: str) -> Upload:
        """Return the upload that the same request was answered with.

        Raises KeyReusedError where the key came with another one.
        """
        if found := self.answered(digest):
            return found
        raise KeyReusedError(messages.KEY_REUSED)

    def remember(self, digest: str, upload: Upload) -> None:
        """Keep what a request was answered with, and forget old ones of this token."""
        IdempotencyKey.objects.filter(token=self.token, made__lt=timezone.now() - KEPT).delete()
        IdempotencyKey.objects.create(token=self.token, key=self.key, request=digest, upload=upload)


def request_digest(assignment: int, member: int, files: Sequence[tuple[str, str]]) -> str:
    """Return what tells a request from others.

    ``files`` are names and digests, the notebook's first.
    """
    return hashlib.sha256(strict_json.dumps([assignment, member, files]).encode()).hexdigest()
