"""A student's functions in real kernels, and what is left when they break them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from grader.assignment import Assignment
from grader.errors import (
    BadAnswer,
    CallOutOfMemory,
    CallRaised,
    CallTimedOut,
    CallWaited,
    FunctionUnavailable,
    KernelDied,
    MachineMemoryError,
    StudentFault,
)
from grader.extract import Extraction, FunctionSource, Segment
from grader.kernel import Kernel, KernelPool
from grader.kernel.processor_clock import Time
from grader.result import ExerciseStatus
from grader.session import Student, StudentSession
from grader.session.answer_source import Question
from grader.session.bounded_cache import BoundedCache, size
from grader.session.call_limits import Cost
from grader.session.lost_calls import MAX_LOST_CALLS, LostCalls
from grader.session.student_session import Costs
from grader.value import Tensor, Unpackable

OpenSession = Callable[..., StudentSession]


@pytest.fixture
def open_session(pool: KernelPool, assignment: Assignment) -> Iterator[OpenSession]:
    """Open a session with segments (source, exercises); those with a status have no function."""
    with ExitStack() as end:

        def open_session(
            *segments: tuple[str, str],
            limits: dict[str, Any] | None = None,
            costs: Costs = lambda *call, **how: None,
            pool: Any = pool,
            **statuses: ExerciseStatus,
        ) -> StudentSession:
            few = replace(assignment.limits, call_s=0.5, setup_s=0.5, idle_s=0.3)
            names = {n.removesuffix("?") for _, names in segments for n in names.split()} | statuses.keys()
            functions = {n: FunctionSource(n, statuses.get(n), f"{n} is not there.") for n in names}
            parts = tuple(part(i, source, n.split()) for i, (source, n) in enumerate(segments, 1))
            given = replace(few, **limits or {})
            return end.enter_context(StudentSession(lambda: pool, Extraction(functions, parts), given, costs))

        yield open_session


def part(cell: int, source: str, names: Sequence[str]) -> Segment:
    """Return a segment for exercises; one whose name has a question mark may not need it."""
    exercises = [n.removesuffix("?") for n in names]
    return Segment(cell, source, frozenset(exercises), optional=frozenset({*exercises} - {*names}))


def ask(session: StudentSession, name: str, *args: Any, model: str = "two", hidden: bool = False) -> Any:
    return session.call(Question(model, name, args, {}), hidden=hidden)


def fault(session: StudentSession, name: str, *args: Any, **where: Any) -> StudentFault:
    with pytest.raises(StudentFault) as caught:
        ask(session, name, *args, **where)
    return caught.value


COUNTER = ("seen = []\ndef f(x):\n    seen.append(x)\n    return list(seen)\n", "f")


def test_each_model_has_its_own_kernel(open_session: OpenSession) -> None:
    """The student's code runs afresh with each model's names."""
    session = open_session(("y = factor\ndef f():\n    return y\n", "f"))

    assert [ask(session, "f", model=m) for m in ("two", "three")] == [2.0, 3.0]


def test_a_visible_call_never_meets_a_hidden_input(open_session: OpenSession) -> None:
    """A kernel that has seen a hidden input is left before a visible call."""
    session = open_session(COUNTER)

    assert ask(session, "f", "secret", hidden=True) == ["secret"]
    assert ask(session, "f", "known") == ["known"]


def test_a_function_that_is_not_there_says_why(open_session: OpenSession) -> None:
    """What extraction found is what a call raises, without a kernel."""
    session = open_session(f=ExerciseStatus.NOT_ATTEMPTED)

    found = fault(session, "f")

    assert isinstance(found, FunctionUnavailable)
    assert (found.status, found.sentence) == ("not_attempted", "f is not there.")


def test_a_function_that_running_code_did_not_bind_says_what_was_meant(
    pool: KernelPool, assignment: Assignment
) -> None:
    """A call raises the message that extraction prepared for a function that is not there."""
    functions = {"f": FunctionSource("f", None, if_missing="Did you mean `ff`?")}
    with StudentSession(lambda: pool, Extraction(functions, ()), assignment.limits) as session:
        found = fault(session, "f")

    assert isinstance(found, FunctionUnavailable)
    assert (found.status, found.sentence) == ("missing", "Did you mean `ff`?")


@pytest.mark.parametrize("breaks", ["while True: pass", "import os; os._exit(1)", "x = bytearray(1 << 40)"])
def test_an_experiment_that_breaks_the_kernel_is_left_out(open_session: OpenSession, breaks: str) -> None:
    """Code that a function may not need costs it nothing, and costs who needs it the answer."""
    session = open_session(
        ("a = 1", "f?"), (breaks, "f? g"), ("def f():\n    return a\n", "f"), ("def g():\n    return 2\n", "g")
    )

    assert ask(session, "f") == 1
    assert ask(session, "f", model="three") == 1
    assert not isinstance(fault(session, "g"), FunctionUnavailable)


def test_experiments_after_too_many_that_break_the_kernel_are_left_out(open_session: OpenSession) -> None:
    """A notebook full of endless loops ends, and the function that can be called is called."""
    loops = [("while True: pass", "f?")] * 20

    session = open_session(("def f():\n    return 1\n", "f"), *loops)

    assert ask(session, "f") == 1


def test_a_left_out_experiment_is_why_its_name_is_not_there(open_session: OpenSession) -> None:
    """A name that only the broken code would have bound points to it."""
    session = open_session(("while True: a = 1", "f?"), ("def f():\n    return a\n", "f"))

    assert isinstance(fault(session, "f"), CallTimedOut)


def test_a_call_that_raises_leaves_the_kernel_as_it_is(open_session: OpenSession) -> None:
    """An exception is an answer; the next call finds the same state."""
    session = open_session(("n = 0\ndef f(x):\n    global n\n    n += 1\n    return n if x else 1 / x\n", "f"))

    assert isinstance(fault(session, "f", 0), CallRaised)
    assert ask(session, "f", 1) == 2


LOOPS = ("import time\ndef f(x):\n    time.sleep(x)\n    return x\n", "f")
OTHER = ("def g():\n    return 7\n", "g")


BURNS = (
    "import time\ndef f(x):\n    end = time.process_time() + x\n"
    "    while time.process_time() < end:\n        pass\n    return x\n",
    "f",
)


@pytest.mark.parametrize(
    ("code", "limits"), [(BURNS, {"cpu_s": 0.2}), (LOOPS, {"idle_s": 0.5})], ids=["computing", "waiting"]
)
def test_all_calls_of_a_function_on_a_model_have_one_time_together(
    open_session: OpenSession, code: tuple[str, str], limits: dict[str, float]
) -> None:
    """Calls within their limits use up one time of a function and model together."""
    session = open_session(code, OTHER, limits=limits)

    assert ask(session, "f", 0.3) == 0.3
    with pytest.raises(CallTimedOut, match=r"was not called here, because the calls before it .* together"):
        [ask(session, "f", 0.3) for _ in range(20)]
    assert ask(session, "f", 0.3, model="three") == 0.3
    assert ask(session, "g") == 7


BOMBS = {
    "computes": (BURNS[0], CallTimedOut, "used up its 0.5 s of processor time"),
    "waits": (LOOPS[0], CallWaited, "waited for its 0.3 s"),
    "hoards": ("def f(x):\n    bytearray(1 << 50 if x else 1)\n    return x\n", CallOutOfMemory, "used more memory"),
    "ends": ("import os\ndef f(x):\n    return os._exit(3) if x else x\n", KernelDied, "ended the process"),
}


@pytest.mark.parametrize(("code", "kind"), [bomb[:2] for bomb in BOMBS.values()], ids=BOMBS)
def test_a_call_that_is_lost_takes_no_other_call_with_it(
    open_session: OpenSession, code: str, kind: type[StudentFault]
) -> None:
    """Whoever asks the same is not kept waiting again; on other inputs the function is called."""
    session = open_session((code, "f"), OTHER)

    lost = fault(session, "f", 60)

    assert isinstance(lost, kind)
    assert all(fault(session, "f", 60, hidden=hidden) is lost for hidden in (False, True, True, True))
    assert [ask(session, "f", 0, model=model, hidden=True) for model in ("two", "three")] == [0, 0]
    assert ask(session, "g") == 7


@pytest.mark.parametrize(("code", "kind", "said"), BOMBS.values(), ids=BOMBS)
def test_a_function_of_which_several_calls_were_lost_is_not_called(
    open_session: OpenSession, code: str, kind: type[StudentFault], said: str
) -> None:
    """The sentence says why, and no limit of a call never made.

    Other exercises go on.
    """
    session = open_session((code, "f"), OTHER, costs=lambda *call, **how: Cost(0.01, 1, 1))

    for x in range(60, 60 + MAX_LOST_CALLS):
        assert isinstance(fault(session, "f", x), kind)
    found = fault(session, "f", 0, hidden=True)

    assert isinstance(found, kind)
    assert found.sentence.startswith("Your function was not called here, because an earlier call " + said)
    assert "reference" not in found.sentence
    assert ask(session, "g") == 7


def test_a_call_after_one_that_timed_out_may_use_less() -> None:
    """Such a call has a tenth, a second, or three times what an answer took.

    That is whichever is most, and never more than its own limit.
    """
    lost = LostCalls()
    assert lost.limit(Time(50, 60)) == Time(50, 60)

    lost.add("memory", CallOutOfMemory(""), Time(50, 60), kernel_died=False)
    assert lost.limit(Time(50, 60)) == Time(50, 60)
    lost.add("time", CallTimedOut(""), Time(50, 60), kernel_died=False)
    assert (lost.limit(Time(50, 60)), lost.limit(Time(3, 0.3))) == (Time(5, 6), Time(1, 0.3))
    lost.count_answer(Time(4, 0))
    lost.count_answer(Time(1, 3))
    assert (lost.limit(Time(50, 60)), lost.limit(Time(10, 60))) == (Time(12, 9), Time(10, 9))


def test_a_call_that_may_use_less_says_so(open_session: OpenSession) -> None:
    """The limit in the sentence is the one that ended the call."""
    session = open_session(BURNS, limits={"call_s": 1.5})

    assert "1.5 s of processor time that one call may use" in fault(session, "f", 60).sentence
    assert "1 s of processor time that a call after one that did not finish may use" in fault(session, "f", 61).sentence


def test_the_reference_costs_decide_what_calls_may_use(open_session: OpenSession) -> None:
    """A call, and all together, may use twenty times the reference's time, and say so."""
    session = open_session(BURNS, limits={"call_s": 0.2, "cpu_s": 0.2}, costs=lambda *call, **how: Cost(0.04, 1, 1))

    assert ask(session, "f", 0.3) == 0.3
    assert ask(session, "f", 0.31) == 0.31
    assert "within the 0.8 s of processor time" in fault(session, "f", 2).sentence
    assert fault(session, "f", 2).sentence.endswith("The reference needs 0.04 s for the same call.")


