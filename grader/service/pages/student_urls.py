"""Addresses of pages that everybody has, students first."""

from __future__ import annotations

from django.urls import path

from grader.service.invitations import SIGN_IN_LINKS
from grader.service.pages import account_views, given_files, report_views, sign_in, student_views

STUDENT_URLS = [
    path("", student_views.home, name="home"),
    path("sign-in", sign_in.SignIn.as_view(), name="sign-in"),
    path(f"{SIGN_IN_LINKS}<str:secret>", sign_in.use_sign_in_link, name="sign-in-link"),
    path("sign-out", sign_in.SignOut.as_view(), name="sign-out"),
    path("account", account_views.account, name="account"),
    path("account/password", account_views.choose_password, name="password"),
    path("account/sign-out", account_views.end_sessions, name="end-sessions"),
    path("courses/<slug:course>/<slug:slug>/", student_views.assignment, name="assignment"),
    path("courses/<slug:course>/<slug:slug>/files", given_files.send_given_files, name="given-files"),
    path("courses/<slug:course>/<slug:slug>/hand-in", student_views.hand_in, name="hand-in"),
    path("uploads/<uuid:pk>/", student_views.upload, name="upload"),
    path("uploads/<uuid:pk>/progress", student_views.progress, name="progress"),
    path("uploads/<uuid:pk>/report", report_views.report, name="report"),
]
