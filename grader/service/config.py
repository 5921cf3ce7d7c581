"""Settings of the service, typed, from environment variables and a TOML file."""

from __future__ import annotations

import os
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from grader.errors import UsageError
from grader.service import messages
from grader.settings import absolute, state_dir

PREFIX = "GRADER_SERVICE_"
FILE_VARIABLE = "GRADER_SERVICE_CONFIG"
"""The environment variable that names the file of settings; all others override the file."""


def _absolute(path: Path) -> Path:
    return absolute("data", str(path))


def _list(value: Any) -> Any:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _matching(pattern: str, wanted: str) -> AfterValidator:
    """Return what asks of a text to match a pattern; ``wanted`` completes "must be"."""

    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(f"must be {wanted}")
        return text

    return AfterValidator(check)


def _postgresql(url: SecretStr) -> SecretStr:
    text = url.get_secret_value()
    if text and (not re.match(r"postgres(ql)?://", text) or not urlsplit(text).path.strip("/")):
        raise ValueError("must be postgresql://USER:PASSWORD@HOST:PORT/NAME, or empty for SQLite")
    return url


_HOST = r"[A-Za-z0-9._-]+|\[[0-9A-Fa-f:]+\]"
Origin = Annotated[str, _matching(rf"https?://({_HOST})(:\d+)?", "such as https://grader.example.edu, without a path")]
HostName = Annotated[str, _matching(_HOST, "names such as grader.example.edu")]
Address = Annotated[
    str, _matching(rf"({_HOST}):\d+|unix:/.+", "an address and a port such as 127.0.0.1:8000, or unix:/PATH")
]
IpAddress = Annotated[str, _matching(r"[0-9A-Fa-f:.]+", "addresses such as 127.0.0.1")]
DatabaseUrl = Annotated[SecretStr, AfterValidator(_postgresql)]


def _listening_at(given: dict[str, Any]) -> str:
    """Return the address at which a browser on this machine reaches what listens at ``bind``."""
    host, _, port = str(given.get("bind", "")).rpartition(":")
    if not port.isdecimal():
        return "http://127.0.0.1:8000"
    return f"http://{'127.0.0.1' if host in ('0.0.0.0', '[::]') else host}:{port}"  # noqa: S104 - listens nowhere


