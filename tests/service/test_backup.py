"""A back-up is taken while the service runs, and what is restored from it goes on."""

from __future__ import annotations

import gzip
import sqlite3
import tarfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from grader.errors import UsageError

from .conftest import RIGHT, People, PostgreSQL, make_service, notebook

Config = Callable[..., Any]


@pytest.fixture
def elsewhere(tmp_path: Path) -> Config:
    """Return settings of a service in an empty folder."""
    from grader.service.config import ServiceConfig

    def make(name: str = "restored", **settings: Any) -> ServiceConfig:
        return ServiceConfig(data=tmp_path / name, **settings)

    return make


@pytest.fixture(autouse=True)
def secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The installation's secret, in a file of this test."""
    path = tmp_path / "secret"
    path.write_text("s" * 40)
    path.chmod(0o600)
    monkeypatch.setenv("GRADER_SECRET_FILE", str(path))
    monkeypatch.delenv("GRADER_SERVICE_DATA", raising=False)
    return path


def _hand_in(people: People, content: bytes) -> Any:
    from grader.service.accept import accept

    return accept(people.assignment, people.member("student"), "a.ipynb", [content], by=None)


def _config() -> Any:
    from django.conf import settings

    return settings.CONFIG


def _rows(folder: Path) -> list[Any]:
    with sqlite3.connect(folder / "grader.sqlite3") as connection:
        return connection.execute("SELECT sha256 FROM service_upload ORDER BY received").fetchall()


def test_what_is_restored_is_what_was_backed_up(
    people: People, elsewhere: Config, secret: Path, tmp_path: Path
) -> None:
    """Rows, files and keys; the file is for its owner alone."""
    from grader.service.backup import back_up, restore

    upload = _hand_in(people, notebook(*RIGHT))
    back_up(_config(), tmp_path / "backup")
    key = secret.read_bytes()
    secret.unlink()
    said = restore(elsewhere(), tmp_path / "backup")
    data = tmp_path / "restored"

    assert said.files >= 1
    assert (upload.sha256,) in _rows(data)
    assert (data / "blobs" / upload.sha256).read_bytes() == notebook(*RIGHT)
    assert (data / "secret_key").read_bytes() == (_config().data / "secret_key").read_bytes()
    assert secret.read_bytes() == key
    assert (tmp_path / "backup").stat().st_mode & 0o077 == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["backup", "restored", "secret"]


