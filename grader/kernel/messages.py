"""Sentences to students about what their code did in a kernel, and to staff about kernels.

To students: of what it raised, ``where`` is "" or the place in parentheses after a space, and ``said`` the error's own
name and words in parentheses.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

UNREADABLE_ANSWER = "What your function returned could not be read."
UNREADABLE_CELL = "What came back from running your notebook's code could not be read."
TOO_MANY_VALUES = "Your function returned too many single values to be graded: return tensors, not long lists."
SENT_TOO_MUCH = "Your code sent back more than can be read."
ENDED_BY_CELL = "Your code ended its own process."
ENDED_BEFORE_CALL = "The process that runs your code has ended."
ENDED_BEFORE_CELL = "The process that runs your code had ended before this cell could run."
ENDED_MAIN_THREAD = "Your code ended its main thread and went on in others."
CLOSED_FOLDERS = "Your code made folders that cannot be looked into: nested too deep, or closed."

ONE_CALL = "one call"
ALL_CELLS = "your notebook's cells"
"""What has a limit, in a sentence that says so."""


def out_of_memory(where: str, name: str, words: str) -> str:
    """For an allocation that failed within the code's own limit."""
    return f"Your code used more memory than it may{where}: {name}: {words}"


def no_processes(where: str, called: str, said: str) -> str:
    """For code that asks for other processes; ``called`` is what it called."""
    return (
        f"Your code starts other processes ({called}){where}; there is only one where it is graded. "
        f"Do the work in a loop, or with threads. {said}"
    )


def no_gpu(where: str, said: str) -> str:
    """For an error of torch's that says there is no GPU."""
    return f"Your code asked for a GPU{where}; there is none here. Use the device that the model is on. {said}"


def no_network(where: str, said: str) -> str:
    """For an error that comes from a socket, a download or a name's resolution."""
    return (
        f"Your code tried to use the network{where}; there is none where it is graded. "
        f"Use the model that is given, and download nothing inside the function. {said}"
    )


def package_missing(where: str, words: str) -> str:
    """For an import of a package that kernels lack; ``words`` name it."""
    return (
        f"Your code imports a package that is not installed where it is graded{where}: {words}. "
        "Use the packages that the notebook imports, or ask your instructor; "
        "if it is a file of your own, hand it in together with the notebook."
    )


def no_programs(where: str, said: str) -> str:
    """For an error that comes from starting a program."""
    return f"Your code tried to start another program{where}; it may not where it is graded. {said}"


def not_allowed(where: str, said: str) -> str:
    """For an error of a permission that the sandbox denies."""
    return f"Your code tried to open a file, or to do something, that is not allowed where it is graded{where}. {said}"


def file_missing(where: str, said: str) -> str:
    """For an error that names a file which is not there."""
    return (
        f"Your code tried to reach a file that is not there where it is graded{where}. "
        f"Hand it in together with the notebook, or build the data in the notebook. {said}"
    )


def layer_missing(where: str, words: str) -> str:
    """For a KeyError of an activation whose name has a layer's number above 0."""
    return (
        f"Your code asked for a layer that the model does not have{where}: {words}. "
        "Your function is also run on models of other sizes: take sizes from the model's configuration."
    )


def activation_missing(where: str, words: str) -> str:
    """For a KeyError of any other activation."""
    return (
        f"Your code asked for an activation that the model does not have{where}: {words}. "
        "Print the names of those that there are, and compare."
    )


def exits(where: str) -> str:
    """For a SystemExit that the code raised."""
    return f"Your code called exit(){where}, which ends the program instead of returning an answer."


def endless_recursion(where: str, said: str) -> str:
    """For a RecursionError."""
    return f"Your code calls itself without end{where}. {said}"


def asks_for_input(where: str) -> str:
    """For code that reads from stdin."""
    return f"Your code asks for input(){where}; nobody is there to type when it is graded."


def no_such_function(name: str) -> str:
    """For a call of a name that is not bound once the notebook's code has run."""
    return f"There is no function {name} in your notebook."


def no_function(name: str, kind: str) -> str:
    """For a call of a name that is bound to no callable."""
    return f"{name} in your notebook is no function but of type {kind}."


def ungradable_answer(reason: str) -> str:
    """For an answer of a type that no comparator takes; ``reason`` describes it."""
    return f"What your function returned cannot be graded: it is {reason}."


def processor_time(cpu_s: float, who: str) -> str:
    """Describe a limit of processor time; ``who`` has it, as "one call"."""
    return f"{cpu_s:.3g} s of processor time that {who} may use"


def waiting_time(idle_s: float, who: str) -> str:
    """Describe a limit of time in which nothing runs; ``who`` has it."""
    return f"{idle_s:.3g} s that {who} may wait"


def cell_out_of_time(cell: int, time: str) -> str:
    """For a cell after those that used up the processor time; ``time`` is the limit."""
    return f"Cell {cell} was not run, because the cells before it used up the {time}."


def cell_out_of_waiting(cell: int, time: str) -> str:
    """For a cell after those that waited too long; ``time`` is the limit."""
    return f"Cell {cell} was not run, because the cells before it waited for the {time}."


def too_slow(time: str, place: str) -> str:
    """For code that was stopped at its limit of processor time."""
    return f"Your code did not finish within the {time}.{place}"


def waited_too_long(time: str, place: str) -> str:
    """For code that was stopped because it waited."""
    return f"Your code waited for more than the {time}: look for sleep, a lock, or a thread that never ends.{place}"


def interrupted_at(place: str) -> str:
    """Add the line that ran when code was stopped."""
    return f" It was in {place}."


