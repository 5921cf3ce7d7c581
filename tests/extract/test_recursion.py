"""Code that is nested deeply runs in a thread, and its outcome comes back."""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

import pytest

from grader.extract.recursion import with_deep_recursion


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_without_memory_to_tell_the_outcome_nobody_waits_for_it() -> None:
    """Want of memory may meet the thread again where it says what it met before."""

    def refuse(frame: FrameType, event: str, _: Any) -> None:
        if frame.f_code.co_name == "set_exception":
            raise MemoryError

    @with_deep_recursion
    def parse() -> None:
        sys.setprofile(refuse)
        raise MemoryError

    with pytest.raises(MemoryError):
        parse()
