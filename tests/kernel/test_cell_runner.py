"""Cells run as in a notebook, in a kernel that any Jupyter client can use."""

from __future__ import annotations

from typing import Any

import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from grader.assignment import Assignment
from grader.errors import CallRaised, CallTimedOut, CallWaited, KernelDied
from grader.extract import Segment
from grader.kernel import Kernel, KernelPool
from grader.kernel.channels import SandboxKernelManager
from grader.kernel.provisioner import kernel_spec
from grader.kernel_config import Limits


def segment(source: str, cell: int = 1) -> Segment:
    """Return a segment that no exercise asks for."""
    return Segment(cell, source, frozenset())


def test_an_error_in_one_segment_stops_no_other(kernel: Kernel) -> None:
    """Each segment's error is reported by its index, and the others have run."""
    faults = kernel.run([segment("a = 1"), segment("b = nope", cell=4), segment("def f():\n    return a")])

    assert list(faults) == [1]
    assert str(faults[1]) == "Your code raised NameError in cell 4, line 1: name 'nope' is not defined"
    assert kernel.call("f", cpu_s=10) == 1


def test_lines_keep_their_numbers_behind_blank_lines(kernel: Kernel) -> None:
    """Two segments of one cell report the cell's own lines.

    Each stands behind the blank lines that keep its place.
    """
    faults = kernel.run([segment("\n\n\n1 / 0", cell=9), segment("\n" * 10 + "[][0]", cell=9)])

    assert [(f.frames[0].cell, f.frames[0].line) for f in faults.values()] == [(9, 4), (9, 11)]


def test_a_syntax_error_names_its_line(kernel: Kernel) -> None:
    """Code that is not Python is reported with the line that Python stumbled over."""
    fault = kernel.run([segment("x = 1\ny = = 2", cell=2)])[0]

    assert isinstance(fault, CallRaised)
    assert fault.ename == "SyntaxError"
    assert (fault.frames[0].cell, fault.frames[0].line) == (2, 2)


def test_the_source_of_a_function_can_be_read(kernel: Kernel) -> None:
    """inspect finds a function's lines, also when two segments stem from one cell."""
    show = "import inspect\ndef f():\n    return inspect.getsource(g), inspect.getsource(h)"
    kernel.run([segment("def g():\n    return 1"), segment("\n\n\ndef h():\n    return 2"), segment(show)])

    assert kernel.call("f", cpu_s=10) == ("def g():\n    return 1\n", "def h():\n    return 2\n")


def test_an_endless_segment_costs_itself_alone(pool: KernelPool, kernel: Kernel) -> None:
    """A segment that runs into the deadline is interrupted, and the ones after it still run."""
    kernel.limits = Limits(setup_s=1)

    faults = kernel.run([segment("while True: pass", cell=3), segment("def f():\n    return 5")])

    assert isinstance(faults[0], CallTimedOut)
    assert faults[0].frames[0].cell == 3
    assert list(faults) == [0]
    assert kernel.call("f", cpu_s=10) == 5


def test_many_slow_segments_take_no_longer_than_one(kernel: Kernel) -> None:
    """Segments below a share of the time do not add up; those too late are not run."""
    kernel.limits = Limits(idle_s=1)

    faults = kernel.run([segment("import time; time.sleep(0.3)")] * 30)

    first = min(faults)
    assert first > 0
    assert list(faults) == list(range(first, 30))
    assert isinstance(faults[first], CallWaited)
    assert "waited for more than the 1 s that your notebook's cells may wait" in faults[first].sentence
    assert faults[29].sentence.startswith("Cell 1 was not run, because the cells before it waited for the 1 s")


def test_segments_after_too_much_computing_are_not_run(kernel: Kernel) -> None:
    """And say so, instead of that they did not finish."""
    kernel.limits = Limits(setup_s=0.3)

    faults = kernel.run([segment("while True: pass")] * 3)

    assert type(faults[2]) is CallTimedOut
    assert faults[2].sentence.startswith("Cell 1 was not run, because the cells before it used up the 0.3 s")


def test_a_segment_that_ends_the_process_ends_the_rest(kernel: Kernel) -> None:
    """After a segment that ends the kernel, it is not alive and the others are faults."""
    faults = kernel.run([segment("import os; os._exit(3)"), segment("a = 1")])

    assert [type(f) for f in faults.values()] == [KernelDied, KernelDied]
    assert "exit code 3" in faults[0].sentence
    assert not kernel.alive


def test_exit_in_a_cell_does_not_end_the_kernel(kernel: Kernel) -> None:
    """A cell that calls exit() has gone wrong, and the next one runs."""
    faults = kernel.run([segment("exit()"), segment("def f():\n    return 1")])

    assert list(faults) == [0]
    assert kernel.call("f", cpu_s=10) == 1


@pytest.mark.parametrize(
    "source",
    [
        "class E(Exception):\n    def __str__(self): raise ValueError\nraise E",
        "raise BaseException('x')",
        "raise KeyboardInterrupt",
        "def f(): f()\nf()",
        "raise ExceptionGroup('many', [ValueError(1)])",
    ],
)
def test_odd_exceptions_in_a_cell_are_reported(kernel: Kernel, source: str) -> None:
    """Whatever a cell raises comes back as what it is."""
    fault = kernel.run([segment(source)])[0]

    assert isinstance(fault, CallRaised)


def test_a_cell_that_breaks_the_protocol_is_no_error_of_ours(kernel: Kernel) -> None:
    """A forged reply to a cell ends as a fault of that cell."""
    forge = (
        "k = get_ipython().kernel\n"
        "k.session.send(k.shell_stream.socket, 'execute_reply', {'status': []}, parent=k.get_parent(), "
        "ident=k._shell_parent_ident.get())\nimport time; time.sleep(60)"
    )

    assert 0 in kernel.run([segment(forge)])


def execute(pool: KernelPool, *sources: str) -> list[Any]:
    """Execute cells with nbclient as it comes, and return their outputs."""
    notebook = new_notebook(cells=[new_code_cell(s) for s in sources])
    manager = SandboxKernelManager(spec=kernel_spec(pool.address, pool.kernel_config("wide")))
    NotebookClient(notebook, km=manager, allow_errors=True).execute(cleanup_kc=True)
    return [cell.outputs for cell in notebook.cells]


def test_an_ordinary_jupyter_client_can_drive_it(pool: KernelPool) -> None:
    """nbclient executes a notebook by the kernel's specification, with outputs as anywhere."""
    printed, shown, raised = execute(pool, "print('hello')\nx = WIDTH", "x + 1", "1 / 0")

    assert printed[0]["text"] == "hello\n"
    assert shown[0]["data"]["text/plain"] == "6"
    assert raised[0]["ename"] == "ZeroDivisionError"


def test_output_is_cut_after_the_limit(pool: KernelPool, assignment: Assignment) -> None:
    """What a cell prints is cut after the limit, and the next cell prints again."""
    flood, word = execute(pool, "for i in range(10_000): print('line', i)", "print('word')")

    text = "".join(output["text"] for output in flood)
    assert text.endswith("[the rest of the output was cut]\n")
    assert len(text) < assignment.limits.output_kb * 1024 + 100
    assert word[0]["text"] == "word\n"
