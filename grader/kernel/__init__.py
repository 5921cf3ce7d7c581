"""Start sandboxed Jupyter kernels by forking a process that has the models loaded.

The two names are imported when they are first asked for: the process that holds a zygote needs no Jupyter.
"""

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader.kernel.kernel import Kernel

    if sys.platform == "linux":
        from grader.kernel.pool import KernelPool
    else:
        from grader.kernel.local_pool import LocalKernelPool as KernelPool

__all__ = ["Kernel", "KernelPool"]


def __getattr__(name: str) -> Any:
    if name == "Kernel":
        from grader.kernel.kernel import Kernel

        return Kernel
    if name == "KernelPool" and sys.platform == "linux":
        from grader.kernel.pool import KernelPool

        return KernelPool
    if name == "KernelPool":
        from grader.kernel.local_pool import LocalKernelPool

        return LocalKernelPool
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
