"""Addresses of pages for graders and instructors of a course."""

from __future__ import annotations

from django.urls import path

from grader.service.pages import (
    course_hooks,
    staff_corrections,
    staff_course,
    staff_overview,
    staff_person,
    staff_roster,
    staff_submissions,
)
from grader.service.pages.task_urls import TASK_URLS

_COURSE = "staff/<slug:course>/"
_ASSIGNMENT = f"{_COURSE}<slug:slug>/"
_PERSON = f"{_ASSIGNMENT}people/<int:member>/"

STAFF_URLS = [
    *TASK_URLS,
    path(_COURSE, staff_course.course, name="staff-course"),
    path(f"{_COURSE}assignments/new", staff_course.new_assignment, name="staff-new-assignment"),
    path(f"{_COURSE}roster", staff_roster.roster, name="roster"),
    path(f"{_COURSE}roster/file", staff_roster.roster_file, name="roster-file"),
    path(f"{_COURSE}roster/new", staff_roster.member, name="new-member"),
    path(f"{_COURSE}roster/invite", staff_roster.invite_members, name="invite-all"),
    path(f"{_COURSE}roster/<int:pk>/", staff_roster.member, name="member"),
    path(f"{_COURSE}roster/<int:pk>/invite", staff_roster.invite_members, name="invite"),
    path(f"{_COURSE}hooks", course_hooks.hooks, name="hooks"),
    path(f"{_COURSE}hooks/in", course_hooks.new_incoming, name="new-incoming-hook"),
    path(f"{_COURSE}hooks/in/<uuid:pk>/end", course_hooks.end_incoming, name="end-incoming-hook"),
    path(f"{_COURSE}hooks/<int:pk>/remove", course_hooks.remove, name="remove-hook"),
    path(f"{_COURSE}hooks/<int:pk>/resume", course_hooks.resume, name="resume-hook"),
    path(f"{_COURSE}hooks/deliveries/<int:pk>/replay", course_hooks.replay, name="replay-delivery"),
    path(f"{_ASSIGNMENT}terms", staff_course.terms, name="staff-terms"),
    path(f"{_ASSIGNMENT}extensions", staff_course.extensions, name="staff-extensions"),
    path(f"{_ASSIGNMENT}extensions/<int:pk>/remove", staff_course.remove_extension, name="staff-remove-extension"),
    path(_ASSIGNMENT, staff_submissions.submissions, name="staff-assignment"),
    path(f"{_ASSIGNMENT}overview", staff_overview.overview, name="staff-overview"),
    path(f"{_ASSIGNMENT}similar", staff_overview.similar, name="staff-similar"),
    path(_PERSON, staff_person.person, name="staff-person"),
    path(f"{_PERSON}report", staff_person.feedback, name="staff-feedback"),
    path(f"{_PERSON}again", staff_corrections.apply_again, name="staff-apply-again"),
    path(f"{_PERSON}corrections/<int:pk>/take-back", staff_corrections.take_back, name="staff-take-back"),
    path("uploads/<uuid:pk>/review", staff_person.review, name="review"),
    path("uploads/<uuid:pk>/notebook", staff_person.notebook, name="staff-notebook"),
    path("uploads/<uuid:pk>/grade-again", staff_person.grade_again, name="staff-grade-again"),
]