def test_memory_follows_the_reference(open_session: OpenSession) -> None:
    """A call may have three times the reference's memory, in a kernel made for it."""
    hoard = ("def f(mb):\n    return len(bytearray(mb << 20)) >> 20\n", "f")
    costs = lambda question, keep: Cost(1.0, question.args[0], 1)  # noqa: E731

    session = open_session(hoard, limits={"memory_mb": 192}, costs=costs)

    assert ask(session, "f", 20) == 20
    assert ask(session, "f", 400) == 400
    assert ask(session, "f", 20) == 20


def test_a_kernel_of_another_size_has_the_answers_so_far(open_session: OpenSession) -> None:
    """Several checks look at one answer, also when a call in between needed more memory."""
    costs = lambda question, keep: Cost(0.01, 100 if question.args == ("large",) else 1, 1)  # noqa: E731
    session = open_session(COUNTER, limits={"memory_mb": 192}, costs=costs)

    first, second = (Student(session, "two", hidden=False, calls=[]) for _ in range(2))

    assert first.f("small") == ["small"]
    assert first.f("large") == ["large"]
    assert second.f("small") == ["small"]


@pytest.mark.parametrize(("cost_mb", "said"), [(99.5, "100 MB"), (0.0, "1 MB")])
def test_who_wants_more_memory_than_that_is_told_what_the_reference_needs(
    open_session: OpenSession, cost_mb: float, said: str
) -> None:
    """The limit and the need, which is never nothing, stand in the message."""
    hoard = ("def f():\n    return len(bytearray(900 << 20))\n", "f")
    costs = lambda *call, **how: Cost(0.01, cost_mb, 1)  # noqa: E731

    found = fault(open_session(hoard, limits={"memory_mb": 192}, costs=costs), "f")

    assert isinstance(found, CallOutOfMemory)
    assert found.sentence.endswith(f". The reference needs {said} for the same call.")


