"""What a trusted id_token says, in the parts that are used here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from grader.sanitize import visible
from grader.service.lti.refusals import LaunchRefusedError
from grader.service.models import Role

_CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
_DEEP_LINKING = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"
_GRADES = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
_PEOPLE = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
_ROLE = "http://purl.imsglobal.org/vocab/lis/v2/membership"
ASSIGNMENT = "grader_assignment"
"""The custom parameter of a link that names the assignment in its course."""

MESSAGES = {"LtiResourceLinkRequest": False, "LtiDeepLinkingRequest": True}
"""The messages that are taken, and whether a link is to be chosen."""


@dataclass(frozen=True, slots=True)
class PlatformPerson:
    """Somebody as a platform tells of them; empty is what it does not tell."""

    sub: str
    name: str
    email: str
    number: str


@dataclass(frozen=True, slots=True)
class LaunchClaims:
    """A launch: who, in which course of a deployment, in which role, and for what.

    ``link`` is empty where one is to be chosen; ``deep_linking`` are the platform's settings for that then.
    """

    person: PlatformPerson
    role: Role
    deployment: str
    context: str
    label: str
    title: str
    link: str
    link_title: str
    assignment: str
    line_item: str
    line_items: str
    members: str
    scopes: tuple[str, ...]
    deep_linking: dict[str, Any]


def parse_claims(claims: dict[str, Any]) -> LaunchClaims:
    """Return the parts of an id_token; raises LaunchRefusedError for another message."""
    choosing = MESSAGES.get(str(claims.get(f"{_CLAIM}message_type")))
    if choosing is None or claims.get(f"{_CLAIM}version") != "1.3.0":
        raise LaunchRefusedError("message")
    context, grades = _part(claims, f"{_CLAIM}context"), _part(claims, _GRADES)
    link = _part(claims, f"{_CLAIM}resource_link")
    if not _exact(context, "id"):
        raise LaunchRefusedError("context")
    if not choosing and not _exact(link, "id"):
        raise LaunchRefusedError("message")
    scopes = grades.get("scope")
    return LaunchClaims(
        person=person_of_claims(claims | {"lis": _part(claims, f"{_CLAIM}lis")}),
        role=role_of(claims.get(f"{_CLAIM}roles")),
        deployment=_exact(claims, f"{_CLAIM}deployment_id"),
        context=_exact(context, "id"),
        label=_text(context, "label", 255),
        title=_text(context, "title", 200),
        link="" if choosing else _exact(link, "id"),
        link_title=_text(link, "title", 200),
        assignment=_text(_part(claims, f"{_CLAIM}custom"), ASSIGNMENT, 80),
        line_item=_exact(grades, "lineitem", 2000),
        line_items=_exact(grades, "lineitems", 2000),
        members=_exact(_part(claims, _PEOPLE), "context_memberships_url", 2000),
        scopes=tuple(str(s) for s in scopes) if isinstance(scopes, list) else (),
        deep_linking=_part(claims, _DEEP_LINKING) if choosing else {},
    )


def person_of_claims(told: dict[str, Any]) -> PlatformPerson:
    """Return who is told of, by an id_token or a list of members."""
    sub = _exact(told, "sub") or _exact(told, "user_id")
    if not sub:
        raise LaunchRefusedError("claims")
    parts = " ".join(filter(None, (_text(told, "given_name", 100), _text(told, "family_name", 99))))
    number = _text(_part(told, "lis"), "person_sourcedid", 100) or _text(told, "lis_person_sourcedid", 100)
    return PlatformPerson(sub, _text(told, "name", 200) or parts, _text(told, "email", 254), number)


def role_of(told: object) -> Role:
    """Return the role in the course; raises LaunchRefusedError for none that takes part in it.

    Roles in the institution or the whole platform open no course.
    """
    roles = {_short(str(r)) for r in told} if isinstance(told, list) else set()
    if "TeachingAssistant" in roles:
        return Role.GRADER
    if roles & {"Instructor", "Administrator"}:
        return Role.INSTRUCTOR
    if "Learner" in roles:
        return Role.STUDENT
    raise LaunchRefusedError("role")


def _short(role: str) -> str:
    """Return the name of a role in the course, or an empty text for another one."""
    if role.isalpha():
        return role
    return role.rpartition("#")[2] if role.startswith((f"{_ROLE}#", f"{_ROLE}/Instructor#")) else ""


def _part(claims: dict[str, Any], name: str) -> dict[str, Any]:
    part = claims.get(name)
    return part if isinstance(part, dict) else {}


def _text(part: dict[str, Any], name: str, most: int) -> str:
    value = part.get(name)
    return visible(value)[:most] if isinstance(value, str) else ""


def _exact(part: dict[str, Any], name: str, most: int = 255) -> str:
    """Return an id or address as it is; empty for one that no database would keep so."""
    value = part.get(name)
    return value if isinstance(value, str) and len(value) <= most and visible(value) == value else ""
