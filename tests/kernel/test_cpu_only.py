"""What a kernel without a GPU and without processes lacks is let be, or named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from grader.errors import CallRaised

Ask = Callable[..., Any]

DEVICES = ("cuda", "cuda:0", "mps", "xpu")
ASKED = [
    "return t.ones(2).to(D)",
    "return t.ones(2).to(device=t.device(D), non_blocking=True)",
    "return t.ones(2, device=D)",
    "return t.tensor([1.0, 1.0], device=t.device(D))",
    "return t.as_tensor([1.0, 1.0], device=D)",
    "return t.zeros(2).new_ones(2, device=D)",
    "return t.ones_like(t.zeros(2), device=D)",
    "return t.rand(2, generator=t.Generator(device=D), device=D).ceil()",
    "return t.normal(1.0, 0.0, (2,), device=D)",
    "return t.nn.Linear(2, 2, device=D).to(D)(t.zeros(2).to(D)) * 0 + 1",
    "with t.device(D):\n    return t.ones(2)",
    "t.set_default_device(D)\nreturn t.ones(2)",
    "with t.autocast(D[:4].rstrip(':')):\n    return t.ones(2)",
    "import io\nfile = io.BytesIO()\nt.save(t.ones(2), file)\nfile.seek(0)\nreturn t.load(file, map_location=D)",
]


@pytest.mark.parametrize("body", ASKED)
def test_a_request_for_a_device_stays_on_the_cpu(body: str, ask: Ask) -> None:
    """However a device that is not there is asked for, the numbers are made, and on the CPU."""
    lines = "\n".join(f"    {line}" for line in body.split("\n"))
    source = f"def g(D):\n{lines}\ndef f():\n    return [(x := g(d)).is_cpu and x for d in {DEVICES!r}]"

    assert [answer.data.tolist() for answer in ask(source)] == [[1.0, 1.0]] * len(DEVICES)


@pytest.mark.parametrize(
    "body",
    [
        "return t.ones(2).cuda()",
        "return t.ones(2).cuda(0, non_blocking=True)",
        "return t.ones(2).to(0)",
        "return t.ones(2).pin_memory()",
        "return t.ones(2, pin_memory=True)",
        "return t.cuda.FloatTensor([1, 1])",
        "return t.ones(2).double().type('torch.cuda.FloatTensor').type(dtype=t.float32)",
        "x = t.ones(2).cuda(); x.record_stream(t.cuda.current_stream()); return x",
        "free, total = t.cuda.mem_get_info()\n"
        "assert free // 2**30 and not t.cuda.memory_stats()['allocated_bytes.all.peak']\nreturn t.ones(2)",
        "about = t.cuda.get_device_properties(0)\n"
        "assert about.multi_processor_count and not t.cuda.memory_allocated() / about.total_memory\nreturn t.ones(2)",
        "assert t.ones(2).type() == 'torch.FloatTensor'\nreturn t.ones(2)",
        "return t.nn.Linear(2, 2).cuda()(t.zeros(2).cuda()) * 0 + 1",
        "t.cuda.synchronize(); t.mps.synchronize(); t.cuda.empty_cache(); t.mps.empty_cache()\nreturn t.ones(2)",
        "assert t.cuda.memory_allocated() == t.cuda.current_device() == 0\nreturn t.ones(2)",
        "print(t.cuda.get_device_name(0), t.cuda.get_device_properties(0).total_memory)\nreturn t.ones(2)",
        "with t.cuda.device(0), t.cuda.stream(t.cuda.Stream()), t.cuda.amp.autocast():\n    return t.ones(2)",
        "a, b = (t.cuda.Event(enable_timing=True) for _ in 'ab')\na.record(); b.record()\n"
        "assert a.elapsed_time(b) >= 0\nreturn t.ones(2)",
    ],
)
def test_what_is_asked_of_a_device_is_let_be(body: str, ask: Ask) -> None:
    """Methods and modules for devices do nothing, or say that nothing is used."""
    lines = "\n".join(f"    {line}" for line in body.split("\n"))

    assert ask(f"def f():\n{lines}").data.tolist() == [1.0, 1.0]


def test_a_device_without_numbers_is_still_there(ask: Ask) -> None:
    """``meta`` is no device that could be missing, and no name of a device is still an error."""
    assert ask("def f(): return str(t.ones(1, device='meta').to('meta').device)") == "meta"
    with pytest.raises(CallRaised, match="RuntimeError"):
        ask("def f(): return t.ones(1).to('gpu')")


@pytest.mark.parametrize(
    "body",
    [
        "return t.compile(t.neg)(x)",
        "@t.compile(mode='max-autotune')\ndef g(x): return -x\nreturn g(x)",
        "m = t.nn.Identity()\nm.compile()\nreturn -m(x)",
        "@t.jit.script\ndef g(x):\n    return x * t.tensor([-1.0])\nreturn g(x)",
        "from torch.utils.data import DataLoader\n"
        "return -t.cat([*DataLoader(x, 1, num_workers=2, prefetch_factor=2, persistent_workers=True)])",
        "from torch.utils.data import DataLoader\nreturn -t.cat([*DataLoader(x, 1, False, None, None, 2)])",
        "from joblib import Parallel, delayed\nreturn t.stack(Parallel(n_jobs=-1)(delayed(t.neg)(y) for y in x))",
        "from concurrent.futures import ThreadPoolExecutor\nreturn t.stack([*ThreadPoolExecutor(2).map(t.neg, x)])",
        "from multiprocessing.pool import ThreadPool\nwith ThreadPool(2) as p:\n    return t.stack(p.map(t.neg, x))",
    ],
)
def test_work_for_compilers_and_workers_is_done_in_the_process(body: str, ask: Ask) -> None:
    """Compiled functions, loaders, jobs and threads need no other process."""
    lines = "\n".join(f"    {line}" for line in body.split("\n"))

    assert ask(f"def f():\n    x = t.ones(2)\n{lines}").data.tolist() == [-1.0, -1.0]


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ("from multiprocessing import Pool\nwith Pool(2) as p: p.map(abs, [1])", "multiprocessing.Pool"),
        ("import multiprocessing as mp; mp.Process(target=print).start()", "multiprocessing.Process"),
        ("import multiprocessing as mp; mp.get_context('spawn').Queue()", "multiprocessing.Queue"),
        ("import torch.multiprocessing as mp; mp.spawn(print, nprocs=2)", "torch.multiprocessing.spawn"),
        ("import concurrent.futures as c; c.ProcessPoolExecutor(2)", "concurrent.futures.ProcessPoolExecutor"),
        ("import os; os.fork()", "os.fork"),
    ],
)
def test_processes_are_told_by_their_name(body: str, named: str, ask: Ask) -> None:
    """The sentence names the call that wanted a process, whatever error it ends in."""
    lines = "\n".join(f"    {line}" for line in body.split("\n"))
    line = body.count("\n") + 2

    with pytest.raises(CallRaised, match=rf"starts other processes \({named}\) \(cell 1, line {line}\)"):
        ask(f"def f():\n{lines}")


def test_a_file_that_is_missing_among_threads_is_a_file(ask: Ask) -> None:
    """Not everything that passes through a pool of threads is about processes."""
    with pytest.raises(CallRaised, match="a file that is not there"):
        ask("from multiprocessing.dummy import Pool\ndef f(): return Pool(2).map(open, ['words.txt'])")
