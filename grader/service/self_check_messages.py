"""What ``grader doctor --service`` says: what there is, or what to do about it."""

from __future__ import annotations

from pathlib import Path

from grader.english import plural

SETTINGS = "settings"
HTTPS = "https"
PROXIES = "proxies"
FOLDER = "folder"
PRIVATE = "private"
DISK = "disk"
DATABASE = "database"
ADMINISTRATORS = "administrators"
WORKERS = "workers"
ASSIGNMENT = "approved"
NO_HTTPS = "people reach it by plain http: put a proxy with TLS before it and set url to its https address"
NO_PROXIES = (
    "all requests seem to come from the proxy, limits on one address hold for everybody together: set proxies to the "
    "proxy's address, such as 127.0.0.1"
)


def settings(url: str, bind: str) -> str:
    """Tell the address people use, and the one the service listens at."""
    return f"{url}, listens at {bind}"


def folder(path: Path, good: bool) -> str:
    """Tell whether the folder of data can be written."""
    return f"{path} can be written" if good else f"{path} cannot be written: give it to the user who runs the service"


def private(path: Path, good: bool) -> str:
    """Tell whether the folder of data is closed to other users."""
    return f"{path} is for its owner alone" if good else f"others can look into {path}: chmod 700 {path}"


def disk(room: int, enough: bool, kept_mb: int) -> str:
    """Tell how many bytes may still be stored, and whether they are enough."""
    if room < 0:
        return f"uploads are refused, less than {kept_mb} MB (min_free_mb) are free: make room"
    said = f"{room / (1 << 30):.1f} GiB for uploads beside the {kept_mb} MB that stay free (min_free_mb)"
    return said if enough else f"{said}: make room, uploads are refused then"


def no_database(engine: str, error: str) -> str:
    """For a database that does not answer."""
    return f"{engine} does not answer ({error}): look whether it runs, and at database_url"


def database(engine: str, missing: int) -> str:
    """Tell whether the database has the tables of this version."""
    if missing:
        return f"{engine} lacks {plural(missing, 'migration')}: start grader serve once, which makes them"
    return f"{engine}, its tables are up to date"


def administrators(number: int) -> str:
    """Tell how many accounts administer the service."""
    return plural(number, "administrator") if number else "nobody administers it: grader account NAME --administrator"


def workers(number: int) -> str:
    """Tell how many workers gave a sign of life lately."""
    return f"{plural(number, 'worker')} answered lately" if number else "none answers: uploads wait for grader serve"


def changed(slug: str) -> str:
    """For an approved assignment whose files have another digest now."""
    return f"the files of {slug} have changed, nothing is graded with them: look at them, approve them as administrator"


def layer(name: str) -> str:
    """Name a layer of the sandbox, as the title of a finding."""
    return f"sandbox: {name}"
