"""Settings are typed, and each mistake in them is one sentence."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.service.config import ServiceConfig, load_config

Config = Callable[..., ServiceConfig]
PASSWORD = "swordfish"  # noqa: S105 - of a test


@pytest.fixture
def config(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Config:
    """Read settings from variables, and from the text of a file where there is one."""
    for name in [n for n in os.environ if n.startswith("GRADER_SERVICE_")]:
        monkeypatch.delenv(name)

    def read(file: str | None = None, **variables: str) -> ServiceConfig:
        for name, value in variables.items():
            monkeypatch.setenv(f"GRADER_SERVICE_{name}", value)
        if file is not None:
            (tmp_path / "grader.toml").write_text(file, encoding="utf-8")
            monkeypatch.setenv("GRADER_SERVICE_CONFIG", str(tmp_path / "grader.toml"))
        return load_config.__wrapped__()

    return read


def test_variables_go_before_the_file(config: Config) -> None:
    """One installation's file can be overruled for one process."""
    found = config('workers = 3\nhosts = ["a.example.edu"]\n', WORKERS="5")

    assert (found.workers, found.hosts) == (5, ["a.example.edu"])


@pytest.mark.parametrize(
    ("file", "variables", "said"),
    [
        (None, {"WORKERS": "many"}, ["workers", "GRADER_SERVICE_WORKERS", "integer"]),
        (None, {"WORKERS": "-1"}, ["workers", "greater than or equal to 0"]),
        (None, {"WORKER": "1"}, ["no setting GRADER_SERVICE_WORKER;", "did you mean GRADER_SERVICE_WORKERS?"]),
        ("workrs = 1", {}, ["no setting workrs", "did you mean workers?"]),
        ("[web]\nthreads = 1", {}, ["no setting web"]),
        ("workers = ", {}, ["grader.toml", "TOML"]),
        (None, {"CONFIG": "grader.toml"}, ["GRADER_SERVICE_CONFIG", "absolute"]),
        (None, {"CONFIG": "/nowhere/grader.toml"}, ["/nowhere/grader.toml"]),
        (None, {"DATA": "data"}, ["data", "absolute"]),
        (None, {"URL": "grader.example.edu"}, ["url", "https://"]),
        (None, {"URL": "https://grader.example.edu/grader"}, ["url", "without a path"]),
        (None, {"BIND": "8000"}, ["bind", "127.0.0.1:8000"]),
        (None, {"HOSTS": "a.example.edu, *"}, ["hosts", "grader.example.edu"]),
        (None, {"FRAME_ANCESTORS": "https://a.edu; script-src *"}, ["frame_ancestors", "without a path"]),
        (None, {"PROXIES": "localhost"}, ["proxies", "127.0.0.1"]),
        (None, {"LOG": "loud"}, ["log", "'WARNING'"]),
        (None, {"DATABASE_URL": f"mysql://a:{PASSWORD}@b/c"}, ["database_url", "postgresql://"]),
        (None, {"DATABASE_URL": f"postgresql://a:{PASSWORD}@b"}, ["database_url", "NAME"]),
        ("database_url = 5", {}, ["database_url", "string"]),
    ],
)
def test_a_mistake_is_one_sentence(
    config: Config, file: str | None, variables: dict[str, str], said: list[str]
) -> None:
    """It names the setting, says what it may be, and quotes no password."""
    with pytest.raises(UsageError) as error:
        config(file, **variables)

    sentence = str(error.value)
    assert [part for part in said if part not in sentence] == []
    assert "\n" not in sentence
    assert PASSWORD not in sentence


@pytest.mark.parametrize(
    ("variables", "url"),
    [
        ({}, "http://127.0.0.1:8000"),
        ({"BIND": "127.0.0.1:8765"}, "http://127.0.0.1:8765"),
        ({"BIND": "[::1]:8765"}, "http://[::1]:8765"),
        ({"BIND": "0.0.0.0:80"}, "http://127.0.0.1:80"),
        ({"BIND": "unix:/run/grader/web"}, "http://127.0.0.1:8000"),
        ({"BIND": "127.0.0.1:8765", "URL": "https://grader.example.edu"}, "https://grader.example.edu"),
    ],
)
def test_links_lead_to_where_it_listens_unless_an_address_is_given(
    config: Config, variables: dict[str, str], url: str
) -> None:
    """Whoever changes the port alone gets links that work."""
    assert config(None, **variables).url == url


def test_the_command_line_says_it_with_exit_code_2() -> None:
    """Whoever starts a service with a wrong setting reads one line."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "grader", "serve"],
        env=os.environ | {"GRADER_SERVICE_WORKERS": "many"}, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 2
    assert done.stderr.startswith("grader: setting workers")
    assert done.stderr.count("\n") == 1


def test_without_the_libraries_it_says_how_to_get_them() -> None:
    """The service is an extra: a student's installation has none of them."""
    without = "import sys; sys.modules['pydantic_settings'] = None; from grader.cli import main; sys.exit(main())"
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-P", "-c", without, "serve"], capture_output=True, text=True, check=False
    )

    assert done.returncode == 2
    assert "'.[service]'" in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_web_server_loads_nothing_that_only_workers_use(tmp_path: Path) -> None:
    """nbformat alone takes more than a second: the first notebook that is read loads it."""
    heavy = "{'nbformat', 'jsonschema', 'dbos', 'sqlalchemy', 'jupyter_client', 'numpy', 'torch', 'pytest'}"
    code = f"import sys, grader.service.wsgi, grader.service.urls; print({heavy} & sys.modules.keys())"
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True,
        env=os.environ | {"GRADER_SERVICE_DATA": str(tmp_path)},
    )  # fmt: skip

    assert done.stdout == "set()\n"