def test_a_right_answer_may_be_as_large_as_the_reference_s(open_session: OpenSession) -> None:
    """An answer larger than the assignment expects crosses where the reference's is as large."""
    large = ("def f():\n    return np.zeros(3 << 20, np.uint8)\n", "f")

    session = open_session(large, limits={"result_mb": 1}, costs=lambda *call, **how: Cost(0.01, 1, 3 << 20))

    assert ask(session, "f").shape == (3 << 20,)
    assert isinstance(fault(open_session(large, limits={"result_mb": 1}), "f"), BadAnswer)


class Noting:
    """A pool that notes which kernels start alone.

    Others have another model, if ``crowded`` names one.
    """

    def __init__(self, pool: KernelPool) -> None:
        self.pool = pool
        self.kernels: list[str] = []
        self.crowded = ""
        self._how = "beside others"

    def kernel(self, model: str, **how: Any) -> Kernel:
        self.kernels.append(self._how)
        return self.pool.kernel(self.crowded if self.crowded and self._how != "alone" else model, **how)

    @contextmanager
    def alone(self) -> Iterator[None]:
        with self.pool.alone():
            self._how = "alone"
            try:
                yield
            finally:
                self._how = "beside others"


@pytest.fixture
def noting(pool: KernelPool) -> Noting:
    return Noting(pool)


