"""Addresses of the service as a tool of learning platforms."""

from __future__ import annotations

from django.urls import path

from grader.service.lti import choice_views, gradebook_views, launch_views

LTI_URLS = [
    path("lti/keys.json", launch_views.key_set, name="lti-key-set"),
    path("lti/login", launch_views.login, name="lti-login"),
    path("lti/launch", launch_views.launch, name="lti-launch"),
    path("lti/choose/<uuid:ticket>", choice_views.choose, name="lti-choose"),
    path("staff/<slug:course>/<slug:slug>/gradebook", gradebook_views.gradebook, name="staff-gradebook"),
    path("staff/<slug:course>/<slug:slug>/gradebook/again", gradebook_views.send_again, name="staff-send-again"),
]