def too_much_memory(memory_mb: int) -> str:
    """For a process that was ended above its limit of memory."""
    return f"Your code used more than the {memory_mb} MB of memory that it may use."


def too_much_processor_time(cpu_s: float) -> str:
    """For a process that the system ended at its limit of processor time."""
    return f"Your code used more than the {cpu_s:g} s of processor time that it may use."


def too_many_threads(threads: int) -> str:
    """For a process that was ended above its limit of threads."""
    return f"Your code started more than the {threads} threads that it may have."


def no_more_threads(where: str, said: str) -> str:
    """For a thread that the system did not let start."""
    return (
        f"Your code started more threads than it may have{where}: wait for some to end before you start others. {said}"
    )


def too_many_files(files: int) -> str:
    """For a kernel's folder with more files than it may have."""
    return f"Your code made more than the {files} files that it may have."


def too_much_written(mb: int) -> str:
    """For a kernel's folder with more bytes than it may have."""
    return f"Your code wrote more than the {mb} MB of files that it may have."


def ended_by_exit(code: int | None) -> str:
    """For a process that ended with an exit code while it was to answer."""
    return (
        f"Your code ended its own process (with exit code {code}) instead of returning an answer. "
        "Look for exit(), quit() or os._exit() in it."
    )


def ended_by_signal(number: int) -> str:
    """For a process that a signal of its own doing ended."""
    return f"Your code ended its own process (with signal {number}) instead of returning an answer."


# Sentences to staff, on kernels that could not be started or used.

ANOTHER_PROVISIONER = "The kernel was started by another provisioner than ours."
ENDED_AT_START = "The kernel ended as soon as it was started."
NOT_CONNECTED = "The kernel is not connected."
POOL_CLOSED = "This pool of kernels is closed."
ZYGOTE_ENDED = "The zygote ended, and its kernels with it."
NO_MACHINE_MEMORY = "The machine did not give the student's code memory that it may use."
ENDED_BY_MACHINE_MEMORY = "The machine ran out of memory and ended the process that ran the student's code."
NO_PROCESS_NUMBER = "The system does not say which process the zygote forked."

SYSTEMS_TEMPORARY_FOLDER = "the system's temporary folder"
ENDED_THE_PROCESS = "ended the process"
NO_REASON = "it does not say why"
NO_LOG = "it left no log"
EMPTY_LOG = "its log is empty"
OTHER_VERSION = "it is of another version"
NO_PROCESS = "it gave no process"


def not_started(reason: str) -> str:
    """For a kernel that could not be forked, locked or connected to."""
    return f"A kernel could not be started: {reason}"


def zygote_ended(code: int, log: str) -> str:
    """For a zygote that ended before it could fork; ``log`` is the end of its output."""
    return f"The kernels' zygote ended with code {code} before it was ready: {log}"


def zygote_not_ready(log: str) -> str:
    """For a zygote that used up its time to get ready."""
    return f"The kernels' zygote does not get ready: {log}"


def no_zygote(address: str, reason: object) -> str:
    """For an address at which nothing answers."""
    return f"There is no zygote at {address}: {reason}."


def other_version(reason: object) -> str:
    """For a zygote whose messages another version of the grader wrote."""
    return f"The zygote is of another version: {reason}."


def no_folder(reason: str) -> str:
    """For a zygote that could not make a folder for sockets."""
    return f"The zygote gave no folder: {reason}."


def no_fork(reason: str) -> str:
    """For a zygote that refused, or failed, to fork."""
    return f"The zygote could not fork a kernel: {reason}."


def no_reply(reason: object) -> str:
    """For a zygote that closed the connection or sent nothing."""
    return f"The zygote does not answer: {reason}."


def not_your_folder(folder: Path) -> str:
    """For a path of zygotes' addresses that is no folder, or is another user's."""
    return f"{folder} is no folder of yours"


def no_such_sandbox(known: Sequence[str], given: str) -> str:
    """For a mode of the sandbox that there is not."""
    return f"sandbox is one of {', '.join(known)}, not {given!r}."


def no_such_model(slug: str, given: str, known: Sequence[str]) -> str:
    """For a model that the assignment does not name."""
    return f"{slug} has no model {given!r}; it has {', '.join(known)}."


def too_long_path(name: str, folder: Path) -> str:
    """For a folder whose path leaves no room for a socket's name."""
    return f"{name} ({folder}) is too long a path"


def unusable_folder(name: str, folder: Path, reason: str | None) -> str:
    """For a folder that could not be made or written."""
    return f"{name} ({folder}): {reason}"


def no_folder_for_sockets(reasons: Sequence[str], longest: int) -> str:
    """For a machine on which no folder serves; ``reasons`` has one for each."""
    return (
        f"there is no folder for sockets: {'; '.join(reasons)}; set GRADER_RUNTIME to a folder that you may write to, "
        f"with a path of at most {longest} bytes."
    )


def took_too_long(cpu_s: float, idle_s: float) -> str:
    """Say that a process that ran a file was ended at its limits."""
    return f"took longer than {cpu_s:g} s of processor time, or {idle_s:g} s idle"


def running_it(end: str) -> str:
    """Say to an author what became of the process that ran a file: it ``end``."""
    return f"running it {end}; mend it."


def cannot_lie_beside(name: str) -> str:
    """For a file of a submission whose path cannot be made in a kernel's folder."""
    return f"{name} cannot be put beside the notebook."


def changed_beside(name: str) -> str:
    """For a file of a submission whose digest is no longer the one that was read."""
    return f"{name} was changed while the notebook beside it was graded."


def not_put_beside(name: str, reason: str | None) -> str:
    """For a file of a submission that could not be copied."""
    return f"{name} could not be put beside the notebook: {reason}."
