"""Give older SQLite libraries the function that the queue's tables are made with.

DBOS asks for ``unixepoch('subsec')`` on Python 3.12 and newer. SQLite knows it from 3.42 on; Debian 12 and Ubuntu 22.04
are older.
"""

from __future__ import annotations

import sqlite3
import time
from typing import Any

from sqlalchemy import event
from sqlalchemy.pool import Pool


def install() -> None:
    """Give every connection of SQLAlchemy the function, where it is missing."""
    if sqlite3.sqlite_version_info < (3, 42):
        event.listen(Pool, "connect", _add_unixepoch)


def _add_unixepoch(connection: Any, record: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.create_function("unixepoch", 1, lambda modifier: time.time())
