"""The default profile of container engines as a seccomp filter, for tests inside it.

The profile is moby's (Apache-2.0, profiles/seccomp/default.json). ``python container_profile.py SCRIPT ARGUMENTS...``
runs a script under it; with ``--without=CALL,CALL`` before the script the system does not know these calls.
"""

from __future__ import annotations

import errno
import json
import runpy
import sys
from pathlib import Path

from grader.sandbox import privileges, seccomp
from grader.sandbox.allowed_syscalls import ArgumentCondition, SyscallRule

_PROFILE = Path(__file__).with_name("docker-default.json")
_MACHINES = {"amd64", "arm64"}


def rules() -> list[SyscallRule]:
    """Return the profile for a container without added capabilities, whose calls are refused."""
    found = []
    for entry in json.loads(_PROFILE.read_text(encoding="utf-8"))["syscalls"]:
        included = entry.get("includes", {})
        if not _MACHINES & set(included.get("arches", _MACHINES)):
            continue
        allowed = "caps" not in included and entry["action"] == "SCMP_ACT_ALLOW"
        when = tuple(
            ArgumentCondition(a["index"], a.get("valueTwo", 0), a["value"])
            if a["op"] == "SCMP_CMP_MASKED_EQ"
            else ArgumentCondition(a["index"], a["value"])
            for a in entry.get("args") or ()
            if a["op"] in ("SCMP_CMP_MASKED_EQ", "SCMP_CMP_EQ")
        )
        found += [SyscallRule(name, when, allowed, entry.get("errnoRet", 1)) for name in entry["names"]]
    # ENOSYS is what a filter of ours answers to all that it is not told of.
    settled = {rule.call for rule in found if rule.allowed or rule.error == errno.ENOSYS}
    return [rule for rule in found if rule.allowed or rule.call not in settled]


if __name__ == "__main__":
    privileges.no_new_privileges()
    sys.argv.pop(0)
    unknown = sys.argv.pop(0).partition("=")[2].split(",") if sys.argv[0].startswith("--without=") else []
    seccomp.load(seccomp.compile_filter(rule for rule in rules() if rule.call not in unknown))
    runpy.run_path(sys.argv[0], run_name="__main__")
