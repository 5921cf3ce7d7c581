"""A computer with nothing of a course but what students get, as far as this can be one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
_OURS = "*grader*"
_COVER = 'while [ "$1" != -- ]; do mount -t tmpfs none "$1"; shift; done; shift; exec "$@"'


@dataclass(frozen=True, slots=True)
class Outside:
    """A clean environment in a folder, beside a student's home.

    ``isolated`` is whether commands run where this checkout is covered and there is no network.
    """

    folder: Path
    isolated: bool

    def run(self, program: str, *arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment in a folder, as a student does."""
        covered = [p for p in CHECKOUT.iterdir() if p.is_dir() and p not in self.folder.parents]
        around = [*namespaces(), "sh", "-c", _COVER, "cover", *covered, "--"] if self.isolated else []
        return subprocess.run(  # noqa: S603 - our own program on our own arguments
            [*map(str, around), str(self.folder / "bin" / program), *map(str, arguments)],
            cwd=cwd,
            env={"PATH": os.environ["PATH"], "HOME": str(self.folder / "home"), "GRADER_IDLE_S": "60"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )


def namespaces() -> list[str]:
    """Return the command that starts a program without network and free to mount.

    It is empty where that is refused."""
    command = [
        "unshare",
        *(["--user", "--map-current-user", "--keep-caps"] if os.geteuid() else []),
        "--net",
        "--mount",
    ]
    try:
        tried = subprocess.run(  # noqa: S603 - our own command
            [*command, "mount", "-t", "tmpfs", "none", str(CHECKOUT / "tests")], capture_output=True, check=False
        )
    except OSError:
        return []
    return command if tried.returncode == 0 else []


def make_outside(folder: Path, wheel: Path | None) -> Outside:
    """Fill a folder with an environment that has the packages of this one but the grader.

    They are links, so it lies on the same file system. Then install the wheel, if there is one, without an index.
    """
    venv.create(folder, symlinks=True)
    (folder / "home").mkdir()
    packages = sysconfig.get_path("purelib")
    shutil.copytree(
        packages,
        folder / Path(packages).relative_to(sys.prefix),
        copy_function=os.link,
        ignore=shutil.ignore_patterns(_OURS),
        dirs_exist_ok=True,
    )
    if wheel:
        pip = [folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
        subprocess.run([*pip, wheel], check=True)  # noqa: S603 - our own command
    return Outside(folder, isolated=bool(namespaces()))
