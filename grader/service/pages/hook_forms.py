"""Forms of a course's hooks."""

from __future__ import annotations

import re

from django import forms

from grader.service.hook_events import HookEvent
from grader.service.outgoing import OutgoingError, require_askable
from grader.service.pages import hook_page_messages as messages

_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?")
_MOST_HOSTS = 20


class OutgoingHookForm(forms.Form):
    """An address, and what it is told of."""

    url = forms.CharField(label="Address", max_length=1000, help_text="https://…, at a server that everybody can reach")
    events = forms.MultipleChoiceField(
        label="Is told when a submission was", widget=forms.CheckboxSelectMultiple, initial=list(HookEvent),
        choices=[(event, event.partition(".")[2]) for event in HookEvent],
    )  # fmt: skip

    def clean_url(self) -> str:
        """Refuse what could never be asked."""
        url = str(self.cleaned_data["url"])
        try:
            require_askable(url)
        except OutgoingError as error:
            raise forms.ValidationError(str(error)) from error
        return url


class IncomingHookForm(forms.Form):
    """Who hands in, and where the files lie that events name."""

    name = forms.CharField(label="What hands in", max_length=100)
    hosts = forms.CharField(
        label="Hosts that files may be fetched from", required=False, max_length=2000,
        help_text="such as lms.example.edu, with commas between them; empty where events hold the notebook itself",
    )  # fmt: skip
    platform_token = forms.CharField(
        label="Token for fetching them", required=False, max_length=1000, help_text="It is sent to these hosts alone.",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip

    def clean_hosts(self) -> list[str]:
        """Return the names of the hosts."""
        hosts = [host.strip().lower() for host in str(self.cleaned_data["hosts"]).split(",") if host.strip()]
        if len(hosts) > _MOST_HOSTS or not all(_HOST.fullmatch(host) for host in hosts):
            raise forms.ValidationError(messages.NO_HOST)
        return hosts

    def clean_platform_token(self) -> str:
        """Refuse what no header can hold."""
        token = str(self.cleaned_data["platform_token"])
        if not re.fullmatch(r"[\x21-\x7e]*", token):
            raise forms.ValidationError(messages.NO_TOKEN_TEXT)
        return token
