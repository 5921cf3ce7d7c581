"""Run notebook cells in a kernel through nbclient and return their errors."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from nbclient.client import NotebookClient
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from grader.errors import BadAnswer, KernelDied, StudentFault
from grader.kernel import messages
from grader.kernel.channels import CappedClient, SandboxKernelManager
from grader.kernel.student_faults import raised

if TYPE_CHECKING:
    from grader.extract import Segment


class CellRunner(NotebookClient):
    """Runs one cell at a time in a kernel that is already there, and keeps no outputs."""

    def __init__(self, manager: SandboxKernelManager, client: CappedClient, log: logging.Logger) -> None:
        super().__init__(new_notebook(), km=manager, log=log, allow_errors=True, record_timing=False, timeout=None)
        self.kc = client
        self._reply: Any = None
        self.on_cell_executed = self._keep

    async def run(self, segment: Segment, part: int) -> StudentFault | None:
        """Run a segment as part number ``part``; return what it raised.

        A malformed reply is a BadAnswer.
        """
        # The last line names the code, in the kernel, after the cell that it comes from.
        self.nb.cells = [new_code_cell(f"{segment.source}\n# cell {segment.cell}, part {part}")]
        try:
            await self.async_execute_cell(self.nb.cells[0], 0, store_history=False)
            content = self._reply["content"]
            if content["status"] == "ok":
                return None
            return raised(content["fault"])
        except DeadKernelError:
            return KernelDied(messages.ENDED_BY_CELL)
        except (KeyError, TypeError, AttributeError, ValueError):
            return BadAnswer(messages.UNREADABLE_CELL)

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> NotebookNode | None:
        """Take note of the end of a cell, and of nothing else.

        Outputs are not graded and would fill this process.
        """
        if msg["msg_type"] == "status" and msg["content"].get("execution_state") == "idle":
            super().process_message(msg, cell, cell_index)
        return None

    def _keep(self, *, execute_reply: Any, **_: Any) -> None:
        self._reply = execute_reply
