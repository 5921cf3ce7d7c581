"""Forms of administrators: a course with its first instructor, and a token of the API."""

from __future__ import annotations

from django import forms

from grader.service.credentials import MOST_DAYS, Scope
from grader.service.models import Account, Course
from grader.service.pages import administrator_messages as messages


def _named() -> forms.TextInput:
    return forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"})


class CourseForm(forms.ModelForm[Course]):
    """A new course, and who does the rest."""

    instructor = forms.ModelChoiceField(
        Account.objects.filter(is_active=True), to_field_name="username", required=False, widget=_named(),
        label="Sign-in name of the first instructor", help_text="Who adds assignments, and everybody else.",
        error_messages={"invalid_choice": messages.NO_ACCOUNT},
    )  # fmt: skip

    class Meta:
        """What an administrator chooses."""

        model = Course
        fields = ("slug", "title")
        labels = {"slug": "Short name"}  # noqa: RUF012 - Django's own way
        help_texts = {"slug": messages.SLUG_HINT}  # noqa: RUF012 - Django's own way
        error_messages = {"slug": {"invalid": messages.SLUG_UNFIT, "unique": messages.SLUG_TAKEN}}  # noqa: RUF012 - Django's own way


class TokenForm(forms.Form):
    """A new token: whose, for what, and until when."""

    account = forms.ModelChoiceField(
        Account.objects.filter(is_active=True), to_field_name="username", widget=_named(),
        label="Sign-in name of its account", help_text="The token may do no more than this account.",
        error_messages={"invalid_choice": messages.NO_ACCOUNT},
    )  # fmt: skip
    name = forms.CharField(label="What it is for", max_length=100)
    scope = forms.MultipleChoiceField(
        label="Scopes", widget=forms.CheckboxSelectMultiple, error_messages={"required": messages.NO_SCOPE},
        choices=[(scope, f"{scope}: {messages.SCOPES[scope]}") for scope in Scope],
    )  # fmt: skip
    course = forms.ModelChoiceField(
        Course.objects.all(), to_field_name="slug", required=False, widget=_named(),
        label="Short name of the only course that it is good for", help_text="Empty is every course of the account.",
        error_messages={"invalid_choice": messages.NO_COURSE},
    )  # fmt: skip
    days = forms.IntegerField(
        label="Days until it expires", required=False, min_value=1, max_value=MOST_DAYS, help_text="Empty is never."
    )
