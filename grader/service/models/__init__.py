"""The tables of the service."""

from grader.service.models.account_sessions import AccountSession
from grader.service.models.accounts import Account, ApiToken, SignInLink
from grader.service.models.courses import (
    ApprovedAssignment,
    Course,
    CourseAssignment,
    DueExtension,
    HiddenVerdicts,
    Member,
    Role,
)
from grader.service.models.hooks import DeliveryState, HookDelivery, IncomingHook, OutgoingHook
from grader.service.models.operation import AuditEntry, PreviewedResult, Task, TaskState, WorkerHeartbeat
from grader.service.models.uploads import Correction, IdempotencyKey, PublishedResult, State, Upload, UploadFile

__all__ = [
    "Account",
    "AccountSession",
    "ApiToken",
    "ApprovedAssignment",
    "AuditEntry",
    "Correction",
    "Course",
    "CourseAssignment",
    "DeliveryState",
    "DueExtension",
    "HiddenVerdicts",
    "HookDelivery",
    "IdempotencyKey",
    "IncomingHook",
    "Member",
    "OutgoingHook",
    "PreviewedResult",
    "PublishedResult",
    "Role",
    "SignInLink",
    "State",
    "Task",
    "TaskState",
    "Upload",
    "UploadFile",
    "WorkerHeartbeat",
]
