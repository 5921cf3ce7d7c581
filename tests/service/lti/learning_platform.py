"""A learning platform that is not ours: ``lti1p3platform`` on FastAPI.

``POST /set`` changes what it is like: ``fault`` makes the next launches wrong in one way, ``score_fault`` the next
answers to scores. Run by gunicorn with PLATFORM_URL and TOOL_URL.
"""

from __future__ import annotations

import html
import os
import time
from typing import Any
from urllib.parse import parse_qsl

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from lti1p3platform.framework.fastapi.oidc_login import FastAPIOIDCLogin
from lti1p3platform.ltiplatform import LTI1P3PlatformConfAbstract
from lti1p3platform.message_launch import LTIAdvantageMessageLaunchAbstract
from lti1p3platform.registration import Registration

ME, TOOL = os.environ["PLATFORM_URL"], os.environ["TOOL_URL"]
CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
ROLE = "http://purl.imsglobal.org/vocab/lis/v2/membership"
ROLES = {
    "teacher": [f"{ROLE}#Instructor"],
    "helper": [f"{ROLE}#Instructor", f"{ROLE}/Instructor#TeachingAssistant"],
    "student": [f"{ROLE}#Learner"],
    "visitor": ["http://purl.imsglobal.org/vocab/lis/v2/institution/person#Instructor"],
}
"""Roles by the first part of a user's id."""