def test_each_row_of_a_backup_has_its_file(
    people: People, elsewhere: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Uploads go on while it is written."""
    from django.db import connection

    from grader.service import backup
    from grader.service.backup import back_up, restore

    dump = backup._dump

    def dump_after_an_upload(*given: Any) -> None:
        _hand_in(people, b"an upload whose row is the last one to be copied")
        dump(*given)

    monkeypatch.setattr(backup, "_dump", dump_after_an_upload)
    begun, stop = threading.Event(), threading.Event()

    def hand_in() -> None:
        number = 0
        while not stop.is_set():
            _hand_in(people, f"upload {(number := number + 1)}".encode())
            begun.set()
        connection.close()

    thread = threading.Thread(target=hand_in)
    thread.start()
    try:
        assert begun.wait(60)
        back_up(_config(), tmp_path / "backup")
    finally:
        stop.set()
        thread.join()
    restore(elsewhere(), tmp_path / "backup")
    rows = _rows(tmp_path / "restored")

    assert rows
    assert [row for (row,) in rows if not (tmp_path / "restored" / "blobs" / row).exists()] == []


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-200])


def _change_a_blob(file: Path) -> None:
    content = gzip.decompress(file.read_bytes())
    assert b"an upload that is recognised" in content
    file.write_bytes(gzip.compress(content.replace(b"an upload that is recognised", b"an upload that is exchanged!")))


def _climb(file: Path) -> None:
    with tarfile.open(file, "w:gz") as archive, tarfile.open(file.with_name("old"), "r:gz") as old:
        for member in old:
            archive.addfile(member, old.extractfile(member))
        member = tarfile.TarInfo("../climbed")
        archive.addfile(member)


@pytest.mark.parametrize("damage", [_cut, _change_a_blob, _climb, lambda file: file.write_bytes(b"no back-up")])
def test_a_damaged_backup_is_refused(
    people: People, elsewhere: Config, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    """No service comes of it, and another back-up can be tried."""
    from grader.service.backup import back_up, restore

    _hand_in(people, b"an upload that is recognised")
    back_up(_config(), tmp_path / "backup")
    (tmp_path / "old").write_bytes((tmp_path / "backup").read_bytes())
    damage(tmp_path / "backup")

    with pytest.raises(UsageError, match="cannot be restored"):
        restore(elsewhere(), tmp_path / "backup")
    assert not (tmp_path / "climbed").exists()
    restore(elsewhere(), tmp_path / "old")
    assert _rows(tmp_path / "restored")


def test_nothing_that_is_there_is_lost(people: People, elsewhere: Config, secret: Path, tmp_path: Path) -> None:
    """A file, a service, another secret: each is refused before anything is written."""
    from grader.service.backup import back_up, restore

    _hand_in(people, b"upload")
    back_up(_config(), tmp_path / "backup")

    with pytest.raises(UsageError, match="is there already"):
        back_up(_config(), tmp_path / "backup")
    with pytest.raises(UsageError, match="a service already"):
        restore(_config(), tmp_path / "backup")
    with pytest.raises(UsageError, match="no service in"):
        back_up(elsewhere("empty"), tmp_path / "another")
    secret.write_text("t" * 40)
    with pytest.raises(UsageError, match="another secret"):
        restore(elsewhere(), tmp_path / "backup")
    assert not list((tmp_path / "restored").glob("*.sqlite3"))


def test_postgresql_is_dumped_and_restored(elsewhere: Config, postgresql: PostgreSQL, tmp_path: Path) -> None:
    """With uploads and keys in one file, into an empty database of another name alone."""
    import psycopg

    from grader.service.backup import back_up, restore

    one, other = (postgresql.make_database(name) for name in ("backed_up", "restored"))
    with psycopg.connect(one) as connection:
        connection.execute("CREATE TABLE service_account (username text)")
        connection.execute("INSERT INTO service_account VALUES ('ada')")
    source = elsewhere("source", database_url=one)
    source.data.mkdir()
    back_up(source, tmp_path / "backup")

    with pytest.raises(UsageError, match="is of a service on postgresql"):
        restore(elsewhere("sqlite"), tmp_path / "backup")
    restore(elsewhere(database_url=other), tmp_path / "backup")
    with psycopg.connect(other) as connection:
        assert connection.execute("SELECT username FROM service_account").fetchall() == [("ada",)]
    with pytest.raises(UsageError, match="a service already"):
        restore(elsewhere(database_url=other), tmp_path / "backup")


@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgresql", marks=pytest.mark.exhaustive)])
def test_a_restored_service_grades_what_waited(tmp_path: Path, engine: str, request: pytest.FixtureRequest) -> None:
    """An upload that was in the queue, or with a worker that is gone, ends graded elsewhere."""
    urls = ["", ""]
    if engine == "postgresql":
        server: PostgreSQL = request.getfixturevalue("postgresql")
        urls = [server.make_database(name) for name in ("waits", "goes_on")]
    first = make_service(tmp_path / "first", urls[0], workers=0)
    second = make_service(tmp_path / "second", urls[1])
    counted = 'grader_results_total{status="graded"} 1'
    try:
        first.start("--demo")
        pk = first.hand_in(notebook(*RIGHT)).json()["id"]
        second.token = first.token
        first.run("backup", str(tmp_path / "backup"))
        first.stop()
        second.run("restore", str(tmp_path / "backup"))
        second.start()
        state = second.ended(pk)
        second.wait(lambda: counted in httpx.get(f"{second.url}/metrics", timeout=60).text)
    finally:
        first.stop()
        second.stop()

    assert (state["state"], state["score"] > 0) == ("graded", True)
