"""Addresses of the service, by who uses them."""

from __future__ import annotations

from django.urls import path

from grader.service.api import api_urls
from grader.service.lti.lti_urls import LTI_URLS
from grader.service.pages.administrator_urls import ADMINISTRATOR_URLS
from grader.service.pages.staff_urls import STAFF_URLS
from grader.service.pages.student_urls import STUDENT_URLS

urlpatterns = [*STUDENT_URLS, *STAFF_URLS, *ADMINISTRATOR_URLS, *LTI_URLS, path("api/v1/", api_urls())]
handler400 = "grader.service.pages.error_views.malformed"
handler403 = "grader.service.pages.error_views.forbidden"
handler404 = "grader.service.pages.error_views.not_found"
handler500 = "grader.service.pages.error_views.broken"
