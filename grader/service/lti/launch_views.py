"""What platforms ask for: the beginning of a sign-in, the launch, our public keys."""

from __future__ import annotations

import logging
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from lti_tool.models import Key, LtiRegistration

from grader.service import sessions
from grader.service.atomic_writes import atomic
from grader.service.audit import record
from grader.service.lti import login_state, messages
from grader.service.lti.choice_views import begin_choice, require_way_back
from grader.service.lti.launch_claims import LaunchClaims, parse_claims
from grader.service.lti.launch_rows import TakenLaunch, take
from grader.service.lti.launch_token import verified_claims
from grader.service.lti.refusals import LaunchRefusedError, NoCookieError
from grader.service.models import Role

log = logging.getLogger(__name__)

_ASKED = ("iss", "login_hint", "target_link_uri", "lti_message_hint", "lti_deployment_id", "client_id")
_LONGEST = 8000


@require_GET
@login_not_required
def key_set(request: HttpRequest) -> JsonResponse:
    """Show the public keys with which platforms check what we send."""
    return JsonResponse(Key.objects.as_jwks())


@csrf_exempt
@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """Begin a sign-in: send the browser to the platform, which sends it back with a launch."""
    given = request.POST if request.method == "POST" else request.GET
    asked = {name: given[name][:_LONGEST] for name in _ASKED if given.get(name)}
    try:
        registration = _registration(asked)
    except LaunchRefusedError as refusal:
        return _refused(request, refusal, None)
    begun = login_state.begin(registration.pk, asked)
    ask = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": registration.client_id,
        "redirect_uri": f"{settings.CONFIG.url}{reverse('lti-launch')}",
        "state": begun.state,
        "nonce": begun.nonce,
    } | {name: asked[name] for name in ("login_hint", "lti_message_hint") if name in asked}
    before = "&" if "?" in registration.auth_url else "?"
    answer = HttpResponseRedirect(f"{registration.auth_url}{before}{urlencode(ask)}")
    login_state.bind(answer, begun)
    return answer


@csrf_exempt
@never_cache
@login_not_required
@sensitive_post_parameters()
@require_POST
def launch(request: HttpRequest) -> HttpResponse:
    """Take a launch: sign in who it is of, and lead where it leads."""
    registration = None
    try:
        begun = login_state.begun_login(request)
        registration = LtiRegistration.objects.active().filter(pk=begun.registration).first()
        if registration is None:
            raise LaunchRefusedError("unknown-platform")
        claims = verified_claims(request.POST.get("id_token", ""), registration, begun.nonce)
        told = parse_claims(claims)
        login_state.end(begun)
        with atomic():  # not before: keys may have to be fetched from the platform
            taken = take(told, registration)
            return _enter(request, told, taken)
    except NoCookieError as missing:
        again = f"{reverse('lti-login')}?{urlencode(missing.again)}"
        return render(request, "service/lti_new_tab.html", {"again": again, "lti": messages})
    except LaunchRefusedError as refusal:
        return _refused(request, refusal, registration)


def _registration(asked: dict[str, str]) -> LtiRegistration:
    """Return the platform that begins a sign-in; one issuer may have several client ids."""
    if not asked.get("iss") or not asked.get("login_hint"):
        raise LaunchRefusedError("login")
    found = LtiRegistration.objects.active().filter(issuer=asked["iss"])
    if client := asked.get("client_id"):
        found = found.filter(client_id=client)
    if len(found) != 1:
        raise LaunchRefusedError("unknown-platform")
    return found[0]


def _enter(request: HttpRequest, told: LaunchClaims, taken: TakenLaunch) -> HttpResponse:
    if taken.link is None and told.role != Role.INSTRUCTOR:
        raise LaunchRefusedError("no-assignment" if told.link else "not-instructor")
    require_way_back(told)
    request.session.cycle_key()  # the same person's would stay
    sessions.start_session(request, taken.account)
    record(request, "signed in by a platform", taken.account.pk, course=taken.course)
    if taken.link is None:
        return redirect("lti-choose", begin_choice(request, told, taken))
    place = [taken.course.slug, taken.link.assignment.slug]
    return redirect("assignment" if told.role == Role.STUDENT else "staff-assignment", *place)


def _refused(request: HttpRequest, refusal: LaunchRefusedError, registration: LtiRegistration | None) -> HttpResponse:
    of = {"registration": registration.pk} if registration else {}
    log.warning("a launch was refused", extra={"reason": refusal.reason} | of)
    facts = {"heading": messages.REFUSED_HEADING, "sentence": f"{refusal} {messages.REFUSED_ADVICE}"}
    return render(request, "service/error.html", facts, status=403)
