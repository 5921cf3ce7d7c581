"""Enforce the lists of :mod:`grader.sandbox.allowed_syscalls` as seccomp filters.

libseccomp compiles them (it knows every machine's numbers), once; loading a compiled filter takes a millisecond.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import struct
import tempfile
from collections.abc import Iterable, Iterator, Mapping

from grader.errors import SandboxUnavailableError
from grader.sandbox import messages
from grader.sandbox.allowed_syscalls import ArgumentCondition, SyscallRule
from grader.sandbox.libc import machine, syscall

_LIBRARY = "libseccomp.so.2"  # by its name and not through find_library, which needs ldconfig and a compiler's paths
_ALLOW, _KILL_PROCESS, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_ATTRIBUTE_BAD_ARCHITECTURE = 2
_NOT_EQUAL, _MASKED_EQUAL = 1, 7
_SET_MODE_FILTER, _FLAG_TSYNC = 1, 1
_INSTRUCTION = struct.Struct("=HBBI")


class _Comparison(ctypes.Structure):
    _fields_ = (
        ("arg", ctypes.c_uint),
        ("op", ctypes.c_int),
        ("datum_a", ctypes.c_uint64),
        ("datum_b", ctypes.c_uint64),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def library() -> ctypes.CDLL:
    """Return libseccomp; raises SandboxUnavailableError when it is not installed."""
    try:
        lib = ctypes.CDLL(_LIBRARY, use_errno=True)
    except OSError as error:
        raise SandboxUnavailableError(messages.no_libseccomp(_LIBRARY)) from error
    lib.seccomp_init.restype = ctypes.c_void_p
    lib.seccomp_init.argtypes = [ctypes.c_uint32]
    lib.seccomp_release.argtypes = [ctypes.c_void_p]
    lib.seccomp_attr_set.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_uint32]
    lib.seccomp_rule_add_array.argtypes = [
        ctypes.c_void_p,
        ctypes.c_uint32,
        ctypes.c_int,
        ctypes.c_uint,
        ctypes.c_void_p,
    ]
    lib.seccomp_export_bpf.argtypes = [ctypes.c_void_p, ctypes.c_int]
    lib.seccomp_syscall_resolve_name.argtypes = [ctypes.c_char_p]
    return lib


def compile_filter(rules: Iterable[SyscallRule]) -> bytes:
    """Compile rules into a filter.

    A call that no rule names fails with ENOSYS, and another machine's calls kill the process. Calls that this machine
    does not have are passed over. Raises SandboxUnavailableError without libseccomp.
    """
    lib = library()
    with _context(lib) as context:
        _succeed(lib.seccomp_attr_set(context, _ATTRIBUTE_BAD_ARCHITECTURE, _KILL_PROCESS), "seccomp_attr_set")
        for rule in rules:
            _add_to_filter(lib, context, rule)
        with tempfile.TemporaryFile() as file:
            _succeed(lib.seccomp_export_bpf(context, file.fileno()), "seccomp_export_bpf")
            file.seek(0)
            return file.read()


def numbers(errors: Mapping[str, int]) -> dict[int, int]:
    """Return errors by the numbers, not the names, of those calls that this machine has."""
    lib = library()
    found = {lib.seccomp_syscall_resolve_name(name.encode()): error for name, error in errors.items()}
    return {number: error for number, error in found.items() if number >= 0}


def itself_only(pid: int, errors: Mapping[int, int]) -> bytes:
    """Return a filter under which calls that name a process reach ``pid`` alone.

    Their first argument is the process, 0 being oneself. For any other process they end in their error, and with an
    error of 0 they do nothing and say that they did.
    """
    instructions = [
        (0x20, 0, 0, 4),  # load the architecture
        (0x15, 0, 1 + 6 * len(errors), machine().audit),
        (0x20, 0, 0, 0),  # load the call's number
    ]
    for number, error in errors.items():
        instructions += [
            (0x15, 0, 5, number),
            (0x20, 0, 0, 16),  # load its first argument
            (0x15, 2, 0, pid),
            (0x15, 1, 0, 0),
            (0x06, 0, 0, _ERRNO | error),
            (0x06, 0, 0, _ALLOW),
        ]
    instructions += [(0x06, 0, 0, _ALLOW)]
    return b"".join(_INSTRUCTION.pack(*i) for i in instructions)


def load(program: bytes, *, all_threads: bool = False) -> None:
    """Put the calling thread (or all threads) under a filter for good.

    Raises OSError when the kernel refuses.
    """
    buffer = ctypes.create_string_buffer(program, len(program))
    record = _Program(len(program) // _INSTRUCTION.size, ctypes.addressof(buffer))
    flags = _FLAG_TSYNC if all_threads else 0
    stray = syscall(
        machine().seccomp, ctypes.c_uint(_SET_MODE_FILTER), ctypes.c_uint(flags), ctypes.byref(record), what="seccomp"
    )
    if stray:
        raise OSError(errno.EBUSY, f"thread {stray} could not be put under the filter")


@contextlib.contextmanager
def _context(lib: ctypes.CDLL) -> Iterator[ctypes.c_void_p]:
    context = lib.seccomp_init(_ERRNO | errno.ENOSYS)
    if not context:
        raise SandboxUnavailableError(messages.SECCOMP_DOES_NOT_START)
    try:
        yield context
    finally:
        lib.seccomp_release(context)


def _add_to_filter(lib: ctypes.CDLL, context: ctypes.c_void_p, rule: SyscallRule) -> None:
    number = lib.seccomp_syscall_resolve_name(rule.call.encode())
    if number < 0:  # an older or another machine's call
        return
    action = _ALLOW if rule.allowed else _ERRNO | rule.error
    comparisons = (_Comparison * len(rule.when))(*(_comparison(a) for a in rule.when))
    _succeed(
        lib.seccomp_rule_add_array(context, action, number, len(rule.when), comparisons),
        f"seccomp_rule_add({rule.call})",
    )


def _comparison(argument: ArgumentCondition) -> _Comparison:
    if argument.equal:
        return _Comparison(argument.index, _MASKED_EQUAL, argument.mask, argument.value)
    return _Comparison(argument.index, _NOT_EQUAL, argument.value, 0)


def _succeed(result: int, what: str) -> None:
    if result < 0:
        raise OSError(-result, f"{what}: {os.strerror(-result)}")
