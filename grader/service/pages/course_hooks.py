"""A course's hooks: who is told of results, who hands in, and what did not arrive."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.conf import settings
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from grader.service import access, audit
from grader.service.credentials import Scope, end_token, find_token, make_token
from grader.service.hook_secrets import new_salt, signing_secret
from grader.service.models import Course, DeliveryState, HookDelivery, IncomingHook, OutgoingHook
from grader.service.pages import hook_page_messages as messages
from grader.service.pages.hook_forms import IncomingHookForm, OutgoingHookForm
from grader.service.pages.page_answers import done, page_of, refused
from grader.service.pages.staff_links import roles_for, staff_context
from grader.service.requests import account_of

_LATELY = timedelta(days=7)


def _course(request: HttpRequest, slug: str) -> Course:
    return access.course_for(account_of(request), slug, access.INSTRUCTORS)


@never_cache
@require_http_methods(["GET", "POST"])
def hooks(request: HttpRequest, course: str) -> HttpResponse:
    """List hooks, and what is given up or waits; register an address, and show its secret."""
    found = access.course_for(account_of(request), course, roles_for(request))
    form = OutgoingHookForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        hook = OutgoingHook.objects.create(course=found, salt=new_salt(), **form.cleaned_data)
        audit.record(request, "made a hook", hook.pk, course=found, events=hook.events)
        return _show_secret(request, found, hook.url, hook.salt, messages.OUT_SECRET)
    return _page(request, found, form, IncomingHookForm())


@never_cache
@require_POST
def new_incoming(request: HttpRequest, course: str) -> HttpResponse:
    """Make an address at which notebooks are handed in, and show its secret."""
    found = _course(request, course)
    form = IncomingHookForm(request.POST)
    if not form.is_valid():
        return _page(request, found, OutgoingHookForm(), form)
    name, hosts, platform_token = (form.cleaned_data[n] for n in ("name", "hosts", "platform_token"))
    token = find_token(make_token(account_of(request), name, [Scope.SUBMIT_FOR_OTHERS], course=found))
    if token is None:  # whoever asks was switched off meanwhile
        raise Http404
    hook = IncomingHook.objects.create(
        course=found, token=token, salt=new_salt(), hosts=hosts, platform_token=platform_token
    )
    audit.record(request, "made an incoming hook", hook.pk, course=found, hosts=hosts)
    return _show_secret(request, found, _address(hook.pk), hook.salt, messages.IN_SECRET)


@require_POST
def end_incoming(request: HttpRequest, course: str, pk: uuid.UUID) -> HttpResponse:
    """End the token that an incoming hook hands in by."""
    found = _course(request, course)
    hook = get_object_or_404(found.incoming_hooks.select_related("token"), pk=pk)
    if end_token(hook.token):
        IncomingHook.objects.filter(pk=hook.pk).update(platform_token="")
        audit.record(request, "ended an incoming hook", hook.pk, course=found)
    return done(request, messages.INCOMING_ENDED, "hooks", course)


@require_POST
def remove(request: HttpRequest, course: str, pk: int) -> HttpResponse:
    """Remove a hook with all that it was or is to be told."""
    found = _course(request, course)
    get_object_or_404(found.outgoing_hooks, pk=pk).delete()
    audit.record(request, "removed a hook", pk, course=found)
    return done(request, messages.REMOVED, "hooks", course)


@require_POST
def resume(request: HttpRequest, course: str, pk: int) -> HttpResponse:
    """Switch a hook on again that was switched off."""
    found = _course(request, course)
    get_object_or_404(found.outgoing_hooks, pk=pk)
    if found.outgoing_hooks.filter(pk=pk).exclude(ended="").update(ended="", not_before=None):
        audit.record(request, "switched a hook on", pk, course=found)
    return done(request, messages.RESUMED, "hooks", course)


@require_POST
def replay(request: HttpRequest, course: str, pk: int) -> HttpResponse:
    """Send anew what was given up, under the id that it had."""
    found = _course(request, course)
    of_course = HookDelivery.objects.filter(hook__course=found)
    delivery = get_object_or_404(of_course.select_related("hook"), pk=pk)
    if delivery.hook.ended:
        return refused(request, messages.SWITCHED_OFF, "hooks", course)
    if of_course.filter(pk=pk, state=DeliveryState.DEAD).update(
        state=DeliveryState.ACCEPTED, due=timezone.now(), failures=0, attempt=F("attempt") + 1, ended=None
    ):
        audit.record(request, "replayed a delivery", pk, course=found, event=delivery.event)
    return done(request, messages.REPLAYED, "hooks", course)


def _page(
    request: HttpRequest, course: Course, form: OutgoingHookForm, incoming_form: IncomingHookForm
) -> HttpResponse:
    deliveries = HookDelivery.objects.filter(hook__course=course).select_related("hook")
    lately = deliveries.filter(state=DeliveryState.DELIVERED, ended__gt=timezone.now() - _LATELY)
    incoming = course.incoming_hooks.filter(token__revoked=None).select_related("token__account").order_by("made")
    context = staff_context(request, course) | {
        "hooks": course.outgoing_hooks.order_by("pk"),
        "incoming": [(hook, _address(hook.pk)) for hook in incoming],
        "page": page_of(request, deliveries.exclude(state=DeliveryState.DELIVERED).order_by("-pk")),
        "delivered": lately.count(),
        "form": form,
        "incoming_form": incoming_form,
    }
    bound = form.is_bound or incoming_form.is_bound
    return render(request, "service/staff_hooks.html", context, status=422 if bound else 200)


def _show_secret(request: HttpRequest, course: Course, address: str, salt: str, about: str) -> HttpResponse:
    context = {"address": address, "secret": signing_secret(salt), "about": about}
    return render(request, "service/staff_hook_secret.html", staff_context(request, course) | context)


def _address(pk: uuid.UUID) -> str:
    return str(settings.CONFIG.url + reverse("api:hand_in_by_hook", args=[pk]))