def test_a_call_that_the_clock_ended_is_repeated_once_and_alone(noting: Noting, open_session: OpenSession) -> None:
    """In a fresh kernel; a second one of the same submission is not."""
    session = open_session(LOOPS, ("import time\ndef g():\n    time.sleep(60)\n", "g"), pool=noting)

    assert isinstance(fault(session, "f", 60), CallWaited)
    assert noting.kernels == ["beside others", "alone"]
    assert isinstance(fault(session, "g"), CallWaited)
    assert noting.kernels == ["beside others", "alone", "beside others"]


def test_cells_that_the_clock_ended_are_repeated_alone(noting: Noting, open_session: OpenSession) -> None:
    """As a call is."""
    session = open_session(("import time; time.sleep(60)\n", "f?"), OTHER, pool=noting)

    assert ask(session, "g") == 7
    assert noting.kernels[:2] == ["beside others", "alone"]


def test_an_endless_loop_is_not_repeated(noting: Noting, open_session: OpenSession) -> None:
    """It was not the machine that kept it from ending."""
    session = open_session(BURNS, pool=noting)

    assert type(fault(session, "f", 60)) is CallTimedOut
    assert noting.kernels == ["beside others"]


def test_what_answers_alone_costs_nothing(noting: Noting, open_session: OpenSession) -> None:
    """A call that only waited because it was not alone has its answer."""
    noting.crowded = "three"
    session = open_session(
        ("import time\ndef f():\n    time.sleep(60 if factor == 3 else 0)\n    return factor\n", "f"), pool=noting
    )

    assert ask(session, "f") == 2.0
    assert noting.kernels == ["beside others", "alone"]


KILLED = "import resource\ndef f():\n    resource.setrlimit(resource.RLIMIT_CPU, (1, 1))\n    while True: pass\n"


