"""Sentences to students about what their code did in a kernel instead of answering.

Of what it raised, ``where`` is "" or the place in parentheses after a space, and ``said`` the error's own name and
words in parentheses.
"""

from __future__ import annotations

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
    return f"Your code used more memory than it may{where}: {name}: {words}"


def no_processes(where: str, called: str, said: str) -> str:
    return (
        f"Your code starts other processes ({called}){where}; there is only one where it is graded. "
        f"Do the work in a loop, or with threads. {said}"
    )


def no_gpu(where: str, said: str) -> str:
    return f"Your code asked for a GPU{where}; there is none here. Use the device that the model is on. {said}"


def no_network(where: str, said: str) -> str:
    return (
        f"Your code tried to use the network{where}; there is none where it is graded. "
        f"Use the model that is given, and download nothing inside the function. {said}"
    )


def package_missing(where: str, words: str) -> str:
    return (
        f"Your code imports a package that is not installed where it is graded{where}: {words}. "
        "Use the packages that the notebook imports, or ask your instructor."
    )


def no_programs(where: str, said: str) -> str:
    return f"Your code tried to start another program{where}; it may not where it is graded. {said}"


def not_allowed(where: str, said: str) -> str:
    return f"Your code tried to open a file, or to do something, that is not allowed where it is graded{where}. {said}"


def file_missing(where: str, said: str) -> str:
    return (
        f"Your code tried to reach a file that is not there where it is graded{where}. "
        f"Only the notebook is graded, without files beside it: build the data in the notebook. {said}"
    )


def layer_missing(where: str, words: str) -> str:
    return (
        f"Your code asked for a layer that the model does not have{where}: {words}. "
        "Your function is also run on models of other sizes: take sizes from the model's configuration."
    )


def exits(where: str) -> str:
    return f"Your code called exit(){where}, which ends the program instead of returning an answer."


def endless_recursion(where: str, said: str) -> str:
    return f"Your code calls itself without end{where}. {said}"


def asks_for_input(where: str) -> str:
    return f"Your code asks for input(){where}; nobody is there to type when it is graded."


def no_such_function(name: str) -> str:
    return f"There is no function {name} in your notebook."


def no_function(name: str, kind: str) -> str:
    return f"{name} in your notebook is no function but of type {kind}."


def ungradable_answer(reason: str) -> str:
    return f"What your function returned cannot be graded: it is {reason}."


def processor_time(cpu_s: float, who: str) -> str:
    return f"{cpu_s:.3g} s of processor time that {who} may use"


def waiting_time(idle_s: float, who: str) -> str:
    return f"{idle_s:.3g} s that {who} may wait"


def cell_out_of_time(cell: int, time: str) -> str:
    return f"Cell {cell} was not run, because the cells before it used up the {time}."


def cell_out_of_waiting(cell: int, time: str) -> str:
    return f"Cell {cell} was not run, because the cells before it waited for the {time}."


def too_slow(time: str, place: str) -> str:
    return f"Your code did not finish within the {time}.{place}"


def waited_too_long(time: str, place: str) -> str:
    return f"Your code waited for more than the {time}: look for sleep, a lock, or a thread that never ends.{place}"


def interrupted_at(cell: int, line: int) -> str:
    return f" It was in cell {cell}, line {line}."


def too_much_memory(memory_mb: int) -> str:
    return f"Your code used more than the {memory_mb} MB of memory that it may use."


def too_much_processor_time(cpu_s: float) -> str:
    return f"Your code used more than the {cpu_s:g} s of processor time that it may use."


def too_many_threads(threads: int) -> str:
    return f"Your code started more than the {threads} threads that it may have."


def too_many_files(files: int) -> str:
    return f"Your code made more than the {files} files that it may have."


def too_much_written(mb: int) -> str:
    return f"Your code wrote more than the {mb} MB of files that it may have."


def ended_by_exit(code: int | None) -> str:
    return (
        f"Your code ended its own process (with exit code {code}) instead of returning an answer. "
        "Look for exit(), quit() or os._exit() in it."
    )


def ended_by_signal(number: int) -> str:
    return f"Your code ended its own process (with signal {number}) instead of returning an answer."
