"""Whatever a function does, its call ends in time, with the fault that fits."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.assignment import Assignment
from grader.errors import (
    BadAnswer,
    CallOutOfMemory,
    CallRaised,
    CallTimedOut,
    FunctionUnavailable,
    KernelDied,
    StudentFault,
)
from grader.extract import Segment
from grader.kernel import Kernel, KernelPool

Ask = Callable[..., Any]


def fault_of(ask: Ask, body: str, *, cpu_s: float = 10) -> StudentFault:
    """Return the fault of calling a function with this body."""
    source = "def f():\n" + "\n".join("    " + line for line in body.splitlines())
    with pytest.raises(StudentFault) as caught:
        ask(source, cpu_s=cpu_s)
    return caught.value


def test_an_exception_names_the_cell_and_the_line(kernel: Kernel) -> None:
    """An exception has lines of the student's cells that it came through, and none of ours."""
    first = Segment(3, "\n\ndef helper(x):\n    return 1 / x", frozenset())
    second = Segment(7, "def f():\n    # a comment\n    return helper(0)", frozenset())
    kernel.run([first, second])

    with pytest.raises(CallRaised, match="raised ZeroDivisionError in cell 3, line 4: division by zero") as caught:
        kernel.call("f", cpu_s=10)

    assert [(f.cell, f.line, f.function, f.text) for f in caught.value.frames] == [
        (7, 3, "f", "    return helper(0)"),
        (3, 4, "helper", "    return 1 / x"),
    ]


def test_an_error_inside_a_library_still_points_home(ask: Ask) -> None:
    """The last frame is the student's line even when torch raised."""
    fault = fault_of(ask, "return t.ones(2) @ t.ones(3)")

    assert [f.line for f in fault.frames] == [2]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("return t.ones(1).untyped_storage().cuda()", "asked for a GPU"),
        (
            "return {}['blocks.11.ln2.hook_normalized']",
            "models of other sizes: take sizes from the model's configuration",
        ),
        ("return {}['blocks.0.resid_post']", "an activation that the model does not have.* Print the names"),
        ("import socket; socket.socket()", "Use the model that is given, and download nothing inside"),
        ("import urllib.request; urllib.request.urlopen('http://example.org')", "tried to use the network"),
        ("from transformers import AutoTokenizer; AutoTokenizer.from_pretrained('gpt2')", "tried to use the network"),
        ("import einopsy", "'einopsy'. Use the packages that the notebook imports, or ask your instructor"),
        ("import subprocess; subprocess.run(['ls'])", "tried to start another program"),
        ("open('/etc/passwd')", r"tried to (open|reach) a file.* where it is graded"),
        ("open('data.csv')", "Hand it in together with the notebook, or build the data in the notebook"),
        ("import os; os.listdir('/')", "that is not allowed where it is graded"),
        ("exit()", r"called exit\(\)"),
        ('raise RuntimeError("can\'t start new thread")', "more threads than it may have"),
        ("import sys; sys.exit(3)", r"called exit\(\)"),
        ("return f()", "calls itself without end"),
        ("input('name?')", r"asks for input\(\)"),
    ],
)
def test_a_well_known_cause_has_its_own_sentence(ask: Ask, body: str, sentence: str) -> None:
    """Causes that come from where code runs are explained, and the kernel goes on."""
    fault = fault_of(ask, body)

    assert isinstance(fault, CallRaised)
    assert fault.frames
    with pytest.raises(CallRaised, match=sentence):
        raise fault


@pytest.mark.parametrize(
    "body",
    [
        "import os\nraise KeyError('CUDA_VISIBLE_DEVICES')",
        "assert t.cuda.is_available(), 'my NVIDIA driver is not there, or No CUDA GPUs'",
    ],
)
def test_a_word_alone_is_no_cause(ask: Ask, body: str) -> None:
    """What the student's own code raises is told as it is, whatever it speaks of."""
    assert "asked for a GPU" not in fault_of(ask, body).sentence


