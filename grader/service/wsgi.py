"""The WSGI application that gunicorn serves."""

from __future__ import annotations

from django.core.wsgi import get_wsgi_application

from grader.service.log_records import log_unexpected
from grader.service.setup_django import setup_django
from grader.service.slow_clients import SlowClients

setup_django()
log_unexpected()
application = SlowClients(get_wsgi_application())
