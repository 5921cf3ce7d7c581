"""A learning platform in a process of its own, and browsers that come from it."""

from __future__ import annotations

import contextlib
import html
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from jwcrypto.jwk import JWK

from ..conftest import WAIT_S, People

TOOL = "http://127.0.0.1:8000"
"""The address at which the service in this process is taken to be."""


_KEY = JWK.generate(kty="RSA", size=2048)
"""The service's own key."""


@dataclass
class LearningPlatform:
    """The platform, seen by its administrator."""

    url: str
    registration: Any = None

    def set(self, **told: Any) -> None:
        """Change what it is like."""
        httpx.post(f"{self.url}/set", json=told).raise_for_status()

    @property
    def state(self) -> dict[str, Any]:
        """What it was sent."""
        return dict(httpx.get(f"{self.url}/state").json())


@dataclass
class Browser:
    """Somebody's browser: the platform's pages over HTTP, the service's in this process."""

    platform: LearningPlatform
    tool: Any = None
    posted: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin without cookies."""
        from django.test import Client

        self.tool = self.tool or Client()

    def form(self, user: str, hint: str) -> dict[str, str]:
        """Begin a sign-in, and return the fields of the form with which the platform answers."""
        begun = httpx.get(f"{self.platform.url}/start", params={"user": user, "hint": hint}).headers["location"]
        led = self.tool.get(begun.removeprefix(TOOL))
        assert led.status_code == 302, led.content
        self.posted = fields(httpx.get(led.headers["location"]).text)[1]
        return self.posted

    def launch(self, user: str, hint: str = "course-1/link-1/tiny") -> Any:
        """Come from the platform as somebody, and return the service's answer."""
        return self.tool.post("/lti/launch", self.form(user, hint))

    def choose(self, answer: Any, title: str = "Tiny") -> Any:
        """Choose an assignment on the page that a launch led to."""
        page = self.tool.get(answer.headers["location"]).content.decode()
        value = re.search(rf'name="choice" value="([^"]+)" required> {title}', page)
        assert value, page
        return self.tool.post(answer.headers["location"], {"choice": value[1]})


def fields(page: str) -> tuple[str, dict[str, str]]:
    """Return where the last form of a page leads, and the fields of all of them."""
    actions = re.findall(r'<form[^>]*action="([^"]+)"', page)
    assert actions, page
    found = re.findall(r'name="([^"]+)"[^>]*value="([^"]*)"', page)
    return html.unescape(actions[-1]), {name: html.unescape(value) for name, value in found}


@pytest.fixture(scope="session")
def _platform() -> Iterator[LearningPlatform]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    made = LearningPlatform(f"http://127.0.0.1:{port}")
    options = ["-k", "asgi", "-b", f"127.0.0.1:{port}", "--no-control-socket", "--log-level", "warning"]
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "gunicorn", *options, "learning_platform:app"],
        cwd=Path(__file__).parent,
        env={**os.environ, "PLATFORM_URL": made.url, "TOOL_URL": TOOL},
    )
    until = time.monotonic() + WAIT_S
    while True:
        with contextlib.suppress(httpx.TransportError):
            made.set(new=True)
            break
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.1)
    yield made
    process.terminate()
    process.wait(60)


@pytest.fixture
def platform(_platform: LearningPlatform, people: People, monkeypatch: pytest.MonkeyPatch) -> LearningPlatform:
    """The platform, registered, with one deployment; its private address is allowed."""
    from django.conf import settings
    from lti_tool.models import Key, LtiDeployment, LtiRegistration

    from grader.service.lti.models import LtiPlatform

    url = _platform.url
    allowed = {"allowed_private_hosts": [urlsplit(url).hostname]}
    monkeypatch.setattr(settings, "CONFIG", settings.CONFIG.model_copy(update=allowed))
    Key.objects.create_from_jwk(_KEY)
    made = LtiRegistration.objects.create(
        name="Platform", issuer=url, client_id="client-1", auth_url=f"{url}/auth", token_url=f"{url}/token",
        keyset_url=f"{url}/jwks",
    )  # fmt: skip
    LtiDeployment.objects.create(registration=made, deployment_id="deployment-1", is_active=True)
    LtiPlatform.objects.create(registration=made, kind="other", origin=url)
    _platform.registration = made
    _platform.set(new=True, tool_keys=dict(Key.objects.as_jwks()))
    return _platform


@pytest.fixture
def connected(platform: LearningPlatform, people: People) -> LearningPlatform:
    """The platform, with its course connected to the first course here."""
    from lti_tool.models import LtiContext

    from grader.service.lti.models import LtiCourse

    deployment = platform.registration.deployments.get()
    context = LtiContext.objects.create(deployment=deployment, id_on_platform="course-1")
    LtiCourse.objects.create(context=context, course=people.assignment.course)
    return platform
