"""``grader lti``: platforms are registered and checked, keys are rotated."""

from __future__ import annotations

import json

import pytest

from grader.cli import main

from ..conftest import People
from .conftest import Browser, LearningPlatform


@pytest.mark.usefixtures("database")
def test_canvas_is_given_a_configuration_to_paste(capsys: pytest.CaptureFixture[str]) -> None:
    """It is JSON, with our addresses and all services."""
    assert main(["lti", "register", "canvas"]) == 0

    printed = capsys.readouterr().out
    told = json.loads(printed[printed.index("{") :])
    assert told["oidc_initiation_url"].endswith("/lti/login")
    assert told["public_jwk_url"].endswith("/lti/keys.json")
    assert len(told["scopes"]) == 4


@pytest.mark.usefixtures("database")
def test_a_kind_decides_the_addresses(capsys: pytest.CaptureFixture[str]) -> None:
    """What it does not decide is asked for."""
    from lti_tool.models import LtiRegistration

    lms = ["--url", "https://lms.example.edu/", "--client-id", "a1", "--deployment", "1"]
    assert main(["lti", "register", "sakai", *lms]) == 2
    assert "--token-url is not known of sakai" in capsys.readouterr().err
    main(["lti", "register", "moodle", *lms])

    made = LtiRegistration.objects.get()
    assert (made.issuer, made.keyset_url) == ("https://lms.example.edu", "https://lms.example.edu/mod/lti/certs.php")


def test_a_check_says_which_step_fails(
    platform: LearningPlatform, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each in its turn, until nothing is wrong."""
    from django.conf import settings

    def said(*options: str) -> tuple[int, str]:
        url = platform.url
        given = {"issuer": url, "auth-url": f"{url}/auth", "token-url": f"{url}/token", "keys-url": f"{url}/jwks"}
        given |= {"client-id": "client-1", "url": url} | dict(o.split("=") for o in options)
        words = [word for name, value in given.items() for word in (f"--{name}", value)]
        return main(["lti", "register", "other", *words]), capsys.readouterr().out

    code, printed = said()
    assert (code, "FAILED: our own address" in printed) == (2, True)
    monkeypatch.setattr(settings, "CONFIG", settings.CONFIG.model_copy(update={"url": "https://grader.example"}))
    platform.registration.deployments.all().delete()
    assert "FAILED: a deployment" in said()[1]
    wrong = {
        "keys-url": "the platform's key set",
        "auth-url": "the platform's address of signing in",
        "token-url": "an access token",
    }
    for option, step in wrong.items():
        assert f"FAILED: {step}" in said("deployment=deployment-1", f"{option}={platform.url}/nowhere")[1]
    code, printed = said("deployment=deployment-1")
    assert (code, printed.count("good:")) == (0, 5)


def test_keys_are_rotated_in_the_middle_of_a_course(connected: LearningPlatform, people: People) -> None:
    """What was signed before stays good; the key set has no more than two keys."""
    teacher = Browser(connected)
    before = teacher.tool.get("/lti/keys.json").json()["keys"]
    for _ in range(2):
        assert main(["lti", "rotate-keys"]) == 0

    after = teacher.tool.get("/lti/keys.json").json()["keys"]
    assert len(after) == 2
    assert before[0] not in after
    assert all(set(key) <= {"kty", "n", "e", "kid", "alg", "use"} for key in after)
