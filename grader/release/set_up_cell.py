"""The cell of a release's notebook that fetches and installs the checks."""

from __future__ import annotations

from typing import Any

_CELL = """\
# Run this cell first. Where the checks are not beside this notebook, as on Colab, it fetches and installs them.
def set_up_checks(folder, address):
    import importlib, io, re, subprocess, sys
    from http.client import HTTPException
    from importlib import metadata
    from pathlib import Path
    from urllib.request import urlopen
    from zipfile import BadZipFile, ZipFile

    class NotSetUp(Exception):
        def _render_traceback_(self):
            return [str(self)]

    def install(*packages):
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-color", *packages]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise NotSetUp(f"What the checks need could not be installed. pip says: {{done.stderr.strip()[-500:]}}")

    archive, fetched = Path(f"{{folder}}.zip"), not Path(folder, "assignment.toml").is_file()
    if fetched:
        if not (archive.is_file() or address):
            raise NotSetUp(f"Put {{archive}}, which came with this notebook, beside it, and run this cell again.")
        try:
            data = archive.read_bytes() if archive.is_file() else urlopen(address, timeout=60).read()
            with ZipFile(io.BytesIO(data)) as files:
                for name in files.namelist():
                    if not Path(name).exists():  # nothing of yours is written over
                        files.extract(name)
        except (OSError, HTTPException, BadZipFile) as error:
            place, reason = archive if archive.is_file() else address, getattr(error, "reason", error)
            raise NotSetUp(
                f"The checks cannot be had from {{place}} ({{reason}}). Run this cell again in a while; "
                "if that does not help, tell your course."
            ) from None
    try:
        metadata.version("interp-grader")
    except metadata.PackageNotFoundError:
        wheels = sorted(map(str, Path().glob("interp_grader-*.whl")))
        if not wheels:
            raise NotSetUp("Put interp_grader-*.whl, which your course gives you, beside this notebook.") from None
        with ZipFile(wheels[-1]) as wheel:
            [about] = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
            needed = re.findall(r"^Requires-Dist: ([^;\\n]+)$", wheel.read(about).decode(), re.MULTILINE)
        # All but the Jupyter that runs this notebook, which must stay as it is.
        install(*(package for package in needed if not package.startswith(("ipykernel", "jupyter"))))
        install("--no-deps", wheels[-1])
        importlib.invalidate_caches()
    get_ipython().extension_manager.load_extension("grader")
    if fetched:
        get_ipython().run_line_magic("grader", f"trust {{folder}}")


set_up_checks({folder!r}, {address!r})"""


def set_up_cell(folder: str, address: str, *, with_id: bool) -> dict[str, Any]:
    """Return the cell, as nbformat has it, for checks in a folder of this name.

    ``address`` is where the course publishes the release's archive, or "". ``with_id`` is whether the notebook's cells
    have ids.
    """
    source = _CELL.format(folder=folder, address=address).splitlines(keepends=True)
    cell: dict[str, Any] = {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": source,
    }
    return cell | ({"id": "set-up-checks"} if with_id else {})
