"""Forms of an assignment's terms and of extensions, held to the package's own rules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from grader.corrections import Share, extension_from, terms_from
from grader.errors import UsageError
from grader.service import access
from grader.service.models import ApprovedAssignment, Course, CourseAssignment, DueExtension
from grader.service.models.courses import HiddenVerdicts
from grader.service.pages import staff_messages as messages

P = ParamSpec("P")

_ZONE = "zone"
_ZONES = ["UTC", *sorted(z for z in available_timezones() if "/" in z and not z.startswith(("Etc/", "SystemV/")))]
_LATE = ("late_per_day", "late_of", "late_cap", "grace_minutes", "cutoff_days")
_OWN = ("title", "opens", "due", "attempts", "cooldown_s", *_LATE, "hidden_verdicts")
_YEARS = datetime(1990, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""The first and the last moment that a form takes, so that no sum of dates leaves the calendar."""


def in_chosen_zone(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Let a view's forms read and show times in the zone that they were sent with last."""

    @wraps(view)
    def inner(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        name = str(request.POST.get(_ZONE) or request.session.get(_ZONE) or "UTC")
        if name not in _ZONES:
            name = "UTC"
        if request.method == "POST":
            request.session[_ZONE] = name
        with timezone.override(ZoneInfo(name)):
            return view(request, *args, **kwargs)

    return inner


class MomentField(forms.DateTimeField):
    """A time, which may be left out."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        bounds = [MinValueValidator(_YEARS[0]), MaxValueValidator(_YEARS[1])]
        super().__init__(required=False, widget=widget, validators=bounds, **options)


class ZonedForm(forms.Form):
    """A form with times, and the zone that they are in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial[_ZONE] = timezone.get_current_timezone_name()
        self.fields[_ZONE] = forms.ChoiceField(label="Time zone of these times", choices=[(z, z) for z in _ZONES])

    def held_to(self, rule: Callable[[str, dict[str, Any]], object], data: dict[str, Any]) -> None:
        """Refuse what breaks a rule of the package's, which takes the data of a course's file."""
        try:
            rule("This", {key: value for key, value in data.items() if value not in (None, "")})
        except UsageError as error:
            raise forms.ValidationError(str(error)) from error


class _ApprovedChoice(forms.ModelChoiceField[ApprovedAssignment]):
    """A choice of approved files."""

    def label_from_instance(self, obj: ApprovedAssignment) -> str:
        """Tell versions of the same files apart."""
        gone = ", no longer approved" if obj.withdrawn else ""
        return f"{obj.title} ({obj.slug}, version {obj.digest[:8]}{gone})"


class TermsForm(ZonedForm):
    """An assignment of a course: which files grade it, and the terms."""

    title = forms.CharField(max_length=200)
    opens = MomentField()
    due = MomentField(label="Deadline")
    attempts = forms.IntegerField(required=False, help_text="How many count; empty is any number.")
    cooldown_s = forms.IntegerField(
        label="Seconds between two uploads", required=False, min_value=0, max_value=7 * 86400,
        help_text="Empty is what the service is set to.",
    )  # fmt: skip
    late_per_day = forms.FloatField(label="Per cent for each day late", initial=0)
    late_of = forms.ChoiceField(
        label="Of which points",
        choices=[(Share.POSSIBLE, "of the most points"), (Share.EARNED, "of the points that were earned")],
    )
    late_cap = forms.FloatField(label="Per cent at most", initial=100)
    grace_minutes = forms.IntegerField(label="Minutes of grace", initial=0)
    cutoff_days = forms.FloatField(label="Days after which nothing counts", required=False, help_text="Empty is never.")
    hidden_verdicts = forms.ChoiceField(
        label="Students read of hidden checks", choices=[(value, value) for value in HiddenVerdicts.values]
    )

    def __init__(self, data: Any, course: Course, assignment: CourseAssignment | None = None) -> None:
        initial = {name: _plain(getattr(assignment, name)) for name in _OWN} if assignment else {}
        super().__init__(data, initial=initial | ({"approved": assignment.files_id} if assignment else {}))
        allowed = access.approved_for(course).values("pk")
        own = [assignment.files_id] if assignment else []
        choices = ApprovedAssignment.objects.filter(Q(pk__in=allowed) | Q(pk__in=own))
        self.fields["approved"] = _ApprovedChoice(
            choices.order_by("title", "-approved"), label="Assignment", empty_label=None
        )

    def clean(self) -> dict[str, Any]:
        """Hold the terms to the rules of a course's file."""
        given = self.cleaned_data
        late = {name.removeprefix("late_"): given[name] for name in _LATE if given.get(name) not in (None, "")}
        self.held_to(terms_from, {"due": given.get("due"), "attempts": given.get("attempts"), "late": late})
        if given.get("opens") and given.get("due") and given["opens"] >= given["due"]:
            self.add_error("opens", messages.OPENS_LATE)
        return given

    def put_in(self, assignment: CourseAssignment) -> list[str]:
        """Change an assignment's terms, and return the names of those that changed."""
        values = {name: self.cleaned_data[name] for name in _OWN} | {"files": self.cleaned_data["approved"]}
        changed = [name for name, value in values.items() if getattr(assignment, name, None) != value]
        for name, value in values.items():
            setattr(assignment, name, value)
        return changed


class NewAssignmentForm(TermsForm):
    """An assignment that is new in its course; ``slug`` is its part of the address."""

    slug = forms.SlugField(
        label="Name in addresses", max_length=80, help_text="Letters, digits and hyphens, as in probes-1."
    )


class ExtensionForm(ZonedForm):
    """More time or attempts for one member."""

    due = MomentField(label="Another deadline")
    days = forms.FloatField(label="Or days after everybody's", required=False)
    attempts = forms.IntegerField(label="Attempts that count", required=False)

    def __init__(self, data: Any, assignment: CourseAssignment, member: str = "") -> None:
        super().__init__(data, initial={"member": member})
        members = assignment.course.members.filter(active=True).order_by("name", "pk")
        self.fields["member"] = forms.ModelChoiceField(members, label="For whom")

    def clean(self) -> dict[str, Any]:
        """Hold the extension to the rules of a course's file."""
        given = self.cleaned_data
        values = {key: given.get(key) for key in ("due", "days", "attempts")}
        self.held_to(extension_from, {"person": str(given.get("member")), **values})
        return given

    def extension(self, assignment: CourseAssignment) -> DueExtension:
        """Return the row of the extension, not saved."""
        given = self.cleaned_data
        return DueExtension(
            assignment=assignment,
            member=given["member"],
            due=given["due"],
            days=given["days"] or 0,
            attempts=given["attempts"],
        )


def _plain(value: object) -> object:
    """Return a number as people write it: 10, not 10.0."""
    return f"{value:g}" if isinstance(value, float) else value
