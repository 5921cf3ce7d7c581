"""Settings in Django's own form, made of :class:`grader.service.config.ServiceConfig`."""

from __future__ import annotations

import contextlib
import os
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import django_stubs_ext
from csp.constants import NONE, SELF
from django.core.management.utils import get_random_secret_key

from grader.errors import UsageError
from grader.service import messages
from grader.service.config import load_config
from grader.service.log_records import logging_settings
from grader.settings import templates

django_stubs_ext.monkeypatch()  # generic QuerySet[...] and ModelAdmin[...] at run time

CONFIG = load_config()
DATA = CONFIG.data
try:
    DATA.mkdir(parents=True, exist_ok=True, mode=0o700)
except OSError as error:
    raise UsageError(messages.no_data_folder(DATA, error)) from error


def _secret_key() -> str:
    """Return this installation's key, made at first."""
    path = CONFIG.secret_key_path
    with contextlib.suppress(FileExistsError):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(handle, "w", encoding="ascii") as file:
            file.write(get_random_secret_key())
            file.flush()
            os.fsync(handle)
    return path.read_text(encoding="ascii")


def _database() -> dict[str, Any]:
    if CONFIG.sqlite:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": CONFIG.sqlite_path,
            "CONN_MAX_AGE": None,  # opening one costs more than most requests, and closing the last writes all back
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
            },
        }
    url = urlsplit(CONFIG.database_url.get_secret_value())
    options = dict(parse_qsl(url.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(url.path.lstrip("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": options.pop("host", unquote(url.hostname or "")),
        "PORT": options.pop("port", str(url.port or "")),
        "CONN_HEALTH_CHECKS": True,  # a server that was restarted costs no request
        "OPTIONS": {**options, "pool": {"min_size": 1, "max_size": 8, "timeout": 10}},
    }


SECRET_KEY = _secret_key()
DEBUG = False
ALLOWED_HOSTS = CONFIG.allowed_hosts
DATABASES = {"default": _database()}
AUTH_USER_MODEL = "service.Account"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "lti_tool",
    "grader.service",
    "grader.service.lti",
]
MIDDLEWARE = [
    "grader.service.request_records.RequestRecords",
    "grader.service.api.problems.ApiErrors",
    "grader.service.request_limits.BodyLimit",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "grader.service.lti.frames.PlatformFrames",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "grader.service.private_answers.PrivateAnswers",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "grader.service.pages.form_addresses.FormAddresses",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
if CONFIG.frame_ancestors:  # the policy's frame-ancestors says which; the older header knows no list
    MIDDLEWARE.pop()
MIDDLEWARE.append("grader.service.atomic_writes.AtomicWrites")  # the last: it runs the view
ROOT_URLCONF = "grader.service.urls"
WSGI_APPLICATION = "grader.service.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [templates()],
        "OPTIONS": {"environment": "grader.service.pages.jinja_environment.environment"},
    },
]
CACHES = {  # every process must share it; a full one would forget at random
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 1_000_000},
    }
}

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STATICFILES_DIRS = [templates() / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
LOGIN_URL = "sign-in"
CSRF_FAILURE_VIEW = "grader.service.pages.error_views.csrf_failed"
LOGIN_REDIRECT_URL = "home"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "CommonPasswordValidator", "NumericPasswordValidator")
] + [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    }
]

DATA_UPLOAD_MAX_MEMORY_SIZE = 5 << 20  # of a form without its files
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_HANDLERS = ["grader.service.upload_handler.RemovingUploadHandler"]
FILE_UPLOAD_TEMP_DIR = DATA / "uploading"
FILE_UPLOAD_TEMP_DIR.mkdir(exist_ok=True, mode=0o700)

SESSION_ENGINE = "grader.service.models.account_sessions"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = CONFIG.https
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "None" if CONFIG.https and CONFIG.frame_ancestors else "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if CONFIG.https else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if CONFIG.https else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "style-src": [SELF],
        "script-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": CONFIG.frame_ancestors or [NONE],
    }
}
LOGGING = logging_settings(CONFIG.log)