@pytest.mark.parametrize(
    "body",
    [
        "raise MemoryError",
        "return t.ones(1 << 40)",
        "import numpy as np; return np.ones(1 << 40)",
        "x = []\nwhile True: x.append(bytearray(1 << 24))",
        "x = []\nwhile True: x.append(bytes(400))",
        "x = []\nwhile True: x.append(t.ones(1 << 22))",
    ],
)
def test_too_much_memory_is_out_of_memory(ask: Ask, body: str) -> None:
    """The memory limit is told from an ordinary error, whichever library meets it."""
    assert isinstance(fault_of(ask, body), CallOutOfMemory)


@pytest.mark.parametrize(
    "body",
    [
        "while True: pass",
        "import os, time; time.sleep(0.2); os.abort()",
    ],
    ids=["goes on", "aborts"],
)
def test_a_process_that_is_full_is_out_of_memory(ask: Ask, body: str) -> None:
    """Code that filled its memory is out of memory, however long it took or it died."""
    hoard = "hoard = []\nfor size in (1 << 24, 400):\n    try:\n        while True: hoard.append(bytearray(size))"

    fault = fault_of(ask, f"{hoard}\n    except MemoryError: pass\n{body}", cpu_s=4)

    assert isinstance(fault, CallOutOfMemory)


def test_an_interrupted_call_leaves_the_kernel_usable(kernel: Kernel) -> None:
    """An endless loop ends with its place, and other functions still answer."""
    kernel.run([Segment(5, "def f():\n    while True:\n        pass\n\ndef g():\n    return WIDTH", frozenset())])

    with pytest.raises(
        CallTimedOut, match=r"within the 0.5 s of processor time that one call may use. It was in cell 5, line [23]"
    ) as caught:
        kernel.call("f", cpu_s=0.5)

    assert caught.value.frames[-1].cell == 5
    assert kernel.alive
    assert kernel.call("g", cpu_s=10) == 3


@pytest.mark.parametrize(
    "body",
    [
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
        "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass",
        "import re; re.match(r'(a+)+b', 'a' * 64)",
        "import signal; signal.raise_signal(signal.SIGSTOP)\nwhile True: pass",
        "k = get_ipython().kernel\nk.shell_stream.close()\nk.iopub_socket.close()\nwhile True: pass",
    ],
    ids=["swallows", "ignores", "spins in C", "stops itself", "closes its sockets"],
)
def test_a_call_that_resists_is_ended_all_the_same(kernel: Kernel, ask: Ask, body: str) -> None:
    """Code that does not heed the interrupt is killed, and its kernel with it."""
    fault = fault_of(ask, body, cpu_s=0.5)

    assert isinstance(fault, CallTimedOut)
    with pytest.raises((KernelDied, CallTimedOut)):
        kernel.call("f", cpu_s=0.5)


def test_a_call_that_closes_everything_ends(ask: Ask) -> None:
    """Without descriptors libzmq may abort the process before the deadline.

    Either way the fault is the student's.
    """
    fault = fault_of(ask, "import os; os.closerange(3, 256)\nwhile True: pass", cpu_s=0.5)

    assert isinstance(fault, CallTimedOut | KernelDied)


@pytest.mark.parametrize(
    "body",
    [
        "import os; os._exit(0)",
        "import os; os.abort()",
        "import ctypes; ctypes.string_at(0)",
        "import os, signal; signal.raise_signal(signal.SIGKILL); os._exit(0)",
    ],
)
def test_ending_its_own_process_is_a_fault(kernel: Kernel, ask: Ask, body: str) -> None:
    """A kernel that ends is noticed at once, long before the deadline."""
    fault = fault_of(ask, body, cpu_s=60)

    assert isinstance(fault, KernelDied)
    assert not kernel.alive


def test_too_many_threads_end_the_kernel(ask: Ask) -> None:
    """Starting threads without end is stopped.

    By the watchdog, or by the control group if that is quicker.
    """
    fault = fault_of(
        ask,
        "import threading, time\nwhile True:\n    threading.Timer(60, int).start()\n    time.sleep(0.001)",
    )

    assert isinstance(fault, (KernelDied, CallRaised))
    assert "threads" in fault.sentence


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("import time\nfor i in range(99): open(str(i), 'w').close()\ntime.sleep(60)", "more than the 50 files"),
        (
            "import time\nfor i in range(3): open(str(i), 'wb').write(bytes(4 << 20))\ntime.sleep(60)",
            "more than the 8 MB",
        ),
    ],
)
def test_too_many_or_too_large_files_end_the_kernel(ask: Ask, body: str, words: str) -> None:
    """The scratch folder is bounded in size and in number."""
    fault = fault_of(ask, body)

    assert isinstance(fault, KernelDied)
    assert words in fault.sentence


