"""Addresses of long work that staff asks for, and of exports."""

from __future__ import annotations

from django.urls import path

from grader.service.pages import (
    task_batch_views,
    task_export_views,
    task_regrade_views,
    task_validation_views,
    task_views,
)

_ASSIGNMENT = "staff/<slug:course>/<slug:slug>/"

TASK_URLS = [
    path(f"{_ASSIGNMENT}tasks", task_views.tasks, name="staff-tasks"),
    path(f"{_ASSIGNMENT}tasks/batch", task_batch_views.upload_batch, name="staff-batch"),
    path(f"{_ASSIGNMENT}tasks/regrade", task_regrade_views.regrade, name="staff-regrade"),
    path(f"{_ASSIGNMENT}validation", task_validation_views.validation, name="staff-validation"),
    path(f"{_ASSIGNMENT}exports", task_export_views.exports, name="staff-exports"),
    path(f"{_ASSIGNMENT}exports/<slug:name>", task_export_views.export, name="staff-export"),
    path("tasks/<int:pk>/", task_views.task, name="task"),
    path("tasks/<int:pk>/progress", task_views.task_progress, name="task-progress"),
    path("tasks/<int:pk>/again", task_views.run_again, name="task-again"),
    path("tasks/<int:pk>/assign", task_batch_views.assign_by_hand, name="task-assign"),
    path("tasks/<int:pk>/apply", task_regrade_views.apply, name="task-apply"),
    path("tasks/<int:pk>/discard", task_regrade_views.discard_preview, name="task-discard"),
    path("administration/assignments/<int:pk>/validation", task_validation_views.files, name="files-validation"),
]
