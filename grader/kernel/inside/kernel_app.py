"""Create an IPython kernel before the fork and connect it afterwards.

Making the shell and the kernel object costs 60 ms of CPU and touches every module; done before the fork it costs each
kernel nothing. Of the stock application only what binds sockets is replaced: no debugger, no TCP pipe for
subprocesses, no connection file.
"""

from __future__ import annotations

import logging
import os
import sys
import uuid
from typing import Any

import zmq
from ipykernel.control import ControlThread
from ipykernel.kernelapp import IPKernelApp
from ipykernel.shellchannel import ShellChannelThread
from IPython.core.profiledir import ProfileDir
from traitlets.config import Config
from zmq.eventloop.zmqstream import ZMQStream

from grader.kernel.inside.capped_stream import CappedStream
from grader.kernel.inside.ipython_kernel import SandboxKernel, SandboxShell
from grader.kernel.inside.output_thread import OutputThread
from grader.kernel.inside.protocol import IPC_NAME, PORTS
from grader.kernel_config import KernelConfig


class _NoProfile(ProfileDir):
    """A profile that is no folder: the kernel may write nowhere."""

    def _location_changed(self, change: Any) -> None:
        pass

    def check_dirs(self) -> None:
        """Make no folders."""


class KernelApp(IPKernelApp):  # type: ignore[misc]
    """The stock kernel application, its sockets bound in a private folder."""

    control_port: int
    iopub_port: int

    def init_control(self, context: zmq.Context[Any]) -> None:
        """Bind the control socket; no debugger sockets."""
        self.control_socket = context.socket(zmq.ROUTER)
        self.control_socket.linger = 1000
        self.control_port = self._bind_socket(self.control_socket, self.control_port)
        self.control_socket.router_handover = 1
        self.control_thread = ControlThread(daemon=True)
        self.shell_channel_thread = ShellChannelThread(context, daemon=True)

    def init_iopub(self, context: zmq.Context[Any]) -> None:
        """Bind the output socket, without the TCP pipe by which subprocesses would print."""
        self.iopub_socket = context.socket(zmq.XPUB)
        self.iopub_socket.linger = 1000
        self.iopub_port = self._bind_socket(self.iopub_socket, self.iopub_port)
        self.configure_tornado_logger()
        self.iopub_thread = OutputThread(self.iopub_socket, pipe=False, session=self.session)
        self.iopub_thread.start()
        self.iopub_socket = self.iopub_thread.background_socket

    def init_kernel(self) -> None:
        """Give the kernel object that was made before the fork its streams."""
        shell_stream = ZMQStream(self.shell_socket, self.shell_channel_thread.io_loop)
        self.shell_channel_thread.shell_stream = shell_stream
        control_stream = ZMQStream(self.control_socket, self.control_thread.io_loop)
        self.control_thread.start()
        self.shell_channel_thread.start()
        kernel = self.kernel
        with kernel.hold_trait_notifications():
            kernel.control_stream, kernel.shell_stream = control_stream, shell_stream
            kernel.control_thread, kernel.shell_channel_thread = self.control_thread, self.shell_channel_thread
            kernel.iopub_thread, kernel.iopub_socket, kernel.stdin_socket = (
                self.iopub_thread,
                self.iopub_socket,
                self.stdin_socket,
            )
        for publisher in (kernel.shell.displayhook, kernel.shell.display_pub):
            publisher.pub_socket, publisher.session = self.iopub_socket, self.session
        kernel.record_ports({f"{name}_port": port for name, port in self._ports.items()})
        self.displayhook.get_execution_count = lambda: kernel.execution_count


def build_app() -> KernelApp:
    """Build the application, the shell and the kernel object, and run a first cell.

    So nothing is slow the first time.
    """
    app: KernelApp = KernelApp.instance(config=_config())
    app.parent_handle = 1  # no thread that polls for the parent: the system kills the kernel with it
    app.init_crash_handler()
    app.profile_dir = _NoProfile(parent=app)
    app.init_pdb()
    app.kernel = SandboxKernel.instance(
        parent=app, session=app.session, log=app.log, profile_dir=app.profile_dir, user_ns={}
    )
    app.shell = app.kernel.shell
    app.shell.run_cell("1 + 1\n", silent=True)
    return app


def connect(app: KernelApp, config: KernelConfig) -> None:
    """Bind the sockets and start the threads of this fork's kernel."""
    app.transport, app.ip = ("tcp", "127.0.0.1") if config.ports else ("ipc", f"{config.sockets}/{IPC_NAME}")
    for channel, port in (config.ports or PORTS).items():
        setattr(app, f"{channel}_port", port)
    app.session.session = str(uuid.uuid4())
    app.session.pid = (
        os.getpid()
    )  # else the session takes the fork for a stray copy and drops its replies without a word
    app.session.key = config.key.encode()
    app.kernel.ident = str(uuid.uuid4())
    app.kernel.result_mb = config.limits.result_mb
    CappedStream.limit = config.limits.output_kb * 1024
    app.init_sockets()
    app.init_heartbeat()
    app.log_connection_info()
    app.init_io()
    app.init_signal()
    app.init_kernel()
    app.init_shell()
    sys.stdout.flush()
    sys.stderr.flush()


def _config() -> Config:
    config = Config()
    config.HistoryManager.enabled = False
    config.KernelApp.capture_fd_output = False
    config.KernelApp.log_level = logging.CRITICAL
    config.KernelApp.exec_PYTHONSTARTUP = False
    config.KernelApp.kernel_class = SandboxKernel
    config.KernelApp.outstream_class = f"{CappedStream.__module__}.{CappedStream.__qualname__}"
    config.IPythonKernel.shell_class = SandboxShell
    return config