HOLD = """
import mmap, os, time
held = []
def hold(fill, way):
    fd = os.open("x", os.O_RDWR | os.O_CREAT)
    os.unlink("x")
    fill(fd)
    held.append(fd if way == "open" else mmap.mmap(fd, 4096, flags=mmap.MAP_PRIVATE))
    if way != "open":
        os.close(fd)
def full(fd):
    os.write(fd, bytes(4 << 20))
def sparse(fd):
    for page in range(1024):
        os.pwrite(fd, b"x", page * 4096)
"""


@pytest.mark.parametrize("fill", ["full", "sparse"])
@pytest.mark.parametrize("way", ["open", "mapped"])
def test_deleted_files_that_are_kept_end_the_kernel(ask: Ask, fill: str, way: str) -> None:
    """What is deleted and still open, or mapped, takes up the disk as other files do."""
    body = "\n".join("    " + line for line in HOLD.splitlines())

    with pytest.raises(KernelDied, match="more than the 8 MB"):
        ask(f"def f():\n{body}\n    for _ in range(4): hold({fill}, {way!r})\n    time.sleep(60)")


def test_folders_that_nobody_can_look_into_end_the_kernel(ask: Ask) -> None:
    """Files cannot be hidden at the end of a path that is too long to be followed."""
    body = "import os, time\nfor _ in range(20):\n    os.mkdir('long' * 60)\n    os.chdir('long' * 60)\ntime.sleep(60)"

    fault = fault_of(ask, body)

    assert isinstance(fault, KernelDied)
    assert "cannot be looked into" in fault.sentence


def test_many_small_temporary_files_are_no_fault(ask: Ask) -> None:
    """Code that writes much in all, and keeps little, goes on."""
    source = (
        "import tempfile\ndef f():\n    for _ in range(2000):\n        with tempfile.TemporaryFile() as file:\n"
        "            file.write(bytes(1 << 16))\n    return 7"
    )

    assert ask(source) == 7


def test_a_flood_in_many_calls_is_a_flood(pool: KernelPool, assignment: Assignment) -> None:
    """Parts of a message that never ends, written to the bare sockets, add up over calls."""
    source = """
import os, socket
def connection(port):
    for fd in range(256):
        try:
            s = socket.socket(fileno=os.dup(fd))
            if s.family == socket.AF_UNIX and s.getsockname().endswith(port) and s.getpeername() is not None:
                return s
        except OSError:
            pass
def f(port, size, count):
    stream = connection(port)
    stream.setblocking(True)
    for _ in range(count):
        stream.sendall(b"\\3" + (size << 20).to_bytes(8, "big") + bytes(size << 20))
"""
    generous = dataclasses.replace(assignment, limits=dataclasses.replace(assignment.limits, result_mb=32))
    with KernelPool(generous, address=pool.address) as other, other.kernel("narrow") as kernel:
        kernel.run([Segment(1, source, frozenset())])

        for _ in range(2):
            kernel.call("f", ("z-2", 15, 4), cpu_s=10)
        with pytest.raises(BadAnswer, match="more than can be read"):  # though this process may free what others left
            kernel.call("f", ("z-1", 36, 24), cpu_s=10)


def test_many_large_answers_are_no_flood(kernel: Kernel) -> None:
    """Answers that are kept count as answers, however many."""
    kernel.run([Segment(1, "def f():\n    return t.ones(1 << 20)", frozenset())])

    kept = [kernel.call("f", cpu_s=10) for _ in range(90)]

    assert len(kept) == 90


def test_a_function_that_is_not_there_is_unavailable(kernel: Kernel) -> None:
    """Calling a name that the notebook does not define says so."""
    with pytest.raises(FunctionUnavailable, match="no function nowhere"):
        kernel.call("nowhere", cpu_s=10)


def test_a_name_that_is_no_function_is_unavailable(kernel: Kernel) -> None:
    """Calling a number says that it is one."""
    with pytest.raises(FunctionUnavailable, match="WIDTH in your notebook is no function but of type int"):
        kernel.call("WIDTH", cpu_s=10)


