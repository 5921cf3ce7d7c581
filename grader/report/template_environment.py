"""The environment of all templates: every expression becomes visible text and is escaped."""

from __future__ import annotations

import base64
import functools
import hashlib
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from grader.report import check_text, messages, status_texts
from grader.report.batch_statistics import mistake
from grader.report.display_text import cut, format_score
from grader.report.left_checks import held_back
from grader.report.staff_site import link_part
from grader.settings import templates

if TYPE_CHECKING:
    from jinja2 import Environment


def fill_template(template: str, **context: Any) -> str:
    """Return a template filled with values, whose texts are made visible and escaped."""
    return _environment().get_template(template).render(**context)


@functools.cache
def _environment() -> Environment:
    return make_environment()


def make_environment() -> Environment:
    """Return a new environment, for whoever has more to add to it."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # a check without a page has no need of it

    environment = Environment(
        loader=FileSystemLoader(templates()),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "check_text": check_text,
        "messages": messages,
        "statuses": status_texts,
        "held_back": held_back,
        "style": _inline("page.css"),
        "script": _inline("table.js"),
        "hash_of": _hash,
    }
    environment.filters |= {
        "cut": cut,
        "file": link_part,
        "mistake": mistake,
        "prose": _prose,
        "for_staff": status_texts.for_staff,
    }
    return environment


def _finalize(value: object) -> object:
    """Make the value of every expression in a template visible text, before it is escaped."""
    match value:
        case Markup():
            return value
        case float():
            return format_score(value)
        case str():
            return cut(value)
    return value


def _prose(value: object, longest: int) -> Markup:
    """Return a text in which what is between `backticks` is set as code."""
    parts = cut(value, longest).split("`")
    if len(parts) % 2 == 0:  # a backtick without its partner
        return Markup.escape("`".join(parts))
    return Markup().join(Markup("<code>{}</code>").format(p) if n % 2 else p for n, p in enumerate(parts))


def _inline(name: str) -> Markup:
    """Return a style sheet or script of ours for inlining; it holds no text but ours."""
    return Markup((templates() / "static" / name).read_text(encoding="utf-8").strip())  # noqa: S704 - our own file


def _hash(inlined: Markup) -> str:
    """Return the hash-source (Content Security Policy 3) that allows exactly this text."""
    return f"sha256-{base64.b64encode(hashlib.sha256(inlined.encode()).digest()).decode()}"
