"""Register a platform, and check a registration step by step."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from django.conf import settings
from lti_tool.models import Key, LtiDeployment, LtiRegistration

from grader.errors import UsageError
from grader.sanitize import one_line
from grader.service.lti import messages
from grader.service.lti.models import LtiPlatform
from grader.service.lti.platform_client import SCORE, PlatformClient, PlatformRequestError, ensure_key
from grader.service.lti.platform_keys import fetch_keys
from grader.service.lti.platform_kinds import PlatformAddresses, addresses_of
from grader.service.lti.refusals import LaunchRefusedError
from grader.service.outgoing import OutgoingError, OutgoingSession

_ORIGIN = re.compile(r"(https?://[A-Za-z0-9.-]+(?::\d+)?)(/.*)?")


def register(
    kind: str, url: str, client_id: str, deployments: Sequence[str], given: PlatformAddresses, name: str = ""
) -> LtiRegistration:
    """Register a platform, or change a registration of the same issuer and client id.

    Raises UsageError for an address that is none, or is not known for this kind of platform.
    """
    found = _ORIGIN.fullmatch(url.rstrip("/"))
    if found is None:
        raise UsageError(messages.no_origin(url))
    addresses = addresses_of(kind, url.rstrip("/"), client_id, given)
    registration, _ = LtiRegistration.objects.update_or_create(
        issuer=addresses.issuer,
        client_id=client_id,
        defaults={
            "name": name or found[1],
            "auth_url": addresses.auth_url,
            "token_url": addresses.token_url,
            "keyset_url": addresses.keys_url,
            "audience": addresses.audience,
            "is_active": True,
        },
    )
    LtiPlatform.objects.update_or_create(registration=registration, defaults={"kind": kind, "origin": found[1]})
    for deployment in deployments:
        LtiDeployment.objects.update_or_create(
            registration=registration, deployment_id=deployment, defaults={"is_active": True}
        )
    ensure_key()
    return registration


def registrations(number: int | None) -> list[LtiRegistration]:
    """Return the active registration of a number, or all of them."""
    found = LtiRegistration.objects.active().order_by("pk")
    return list(found.filter(pk=number) if number else found)


def check(found: Sequence[LtiRegistration], say: Callable[[str], None]) -> bool:
    """Check registrations, each step said, and return whether all are in order."""
    good = True
    for one in found:
        say(f"{one.pk}  {one_line(one.name)}")
        if why := _failed_step(one, lambda said: say(f"  {said}")):
            say(f"  {why}")
            good = False
    return good


def _failed_step(registration: LtiRegistration, say: Callable[[str], None]) -> str:
    """Say each step that is done, and return why one failed, or an empty text."""
    steps: tuple[tuple[str, Callable[[LtiRegistration], str]], ...] = (
        (messages.STEP_OURS, _our_address),
        (messages.STEP_DEPLOYMENT, _deployment),
        (messages.STEP_KEYS, _keys),
        (messages.STEP_LOGIN, _login),
        (messages.STEP_TOKEN, _token),
    )
    for name, check in steps:
        if why := check(registration):
            return messages.step_failed(name, why)
        say(messages.step_done(name))
    return ""


def rotate_keys() -> None:
    """Sign with a new key from now on; the one before stays known, earlier ones do not."""
    kept = Key.objects.active().order_by("-datetime_created").values_list("pk", flat=True)[:1]
    Key.objects.exclude(pk__in=list(kept)).update(is_active=False)
    Key.objects.generate()


def _our_address(registration: LtiRegistration) -> str:
    return "" if settings.CONFIG.https else messages.OURS_NOT_HTTPS


def _deployment(registration: LtiRegistration) -> str:
    return "" if registration.deployments.active().exists() else messages.NO_DEPLOYMENT


def _keys(registration: LtiRegistration) -> str:
    try:
        keys = fetch_keys(registration.keyset_url)
    except LaunchRefusedError as error:
        return str(error)
    return "" if any(k.get("kty") == "RSA" for k in keys["keys"] if isinstance(k, dict)) else messages.NO_RSA_KEY


def _login(registration: LtiRegistration) -> str:
    """Return what is wrong with the address of signing in.

    Without a user it says no, but it answers.
    """
    try:
        with OutgoingSession() as session:
            status = session.get(registration.auth_url).status_code
    except OutgoingError as error:
        return str(error)
    return messages.platform_answered(status) if status in (404, 410) or status >= 500 else ""


def _token(registration: LtiRegistration) -> str:
    try:
        PlatformClient(registration).require_token(SCORE)
    except PlatformRequestError as error:
        return str(error)
    return ""
