"""Detect which sandbox layers this machine supports, by trying them."""

from __future__ import annotations

import platform
import sys
from dataclasses import dataclass

from grader.errors import SandboxUnavailableError
from grader.sandbox import cgroups, landlock, libc, messages, namespaces, seccomp


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of the lock; ``required`` ones must be active or nothing is graded.

    ``detail`` says what it does, or why it is missing.
    """

    name: str
    active: bool
    detail: str
    required: bool = True


def layers(*, enabled: bool = True, apart: bool | None = None) -> tuple[Layer, ...]:
    """Return every layer, active or not and why.

    Without ``enabled`` they are as under ``--sandbox=off``. ``apart`` says whether namespaces were entered; without it
    a process of its own tries to.
    """
    off = "" if enabled else messages.SWITCHED_OFF
    return (
        _layer("environment", messages.ENVIRONMENT, _elsewhere()),
        _layer("descriptors", messages.DESCRIPTORS, _elsewhere()),
        _layer("rlimits", messages.RLIMITS, _elsewhere()),
        _layer("privileges", messages.PRIVILEGES, off or _missing_linux()),
        _landlock(off),
        _seccomp(off),
        _namespaces(off, apart),
        _cgroups(off),
    )


def require(*, strict: bool = False) -> None:
    """Raise SandboxUnavailableError for a missing layer that is required, or (strict) for any."""
    if sys.platform != "linux":
        raise SandboxUnavailableError(elsewhere())
    # Those that are not required are not even looked for: that takes a process.
    found = layers() if strict else layers(apart=False)
    missing = [layer for layer in found if (strict or layer.required) and not layer.active]
    if not missing:
        return
    what = "; ".join(f"{layer.name}: {layer.detail}" for layer in missing)
    if not any(layer.required for layer in missing):
        raise SandboxUnavailableError(messages.not_strict(what))
    raise SandboxUnavailableError(messages.not_possible(what))


def elsewhere() -> str:
    """Return what is not possible on a system that is not Linux, and what to do there."""
    return messages.only_on_linux(system_name())


def system_name() -> str:
    """Return what people call this system."""
    return {"darwin": "macOS", "win32": "Windows"}.get(sys.platform, platform.system())


def _layer(name: str, detail: str, missing: str) -> Layer:
    return Layer(name, not missing, missing or detail)


def _elsewhere() -> str:
    return "" if sys.platform == "linux" else messages.ONLY_ON_LINUX


def _missing_linux() -> str:
    if reason := _elsewhere():
        return reason
    try:
        libc.machine()
    except SandboxUnavailableError as error:
        return str(error)
    return ""


def _landlock(off: str) -> Layer:
    if reason := off or _missing_linux():
        return Layer("landlock", False, reason)
    version = landlock.abi()
    if version < 1:
        return Layer("landlock", False, messages.NEEDS_LANDLOCK)
    return Layer("landlock", True, messages.landlock(version))


def _namespaces(off: str, apart: bool | None) -> Layer:
    reason = off or _missing_linux()
    if not reason and apart is None:
        reason = namespaces.missing()
    active = not reason and apart is not False
    detail = messages.NAMESPACES if active else reason
    return Layer("namespaces", active, detail, required=False)


def _cgroups(off: str) -> Layer:
    reason = off or _missing_linux() or cgroups.missing()
    return Layer("cgroups", not reason, reason or messages.CGROUPS, required=False)


def _seccomp(off: str) -> Layer:
    if reason := off or _missing_linux():
        return Layer("seccomp", False, reason)
    try:
        seccomp.library()
    except SandboxUnavailableError as error:
        return Layer("seccomp", False, str(error))
    return Layer("seccomp", True, messages.SECCOMP)
