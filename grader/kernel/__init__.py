"""Warm kernels: a zygote that loads everything once, and locked forks of it in which students' code runs."""

from grader.kernel.kernel import Kernel
from grader.kernel.pool import KernelPool
from grader.kernel.provisioner import SandboxProvisioner

__all__ = ["Kernel", "KernelPool", "SandboxProvisioner"]