def pair() -> tuple[str, str]:
    """Return a private and a public key."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )  # fmt: skip
    return private.decode(), public.decode()


KEYS = {"now": pair(), "forged": pair()}
NEW: dict[str, Any] = {
    "fault": "", "score_fault": "", "links": [], "posted": [], "results": {}, "members": [], "columns": [],
    "tool_keys": {"keys": []}, "keys_asked": 0, "tokens_asked": 0, "members_fault": "", "grades": True,
}  # fmt: skip
state: dict[str, Any] = dict(NEW)


class Config(LTI1P3PlatformConfAbstract):
    """The one tool that is registered."""

    def init_platform_config(self, **kwargs: Any) -> None:
        private, public = KEYS["now"]
        self._registration = (
            Registration()
            .set_iss(ME)
            .set_client_id("client-1")
            .set_deployment_id("deployment-1")
            .set_oidc_login_url(f"{TOOL}/lti/login")
            .set_launch_url(f"{TOOL}/lti/launch")
            .set_deeplink_launch_url(f"{TOOL}/lti/launch")
            .set_platform_public_key(public)
            .set_platform_private_key(private)
        )
        self._registration.set_tool_key_set(state["tool_keys"])

    def get_registration_by_params(self, **kwargs: Any) -> Registration:
        assert self._registration is not None
        return self._registration


class Login(FastAPIOIDCLogin):
    """The beginning of a sign-in."""

    def set_lti_message_hint(self, **kwargs: Any) -> None:
        self._lti_message_hint = kwargs["hint"]


class Launch(LTIAdvantageMessageLaunchAbstract):
    """A launch, wrong in the way that ``fault`` says."""

    def get_preflight_response(self) -> dict[str, Any]:
        return dict(self._request.query_params)

    def render_launch_form(self, launch_data: Any, **kwargs: Any) -> str:
        made = {name: launch_data[name] for name in ("id_token", "state")}
        inputs = "".join(f'<input type="hidden" name="{n}" value="{html.escape(v)}">' for n, v in made.items())
        return (
            f'<form method="post" action="{html.escape(launch_data["launch_url"])}">{inputs}<button>Go</button></form>'
        )

    def generate_launch_request(self) -> Any:
        data = super().generate_launch_request()
        private, kid = KEYS["now"][0], {"kid": self._registration.get_kid()}
        claims = jwt.decode(data["id_token"], options={"verify_signature": False})
        now = int(time.time())
        changes: dict[str, dict[str, Any]] = {
            "audience": {"aud": "somebody-else", "azp": "somebody-else"},
            "issuer": {"iss": "http://elsewhere.example"},
            "deployment": {f"{CLAIM}deployment_id": "deployment-new"},
            "nonce": {"nonce": "made-up"},
            "expired": {"iat": now - 900, "exp": now - 90},
            "skewed": {"iat": now - 900, "exp": now - 30},
            "future": {"iat": now + 90, "exp": now + 900},
            "version": {f"{CLAIM}version": "1.1"},
        }
        claims |= changes.get(state["fault"], {})
        if state["fault"] == "no-exp":
            del claims["exp"]
        match state["fault"]:
            case "signature":
                data["id_token"] = jwt.encode(claims, KEYS["forged"][0], "RS256", kid)
            case "none":
                data["id_token"] = jwt.encode(claims, None, "none", kid)
            case "hs256":
                data["id_token"] = jwt.encode(claims, b"x" * 32, "HS256", kid)
            case "unknown-key":
                data["id_token"] = jwt.encode(claims, private, "RS256", {"kid": "nobody-has-it"})
            case "garbage":
                data["id_token"] = "no.token"  # noqa: S105 - it is none
            case "state":
                data["state"] = "made-up"
            case _:
                data["id_token"] = jwt.encode(claims, private, "RS256", kid)
        return data


app = FastAPI()


@app.post("/set")
async def change(request: Request) -> Any:
    told = await request.json()
    if told.pop("new", False):
        state.update(NEW | {"links": [], "posted": [], "results": {}, "members": [], "columns": []})
    if told.pop("rotate", False):
        KEYS["now"] = pair()
    state.update(told)
    return {}


@app.get("/state")
def tell() -> Any:
    return state


@app.get("/jwks")
def jwks() -> Any:
    state["keys_asked"] += 1
    return Config().get_jwks()


@app.get("/start")
def start(request: Request, user: str, hint: str) -> Any:
    login = Login(request, Config())
    login.set_lti_message_hint(hint=hint)
    return login.initiate_login(user)


@app.get("/auth")
def auth(request: Request, login_hint: str, lti_message_hint: str) -> Any:
    """Answer with the form of a launch. The hint is COURSE/deep or COURSE/LINK/ASSIGNMENT."""
    course, link, *assignment = lti_message_hint.split("/")
    launch = Launch(request, Config())
    launch.set_user_data(
        login_hint, ROLES[login_hint.partition("-")[0]], full_name=f"Name of {login_hint}",
        email_address=f"{login_hint}@example.org",
    )  # fmt: skip
    launch.set_launch_context_claim(course, context_title=f"Title of {course}", context_label=course)
    launch.set_nrps(f"{ME}/members")
    if state["grades"]:
        launch.set_ags(f"{ME}/columns", None if link == "bare" else f"{ME}/columns/{link}")
    if link == "deep":
        launch.set_dl(f"{ME}/deep/return", extra_data={"data": "opaque"})
    else:
        launch.set_resource_link_claim(link, title="Homework")
        launch.set_custom_parameters_claim({"grader_assignment": assignment[0]} if assignment else {})
    return HTMLResponse(launch.lti_launch())


@app.post("/deep/return")
async def deep(request: Request) -> Any:
    config = Config()
    state["links"] = config.validate_deeplinking_resp(dict(parse_qsl((await request.body()).decode())))
    return state["links"]


@app.post("/token")
async def token(request: Request) -> Any:
    state["tokens_asked"] += 1
    return Config().get_access_token(dict(parse_qsl((await request.body()).decode())))


def allowed(request: Request, scope: str) -> bool:
    """Return whether a request has a token of ours for a scope."""
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    config = Config()
    return kind == "Bearer" and bool(config.validate_token(given, [f"https://purl.imsglobal.org/spec/{scope}"]))


@app.get("/members")
def members(request: Request, page: int = 0) -> Any:
    """List members, two on a page."""
    if not allowed(request, "lti-nrps/scope/contextmembership.readonly"):
        return Response(status_code=401)
    if state["members_fault"]:
        return Response(status_code=500)
    found = state["members"][2 * page : 2 * page + 2]
    more = len(state["members"]) > 2 * page + 2
    headers = {"Link": f'<{ME}/members?Page=x&page={page + 1}>; rel="next"'} if more else {}
    return JSONResponse({"id": f"{ME}/members", "context": {"id": "course-1"}, "members": found}, headers=headers)


@app.get("/columns")
def columns(request: Request, resource_link_id: str = "") -> Any:
    if not allowed(request, "lti-ags/scope/lineitem"):
        return Response(status_code=401)
    return [c for c in state["columns"] if not resource_link_id or c.get("resourceLinkId") == resource_link_id]


@app.post("/columns")
async def make_column(request: Request) -> Any:
    if not allowed(request, "lti-ags/scope/lineitem"):
        return Response(status_code=401)
    made = await request.json() | {"id": f"{ME}/columns/made-{len(state['columns'])}"}
    state["columns"].append(made)
    return JSONResponse(made, status_code=201)


@app.post("/columns/{column}/scores")
async def scores(request: Request, column: str) -> Any:
    """Take a score as the specification says: never one that is older than the last."""
    if not allowed(request, "lti-ags/scope/score"):
        return Response(status_code=401)
    fault, score = state["score_fault"], await request.json()
    state["posted"].append(score | {"column": column, "fault": fault})
    if fault in ("500", "403", "503"):
        return Response(status_code=int(fault))
    before = state["results"].get(f"{column}/{score['userId']}")
    if before and before["timestamp"] > score["timestamp"]:
        return Response(status_code=409)
    state["results"][f"{column}/{score['userId']}"] = score
    if fault == "lost":
        return Response(status_code=502)
    return Response(status_code=200)


@app.get("/columns/{column}/results")
def results(request: Request, column: str, user_id: str = "") -> Any:
    if not allowed(request, "lti-ags/scope/result.readonly"):
        return Response(status_code=401)
    found = [r for name, r in state["results"].items() if name == f"{column}/{user_id}"]
    return [
        {"id": "1", "userId": user_id, "resultScore": r["scoreGiven"], "resultMaximum": r["scoreMaximum"]}
        for r in found
        if "scoreGiven" in r
    ]
