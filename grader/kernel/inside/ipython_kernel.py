"""An IPython kernel that also answers calls and reports errors as data."""

from __future__ import annotations

import re
from typing import Any

from ipykernel.compiler import XCachingCompiler
from ipykernel.ipkernel import IPythonKernel
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.inputtransformer2 import leading_empty_lines
from traitlets import Integer, Type

from grader.kernel.inside.call import answer
from grader.kernel.inside.describe_error import describe
from grader.kernel.inside.writefile_magic import add_written_files

CALL = "call_request"
MARKER = re.compile(r"# cell (\d+), part (\d+)\s*\Z")


class CellCompiler(XCachingCompiler):  # type: ignore[misc]
    """Names code after the cell of the notebook that the comment in its last line says."""

    def get_code_name(self, raw_code: str, code: str, number: int) -> str:
        """Return ``<cell 17.2>`` for part 2 of cell 17, else ipykernel's own name for code."""
        if match := MARKER.search(raw_code):
            return f"<cell {match[1]}.{match[2]}>"
        name: str = super().get_code_name(raw_code, code, number)
        return name


class SandboxShell(ZMQInteractiveShell):  # type: ignore[misc]
    """The shell, with errors as data.

    Rendering a coloured traceback takes longer than most calls.
    """

    fault: dict[str, Any] | None = None

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        # Lines must keep their numbers: a part of a cell has blank lines where the rest of the cell stood.
        self.input_transformer_manager.cleanup_transforms.remove(leading_empty_lines)
        add_written_files(self)

    def showtraceback(self, exc_tuple: Any = None, *args: Any, **kwargs: Any) -> None:
        """Publish the error that is being handled, as text and as data."""
        error = self._get_exc_info(exc_tuple)[1]
        self.fault = describe(error)
        lines = [f"Cell {f['cell']}, line {f['line']}, in {f['function']}: {f['text']}" for f in self.fault["frames"]]
        self._showtraceback(
            _Named(self.fault["ename"]),
            self.fault["evalue"],
            [*lines, f"{self.fault['ename']}: {self.fault['evalue']}"],
        )

    def showsyntaxerror(self, *args: Any, **kwargs: Any) -> None:
        """Publish a syntax error like any other."""
        self.showtraceback()

    showindentationerror = showsyntaxerror

    def ask_exit(self) -> None:
        """Have exit() and quit() raise SystemExit, as in a program, and not end the kernel."""
        raise SystemExit("exit() was called")


class _Named:
    """Stands for an exception's type where only its name is asked for."""

    def __init__(self, name: str) -> None:
        self.__name__ = name


class SandboxKernel(IPythonKernel):  # type: ignore[misc]
    """ipykernel's kernel with the message ``call_request``, which calls a function."""

    shell_class = Type(SandboxShell)
    compiler_class = Type(CellCompiler)
    result_mb = Integer(64)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.shell_handlers[CALL] = self.call_request

    async def do_execute(self, code: str, silent: bool, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Run code as ipykernel does; a reply of status error has its data under ``fault``."""
        self.shell.fault = None
        try:
            reply: dict[str, Any] = await super().do_execute(code, silent, *args, **kwargs)
        except Exception as error:  # noqa: BLE001 - an exception that cannot be turned into text, for instance
            self.shell.fault = describe(error)
            reply = {
                "status": "error",
                "traceback": [],
                "execution_count": self.execution_count,
                "user_expressions": {},
                "payload": [],
            }
        if reply["status"] == "error":
            reply["fault"] = self.shell.fault or {"ename": str(reply.get("ename")), "evalue": "", "frames": []}
            reply["ename"], reply["evalue"] = reply["fault"]["ename"], reply["fault"]["evalue"]
        return reply

    async def call_request(self, stream: Any, ident: Any, parent: dict[str, Any]) -> None:
        """Answer a call of the function ``name``.

        Buffers hold its arguments, and the reply's buffers its value.
        """
        arguments = [bytes(b) for b in parent["buffers"]]
        self._forward_input(allow_stdin=False)  # input() then says that nobody is there
        try:
            buffers = answer(self.shell.user_ns, parent["content"]["name"], arguments, self.result_mb << 20)
        finally:
            self._restore_input()
        self.session.send(stream, "call_reply", {"status": "ok"}, parent, ident=ident, buffers=buffers)
