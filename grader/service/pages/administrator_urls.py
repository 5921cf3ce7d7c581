"""Addresses for administrators, and for programs that watch the service."""

from __future__ import annotations

from django.urls import path

from grader.service.pages import administrator_accounts as accounts
from grader.service.pages import administrator_assignments as assignments
from grader.service.pages import administrator_audit as audit
from grader.service.pages import administrator_courses as courses
from grader.service.pages import administrator_queue as queue
from grader.service.pages import administrator_tokens as tokens
from grader.service.pages import health

ADMINISTRATOR_URLS = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("administration/", queue.queue, name="administrator-queue"),
    path("administration/errors", queue.errors, name="administrator-errors"),
    path("administration/tasks", queue.task_list, name="administrator-tasks"),
    path("administration/again", queue.again, name="administrator-again"),
    path("administration/accounts", accounts.accounts, name="administrator-accounts"),
    path("administration/accounts/make", accounts.make_account, name="administrator-make-account"),
    path("administration/accounts/<int:pk>/link", accounts.make_account_link, name="administrator-link"),
    path("administration/accounts/<int:pk>/active", accounts.set_active, name="administrator-active"),
    path("administration/accounts/<int:pk>/forget", accounts.forget_account, name="administrator-forget"),
    path("administration/courses", courses.courses, name="administrator-courses"),
    path("administration/courses/<int:pk>/change", courses.change_course, name="administrator-change-course"),
    path("administration/tokens", tokens.tokens, name="administrator-tokens"),
    path("administration/tokens/<int:pk>/revoke", tokens.revoke_token, name="administrator-revoke-token"),
    path("administration/assignments", assignments.assignments, name="administrator-assignments"),
    path("administration/assignments/approve", assignments.approve_assignment, name="administrator-approve"),
    path(
        "administration/assignments/<int:pk>/withdraw", assignments.withdraw_assignment, name="administrator-withdraw"
    ),
    path("administration/assignments/<int:pk>/courses", assignments.limit_courses, name="administrator-limit"),
    path("administration/audit", audit.audit_log, name="administrator-audit"),
]
