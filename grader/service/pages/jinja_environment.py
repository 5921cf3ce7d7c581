"""The environment of the service's templates: the reports' own, and more."""

from __future__ import annotations

from typing import Any

from django.contrib.messages import get_messages
from django.templatetags.static import static
from django.urls import reverse
from jinja2 import Environment

from grader.report.template_environment import make_environment
from grader.service import messages as service_messages
from grader.service.time_text import moment, span


def environment(**options: Any) -> Environment:
    """Return the environment; ``options`` are Django's, which the reports' own go before."""
    made = make_environment()
    made.globals |= {"static": static, "url": _url, "service": service_messages, "get_notices": get_messages}
    made.filters |= {"moment": moment, "span": span}
    return made


def _url(name: str, *arguments: object, **named: object) -> str:
    return reverse(name, args=arguments, kwargs=named)