class ServiceConfig(BaseSettings):
    """What one installation of the service is run with.

    ``data`` is the folder of all that lasts: database, uploads, keys. ``database_url`` is a PostgreSQL database
    (``postgresql://user:password@host:port/name``); empty is SQLite in ``data``. ``url`` is the address at which people
    reach the service, ``bind`` the one at which it listens, ``hosts`` are other names that it answers to, and
    ``frame_ancestors`` the origins of learning platforms that may show it in a frame. ``proxies`` are the addresses of
    proxies before it, whose ``X-Forwarded-For`` is believed. ``allowed_private_hosts`` are servers that the service may
    ask although they have private addresses, also by http, such as a learning platform on the campus.

    ``workers`` are the processes that grade beside the web server, each ``jobs`` submissions at once (0: as many as
    there are processors). ``upload_mb`` is the largest upload, ``batch_mb`` the largest zip of a platform's; nothing is
    taken that would leave less than ``min_free_mb`` of the disk with ``data`` free. ``cooldown_s`` are the seconds
    between two uploads of one student to one assignment where the assignment says nothing else; ``uploads_per_minute``
    and ``sign_ins_per_minute`` bound one account and one address. ``log`` is the least level of log records;
    ``demo_assignment`` the assignment of the course to try, where not the only one that is known.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", env_ignore_empty=True)

    data: Annotated[Path, AfterValidator(_absolute)] = Field(default_factory=lambda: state_dir() / "service")
    database_url: DatabaseUrl = SecretStr("")
    bind: Address = "127.0.0.1:8000"
    url: Origin = Field(default_factory=_listening_at)
    hosts: Annotated[list[HostName], NoDecode, BeforeValidator(_list)] = []
    frame_ancestors: Annotated[list[Origin], NoDecode, BeforeValidator(_list)] = []
    proxies: Annotated[list[IpAddress], NoDecode, BeforeValidator(_list)] = []
    allowed_private_hosts: Annotated[list[HostName], NoDecode, BeforeValidator(_list)] = []
    workers: int = Field(default=1, ge=0, le=64)
    jobs: int = Field(default=0, ge=0, le=256)
    web_threads: int = Field(default=8, ge=1, le=256)
    upload_mb: int = Field(default=25, ge=1, le=500)
    batch_mb: int = Field(default=500, ge=1, le=4000)
    min_free_mb: int = Field(default=1024, ge=0)
    cooldown_s: int = Field(default=0, ge=0)
    uploads_per_minute: int = Field(default=30, ge=1)
    sign_ins_per_minute: int = Field(default=10, ge=1)
    log: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    demo_assignment: str = ""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take environment variables before what was read from the file."""
        return env_settings, init_settings

    @property
    def sqlite(self) -> bool:
        """Whether everything lies in files, without a database server."""
        return not self.database_url.get_secret_value()

    @property
    def https(self) -> bool:
        """Whether people reach the service by https, so that cookies are for that alone."""
        return self.url.startswith("https://")

    @property
    def upload_limit(self) -> int:
        """The bytes of the largest upload."""
        return self.upload_mb << 20

    @property
    def batch_limit(self) -> int:
        """The bytes of the largest zip of a platform's."""
        return self.batch_mb << 20

    @property
    def least_free(self) -> int:
        """The bytes of the disk that no upload takes."""
        return self.min_free_mb << 20

    @property
    def allowed_hosts(self) -> list[str]:
        """The names in requests that are answered."""
        return sorted({urlsplit(self.url).hostname or "", "127.0.0.1", "localhost", *self.hosts} - {""})

    @property
    def sqlite_path(self) -> Path:
        """Our own tables' file, where there is no database server."""
        return self.data / "grader.sqlite3"

    @property
    def secret_key_path(self) -> Path:
        """The file of the key that signs what browsers are given."""
        return self.data / "secret_key"

    @property
    def blobs_path(self) -> Path:
        """The folder of all that was uploaded."""
        return self.data / "blobs"

    @property
    def queue_path(self) -> Path:
        """The queue's own file, where there is no database server."""
        return self.data / "queue.sqlite3"

    @property
    def queue_url(self) -> str:
        """The address of the queue's tables: beside ours on PostgreSQL, else a file of its own."""
        if self.sqlite:
            return f"sqlite:///{self.queue_path}"
        _, _, rest = self.database_url.get_secret_value().partition("://")
        return f"postgresql+psycopg://{rest}"


@cache
def load_config() -> ServiceConfig:
    """Return the settings of this process; raises UsageError that names the one that is wrong."""
    known = {f"{PREFIX}{name}".upper() for name in ServiceConfig.model_fields} | {FILE_VARIABLE}
    if unknown := sorted(n for n in os.environ if n.startswith(PREFIX) and n not in known):
        raise UsageError(messages.unknown_setting(unknown[0], sorted(known)))
    given = _read_file(os.environ.get(FILE_VARIABLE, ""))
    try:
        return ServiceConfig(**given)
    except ValidationError as error:
        raise UsageError(_first_mistake(error)) from None  # its text quotes values, of which one is a password


def _first_mistake(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False)[0]
    name = str(first["loc"][0])
    if first["type"] == "extra_forbidden":
        return messages.unknown_setting(name, sorted(ServiceConfig.model_fields))
    why = first["msg"].removeprefix("Value error, ").removeprefix("Input ")
    return messages.wrong_setting(name, f"{PREFIX}{name.upper()}", why[:1].lower() + why[1:])


def _read_file(name: str) -> dict[str, Any]:
    if not name:
        return {}
    path = absolute(FILE_VARIABLE, name)
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(messages.unreadable_config(path, error)) from error
