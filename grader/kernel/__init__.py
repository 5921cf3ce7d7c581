"""Start sandboxed Jupyter kernels by forking a process that has the models loaded."""

import sys

from grader.kernel.kernel import Kernel
from grader.kernel.provisioner import SandboxProvisioner

if sys.platform == "linux":
    from grader.kernel.pool import KernelPool
else:
    from grader.kernel.local_pool import LocalKernelPool as KernelPool

__all__ = ["Kernel", "KernelPool", "SandboxProvisioner"]
