"""Warm kernels: a zygote that loads everything once, and locked forks of it in which students' code runs."""

import sys

from grader.kernel.kernel import Kernel
from grader.kernel.provisioner import SandboxProvisioner

if sys.platform == "linux":
    from grader.kernel.pool import KernelPool
else:
    from grader.kernel.local_pool import LocalKernelPool as KernelPool

__all__ = ["Kernel", "KernelPool", "SandboxProvisioner"]