def test_an_exception_without_text_is_still_one(ask: Ask) -> None:
    """An exception whose own text raises is reported by its name."""
    fault = fault_of(ask, "class Odd(Exception):\n    def __str__(self): raise ValueError('no text')\nraise Odd")

    assert isinstance(fault, CallRaised)
    assert fault.ename == "Odd"


@pytest.mark.parametrize(
    "print_it",
    [
        "while True: print('x' * 1000)",
        "import sys\nwhile True: sys.__stdout__.write('x' * 1000)",
        "import os\nwhile True: os.write(1, bytes(100000))",
        "from IPython.display import display\nwhile True: display({'text/plain': 'x' * 100000}, raw=True)",
    ],
)
def test_endless_output_ends_with_the_deadline(ask: Ask, print_it: str) -> None:
    """A function that prints without end does not finish, whatever way it prints."""
    assert isinstance(fault_of(ask, print_it, cpu_s=1), CallTimedOut | CallRaised)


def test_a_flood_of_frames_does_not_fill_the_examiner(ask: Ask) -> None:
    """A message of many large frames ends the kernel once this process grows too much.

    Each frame is within the cap.
    """
    body = (
        "import zmq\nframe = zmq.Frame(bytes(8 << 20))\ns = get_ipython().kernel.shell_stream.socket\n"
        "i = get_ipython().kernel._shell_parent_ident.get()\ns.send(i[0], zmq.SNDMORE)\n"
        "for _ in range(100): s.send(frame, zmq.SNDMORE, copy=False)\n"
        "s.send(b'')\nimport time; time.sleep(60)"
    )

    fault = fault_of(ask, body)

    assert isinstance(fault, BadAnswer)
    assert fault.sentence == "Your code sent back more than can be read."


def test_nothing_moves_between_calls(kernel: Kernel) -> None:
    """A thread that a function leaves behind runs only while a call does."""
    source = (
        "import threading\nticks = 0\n"
        "def tick():\n    global ticks\n    while True: ticks += 1\n"
        "def f():\n    threading.Thread(target=tick, daemon=True).start()\n"
        "def g():\n    import time\n    return time.process_time()"
    )
    kernel.run([Segment(1, source, frozenset())])
    kernel.call("f", cpu_s=10)

    stat = Path(f"/proc/{kernel._provisioner.fork.pid}/stat")

    # The signal is on its way; the system stops one thread after the other.
    assert any(") T " in stat.read_text(encoding="ascii") for _ in range(100_000))
    assert kernel.call("g", cpu_s=10) > 0


def test_much_output_costs_no_answer(ask: Ask) -> None:
    """Output beyond the cap is cut, and the function's value still arrives."""
    assert ask("def f():\n    for i in range(100_000): print('line', i)\n    return 7") == 7


FALSE_SHAPE = b'{"value": ["array", "torch", "float32", "float32", [1000000], 0]}'


@pytest.mark.parametrize(
    "forge",
    [
        "reply([b'nonsense'])",
        "reply([])",
        "reply([b'[' * 100000])",
        f"reply([{FALSE_SHAPE!r}, b''])",
        "reply([], type=['x'])",
        "reply([], content={'x': 'x' * (5 << 20)})",
        "reply([b'{\"value\": 7}'], content={'x': [[]] * 150_000})",
        "s.send_multipart([*i, b'<IDS|MSG>', b'1', b'2'])",
        "s.send_multipart([*i, b'nonsense'])",
    ],
)
def test_a_forged_reply_is_a_bad_answer(ask: Ask, forge: str) -> None:
    """A forged reply ends as a bad answer, never as an error of the examiner."""
    body = (
        "import time\nk = get_ipython().kernel\ns = k.shell_stream.socket\ni = k._shell_parent_ident.get()\n"
        "def reply(buffers, type='call_reply', content={}):\n"
        "    k.session.send(s, type, content, parent=k.get_parent(), ident=i, buffers=buffers)\n"
        f"{forge}\ntime.sleep(60)"
    )

    assert isinstance(fault_of(ask, body, cpu_s=5), BadAnswer)