def test_what_the_machine_has_no_memory_for_is_our_error(
    noting: Noting, open_session: OpenSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that the system ended for want of memory is repeated alone, and then ours."""
    monkeypatch.setattr("grader.machine.times_out_of_memory", itertools.count().__next__)

    with pytest.raises(MachineMemoryError):
        ask(open_session((KILLED, "f"), limits={"call_s": 5.0}, pool=noting), "f")

    assert noting.kernels == ["beside others", "alone"]


def test_what_was_ended_while_there_was_memory_is_the_student_s(noting: Noting, open_session: OpenSession) -> None:
    """The same death without a sign of the machine's."""
    assert isinstance(fault(open_session((KILLED, "f"), limits={"call_s": 5.0}, pool=noting), "f"), KernelDied)
    assert noting.kernels == ["beside others"]


def test_a_process_that_ends_itself_is_replaced(open_session: OpenSession) -> None:
    """Another exercise, and the same one on another input, find a fresh kernel."""
    session = open_session(("import os\ndef f(x):\n    return os._exit(3) if x else 'alive'\n", "f"), OTHER)

    assert isinstance(fault(session, "f", 1), KernelDied)
    assert ask(session, "g") == 7
    assert ask(session, "f", 0) == "alive"


def test_a_function_that_keeps_ending_its_process_is_not_called(open_session: OpenSession) -> None:
    """Each process takes the time to run all cells again: two are enough."""
    session = open_session(("import os\ndef f(x):\n    return os._exit(3) if x else 'alive'\n", "f"))

    said = [fault(session, "f", x).sentence for x in (1, 2, 0)]

    assert "exit code 3" in said[1]
    assert said[2].endswith("ended the process that runs your code and 1 more gave no answer either.")


def test_a_function_that_keeps_flooding_is_not_called(open_session: OpenSession) -> None:
    """An unreadable answer is forgiven, unless the kernel had to be ended for it."""
    flood = """
import zmq
def f(x):
    kernel = get_ipython().kernel
    stream, identity = kernel.shell_stream.socket, kernel._shell_parent_ident.get()[0]
    stream.send(identity, zmq.SNDMORE)
    for _ in range(200):
        stream.send(bytes(8 << 20), zmq.SNDMORE)
    stream.send(b"")
"""
    session = open_session((flood, "f"), OTHER, limits={"call_s": 60.0, "idle_s": 60.0})

    found = [fault(session, "f", x) for x in range(3)]

    assert {*map(type, found)} == {BadAnswer}
    assert "was not called here, because an earlier call sent back more than can be read" in found[2].sentence
    assert ask(session, "g") == 7


def test_a_cell_that_failed_is_named_when_its_name_is_missing(open_session: OpenSession) -> None:
    """The student hears of the cause, not of the NameError that followed from it."""
    session = open_session(("table = 1 / 0\n", "f"), ("def f():\n    return table\n", "f"))

    found = fault(session, "f")

    assert isinstance(found, CallRaised)
    assert found.ename == "ZeroDivisionError"
    assert found.frames[0].cell == 1


def test_a_definition_that_was_not_reached_is_explained_by_its_cell(open_session: OpenSession) -> None:
    """A cell that raises before the definition takes the function with it."""
    session = open_session(("1 / 0\ndef f():\n    return 1\n", "f"))

    found = fault(session, "f")

    assert isinstance(found, CallRaised)
    assert found.ename == "ZeroDivisionError"


def test_a_name_error_of_its_own_is_not_blamed_on_another_cell(open_session: OpenSession) -> None:
    """A cell that failed explains only the names that stand in it."""
    session = open_session(("import nothing_of_the_kind\n", "f"), ("def f():\n    return mistyped\n", "f"))

    assert "mistyped" in fault(session, "f").sentence


def test_a_cell_that_fails_harmlessly_costs_nothing(open_session: OpenSession) -> None:
    """A failed import that nobody uses does not stop the function."""
    session = open_session(("import nothing_of_the_kind\n", "f"), ("def f():\n    return 1\n", "f"))

    assert ask(session, "f") == 1


@pytest.mark.parametrize(
    ("cell", "kind"), [("import time; time.sleep(60)\n", CallTimedOut), ("import os; os._exit(1)\n", KernelDied)]
)
def test_a_cell_that_breaks_the_kernel_takes_only_its_own_exercise(
    open_session: OpenSession, cell: str, kind: type[StudentFault]
) -> None:
    """The exercise that needs the cell fails with its fault; the other one is graded."""
    session = open_session((cell, "f"), ("def f():\n    return 1\n", "f"), OTHER)

    assert ask(session, "g") == 7
    assert isinstance(fault(session, "f"), kind)
    assert ask(session, "g", model="three") == 7


def test_a_cell_that_breaks_the_kernel_of_every_exercise_fails_them_all(open_session: OpenSession) -> None:
    """When all need it there is nobody left to fork for."""
    session = open_session(("import os; os._exit(1)\n", "f g"), ("def f():\n    return 1\n", "f"), OTHER)

    assert isinstance(fault(session, "f"), KernelDied)
    assert isinstance(fault(session, "g"), KernelDied)


def test_a_checks_first_call_is_answered_from_an_earlier_check(open_session: OpenSession) -> None:
    """Several checks look at one answer; a second call within one check runs the code again."""
    session = open_session(COUNTER)

    first, second = (Student(session, "two", hidden=False, calls=[]) for _ in range(2))

    assert first.f(1) == [1]
    assert second.f(1) == [1]
    assert second.f(1) == [1, 1]


def test_a_hidden_call_may_use_the_kernel_of_visible_ones(open_session: OpenSession) -> None:
    """What a student's code knows of visible inputs is no secret, and a fork is saved."""
    session = open_session(COUNTER)

    assert ask(session, "f", "known") == ["known"]
    assert ask(session, "f", "secret", hidden=True) == ["known", "secret"]
    assert ask(session, "f", "known", hidden=False) == ["known"]


def test_calls_that_were_answered_are_noted(open_session: OpenSession) -> None:
    """A diagnosis needs the arguments and the answer; a call that raised has none."""
    calls: list[Any] = []
    student = Student(open_session(("def f(x):\n    return 1 / x\n", "f")), "two", hidden=False, calls=calls)

    student.f(x=2)
    with pytest.raises(CallRaised):
        student.f(0)

    assert [(c.name, c.args, c.kwargs, c.answer) for c in calls] == [("f", (), {"x": 2}, 0.5)]


def test_a_misspelt_exercise_is_the_authors_mistake(open_session: OpenSession) -> None:
    """A check that asks for another name than the assignment's hears the nearest one."""
    student = Student(open_session(("def scale(x):\n    return x\n", "scale")), "two", hidden=False, calls=[])

    with pytest.raises(AttributeError, match="did you mean 'scale'"):
        student.scael(1)


MEGABYTE = ("import numpy as np\ndef f(x):\n    return np.zeros(1 << 20, 'int8')\n", "f")


def test_what_one_check_is_answered_is_bounded(open_session: OpenSession, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers beyond the bound on what one check holds are refused; the next starts anew."""
    monkeypatch.setattr("grader.session.student_session.EXCESS_MB", 3)
    session = open_session(MEGABYTE)
    session.begin_check()
    for number in range(3):
        ask(session, "f", number)

    assert "more than can be compared" in fault(session, "f", 3).sentence
    session.begin_check()
    assert ask(session, "f", 3).shape == (1 << 20,)


def test_answers_as_large_as_the_references_are_never_too_many(
    open_session: OpenSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bound follows from the work: twice as much as the reference returns counts nothing."""
    monkeypatch.setattr("grader.session.student_session.EXCESS_MB", 1)
    session = open_session(MEGABYTE, costs=lambda *call, **how: Cost(0.01, 1, 1 << 19))
    session.begin_check()

    assert [ask(session, "f", number).shape for number in range(5)] == [(1 << 20,)] * 5


def test_the_parts_of_an_object_count() -> None:
    """What an object unpacks into is held with it."""
    part = Tensor(np.zeros(1 << 20, "int8"), "int8")

    assert size(Unpackable("Parts", (part, part))) >= 2 << 20


def test_answers_that_are_kept_for_other_checks_are_bounded() -> None:
    """The oldest are dropped first, and the last one stays even where there is room for none."""
    memo = BoundedCache[int](most_mb=2)
    for number in range(4):
        memo[number] = Tensor(np.zeros(900_000, "int8"), "int8")
    kept = list(memo)
    memo[9] = [Tensor(np.zeros(3 << 20, "int8"), "int8")]

    assert (kept, list(memo)) == ([2, 3], [9])


def test_an_answer_that_is_not_kept_any_more_is_asked_for_again(
    open_session: OpenSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The student's function is called again, and no answer is missing."""
    monkeypatch.setattr("grader.session.bounded_cache.MOST_MB", 0)
    session = open_session(COUNTER)

    found = [session.call(Question("two", "f", (x,), {}), again=False) for x in (1, 1, 2, 1)]

    assert found == [[1], [1], [1, 2], [1, 2, 1]]
