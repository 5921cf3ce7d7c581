"""Irreversibly restrict a process that will run untrusted code (Linux 5.13 or newer).

One file per layer, each usable on its own; :mod:`grader.sandbox.lockdown` puts them in the order that holds. The layers
need no privileges. Everything here runs inside kernels too, so it imports the standard library and libc alone.
"""

from grader.sandbox.lockdown import Lockdown
from grader.sandbox.probe import Layer, layers, require

__all__ = ["Layer", "Lockdown", "layers", "require"]
